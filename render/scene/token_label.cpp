#include "render/scene/token_label.h"

#include <fmt/format.h>

#include <cstdint>

namespace moe::render {
namespace {

constexpr std::string_view kMiddleDot = "\u00B7";
constexpr std::string_view kReturnSign = "\u23CE";
constexpr std::string_view kTabArrow = "\u2192";
constexpr std::string_view kReplacement = "\uFFFD";

// Bytes of the well-formed UTF-8 sequence at the start of `text` (Unicode 15, table 3-7); 0 if there is
// none.
std::size_t sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const std::uint8_t lead = byte(0);
    if (lead < 0x80) return 1;
    const std::size_t length = lead >= 0xC2 && lead <= 0xDF   ? 2
                               : lead >= 0xE0 && lead <= 0xEF ? 3
                               : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                              : 0;
    if (length == 0 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return 0;
    }
    const std::uint8_t second = byte(1);
    const bool is_overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
    const bool is_outside = (lead == 0xED && second > 0x9F) || (lead == 0xF4 && second > 0x8F);
    return is_overlong || is_outside ? 0 : length;
}

// One character as it is shown.
std::string_view shown_character(std::string_view sequence, bool is_first) {
    const char c = sequence[0];
    if (sequence.size() > 1) return sequence;
    if (c == ' ' && is_first) return kMiddleDot;
    if (c == '\n') return kReturnSign;
    if (c == '\t') return kTabArrow;
    const bool is_control = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    return is_control ? kReplacement : sequence;
}

}  // namespace

std::string token_label(std::string_view bytes, std::size_t max_characters) {
    std::string label;
    for (std::size_t n = 0; n < max_characters && !bytes.empty(); ++n) {
        const std::size_t length = sequence_length(bytes);
        label += length == 0 ? kReplacement : shown_character(bytes.substr(0, length), n == 0);
        bytes.remove_prefix(length == 0 ? 1 : length);
    }
    return label;
}

std::string with_thousands(std::size_t number) {
    const std::string digits = fmt::format("{}", number);
    std::string grouped;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0) grouped += ',';
        grouped += digits[i];
    }
    return grouped;
}

}  // namespace moe::render
