#include "render/export/svg.h"

#include <fmt/format.h>

#include <iterator>
#include <variant>

#include "engine/base/atomic_write.h"
#include "render/export/svg_parts.h"

namespace moe::render {
namespace {

const char* font_of(ChartFont font) {
    switch (font) {
        case ChartFont::Title:
            return "font-size=\"18\" font-weight=\"600\"";
        case ChartFont::Heading:
            return "font-size=\"13\" font-weight=\"600\"";
        case ChartFont::Body:
            return "font-size=\"12\"";
        case ChartFont::Digits:
            break;
    }
    return "font-size=\"11\" font-family=\"'JetBrains Mono', monospace\" font-variant-ligatures=\"none\"";
}

struct ItemWriter {
    std::string& out;

    void operator()(const ChartRect& rect) const {
        const std::string corners =
            rect.radius > 0 ? fmt::format(" rx=\"{}\"", svg_number(rect.radius)) : std::string();
        fmt::format_to(std::back_inserter(out),
                       "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"{} {}/>\n", svg_number(rect.x),
                       svg_number(rect.y), svg_number(rect.width), svg_number(rect.height), corners,
                       svg_paint("fill", rect.color));
    }
    void operator()(const ChartRibbon& ribbon) const {
        const std::string middle = svg_number((ribbon.from.y + ribbon.to.y) / 2);
        const std::string from_x = svg_number(ribbon.from.x), to_x = svg_number(ribbon.to.x);
        fmt::format_to(std::back_inserter(out),
                       "<path d=\"M{} {}C{} {} {} {} {} {}\" fill=\"none\" {} stroke-width=\"{}\"/>\n",
                       from_x, svg_number(ribbon.from.y), from_x, middle, to_x, middle, to_x,
                       svg_number(ribbon.to.y), svg_paint("stroke", ribbon.color), svg_number(ribbon.width));
    }
    void operator()(const ChartLine& line) const {
        std::string points;
        for (const ChartPoint& point : line.points)
            points += (points.empty() ? "" : " ") + svg_number(point.x) + "," + svg_number(point.y);
        fmt::format_to(std::back_inserter(out),
                       "<polyline points=\"{}\" fill=\"none\" {} stroke-width=\"{}\"{}/>\n", points,
                       svg_paint("stroke", line.color), svg_number(line.width),
                       line.is_dashed ? " stroke-dasharray=\"5 4\"" : " stroke-linejoin=\"round\"");
    }
    void operator()(const ChartDot& dot) const {
        fmt::format_to(std::back_inserter(out), "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" {}/>\n",
                       svg_number(dot.center.x), svg_number(dot.center.y), svg_number(dot.radius),
                       svg_paint("fill", dot.color));
    }
    void operator()(const ChartText& text) const {
        const std::string x = svg_number(text.anchor.x);
        const std::string y = svg_number(text.anchor.y);
        const std::string turn =
            text.is_upright ? fmt::format(" transform=\"rotate(-90 {} {})\"", x, y) : std::string();
        fmt::format_to(
            std::back_inserter(out),
            "<text x=\"{}\" y=\"{}\" dy=\"0.36em\" {} text-anchor=\"{}\" fill=\"{}\"{}>{}</text>\n", x, y,
            font_of(text.font), svg_anchor(text.align), svg_hex(text.color), turn, svg_escaped(text.text));
    }
};

}  // namespace

std::string svg_text(const Chart& chart) {
    std::string out = svg_begin(chart.width, chart.height, chart.title, chart.background);
    for (const ChartItem& item : chart.items) std::visit(ItemWriter{out}, item);
    return out + "</svg>\n";
}

Result<void> write_svg(const std::filesystem::path& path, const Chart& chart) {
    return atomic_write(path, svg_text(chart));
}

}  // namespace moe::render
