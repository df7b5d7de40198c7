#pragma once

#include <cstddef>
#include <vector>

#include "engine/tokenizer/code_points.h"

namespace moe {

/// Cuts the code points [begin, end) into words and appends where each ends. The words are the matches
/// of a regular expression and what lies between them; nothing is lost. Time is linear in the length.
using SplitPass = void (*)(const CodePoints& points, std::size_t begin, std::size_t end,
                           std::vector<std::size_t>& word_ends);

// Each pass does what the published regular expression does, by hand, for speed. Alternatives of an
// expression are tried in order at each position and the first that matches wins.

/// GPT-2: 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
void split_gpt2(const CodePoints& points, std::size_t begin, std::size_t end,
                std::vector<std::size_t>& word_ends);

/// Llama 3: (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|
///          \s*[\r\n]+|\s+(?!\S)|\s+
void split_llama3(const CodePoints& points, std::size_t begin, std::size_t end,
                  std::vector<std::size_t>& word_ends);

/// Qwen 2: as Llama 3 with single digits, \p{N}.
void split_qwen2(const CodePoints& points, std::size_t begin, std::size_t end,
                 std::vector<std::size_t>& word_ends);

/// \p{N}
void split_single_digits(const CodePoints& points, std::size_t begin, std::size_t end,
                         std::vector<std::size_t>& word_ends);

/// \p{N}+
void split_numbers(const CodePoints& points, std::size_t begin, std::size_t end,
                   std::vector<std::size_t>& word_ends);

/// [\r\n]
void split_newlines(const CodePoints& points, std::size_t begin, std::size_t end,
                    std::vector<std::size_t>& word_ends);

/// \s+$
void split_trailing_space(const CodePoints& points, std::size_t begin, std::size_t end,
                          std::vector<std::size_t>& word_ends);

/// \s?[A-Za-zµÀ-ÖØ-öø-ƺ...]+, the letters with case that DeepSeek LLM lists
void split_deepseek_letters(const CodePoints& points, std::size_t begin, std::size_t end,
                            std::vector<std::size_t>& word_ends);

/// \s?[!-/:-~！-／：-～‘-‟　-。]+
void split_deepseek_punctuation(const CodePoints& points, std::size_t begin, std::size_t end,
                                std::vector<std::size_t>& word_ends);

/// [一-龥ࠀ-一가-퟿]+
void split_deepseek_ideographs(const CodePoints& points, std::size_t begin, std::size_t end,
                               std::vector<std::size_t>& word_ends);

}  // namespace moe
