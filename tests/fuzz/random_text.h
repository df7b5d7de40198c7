#pragma once

#include <string>
#include <vector>

#include "engine/base/rng.h"

namespace moe::test {

/// Bytes that are hard for a tokenizer: scraps of UTF-8, white space, apostrophes, special tokens, noise.
inline std::string random_text(Rng& rng) {
    static const std::vector<std::string> kScraps = {
        " ",           "  ",       "\n", "\r\n",       "\t",   "'",        "'s",   "'LL",
        "\u017F",      "a",        "Ab", "12345",      "!?",   "\u3000",   "é",    "e\u0301",
        "\u1100",      "\u1161",   "中", "ö",          "\xC3", "\xE2\x82", "\xFF", "\xF0\x9F\x91",
        "👩‍👧", "<|im_end", "|>", "<|im_end|>", "<",    "\u2028",
    };
    std::string text;
    const std::size_t n_parts = rng.below(24);
    for (std::size_t i = 0; i < n_parts; ++i) {
        if (rng.below(4) == 0) {
            text.push_back(static_cast<char>(rng.next()));
        } else {
            text += kScraps[rng.below(kScraps.size())];
        }
    }
    return text;
}

}  // namespace moe::test
