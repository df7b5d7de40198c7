#include "render/scene/compare_boundaries.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "render/scene/text_width.h"

namespace moe::render {
namespace {

constexpr double kBadgeInset = 6;
constexpr double kBadgeHeight = 16;

/// A line across all blocks before the row of `position`.
struct Boundary {
    std::optional<std::size_t> position;
    std::vector<std::string> words;  ///< from the longest to the shortest
    Color color;
};

/// Where the words of a line may stand: above or below it, at the right edge of each block, the middle one
/// first.
std::vector<ChartRect> badge_places(const CompareLayout& layout, double y, double bottom, double width) {
    std::vector<ChartRect> places;
    for (const double top : {y - kBadgeHeight - 1, y + 1}) {
        if (top < layout.a.y || top + kBadgeHeight > bottom) continue;
        for (const CompareBlock which : {CompareBlock::Difference, CompareBlock::B, CompareBlock::A}) {
            const double left = layout.block(which).right() - width;
            if (left >= layout.a.x) places.push_back({left, top, width, kBadgeHeight, {}, 3});
        }
    }
    return places;
}

bool are_apart(const ChartRect& a, const ChartRect& b) {
    return a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
}

std::vector<Boundary> boundaries_of(const CompareModel& model, const Theme& theme) {
    const auto words = [](std::optional<std::size_t> position, std::vector<std::string> all) {
        for (std::string& text : all) text = fmt::format("{}  {}", position.value_or(0), text);
        return all;
    };
    std::vector<Boundary> boundaries{
        {model.first_different_token,
         words(model.first_different_token,
               {"first different token, rows paired by position", "first different token", "token"}),
         theme.over_text},
        {model.end_of_a, words(model.end_of_a, {"A ends here", "A ends"}), theme.text_2},
        {model.end_of_b, words(model.end_of_b, {"B ends here", "B ends"}), theme.text_2}};
    if (model.first_different_route != model.first_different_token)
        boundaries.insert(
            boundaries.begin(),
            {model.first_different_route,
             words(model.first_different_route, {"first different route", "route"}), theme.near_text});
    return boundaries;
}

}  // namespace

// The lines first, so that none goes through words.
void add_compare_boundaries(Chart& chart, const CompareModel& model, const CompareLayout& layout,
                            const Theme& theme) {
    const std::vector<Boundary> boundaries = boundaries_of(model, theme);
    const auto& rows = model.rows;
    const double bottom = layout.a.y + static_cast<double>(layout.a.height);
    const auto line_of = [&](const Boundary& boundary) -> std::optional<double> {
        const auto row = std::ranges::find_if(rows, [&](const CompareRow& r) {
            return boundary.position && *boundary.position >= r.first && *boundary.position < r.end;
        });
        if (row == rows.end()) return std::nullopt;
        return layout.y(static_cast<std::size_t>(row - rows.begin()));
    };
    std::vector<ChartRect> taken;
    for (const Boundary& boundary : boundaries) {
        const std::optional<double> y = line_of(boundary);
        if (!y) continue;
        const double left = layout.gutter_a, right = layout.gutter_b + layout.gutter_width;
        chart.add(ChartRect{left, *y - 1, right - left, 1, boundary.color});
        taken.push_back({left, *y - 1, right - left, 1});
    }
    const auto is_free = [&](const ChartRect& place) {
        return std::ranges::all_of(taken, [&](const ChartRect& other) { return are_apart(place, other); });
    };
    const auto place_words = [&](const Boundary& boundary, double y) {
        for (const std::string& words : boundary.words) {
            const double width = text_width(words, ChartFont::Body) + 2 * kBadgeInset;
            for (ChartRect place : badge_places(layout, y, bottom, width)) {
                if (!is_free(place)) continue;
                taken.push_back(place);
                place.color = theme.card;
                chart.add(place);
                return chart.add(ChartText{{place.x + kBadgeInset, place.y + kBadgeHeight / 2},
                                           words,
                                           ChartFont::Body,
                                           TextAlign::Left,
                                           boundary.color,
                                           false});
            }
        }
    };
    for (const Boundary& boundary : boundaries) {
        if (const std::optional<double> y = line_of(boundary)) place_words(boundary, *y);
    }
}

}  // namespace moe::render
