#include "render/scene/path_layout.h"

#include <algorithm>
#include <cmath>

namespace moe::render {
namespace {

constexpr double kLabels = 54;       // layer names
constexpr double kShortLabels = 30;  // their numbers alone
constexpr double kLabelsFrom = 200;  // width of the frame
constexpr double kShortLabelsFrom = 100;
constexpr double kSpelledRow = 16;
constexpr double kDigitsFrom = 28;      // height of the frame
constexpr double kLeastExperts = 60;    // width that the shares of the branches leave to the experts
constexpr double kDigits = 20;       // expert numbers over the first row
constexpr double kBranchColumn = 46;
constexpr double kBranchGap = 12;
constexpr double kLeastRow = 7;
constexpr double kOrdinarySquare = 16;
constexpr double kGreatestSquare = 26;
constexpr double kLeastSquare = 2;
constexpr double kTellingSquare = 9;
constexpr double kRibbon = 18;          // of a product of 1 where two experts are chosen
constexpr double kRibbonUniform = 0.5;  // at least, of the product when all chosen ones weigh the same
constexpr double kGreatestRibbon = 60;
constexpr double kOrdinaryRow = 36;
constexpr double kReach = 3;  // how near the pointer must be

std::size_t n_branches_of(const TokenPath& path) {
    return static_cast<std::size_t>(path.has(PathBranch::Shared)) +
           static_cast<std::size_t>(path.has(PathBranch::Dense));
}

/// How far a point is from the middle of a ribbon, along x, at its own height.
double distance_to_ribbon(const ChartPoint& from, const ChartPoint& to, const ChartPoint& point) {
    double low = 0.0, high = 1.0;  // y grows with the share
    for (int step = 0; step < 20; ++step) {
        const double middle = (low + high) / 2;
        (ribbon_point(from, to, middle).y < point.y ? low : high) = middle;
    }
    return std::abs(ribbon_point(from, to, low).x - point.x);
}

std::optional<PathHit> ribbon_hit(const TokenPath& path, const PathLayout& layout, std::size_t layer,
                                  const ChartPoint& point) {
    std::optional<PathHit> best;
    double least = kReach;
    const double largest = largest_weight(path);
    const auto& from = path.layers[layer].chosen;
    const auto& to = path.layers[layer + 1].chosen;
    for (std::size_t a = 0; a < from.size(); ++a) {
        for (std::size_t b = 0; b < to.size(); ++b) {
            const double half = layout.ribbon(from[a].weight, to[b].weight, largest, from.size()) / 2;
            const double distance =
                distance_to_ribbon({layout.x(from[a].expert), layout.y(static_cast<double>(layer))},
                                   {layout.x(to[b].expert), layout.y(static_cast<double>(layer + 1))},
                                   point) -
                half;
            if (distance >= least) continue;
            least = distance;
            best = PathHit{.layer = layer, .slot = a, .next_slot = b};
        }
    }
    return best;
}

PathHit expert_hit(const TokenPath& path, const PathLayout& layout, std::size_t layer, double x) {
    const auto nearest = static_cast<std::size_t>(
        std::clamp((x - layout.left) / layout.column, 0.0, static_cast<double>(layout.n_experts) - 0.5));
    PathHit hit{.layer = layer, .expert = nearest};
    double least = std::max(layout.column / 2, kReach + 1);
    const auto& chosen = path.layers[layer].chosen;
    for (std::size_t slot = 0; slot < chosen.size(); ++slot) {
        const double distance = std::abs(layout.x(chosen[slot].expert) - x);
        if (distance > least) continue;
        least = distance;
        hit.expert = static_cast<std::size_t>(chosen[slot].expert + 0.5);
        hit.slot = slot;
    }
    return hit;
}

}  // namespace

bool PathLayout::spells_layers() const { return label_width >= kLabels && row >= kSpelledRow; }

double PathLayout::square(double weight, double largest) const {
    const double by_row = std::clamp(row * 0.45, std::min(row - 1, kOrdinarySquare), kGreatestSquare);
    const double greatest = std::min({by_row, row - 1, std::max(column * 1.4, kLeastSquare * 3)});
    // Where there is no room for sizes, colour alone tells the weight.
    const double least = greatest < kTellingSquare ? 0.6 * greatest : kLeastSquare;
    return std::max(least, greatest * std::sqrt(std::max(0.0, weight / largest)));
}

double PathLayout::ribbon(double weight, double next_weight, double largest, std::size_t top_k) const {
    const double k = static_cast<double>(top_k);
    const double whole = std::min(kGreatestRibbon, std::max(kRibbon, kRibbonUniform * k * k)) *
                         std::clamp(row / kOrdinaryRow, 0.25, 2.0);
    return whole * weight * next_weight / (largest * largest);
}

double path_height(std::size_t n_layers) { return kDigits + kLeastRow * static_cast<double>(n_layers) + 4; }

double largest_weight(const TokenPath& path) {
    double largest = 1.0;
    for (const PathLayer& layer : path.layers) {
        for (const PathNode& node : layer.chosen) largest = std::max(largest, node.weight);
    }
    return largest;
}

PathLayout path_layout(const TokenPath& path, const PathFrame& frame) {
    PathLayout layout;
    layout.n_layers = path.layer_ids.size();
    layout.n_experts = path.n_experts;
    const double whole = frame.right - frame.left;
    layout.label_left = frame.left;
    layout.label_width = whole >= kLabelsFrom ? kLabels : whole >= kShortLabelsFrom ? kShortLabels : 0;
    const double shares = static_cast<double>(n_branches_of(path)) * (kBranchColumn + kBranchGap);
    layout.n_branches = whole - layout.label_width - shares >= kLeastExperts ? n_branches_of(path) : 0;
    layout.branch_width = kBranchColumn;
    layout.branch_left =
        frame.right - static_cast<double>(layout.n_branches) * (kBranchColumn + kBranchGap) +
        (layout.n_branches > 0 ? kBranchGap : 0.0);
    layout.left = frame.left + layout.label_width;
    const double right = layout.branch_left - (layout.n_branches > 0 ? kBranchGap : 0.0);
    layout.has_expert_numbers = frame.bottom - frame.top >= kDigitsFrom;
    layout.top = frame.top + (layout.has_expert_numbers ? kDigits : 0);
    const double width = std::max(1.0, right - layout.left);
    const double height = std::max(1.0, frame.bottom - layout.top);
    layout.column = width / static_cast<double>(std::max<std::size_t>(1, layout.n_experts));
    layout.row = height / static_cast<double>(std::max<std::size_t>(1, layout.n_layers));
    return layout;
}

ChartPoint ribbon_point(const ChartPoint& from, const ChartPoint& to, double share) {
    const double middle = (from.y + to.y) / 2;  // both inner points of the cubic are at this height
    const double rest = 1.0 - share;
    const double a = rest * rest * rest, b = 3 * rest * rest * share, c = 3 * rest * share * share,
                 d = share * share * share;
    return {(a + b) * from.x + (c + d) * to.x, a * from.y + (b + c) * middle + d * to.y};
}

std::optional<PathHit> path_hit(const TokenPath& path, const PathLayout& layout, const ChartPoint& point) {
    if (path.layers.empty() || point.y < layout.top || point.y >= layout.bottom()) return std::nullopt;
    const auto layer = std::min(static_cast<std::size_t>((point.y - layout.top) / layout.row),
                                path.layers.size() - 1);
    if (layout.n_branches > 0 && point.x >= layout.branch_left) {
        const bool is_first = point.x < layout.branch_left + kBranchColumn + kBranchGap / 2;
        const bool is_shared = path.has(PathBranch::Shared) && is_first;
        return PathHit{.layer = layer, .branch = is_shared ? PathBranch::Shared : PathBranch::Dense};
    }
    if (point.x < layout.left) return PathHit{.layer = layer};
    if (point.x >= layout.right()) return std::nullopt;
    const double off = std::abs(point.y - layout.y(static_cast<double>(layer)));
    if (off <= std::max(layout.row * 0.25, std::min(layout.row * 0.5, kOrdinarySquare / 2)))
        return expert_hit(path, layout, layer, point.x);
    const bool is_above = point.y < layout.y(static_cast<double>(layer));
    if (is_above && layer == 0) return std::nullopt;
    const std::size_t upper = is_above ? layer - 1 : layer;
    if (upper + 1 >= path.layers.size()) return std::nullopt;
    return ribbon_hit(path, layout, upper, point);
}

}  // namespace moe::render
