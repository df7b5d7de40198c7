#include "render/scene/router_chart.h"

#include <fmt/format.h>

#include <algorithm>

#include "render/scene/chart_frame.h"
#include "render/scene/colormap.h"
#include "render/scene/text_width.h"

namespace moe::render {
namespace {

constexpr double kRow = 22;
constexpr double kCutRow = 20;
constexpr double kBarHeight = 10;
constexpr double kRank = 34;       // width
constexpr double kExpert = 58;
constexpr double kNumber = 80;     // of a column of numbers
constexpr double kLeastBars = 70;  // a chart with shorter ones has fewer columns
constexpr std::size_t kLeastRowsWithHead = 3;

/// Which columns there are: probabilities go first where the bars have no room, then ranks, then weights.
struct Columns {
    bool has_score = true;
    bool has_rank = true;
    bool has_weight = true;

    double names() const { return (has_rank ? kRank : 0) + kExpert - (has_rank ? 0 : 12); }
    double numbers() const { return (has_score ? kNumber : 0) + (has_weight ? kNumber + 10 : 0); }
};

Columns columns_in(double width) {
    Columns columns;
    const auto has_room = [&] { return width - columns.names() - columns.numbers() >= kLeastBars; };
    for (bool Columns::*part : {&Columns::has_score, &Columns::has_rank, &Columns::has_weight}) {
        if (has_room()) break;
        columns.*part = false;
    }
    return columns;
}

/// What an expert is in the order of ranks.
enum class Place { Other, RunnerUp, NearMiss };

struct Table {
    Chart& chart;
    const Theme& theme;
    Columns columns;
    double left, bars_left, bars_right, right;

    double expert_left() const { return left + (columns.has_rank ? kRank : 0); }
    void text(double x, double y, std::string words, ChartFont font, TextAlign align, Color color) const {
        chart.add(ChartText{{x, y}, std::move(words), font, align, color, false});
    }
    void head(double y) const {
        const std::string bars = first_fitting({"score after the gating function", "score"}, ChartFont::Body,
                                               bars_right - bars_left - 8);
        text(expert_left(), y, "expert", ChartFont::Body, TextAlign::Left, theme.text_3);
        text(bars_left, y, bars, ChartFont::Body, TextAlign::Left, theme.text_3);
        if (columns.has_score) text(right - kNumber, y, "p", ChartFont::Body, TextAlign::Right, theme.text_3);
        if (columns.has_weight) text(right, y, "weight", ChartFont::Body, TextAlign::Right, theme.text_3);
    }
    void row(double y, std::size_t rank, const RankedExpert& expert, Place place) const {
        const bool is_near_miss = place == Place::NearMiss;
        const Color strong = expert.is_chosen ? theme.text_1 : theme.text_2;
        if (columns.has_rank)
            text(left + 24, y, std::to_string(rank + 1), ChartFont::Digits, TextAlign::Right, theme.text_3);
        text(expert_left(), y, fmt::format("E{}", expert.expert), ChartFont::Digits, TextAlign::Left, strong);
        const double top = y - kBarHeight / 2;
        chart.add(ChartRect{bars_left, top, bars_right - bars_left, kBarHeight, theme.hover, 2});
        if (expert.score) {
            const double share = std::clamp(static_cast<double>(*expert.score), 0.0, 1.0);
            const Color chosen =
                value_color(theme, {}, expert.weight ? CellMeaning::Weight : CellMeaning::Chosen,
                            expert.weight.value_or(1.0f));
            chart.add(ChartRect{bars_left, top, std::max(1.0, (bars_right - bars_left) * share), kBarHeight,
                                expert.is_chosen ? chosen : is_near_miss ? theme.near_bar : theme.bar, 2});
            if (columns.has_score)
                text(right - kNumber, y, fmt::format("{:.4f}", *expert.score), ChartFont::Digits,
                     TextAlign::Right, strong);
        }
        if (!columns.has_weight) return;
        const std::string last = expert.weight              ? fmt::format("{:.4f}", *expert.weight)
                                 : is_near_miss             ? "near miss"
                                 : place == Place::RunnerUp ? "runner-up"
                                                            : "\u2013";
        text(right, y, last, ChartFont::Digits, TextAlign::Right,
             is_near_miss ? theme.near_text : expert.weight ? theme.text_1 : theme.text_3);
    }
    void cut(double y, std::size_t n_chosen, std::optional<double> margin) const {
        const std::string cut = fmt::format("top-{} cut", n_chosen);
        const std::string longer = margin ? fmt::format("{}, margin {:.4f}", cut, *margin) : cut;
        const std::string words = first_fitting({longer, cut, "cut"}, ChartFont::Body, right - bars_left);
        chart.add(ChartLine{{{left, y}, {bars_left - 8, y}}, theme.accent, 1, true});
        text(bars_left, y, words, ChartFont::Body, TextAlign::Left, theme.accent);
        const double words_end = bars_left + text_width(words, ChartFont::Body) + 8;
        if (words_end < right) chart.add(ChartLine{{{words_end, y}, {right, y}}, theme.accent, 1, true});
    }
};

}  // namespace

Chart router_chart(const RouterChartModel& model, int width, int height, const Theme& theme) {
    Chart chart = empty_chart(model.title, width, height, theme);
    const bool has_scores = !model.ranking.empty() && model.ranking.front().score.has_value();
    std::vector<std::string> caption;
    caption.emplace_back(
        has_scores
            ? "By rank: the chosen experts as recorded, the rest by what was ranked. Margin: what the last "
              "chosen one was ranked with, less what the runner-up was."
            : "The trace holds the chosen experts only, no router scores.");
    if (model.is_near_miss)
        caption.emplace_back("Near miss: the margin is among the smallest tenth of the layer's in this run.");
    const ChartFrame frame = add_frame(chart, model.title, model.subtitle, caption, theme);
    const Columns columns = columns_in(frame.right - frame.left);
    const double bars_left = std::min(frame.left + columns.names(), frame.right);
    const Table table{chart,     theme,
                      columns,   frame.left,
                      bars_left, std::max(bars_left + 1, frame.right - columns.numbers()),
                      frame.right};
    double y = frame.top + 8;
    if (frame.bottom - frame.top >= (kLeastRowsWithHead + 1) * kRow) {
        table.head(y);
        y += kRow;
    }
    const auto n_chosen = static_cast<std::size_t>(
        std::ranges::count_if(model.ranking, [](const RankedExpert& expert) { return expert.is_chosen; }));
    for (std::size_t rank = 0; rank < model.ranking.size(); ++rank) {
        const double needed = rank == n_chosen ? kCutRow : 0;
        const bool is_last = rank + 1 == model.ranking.size();
        if (y + needed + (is_last ? kRow / 2 : 1.5 * kRow) > frame.bottom) {
            const std::string more = fmt::format("and {} more", model.ranking.size() - rank);
            if (y + kRow / 2 <= frame.bottom)
                table.text(table.expert_left(), y,
                           first_fitting({more}, ChartFont::Body, frame.right - table.expert_left()),
                           ChartFont::Body, TextAlign::Left, theme.text_3);
            break;
        }
        if (rank == n_chosen) {
            table.cut(y, n_chosen, model.margin);
            y += kCutRow;
        }
        const bool is_runner_up = rank == n_chosen && model.margin.has_value();
        table.row(y, rank, model.ranking[rank],
                  !is_runner_up        ? Place::Other
                  : model.is_near_miss ? Place::NearMiss
                                       : Place::RunnerUp);
        y += kRow;
    }
    return chart;
}

}  // namespace moe::render
