#include "render/scene/chart_frame.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "render/scene/text_width.h"

namespace moe::render {
namespace {

constexpr double kWidestMargin = 28;
constexpr double kNarrowestMargin = 4;
constexpr double kMarginShare = 16;  // of the picture's shorter side
constexpr double kTitleRow = 26;
constexpr double kHeadingRow = 20;
constexpr double kRow = 17;
constexpr double kLeastContentSmall = 44;  // beside a title in small letters
constexpr double kLeastTitleWidth = 60;
constexpr std::size_t kMostTitleLines = 2;

/// What stands around the content.
struct Surround {
    std::vector<std::string> title;
    bool is_title_small = false;
    std::vector<std::string> subtitle;
    std::vector<std::string> caption;

    double title_row() const { return is_title_small ? kHeadingRow : kTitleRow; }
    double above() const {
        const double gap = title.empty() ? 0 : is_title_small ? 2 : 20;
        return gap + static_cast<double>(title.size()) * title_row() +
               static_cast<double>(subtitle.size()) * kRow;
    }
    double below() const { return caption.empty() ? 0 : static_cast<double>(caption.size()) * kRow + 10; }
};

/// With less and less of it: first the captions go, then the line below the title, then the title's size.
Surround surround(const std::string& title, const std::string& subtitle,
                  const std::vector<std::string>& caption, double width, double height,
                  double least_content) {
    Surround all{.title = text_lines(title, ChartFont::Title, width),
                 .subtitle = text_lines(subtitle, ChartFont::Body, width),
                 .caption = {}};
    for (const std::string& text : caption)
        for (std::string& line : text_lines(text, ChartFont::Body, width))
            all.caption.push_back(std::move(line));
    const auto has_room = [&] {
        return all.title.size() <= kMostTitleLines && height - all.above() - all.below() >= least_content;
    };
    if (has_room()) return all;
    all.caption.clear();
    if (has_room()) return all;
    all.subtitle.clear();
    if (has_room()) return all;
    const bool has_small = width >= kLeastTitleWidth && height - kHeadingRow >= kLeastContentSmall;
    const std::string line = has_small ? text_cut(title, ChartFont::Heading, width) : std::string();
    return {.title = line.empty() ? std::vector<std::string>{} : std::vector{line},
            .is_title_small = true,
            .subtitle = {},
            .caption = {}};
}

}  // namespace

Chart empty_chart(const std::string& title, int width, int height, const Theme& theme) {
    return {.width = width, .height = height, .background = theme.surface, .title = title, .items = {}};
}

ChartFrame add_frame(Chart& chart, const std::string& title, const std::string& subtitle,
                     const std::vector<std::string>& caption, const Theme& theme, double least_content) {
    const double margin = std::clamp(std::floor(std::min(chart.width, chart.height) / kMarginShare),
                                     kNarrowestMargin, kWidestMargin);
    const Surround around = surround(title, subtitle, caption, chart.width - 2 * margin,
                                     chart.height - 2 * margin, least_content);
    const auto add_line = [&](double y, const std::string& line, ChartFont font, Color color) {
        chart.add(ChartText{{margin, y}, line, font, TextAlign::Left, color, false});
    };
    double y = margin + (around.is_title_small ? kHeadingRow / 2 : 6);
    for (const std::string& line : around.title) {
        add_line(y, line, around.is_title_small ? ChartFont::Heading : ChartFont::Title, theme.text_1);
        y += around.title_row();
    }
    for (const std::string& line : around.subtitle) {
        add_line(y, line, ChartFont::Body, theme.text_2);
        y += kRow;
    }
    const double bottom = chart.height - margin - static_cast<double>(around.caption.size()) * kRow;
    for (std::size_t line = 0; line < around.caption.size(); ++line)
        add_line(bottom + (static_cast<double>(line) + 0.5) * kRow + 6, around.caption[line], ChartFont::Body,
                 theme.text_3);
    const double top = margin + around.above();
    return {.left = margin,
            .top = top,
            .right = std::max(margin + 1, chart.width - margin),
            .bottom = std::max(top + 1, bottom - (around.caption.empty() ? 0 : 10))};
}

}  // namespace moe::render
