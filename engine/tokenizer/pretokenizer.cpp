#include "engine/tokenizer/pretokenizer.h"

#include <utility>

namespace moe {
namespace {

constexpr SplitPass kGpt2[] = {split_gpt2};
constexpr SplitPass kLlama3[] = {split_llama3};
constexpr SplitPass kQwen2[] = {split_qwen2};
constexpr SplitPass kQwen35[] = {split_qwen35};
constexpr SplitPass kSeedCoder[] = {split_seed_coder};
constexpr SplitPass kExaoneMoe[] = {split_exaone_moe};
constexpr SplitPass kO200k[] = {split_o200k};
constexpr SplitPass kTekken[] = {split_tekken};
constexpr SplitPass kKimiK2[] = {split_kimi_k2};
constexpr SplitPass kStarcoder[] = {split_single_digits, split_gpt2};
constexpr SplitPass kBloom[] = {split_bloom};
constexpr SplitPass kViking[] = {split_bloom, split_single_digits};
constexpr SplitPass kFalcon[] = {split_falcon_punctuation, split_gpt2, split_ascii_triples};
constexpr SplitPass kSuperBpe[] = {split_numbers, split_before_right_triples};
constexpr SplitPass kCohere2Moe[] = {split_right_triples_of_words, split_o200k};
constexpr SplitPass kTrinity[] = {split_right_triples, split_scripts, split_deepseek3_words};
// Of files from before May 2024, which do not name their rules.
constexpr SplitPass kDefault[] = {split_punctuation, split_gpt2, split_numbers, split_ascii_triples};
constexpr SplitPass kDeepseekCoder[] = {split_newlines, split_deepseek_coder_letters,
                                        split_deepseek_coder_punctuation, split_deepseek_ideographs,
                                        split_single_digits};
constexpr SplitPass kDeepseekLlm[] = {
    split_newlines,       split_deepseek_letters,    split_deepseek_punctuation,
    split_trailing_space, split_deepseek_ideographs, split_numbers};
constexpr SplitPass kDeepseekV3[] = {split_digit_triples, split_deepseek3_ideographs, split_deepseek3_words};

// Names of rules that are the same to the letter share an entry's passes. Whether text is normalized is
// the publisher's choice: Qwen, Hunyuan, Cohere and what descends from GPT-NeoX, such as OLMo, do.
constexpr Pretokenizer kPretokenizers[] = {
    {.name = "default", .passes = kDefault},
    {.name = "gpt-2", .passes = kGpt2},
    {.name = "phi-2", .passes = kGpt2},
    {.name = "exaone4", .passes = kGpt2},
    {.name = "mellum", .passes = kGpt2},
    {.name = "gigachat", .passes = kGpt2},
    {.name = "granite-docling", .passes = kGpt2},
    {.name = "a.x-4.0", .passes = kGpt2},
    {.name = "jais", .passes = kGpt2},
    {.name = "trillion", .passes = kGpt2},
    {.name = "olmo", .passes = kGpt2, .normalizes = true},
    {.name = "mpt", .passes = kGpt2, .normalizes = true},
    {.name = "qwen2", .passes = kQwen2, .normalizes = true},
    {.name = "deepseek-r1-qwen", .passes = kQwen2, .normalizes = true},
    {.name = "megrez", .passes = kQwen2, .normalizes = true},
    {.name = "hunyuan", .passes = kQwen2, .normalizes = true},
    {.name = "kormo", .passes = kQwen2, .normalizes = true},
    {.name = "qwen35", .passes = kQwen35, .normalizes = true},
    {.name = "stablelm2", .passes = kQwen2},
    {.name = "grok-2", .passes = kQwen2},
    {.name = "solar-open", .passes = kQwen2},
    {.name = "bailingmoe", .passes = kQwen2},
    {.name = "bailingmoe2", .passes = kQwen2},
    {.name = "llada-moe", .passes = kQwen2},
    {.name = "seed-coder", .passes = kSeedCoder},
    {.name = "exaone-moe", .passes = kExaoneMoe},
    {.name = "llama-bpe", .passes = kLlama3, .prefers_whole_words = true, .adds_bos = true},
    {.name = "llama3", .passes = kLlama3, .prefers_whole_words = true, .adds_bos = true},
    {.name = "llama-v3", .passes = kLlama3, .prefers_whole_words = true, .adds_bos = true},
    {.name = "falcon3", .passes = kLlama3, .prefers_whole_words = true, .adds_bos = true},
    {.name = "falcon-h1", .passes = kLlama3, .prefers_whole_words = true, .adds_bos = true},
    {.name = "lfm2", .passes = kLlama3, .prefers_whole_words = true, .adds_bos = true},
    {.name = "midm-2.0", .passes = kLlama3, .prefers_whole_words = true, .adds_bos = true},
    {.name = "pixtral", .passes = kLlama3, .prefers_whole_words = true, .adds_bos = true},
    {.name = "dbrx", .passes = kLlama3},
    {.name = "smaug-bpe", .passes = kLlama3},
    {.name = "glm4", .passes = kLlama3},
    {.name = "chatglm-bpe", .passes = kLlama3},
    {.name = "gpt-4o", .passes = kO200k},
    {.name = "llama4", .passes = kO200k},
    {.name = "minimax-m2", .passes = kO200k},
    {.name = "kanana2", .passes = kO200k},
    {.name = "talkie", .passes = kO200k},
    {.name = "tekken", .passes = kTekken, .prefers_whole_words = true, .adds_bos = true},
    {.name = "kimi-k2", .passes = kKimiK2},
    {.name = "deepseek-llm", .passes = kDeepseekLlm},
    {.name = "deepseek-coder", .passes = kDeepseekCoder},
    {.name = "deepseek-v3", .passes = kDeepseekV3},
    {.name = "hunyuan-dense", .passes = kDeepseekV3},
    {.name = "joyai-llm", .passes = kDeepseekV3},
    {.name = "step35", .passes = kDeepseekV3},
    {.name = "afmoe", .passes = kTrinity},
    {.name = "cohere2moe", .passes = kCohere2Moe},
    {.name = "tiny_aya", .passes = kCohere2Moe},
    {.name = "superbpe", .passes = kSuperBpe},
    {.name = "refact", .passes = kStarcoder},
    {.name = "starcoder", .passes = kStarcoder},
    {.name = "smollm", .passes = kStarcoder},
    {.name = "codeshell", .passes = kStarcoder},
    {.name = "exaone", .passes = kStarcoder},
    {.name = "mellum2", .passes = kStarcoder},
    {.name = "minerva-7b", .passes = kStarcoder},
    {.name = "command-r", .passes = kStarcoder, .normalizes = true},
    {.name = "falcon", .passes = kFalcon},
    {.name = "bloom", .passes = kBloom},
    {.name = "gpt3-finnish", .passes = kBloom},
    {.name = "poro-chat", .passes = kBloom},
    {.name = "viking", .passes = kViking},
};

}  // namespace

const Pretokenizer* find_pretokenizer(std::string_view name) {
    for (const Pretokenizer& pretokenizer : kPretokenizers) {
        if (pretokenizer.name == name) return &pretokenizer;
    }
    return nullptr;
}

const Pretokenizer& default_pretokenizer() { return kPretokenizers[0]; }

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
