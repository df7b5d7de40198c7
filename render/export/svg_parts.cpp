#include "render/export/svg_parts.h"

#include <fmt/format.h>

namespace moe::render {

std::string svg_number(double value) {
    std::string text = fmt::format("{:.2f}", value);
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
    return text == "-0" ? "0" : text;
}

std::string svg_escaped(std::string_view text) {
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

std::string svg_hex(Color color) { return fmt::format("#{:02x}{:02x}{:02x}", color.r, color.g, color.b); }

std::string svg_paint(const char* part, Color color) {
    std::string text = fmt::format("{}=\"{}\"", part, svg_hex(color));
    if (color.a != 255) text += fmt::format(" {}-opacity=\"{}\"", part, svg_number(color.a / 255.0));
    return text;
}

const char* svg_anchor(TextAlign align) {
    if (align == TextAlign::Left) return "start";
    return align == TextAlign::Center ? "middle" : "end";
}

std::string svg_begin(int width, int height, std::string_view title, Color ground) {
    return fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" "
        "font-family=\"Inter, sans-serif\" role=\"img\">\n<title>{2}</title>\n"
        "<rect width=\"{0}\" height=\"{1}\" fill=\"{3}\"/>\n",
        width, height, svg_escaped(title), svg_hex(ground));
}

}  // namespace moe::render
