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

/// Qwen 3.5: as Qwen 2 with marks in words, [^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+ and [^\s\p{L}\p{M}\p{N}]+.
void split_qwen35(const CodePoints& points, std::size_t begin, std::size_t end,
                  std::vector<std::size_t>& word_ends);

/// Seed: as Qwen 2 without line ends after symbols.
void split_seed_coder(const CodePoints& points, std::size_t begin, std::size_t end,
                      std::vector<std::size_t>& word_ends);

/// EXAONE MoE, whose words may have spaces in them: (?i:'s|'t|'re|'ve|'m|'ll|'d)|
///          [^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]?|
///          \s*[\r\n]|\s+(?!\S)|\s+
void split_exaone_moe(const CodePoints& points, std::size_t begin, std::size_t end,
                      std::vector<std::size_t>& word_ends);

/// GPT-4o ("o200k"), with upper = [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}], lower = [\p{Ll}\p{Lm}\p{Lo}\p{M}] and
/// end = (?i:'s|'t|'re|'ve|'m|'ll|'d)?: [^\r\n\p{L}\p{N}]?upper*lower+end|[^\r\n\p{L}\p{N}]?upper+lower*end|
///          \p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+
void split_o200k(const CodePoints& points, std::size_t begin, std::size_t end,
                 std::vector<std::size_t>& word_ends);

/// Mistral's Tekken: as GPT-4o without `end` and with single digits.
void split_tekken(const CodePoints& points, std::size_t begin, std::size_t end,
                  std::vector<std::size_t>& word_ends);

/// Kimi K2: \p{Han}+ first; then as GPT-4o, with no \p{Han} in upper and lower and [\r\n]* after symbols.
void split_kimi_k2(const CodePoints& points, std::size_t begin, std::size_t end,
                   std::vector<std::size_t>& word_ends);

/// BLOOM:  ?[^(\s|.,!?…。，、।۔،)]+
void split_bloom(const CodePoints& points, std::size_t begin, std::size_t end,
                 std::vector<std::size_t>& word_ends);

/// [\p{P}$+<=>^~|]+
void split_punctuation(const CodePoints& points, std::size_t begin, std::size_t end,
                       std::vector<std::size_t>& word_ends);

/// Falcon: [\p{P}$+<=>^~|`]+
void split_falcon_punctuation(const CodePoints& points, std::size_t begin, std::size_t end,
                              std::vector<std::size_t>& word_ends);

/// [0-9][0-9][0-9]
void split_ascii_triples(const CodePoints& points, std::size_t begin, std::size_t end,
                         std::vector<std::size_t>& word_ends);

/// Trinity: runs of \p{Nd} in threes from the right, "1234567" as 1, 234, 567. Its file says so in three
/// expressions: \p{Nd}{1,510}(?=(?>\p{Nd}{510})*(?:\P{Nd}|$))|\G\p{Nd}{510} and, within those,
/// \A\p{Nd}{1,2}(?=\p{Nd}{3}+\z) and \A\p{Nd}{3}|\G\p{Nd}{3}.
void split_right_triples(const CodePoints& points, std::size_t begin, std::size_t end,
                         std::vector<std::size_t>& word_ends);

/// Cohere 2 MoE: \d{1,3}(?=(?:\d{3})*\b)
void split_right_triples_of_words(const CodePoints& points, std::size_t begin, std::size_t end,
                                  std::vector<std::size_t>& word_ends);

/// SuperBPE, between two code points: (?=(\d{3})+(?!\d))
void split_before_right_triples(const CodePoints& points, std::size_t begin, std::size_t end,
                                std::vector<std::size_t>& word_ends);

/// Trinity:
/// [一-鿿\u3040-ゟ゠-ヿ㐀-䶿\uF900-\uFAFF\uFF65-ﾟ⼀-⿟]+|[\u0E00-\u0E7F]+|[\u0E80-\u0EFF]+|[ក-\u17FF]+|
///          [က-႟ꩠ-ꩿꧠ-\uA9FF]+|[가-\uD7AFᄀ-ᇿ]+
void split_scripts(const CodePoints& points, std::size_t begin, std::size_t end,
                   std::vector<std::size_t>& word_ends);

/// \p{N}
void split_single_digits(const CodePoints& points, std::size_t begin, std::size_t end,
                         std::vector<std::size_t>& word_ends);

/// \p{N}{1,3}
void split_digit_triples(const CodePoints& points, std::size_t begin, std::size_t end,
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

/// DeepSeek Coder: \s?\p{L}+
void split_deepseek_coder_letters(const CodePoints& points, std::size_t begin, std::size_t end,
                                  std::vector<std::size_t>& word_ends);

/// DeepSeek Coder: \s?\p{P}+
void split_deepseek_coder_punctuation(const CodePoints& points, std::size_t begin, std::size_t end,
                                      std::vector<std::size_t>& word_ends);

/// [一-龥ࠀ-一가-퟿]+
void split_deepseek_ideographs(const CodePoints& points, std::size_t begin, std::size_t end,
                               std::vector<std::size_t>& word_ends);

/// DeepSeek V3: [一-龥぀-ゟ゠-ヿ]+
void split_deepseek3_ideographs(const CodePoints& points, std::size_t begin, std::size_t end,
                                std::vector<std::size_t>& word_ends);

/// DeepSeek V3: [!-\/:-@\[-`{-~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|
///          \s*[\r\n]+|\s+(?!\S)|\s+
void split_deepseek3_words(const CodePoints& points, std::size_t begin, std::size_t end,
                           std::vector<std::size_t>& word_ends);

}  // namespace moe
