#pragma once

#include <cstddef>
#include <optional>

#include "render/scene/chart.h"
#include "render/scene/token_path.h"

namespace moe::render {

/// A place that a path is drawn in, logical pixels.
struct PathFrame {
    double left = 0;
    double top = 0;
    double right = 0;
    double bottom = 0;
};

/// Where layers and experts of a path stand: layers down, experts across, shares of the branches at the
/// right. Coordinates are centres. Where there is little room the shares go, then the word before the layers'
/// numbers, then these numbers, and where it is low the experts' numbers.
struct PathLayout {
    std::size_t n_layers = 0;
    std::size_t n_experts = 0;
    double left = 0;  ///< of the first expert's cell
    double top = 0;   ///< of the first layer's row
    double column = 1;
    double row = 1;
    double label_left = 0;
    double label_width = 0;  ///< of the layers' names with what is between them and the experts; 0: no names
    bool has_expert_numbers = true;
    double branch_left = 0;  ///< of the first column of shares; at the right edge where there is none
    double branch_width = 0;
    std::size_t n_branches = 0;  ///< columns of shares: all that the path has, or none

    double x(double expert) const { return left + (expert + 0.5) * column; }
    double y(double layer) const { return top + (layer + 0.5) * row; }
    double right() const { return left + static_cast<double>(n_experts) * column; }
    double bottom() const { return top + static_cast<double>(n_layers) * row; }
    bool spells_layers() const;  ///< there is room for a word before their numbers
    double square(double weight, double largest) const;  ///< side of a chosen expert's square
    /// Width of a ribbon between two experts with these weights.
    double ribbon(double weight, double next_weight, double largest, std::size_t top_k) const;
};

PathLayout path_layout(const TokenPath& path, const PathFrame& frame);

/// The least height at which layers can be told apart.
double path_height(std::size_t n_layers);

/// What a weight is drawn in proportion to: 1, or the path's largest weight where the model scales beyond.
double largest_weight(const TokenPath& path);

/// A point of the ribbon from one place to another that leaves and arrives vertically; `share` 0 to 1.
ChartPoint ribbon_point(const ChartPoint& from, const ChartPoint& to, double share);

/// What is under a point of a path. Which parts are set says what it is.
struct PathHit {
    std::size_t layer = 0;
    std::optional<std::size_t> expert = {};       ///< a chosen one, the runner-up or any other
    std::optional<std::size_t> slot = {};         ///< of the expert, or where the ribbon begins
    std::optional<std::size_t> next_slot = {};    ///< of the layer below: it is a ribbon
    std::optional<PathBranch> branch = {};        ///< a share
    bool operator==(const PathHit&) const = default;
};
std::optional<PathHit> path_hit(const TokenPath& path, const PathLayout& layout, const ChartPoint& point);

}  // namespace moe::render
