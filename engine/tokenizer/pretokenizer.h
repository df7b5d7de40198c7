#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/tokenizer/split_rules.h"

namespace moe {

/// How a family of byte-level tokenizers cuts text into words before merging: BPE never merges across
/// the border of two words. Files name it in `tokenizer.ggml.pre`.
struct Pretokenizer {
    std::string_view name;
    std::span<const SplitPass> passes;  ///< applied one after the other, each to the words of the one before
    bool normalizes = false;            ///< text is put into NFC first
    bool prefers_whole_words = false;  ///< a word that is a token becomes that token, whatever the merges say
    bool adds_bos = false;             ///< where the file does not say
};

/// The rules for a name in a file, or null for an unknown one.
const Pretokenizer* find_pretokenizer(std::string_view name);

/// The rules for files that name none, or unknown ones: other programs use them for such files too.
const Pretokenizer& default_pretokenizer();

/// The words of `text`, in order and without gaps; they borrow it.
std::vector<std::string_view> split_words(const Pretokenizer& pretokenizer, std::string_view text);

}  // namespace moe
