#include "render/scene/chart_frame.h"

#include <algorithm>

namespace moe::render {
namespace {

constexpr double kMargin = 28;
constexpr double kTitleHeight = 26;
constexpr double kSubtitleHeight = 30;
constexpr double kCaptionRow = 17;

}  // namespace

Chart empty_chart(const std::string& title, int width, int height, const Theme& theme) {
    return {.width = width, .height = height, .background = theme.surface, .title = title, .items = {}};
}

ChartFrame add_frame(Chart& chart, const std::string& title, const std::string& subtitle,
                     const std::vector<std::string>& caption, const Theme& theme) {
    double y = kMargin + 6;
    chart.add(ChartText{{kMargin, y}, title, ChartFont::Title, TextAlign::Left, theme.text_1, false});
    y += kTitleHeight;
    chart.add(ChartText{{kMargin, y}, subtitle, ChartFont::Body, TextAlign::Left, theme.text_2, false});
    const double captions = static_cast<double>(caption.size()) * kCaptionRow;
    const double bottom = chart.height - kMargin - captions;
    for (std::size_t line = 0; line < caption.size(); ++line) {
        const double middle = bottom + (static_cast<double>(line) + 0.5) * kCaptionRow + 6;
        chart.add(ChartText{
            {kMargin, middle}, caption[line], ChartFont::Body, TextAlign::Left, theme.text_3, false});
    }
    const double top = y + kSubtitleHeight;
    return {.left = kMargin,
            .top = top,
            .right = std::max(kMargin + 1, chart.width - kMargin),
            .bottom = std::max(top + 1, bottom - 10)};
}

}  // namespace moe::render
