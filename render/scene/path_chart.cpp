#include "render/scene/path_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "render/scene/chart_frame.h"
#include "render/scene/colormap.h"
#include "render/scene/text_width.h"

namespace moe::render {
namespace {

constexpr double kLeastLabelDistance = 13;
constexpr double kDigitsDistance = 26;
constexpr double kOverhang = 3.5;  // of a number beyond the last expert or layer
constexpr double kLeastDotColumn = 5;  // below it, dots would be a grey area
constexpr double kRibbonAlpha = 0.55;
constexpr double kThinnest = 0.15;  // of a ribbon that leaves a trace
constexpr double kBarHeight = 6;
constexpr double kKey = 24;
constexpr double kKeyFrom = 100;  // height of the picture's content
constexpr double kKeyLine = 34;   // with what is between it and its words
constexpr double kKeyGap = 24;

/// What the parts of a drawing have in common.
struct Drawing {
    Chart& chart;
    const TokenPath& path;
    const PathLayout& layout;
    const PathStyle& style;
    const Theme& theme;
    double largest;

    double x(double expert) const { return layout.x(expert); }
    double y(std::size_t layer) const { return layout.y(static_cast<double>(layer)); }
    void text(double x_, double y_, std::string words, ChartFont font, TextAlign align, Color color) const {
        chart.add(ChartText{{x_, y_}, std::move(words), font, align, color, false});
    }
};

void add_ground(const Drawing& drawing) {
    const PathLayout& layout = drawing.layout;
    if (drawing.style.selected_layer && *drawing.style.selected_layer < layout.n_layers) {
        const double top = layout.top + static_cast<double>(*drawing.style.selected_layer) * layout.row;
        drawing.chart.add(ChartRect{layout.label_left - 6, top, layout.right() - layout.label_left + 8,
                                    layout.row, drawing.theme.soft, 3});
    }
    if (drawing.style.shows_scores || layout.column < kLeastDotColumn) return;
    for (std::size_t layer = 0; layer < layout.n_layers; ++layer) {
        for (std::size_t expert = 0; expert < layout.n_experts; ++expert) {
            drawing.chart.add(ChartDot{{drawing.x(static_cast<double>(expert)), drawing.y(layer)},
                                       layout.row < 12 ? 1.0 : 1.5,
                                       drawing.theme.border_strong});
        }
    }
}

/// The token's whole router, a cell an expert.
void add_scores(const Drawing& drawing) {
    const PathLayout& layout = drawing.layout;
    const double gap = layout.column >= 5 ? 1 : 0;
    const double height = std::clamp(layout.row - 1, 1.0, 12.0);
    for (std::size_t layer = 0; layer < drawing.path.layers.size(); ++layer) {
        const std::vector<float>& scores = drawing.path.layers[layer].scores;
        for (std::size_t expert = 0; expert < scores.size(); ++expert) {
            // Neighbours of one colour touch: no seams between cells that are no whole pixels wide.
            const double left = layout.left + static_cast<double>(expert) * layout.column;
            const Color color =
                value_color(drawing.theme, {}, CellMeaning::Probability, scores[expert]);
            drawing.chart.add(ChartRect{std::round(left), std::round(drawing.y(layer) - height / 2),
                                        std::round(left + layout.column) - std::round(left) - gap, height,
                                        color});
        }
    }
}

struct Ribbon {
    ChartRibbon shape;
    bool is_hovered = false;
};

// The thin ones first, so that the thick ones stay whole.
void add_ribbons(const Drawing& drawing) {
    std::vector<Ribbon> ribbons;
    const auto& layers = drawing.path.layers;
    for (std::size_t layer = 0; layer + 1 < layers.size(); ++layer) {
        const auto& from = layers[layer].chosen;
        const auto& to = layers[layer + 1].chosen;
        for (std::size_t a = 0; a < from.size(); ++a) {
            for (std::size_t b = 0; b < to.size(); ++b) {
                const double width =
                    drawing.layout.ribbon(from[a].weight, to[b].weight, drawing.largest, from.size());
                if (width < kThinnest) continue;
                const PathHit place{.layer = layer, .slot = a, .next_slot = b};
                ribbons.push_back({{{drawing.x(from[a].expert), drawing.y(layer)},
                                    {drawing.x(to[b].expert), drawing.y(layer + 1)},
                                    width,
                                    drawing.theme.accent.with_alpha(kRibbonAlpha)},
                                   drawing.style.hover == place});
            }
        }
    }
    std::ranges::stable_sort(ribbons, {}, [](const Ribbon& ribbon) {
        return std::pair(ribbon.is_hovered, ribbon.shape.width);
    });
    for (Ribbon& ribbon : ribbons) {
        if (ribbon.is_hovered) ribbon.shape.color = drawing.theme.text_1;
        drawing.chart.add(ribbon.shape);
    }
}

void add_outline(const Drawing& drawing, double x, double y, double side, Color color, double width) {
    const double left = x - side / 2, right = x + side / 2, top = y - side / 2, bottom = y + side / 2;
    drawing.chart.add(ChartLine{
        {{left, top}, {right, top}, {right, bottom}, {left, bottom}, {left, top}, {right, top}},
        color,
        width,
        false});
}

void add_experts(const Drawing& drawing) {
    const PathLayout& layout = drawing.layout;
    for (std::size_t layer = 0; layer < drawing.path.layers.size(); ++layer) {
        const PathLayer& chosen_here = drawing.path.layers[layer];
        if (drawing.style.shows_runner_ups && chosen_here.runner_up) {
            const double side = std::clamp(std::min(layout.row - 2, layout.column * 1.2), 3.0, 9.0);
            add_outline(drawing, drawing.x(static_cast<double>(*chosen_here.runner_up)), drawing.y(layer),
                        side, chosen_here.is_near_miss ? drawing.theme.near_bar : drawing.theme.text_3,
                        side < 6 ? 1.0 : 1.5);
        }
        for (const PathNode& node : chosen_here.chosen) {
            const double side = layout.square(node.weight, drawing.largest);
            const double x = drawing.x(node.expert), y = drawing.y(layer);
            const CellMeaning meaning =
                drawing.path.has_weights ? CellMeaning::Weight : CellMeaning::Chosen;
            const Color color = value_color(drawing.theme, {}, meaning, static_cast<float>(node.weight));
            // A rim of the ground parts it from the ribbons.
            const double rim = side >= 6 ? 1 : 0;
            if (rim > 0)
                drawing.chart.add(ChartRect{x - side / 2 - rim, y - side / 2 - rim, side + 2 * rim,
                                            side + 2 * rim, drawing.theme.surface, side >= 8 ? 3.0 : 0.0});
            drawing.chart.add(
                ChartRect{x - side / 2, y - side / 2, side, side, color, side >= 8 ? 2.0 : 0.0});
            const bool is_selected =
                drawing.style.selected_layer == layer && drawing.style.selected_expert &&
                std::abs(static_cast<double>(*drawing.style.selected_expert) - node.expert) < 0.5;
            if (is_selected) add_outline(drawing, x, y, side + 4, drawing.theme.accent, 2);
        }
    }
    const auto& hover = drawing.style.hover;
    if (hover && hover->expert) {
        add_outline(drawing, drawing.x(static_cast<double>(*hover->expert)), drawing.y(hover->layer),
                    std::clamp(layout.row - 2, 5.0, 18.0), drawing.theme.text_1, 1);
    }
}

void add_labels(const Drawing& drawing) {
    const PathLayout& layout = drawing.layout;
    const bool is_spelled = layout.spells_layers();
    const std::size_t layer_step = label_step(layout.row, kLeastLabelDistance);
    const std::optional<std::size_t> selected = drawing.style.selected_layer;
    for (std::size_t layer = 0; layer < layout.n_layers && layout.label_width > 0; ++layer) {
        const bool is_selected = selected == layer;
        const bool is_hidden_by_selected =
            selected && !is_selected &&
            std::abs(drawing.y(layer) - drawing.y(*selected)) < kLeastLabelDistance;
        if ((layer % layer_step != 0 || is_hidden_by_selected) && !is_selected) continue;
        if (drawing.y(layer) + text_height(ChartFont::Digits) / 2 > layout.bottom() + kOverhang) break;
        const std::string name =
            fmt::format("{}{}", is_spelled ? "Layer " : "", drawing.path.layer_ids[layer]);
        drawing.text(is_spelled ? layout.label_left : layout.left - 14, drawing.y(layer), name,
                     is_spelled ? ChartFont::Body : ChartFont::Digits,
                     is_spelled ? TextAlign::Left : TextAlign::Right,
                     is_selected ? drawing.theme.accent : drawing.theme.text_2);
    }
    if (!layout.has_expert_numbers) return;
    const std::size_t step = label_step(layout.column, kDigitsDistance);
    for (std::size_t expert = 0; expert < layout.n_experts; expert += step) {
        const double x = drawing.x(static_cast<double>(expert));
        const std::string number = std::to_string(expert);
        if (x + text_width(number, ChartFont::Digits) / 2 > layout.right() + kOverhang) break;
        drawing.text(x, layout.top - 9, number, ChartFont::Digits, TextAlign::Center, drawing.theme.text_3);
    }
}

// A groove is the sum of all branches' norms; what is filled is this branch's part.
void add_branches(const Drawing& drawing) {
    const PathLayout& layout = drawing.layout;
    if (layout.n_branches == 0) return;
    double left = layout.branch_left;
    for (const auto& [branch, name] :
         {std::pair(PathBranch::Shared, "shared"), std::pair(PathBranch::Dense, "dense")}) {
        if (!drawing.path.has(branch)) continue;
        if (layout.has_expert_numbers)
            drawing.text(left, layout.top - 9, name, ChartFont::Body, TextAlign::Left,
                         drawing.theme.text_3);
        const double height = std::min(kBarHeight, std::max(1.0, layout.row - 2));
        for (std::size_t layer = 0; layer < drawing.path.layers.size(); ++layer) {
            const double top = drawing.y(layer) - height / 2;
            const bool is_hovered = drawing.style.hover && drawing.style.hover->layer == layer &&
                                    drawing.style.hover->branch == branch;
            drawing.chart.add(ChartRect{left, top, layout.branch_width, height, drawing.theme.hover, 2});
            const double share = drawing.path.share(layer, branch);
            if (share > 0)
                drawing.chart.add(ChartRect{left, top, std::max(1.0, layout.branch_width * share), height,
                                            is_hovered ? drawing.theme.text_1 : drawing.theme.bar, 2});
        }
        left += layout.branch_width + 12;
    }
}

/// How wide a ribbon of a certain product is, for as many products as there is room for.
void add_ribbon_key(const Drawing& drawing, double x, double y, double right) {
    const std::size_t k = drawing.path.layers.empty() ? 1 : drawing.path.layers[0].chosen.size();
    for (const double product : {0.25, 0.05}) {
        const std::string words = fmt::format("w\u00B7w\u2032 = {}", product);
        const double width = kKeyLine + text_width(words, ChartFont::Body);
        if (x + width > right) return;
        const double height = drawing.layout.ribbon(product, 1.0, drawing.largest, k);
        drawing.chart.add(
            ChartLine{{{x, y}, {x + 28, y}}, drawing.theme.accent.with_alpha(kRibbonAlpha), height, false});
        drawing.text(x + kKeyLine, y, words, ChartFont::Body, TextAlign::Left, drawing.theme.text_3);
        x += width + kKeyGap;
    }
}

}  // namespace

void add_path(Chart& chart, const TokenPath& path, const PathLayout& layout, const PathStyle& style,
              const Theme& theme) {
    const Drawing drawing{chart, path, layout, style, theme, largest_weight(path)};
    add_ground(drawing);
    if (style.shows_scores) add_scores(drawing);
    add_ribbons(drawing);
    add_experts(drawing);
    add_labels(drawing);
    add_branches(drawing);
}

std::string why_no_branches(const TokenPath& path) {
    if (path.layers.empty() || path.has_branch_norms) return {};
    return "Shares of shared experts and dense branches: this trace has no branch_norm column.";
}

Chart path_chart(const PathChartModel& model, int width, int height, const Theme& theme) {
    Chart chart = empty_chart(model.title, width, height, theme);
    const TokenPath& path = model.path;
    std::vector<std::string> caption;
    caption.emplace_back(
        path.has_weights
            ? "Square: a chosen expert, size and colour by its applied weight w. Ribbon: width by the "
              "product of the two weights, w\u00B7w\u2032."
            : "Square: a chosen expert. The trace has no weights; all chosen ones are drawn alike.");
    const bool has_runner_up =
        std::ranges::any_of(path.layers, [](const PathLayer& layer) { return layer.runner_up.has_value(); });
    if (model.style.shows_runner_ups && has_runner_up)
        caption.emplace_back(
            path.knows_near_misses
                ? "Frame: the runner-up, the best ranked of the experts that were not chosen; amber: a near "
                  "miss, its margin being among the smallest tenth of the layer's in this run."
                : "Frame: the runner-up, the best ranked of the experts that were not chosen.");
    if (path.has(PathBranch::Shared) || path.has(PathBranch::Dense))
        caption.emplace_back(
            "Bar: the branch's output norm / the sum of the norms of all branches, measured by the engine.");
    const ChartFrame frame = add_frame(chart, model.title, model.subtitle, caption, theme);
    const bool has_key = path.layers.size() > 1 && path.has_weights && frame.bottom - frame.top >= kKeyFrom;
    const double bottom = has_key ? std::max(frame.top + 1, frame.bottom - kKey) : frame.bottom;
    const PathLayout layout = path_layout(path, {frame.left, frame.top, frame.right, bottom});
    add_path(chart, path, layout, model.style, theme);
    if (has_key)
        add_ribbon_key({chart, path, layout, model.style, theme, largest_weight(path)}, layout.left,
                       frame.bottom - kKey / 2 + 6, frame.right);
    return chart;
}

}  // namespace moe::render
