#include "render/scene/chart_frame.h"

#include <algorithm>

namespace moe::render {
namespace {

constexpr double kMargin = 28;
constexpr double kTitleRow = 26;
constexpr double kRow = 17;
constexpr double kTitleLetter = 9.8;  // the width of most letters, for breaking lines
constexpr double kLetter = 6.3;

/// Breaks `text` between words where a line has about `most` letters.
std::vector<std::string> wrapped(const std::string& text, double width, double letter) {
    const auto most = static_cast<std::size_t>(std::max(10.0, width / letter));
    std::vector<std::string> lines;
    std::string rest = text;
    while (rest.size() > most) {
        std::size_t space = rest.rfind(' ', most);
        if (space == std::string::npos || space == 0) space = rest.find(' ', 1);
        if (space == std::string::npos) break;
        lines.push_back(rest.substr(0, space));
        rest.erase(0, rest.find_first_not_of(' ', space));
        if (rest == lines.back()) break;
    }
    lines.push_back(rest);
    return lines;
}

}  // namespace

Chart empty_chart(const std::string& title, int width, int height, const Theme& theme) {
    return {.width = width, .height = height, .background = theme.surface, .title = title, .items = {}};
}

ChartFrame add_frame(Chart& chart, const std::string& title, const std::string& subtitle,
                     const std::vector<std::string>& caption, const Theme& theme) {
    const double width = chart.width - 2 * kMargin;
    double y = kMargin + 6;
    for (const std::string& line : wrapped(title, width, kTitleLetter)) {
        chart.add(ChartText{{kMargin, y}, line, ChartFont::Title, TextAlign::Left, theme.text_1, false});
        y += kTitleRow;
    }
    for (const std::string& line : wrapped(subtitle, width, kLetter)) {
        chart.add(ChartText{{kMargin, y}, line, ChartFont::Body, TextAlign::Left, theme.text_2, false});
        y += kRow;
    }
    std::vector<std::string> lines;
    for (const std::string& text : caption) {
        for (const std::string& line : wrapped(text, width, kLetter)) lines.push_back(line);
    }
    const double bottom = chart.height - kMargin - static_cast<double>(lines.size()) * kRow;
    for (std::size_t line = 0; line < lines.size(); ++line) {
        const double middle = bottom + (static_cast<double>(line) + 0.5) * kRow + 6;
        chart.add(
            ChartText{{kMargin, middle}, lines[line], ChartFont::Body, TextAlign::Left, theme.text_3, false});
    }
    const double top = y + 14;
    return {.left = kMargin,
            .top = top,
            .right = std::max(kMargin + 1, chart.width - kMargin),
            .bottom = std::max(top + 1, bottom - 10)};
}

}  // namespace moe::render
