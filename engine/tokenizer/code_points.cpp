#include "engine/tokenizer/code_points.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include "engine/tokenizer/utf8.h"

namespace moe {
namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr UChar32 kFirstHan = 0x2E80;

bool is_han(UChar32 c) {
    UErrorCode status = U_ZERO_ERROR;
    return uscript_getScript(c, &status) == USCRIPT_HAN;
}

std::uint16_t kinds_of(char32_t value) {
    const auto c = static_cast<UChar32>(value);
    const std::uint32_t category = U_GET_GC_MASK(c);
    unsigned kinds = 0;
    if ((category & (U_GC_LU_MASK | U_GC_LT_MASK)) != 0) kinds |= kUpperCase;
    if ((category & U_GC_LL_MASK) != 0) kinds |= kLowerCase;
    if ((category & (U_GC_LM_MASK | U_GC_LO_MASK)) != 0) kinds |= kUncased;
    if ((category & U_GC_N_MASK) != 0) kinds |= kNumber;
    if ((category & U_GC_ND_MASK) != 0) kinds |= kDigit;
    if ((category & U_GC_PC_MASK) != 0) kinds |= kConnector;
    if ((category & U_GC_M_MASK) != 0) kinds |= kMark;
    if ((category & U_GC_P_MASK) != 0) kinds |= kPunctuation;
    if ((category & U_GC_S_MASK) != 0) kinds |= kSymbol;
    if (u_isUWhiteSpace(c)) kinds |= kSpace;
    if (c >= kFirstHan && is_han(c)) kinds |= kHan;
    if (c == '\r' || c == '\n') kinds |= kNewline;
    return static_cast<std::uint16_t>(kinds);
}

}  // namespace

CodePoints::CodePoints(std::string_view text) {
    values_.reserve(text.size());
    kinds_.reserve(text.size());
    offsets_.reserve(text.size() + 1);
    for (std::size_t at = 0; at < text.size();) {
        const DecodedCodePoint next = decode_utf8(text, at);
        const char32_t value = next.value == kInvalidByte ? kReplacement : next.value;
        values_.push_back(value);
        kinds_.push_back(kinds_of(value));
        offsets_.push_back(at);
        at += next.size_bytes;
    }
    offsets_.push_back(text.size());
}

}  // namespace moe
