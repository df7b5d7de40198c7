#include "engine/tokenizer/nfc.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>

#include <cstdint>
#include <limits>

#include "engine/base/check.h"
#include "engine/tokenizer/utf8.h"

namespace moe {
namespace {

const icu::Normalizer2& nfc() {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* const normalizer = icu::Normalizer2::getNFCInstance(status);
    MOE_CHECK(U_SUCCESS(status));  // its data is built into the library
    return *normalizer;
}

/// Where the well-formed UTF-8 that begins at `begin` ends, at the latest after a line feed: nothing
/// composes across one, and lines keep ICU's 32-bit lengths small.
std::size_t end_of_run(std::string_view text, std::size_t begin) {
    std::size_t at = begin;
    while (at < text.size()) {
        const DecodedCodePoint next = decode_utf8(text, at);
        if (next.value == kInvalidByte) break;
        at += next.size_bytes;
        if (next.value == '\n') break;
    }
    return at;
}

void append_normalized(std::string& out, std::string_view run) {
    if (run.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
        out.append(run);  // a line of 2 GiB is data, not text
        return;
    }
    UErrorCode status = U_ZERO_ERROR;
    icu::StringByteSink<std::string> sink(&out);
    nfc().normalizeUTF8(0, icu::StringPiece(run.data(), static_cast<std::int32_t>(run.size())), sink, nullptr,
                        status);
    MOE_CHECK(U_SUCCESS(status));
}

}  // namespace

std::string normalize_nfc(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = end_of_run(text, at);
        if (end == at) {
            out.push_back(text[at++]);
            continue;
        }
        append_normalized(out, text.substr(at, end - at));
        at = end;
    }
    return out;
}

}  // namespace moe
