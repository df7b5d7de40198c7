#pragma once

namespace moe {

/// Whether DeepSeek LLM's tokenizer lists `c` among the letters of a word: the letters with case of an
/// older Unicode, with gaps of its own, so that no property of today's Unicode gives the same set.
bool is_deepseek_letter(char32_t c);

}  // namespace moe
