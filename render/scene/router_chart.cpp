#include "render/scene/router_chart.h"

#include <fmt/format.h>

#include <algorithm>

#include "render/scene/chart_frame.h"
#include "render/scene/colormap.h"

namespace moe::render {
namespace {

constexpr double kRow = 22;
constexpr double kCutRow = 20;
constexpr double kBarHeight = 10;
constexpr double kNames = 92;    // rank and expert
constexpr double kNumbers = 170;  // score and weight

struct Table {
    Chart& chart;
    const Theme& theme;
    double left, bars_left, bars_right, right;

    void text(double x, double y, std::string words, ChartFont font, TextAlign align, Color color) const {
        chart.add(ChartText{{x, y}, std::move(words), font, align, color, false});
    }
    void head(double y) const {
        text(left + 34, y, "expert", ChartFont::Body, TextAlign::Left, theme.text_3);
        text(bars_left, y, "score after the gating function", ChartFont::Body, TextAlign::Left, theme.text_3);
        text(right - 80, y, "p", ChartFont::Body, TextAlign::Right, theme.text_3);
        text(right, y, "weight", ChartFont::Body, TextAlign::Right, theme.text_3);
    }
    void row(double y, std::size_t rank, const RankedExpert& expert, bool is_near_miss) const {
        const Color strong = expert.is_chosen ? theme.text_1 : theme.text_2;
        text(left + 24, y, std::to_string(rank + 1), ChartFont::Digits, TextAlign::Right, theme.text_3);
        text(left + 34, y, fmt::format("E{}", expert.expert), ChartFont::Digits, TextAlign::Left, strong);
        const double top = y - kBarHeight / 2;
        chart.add(ChartRect{bars_left, top, bars_right - bars_left, kBarHeight, theme.hover, 2});
        if (expert.score) {
            const double share = std::clamp(static_cast<double>(*expert.score), 0.0, 1.0);
            const Color chosen = value_color(theme, {}, expert.weight ? CellMeaning::Weight : CellMeaning::Chosen,
                                             expert.weight.value_or(1.0f));
            chart.add(ChartRect{bars_left, top, std::max(1.0, (bars_right - bars_left) * share), kBarHeight,
                                expert.is_chosen ? chosen : is_near_miss ? theme.near_bar : theme.bar, 2});
            text(right - 80, y, fmt::format("{:.4f}", *expert.score), ChartFont::Digits, TextAlign::Right, strong);
        }
        const std::string last = expert.weight  ? fmt::format("{:.4f}", *expert.weight)
                                 : is_near_miss ? "near miss"
                                                : "\u2013";
        text(right, y, last, ChartFont::Digits, TextAlign::Right,
             is_near_miss ? theme.near_text : expert.weight ? theme.text_1 : theme.text_3);
    }
    void cut(double y, std::size_t n_chosen, std::optional<double> margin) const {
        const std::string words = margin ? fmt::format("top-{} cut, margin {:.4f}", n_chosen, *margin)
                                         : fmt::format("top-{} cut", n_chosen);
        chart.add(ChartLine{{{left, y}, {bars_left - 8, y}}, theme.accent, 1, true});
        text(bars_left, y, words, ChartFont::Body, TextAlign::Left, theme.accent);
        const double words_end = bars_left + static_cast<double>(words.size()) * 6.4 + 8;
        if (words_end < right) chart.add(ChartLine{{{words_end, y}, {right, y}}, theme.accent, 1, true});
    }
};

}  // namespace

Chart router_chart(const RouterChartModel& model, int width, int height, const Theme& theme) {
    Chart chart = empty_chart(model.title, width, height, theme);
    const bool has_scores = !model.ranking.empty() && model.ranking.front().score.has_value();
    std::vector<std::string> caption;
    caption.emplace_back(
        has_scores ? "By rank: the chosen experts as recorded, the rest by what was ranked. Margin: what the last "
                     "chosen one was ranked with, less what the near miss was."
                   : "The trace holds the chosen experts only, no router scores.");
    const ChartFrame frame = add_frame(chart, model.title, model.subtitle, caption, theme);
    const double bars_left = std::min(frame.left + kNames, frame.right);
    const Table table{chart, theme, frame.left, bars_left, std::max(bars_left + 1, frame.right - kNumbers),
                      frame.right};
    double y = frame.top + 8;
    table.head(y);
    y += kRow;
    const auto n_chosen = static_cast<std::size_t>(
        std::ranges::count_if(model.ranking, [](const RankedExpert& expert) { return expert.is_chosen; }));
    for (std::size_t rank = 0; rank < model.ranking.size(); ++rank) {
        if (y + kRow > frame.bottom && rank + 1 < model.ranking.size()) {
            table.text(frame.left + 34, y, fmt::format("and {} more", model.ranking.size() - rank), ChartFont::Body,
                       TextAlign::Left, theme.text_3);
            break;
        }
        if (rank == n_chosen) {
            table.cut(y, n_chosen, model.margin);
            y += kCutRow;
        }
        table.row(y, rank, model.ranking[rank], rank == n_chosen && model.margin.has_value());
        y += kRow;
    }
    return chart;
}

}  // namespace moe::render
