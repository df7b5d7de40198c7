#include "render/export/svg.h"

#include <fmt/format.h>

#include <iterator>
#include <string_view>
#include <variant>

#include "engine/base/atomic_write.h"

namespace moe::render {
namespace {

/// With two decimals at most.
std::string number(double value) {
    std::string text = fmt::format("{:.2f}", value);
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
    return text == "-0" ? "0" : text;
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '"')
            out += "&quot;";
        else
            out += static_cast<unsigned char>(c) < ' ' ? ' ' : c;  // XML 1.0 has no control characters
    }
    return out;
}

std::string hex(Color color) { return fmt::format("#{:02x}{:02x}{:02x}", color.r, color.g, color.b); }

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
    return "font-size=\"11\" font-family=\"'JetBrains Mono', monospace\"";
}

const char* anchor_of(TextAlign align) {
    if (align == TextAlign::Left) return "start";
    return align == TextAlign::Center ? "middle" : "end";
}

struct ItemWriter {
    std::string& out;

    void operator()(const ChartRect& rect) const {
        fmt::format_to(std::back_inserter(out),
                       "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\"/>\n", number(rect.x),
                       number(rect.y), number(rect.width), number(rect.height), hex(rect.color));
    }
    void operator()(const ChartLine& line) const {
        std::string points;
        for (const ChartPoint& point : line.points)
            points += (points.empty() ? "" : " ") + number(point.x) + "," + number(point.y);
        fmt::format_to(std::back_inserter(out),
                       "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\"{}/>\n",
                       points, hex(line.color), number(line.width),
                       line.is_dashed ? " stroke-dasharray=\"5 4\"" : " stroke-linejoin=\"round\"");
    }
    void operator()(const ChartDot& dot) const {
        fmt::format_to(std::back_inserter(out), "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{}\"/>\n",
                       number(dot.center.x), number(dot.center.y), number(dot.radius), hex(dot.color));
    }
    void operator()(const ChartText& text) const {
        const std::string x = number(text.anchor.x);
        const std::string y = number(text.anchor.y);
        const std::string turn =
            text.is_upright ? fmt::format(" transform=\"rotate(-90 {} {})\"", x, y) : std::string();
        fmt::format_to(
            std::back_inserter(out),
            "<text x=\"{}\" y=\"{}\" dy=\"0.36em\" {} text-anchor=\"{}\" fill=\"{}\"{}>{}</text>\n", x, y,
            font_of(text.font), anchor_of(text.align), hex(text.color), turn, escaped(text.text));
    }
};

}  // namespace

std::string svg_text(const Chart& chart) {
    std::string out = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" "
        "font-family=\"Inter, sans-serif\" role=\"img\">\n<title>{2}</title>\n"
        "<rect width=\"{0}\" height=\"{1}\" fill=\"{3}\"/>\n",
        chart.width, chart.height, escaped(chart.title), hex(chart.background));
    for (const ChartItem& item : chart.items) std::visit(ItemWriter{out}, item);
    return out + "</svg>\n";
}

Result<void> write_svg(const std::filesystem::path& path, const Chart& chart) {
    return atomic_write(path, svg_text(chart));
}

}  // namespace moe::render
