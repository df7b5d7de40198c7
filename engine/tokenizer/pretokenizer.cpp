#include "engine/tokenizer/pretokenizer.h"

#include <fmt/format.h>

#include <utility>

namespace moe {
namespace {

constexpr SplitPass kGpt2[] = {split_gpt2};
constexpr SplitPass kLlama3[] = {split_llama3};
constexpr SplitPass kQwen2[] = {split_qwen2};
constexpr SplitPass kStarcoder[] = {split_single_digits, split_gpt2};
constexpr SplitPass kDeepseekLlm[] = {
    split_newlines,       split_deepseek_letters,    split_deepseek_punctuation,
    split_trailing_space, split_deepseek_ideographs, split_numbers};

// Only names whose rules are the same to the letter share an entry's passes.
constexpr Pretokenizer kPretokenizers[] = {
    {.name = "gpt-2", .passes = kGpt2},
    {.name = "olmo", .passes = kGpt2},
    {.name = "phi-2", .passes = kGpt2},
    {.name = "qwen2", .passes = kQwen2, .normalizes = true},
    {.name = "deepseek-r1-qwen", .passes = kQwen2, .normalizes = true},
    {.name = "llama-bpe", .passes = kLlama3, .prefers_whole_words = true, .adds_bos = true},
    {.name = "llama3", .passes = kLlama3, .prefers_whole_words = true, .adds_bos = true},
    {.name = "llama-v3", .passes = kLlama3, .prefers_whole_words = true, .adds_bos = true},
    {.name = "falcon3", .passes = kLlama3, .prefers_whole_words = true, .adds_bos = true},
    {.name = "dbrx", .passes = kLlama3},
    {.name = "smaug-bpe", .passes = kLlama3},
    {.name = "deepseek-llm", .passes = kDeepseekLlm},
    {.name = "refact", .passes = kStarcoder},
    {.name = "starcoder", .passes = kStarcoder},
    {.name = "smollm", .passes = kStarcoder},
};

}  // namespace

const Pretokenizer* find_pretokenizer(std::string_view name) {
    for (const Pretokenizer& pretokenizer : kPretokenizers) {
        if (pretokenizer.name == name) return &pretokenizer;
    }
    return nullptr;
}

std::string known_pretokenizers() {
    std::string names;
    for (const Pretokenizer& pretokenizer : kPretokenizers) {
        names += fmt::format("{}{}", names.empty() ? "" : ", ", pretokenizer.name);
    }
    return names;
}

std::vector<std::string_view> split_words(const Pretokenizer& pretokenizer, std::string_view text) {
    const CodePoints points(text);
    std::vector<std::size_t> word_ends;
    if (points.size() > 0) word_ends.push_back(points.size());
    for (const SplitPass pass : pretokenizer.passes) {
        std::vector<std::size_t> finer;
        std::size_t begin = 0;
        for (const std::size_t end : word_ends) {
            pass(points, begin, end, finer);
            begin = end;
        }
        word_ends = std::move(finer);
    }

    std::vector<std::string_view> words;
    words.reserve(word_ends.size());
    std::size_t begin = 0;
    for (const std::size_t word_end : word_ends) {
        const std::size_t end = points.offset(word_end);
        words.push_back(text.substr(begin, end - begin));
        begin = end;
    }
    return words;
}

}  // namespace moe
