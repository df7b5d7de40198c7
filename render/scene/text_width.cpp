#include "render/scene/text_width.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace moe::render {
namespace {

// Advances of the printable ASCII characters, then of a few signs that charts write, in thousandths of the
// size; from the tables hmtx and cmap of assets/fonts.
constexpr std::array<std::uint16_t, 95> kRegular{
    281, 278, 403, 631, 638, 812, 639, 222, 362, 362, 500, 659, 280, 460, 276, 357, 625, 464, 605, 636,
    642, 608, 624, 571, 616, 624, 276, 280, 659, 659, 659, 507, 936, 676, 651, 727, 719, 598, 587, 743,
    740, 264, 543, 652, 562, 889, 753, 761, 635, 761, 639, 638, 642, 741, 676, 949, 642, 665, 625, 362,
    357, 362, 469, 452, 497, 564, 621, 558, 621, 582, 361, 609, 591, 237, 237, 544, 237, 869, 585, 597,
    609, 609, 372, 523, 364, 581, 557, 812, 540, 557, 541, 362, 327, 362, 659};
constexpr std::array<std::uint16_t, 95> kSemiBold{
    248, 309, 396, 643, 649, 844, 663, 213, 393, 393, 543, 673, 295, 466, 290, 379, 667, 481, 621, 652,
    666, 632, 648, 587, 646, 648, 290, 295, 673, 673, 673, 544, 999, 724, 657, 744, 724, 608, 586, 755,
    744, 275, 561, 677, 566, 906, 741, 775, 643, 776, 651, 649, 660, 734, 724, 1007, 690, 705, 653, 393,
    379, 393, 481, 468, 497, 575, 630, 577, 630, 593, 377, 625, 613, 261, 261, 569, 261, 898, 610, 608,
    625, 625, 397, 549, 380, 608, 576, 837, 562, 576, 562, 393, 358, 393, 673};

struct Sign {
    char32_t code;
    std::uint16_t regular;
    std::uint16_t semi_bold;
};
constexpr std::array<Sign, 7> kSigns{{
    {0x00B7, 276, 290},
    {0x00D7, 659, 673},
    {0x03A3, 631, 658},
    {0x2013, 500, 500},
    {0x2026, 821, 806},
    {0x2192, 955, 955},
    {0x2212, 659, 673}}};

constexpr std::uint16_t kMono = 600;        // each of JetBrains Mono
constexpr std::uint16_t kOther = 1050;      // other alphabets, full-width characters
constexpr std::uint16_t kPictograph = 1400;  // emoji
constexpr char32_t kFirstForeign = 0x0590;  // from here on JetBrains Mono has no letters
constexpr char32_t kFirstWide = 0x1100;
constexpr char32_t kFirstPictograph = 0x10000;
constexpr std::string_view kEllipsis = "\u2026";

double size_of(ChartFont font) {
    switch (font) {
        case ChartFont::Title:
            return 18;
        case ChartFont::Heading:
            return 13;
        case ChartFont::Body:
            return 12;
        case ChartFont::Digits:
            break;
    }
    return 11;
}

bool is_semi_bold(ChartFont font) { return font == ChartFont::Title || font == ChartFont::Heading; }

bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

/// Removes the first character of valid UTF-8.
char32_t take_character(std::string_view& utf8) {
    const auto lead = static_cast<unsigned char>(utf8[0]);
    char32_t code = lead < 0x80   ? lead
                    : lead < 0xE0 ? lead & 0x1Fu
                    : lead < 0xF0 ? lead & 0x0Fu
                                  : lead & 0x07u;
    std::size_t length = 1;
    for (; length < utf8.size() && !begins_character(utf8[length]); ++length)
        code = (code << 6) | (static_cast<unsigned char>(utf8[length]) & 0x3Fu);
    utf8.remove_prefix(length);
    return code;
}

/// Thousandths of the size.
std::uint16_t advance(char32_t code, ChartFont font) {
    if (code >= kFirstPictograph) return kPictograph;
    if (code >= kFirstWide && code < 0x2000) return kOther;
    if (font == ChartFont::Digits)
        return code < kFirstForeign || (code >= 0x2000 && code < 0x3000) ? kMono : kOther;
    if (code >= 32 && code < 127) return (is_semi_bold(font) ? kSemiBold : kRegular)[code - 32];
    for (const Sign& sign : kSigns) {
        if (sign.code == code) return is_semi_bold(font) ? sign.semi_bold : sign.regular;
    }
    return kOther;
}

}  // namespace

double text_width(std::string_view utf8, ChartFont font) {
    std::uint64_t thousandths = 0;
    while (!utf8.empty()) thousandths += advance(take_character(utf8), font);
    return static_cast<double>(thousandths) * size_of(font) / 1000.0;
}

double text_height(ChartFont font) { return size_of(font) * 1.2; }

std::string text_cut(const std::string& text, ChartFont font, double width) {
    if (text_width(text, font) <= width) return text;
    std::string head = text;
    while (!head.empty()) {
        while (!begins_character(head.back())) head.pop_back();
        head.pop_back();
        while (head.ends_with(' ')) head.pop_back();
        if (!head.empty() && text_width(head, font) + text_width(kEllipsis, font) <= width)
            return head + std::string(kEllipsis);
    }
    return {};
}

std::string first_fitting(const std::vector<std::string>& words, ChartFont font, double width) {
    for (const std::string& text : words) {
        if (text_width(text, font) <= width) return text;
    }
    return {};
}

std::vector<std::string> text_lines(const std::string& text, ChartFont font, double width) {
    std::vector<std::string> lines;
    std::string line;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t space = std::min(text.find(' ', text.find_first_not_of(' ', at)), text.size());
        const std::string longer = line + text.substr(at, space - at);
        if (!line.empty() && text_width(longer, font) > width) {
            lines.push_back(text_cut(line, font, width));
            at = text.find_first_not_of(' ', at);
            line.clear();
            continue;
        }
        line = longer;
        at = space;
    }
    if (!line.empty()) lines.push_back(text_cut(line, font, width));
    std::erase(lines, std::string());
    return lines;
}

}  // namespace moe::render
