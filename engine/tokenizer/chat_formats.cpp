#include "engine/tokenizer/chat_formats.h"

#include <algorithm>

namespace moe {
namespace {

using Marks = std::string_view[];

constexpr Marks kKimiMarks = {"<|im_assistant|>", "<|im_middle|>"};
constexpr Marks kChatMlSepMarks = {"<|im_start|>", "<|im_sep|>"};
constexpr Marks kChatMlMarks = {"<|im_start|>"};
constexpr Marks kLlama4Marks = {"<|header_start|>", "<|header_end|>"};
constexpr Marks kLlama3Marks = {"<|start_header_id|>", "<|end_header_id|>"};
constexpr Marks kHarmonyMarks = {"<|start|>", "<|message|>", "<|channel|>"};
constexpr Marks kGemma4Marks = {"<|turn>", "<turn|>"};
constexpr Marks kGemmaMarks = {"<start_of_turn>"};
constexpr Marks kDeepseekV3Marks = {"<｜User｜>", "<｜Assistant｜>"};
constexpr Marks kDeepseekV2Marks = {"'User: '", "'Assistant: ' + message['content'] + eos_token"};
constexpr Marks kErnieMarks = {"<|begin_of_sentence|>", "User: ", "Assistant: "};
constexpr Marks kGlm4Marks = {"[gMASK]<sop>"};
constexpr Marks kGraniteMarks = {"<|start_of_role|>"};
constexpr Marks kHunyuanMarks = {"<|extra_0|>", "<|extra_4|>"};
constexpr Marks kMinimaxMarks = {"]~b]"};
constexpr Marks kBailing2Marks = {"<role>", "<|role_end|>"};
constexpr Marks kBailingMarks = {"<role>"};
constexpr Marks kDotsMarks = {"<|endofuserprompt|>"};
constexpr Marks kMegrezMarks = {"<|role_start|>"};
constexpr Marks kSeedMarks = {"<seed:bos>"};
constexpr Marks kGrok2Marks = {"<|separator|>", "Human: "};
constexpr Marks kLlama2Marks = {"[INST]", "<<SYS>>"};
constexpr Marks kMistral1Marks = {"[INST]", " [/INST]"};
constexpr Marks kMistral3Marks = {"[INST]", "[/INST]"};
constexpr Marks kPhi3Marks = {"<|end|>", "<|assistant|>"};
constexpr Marks kOlmoMarks = {"<|user|>", "<|assistant|>", "message['content'] + eos_token + '"};

// The first whose marks are all there is the one, so that the narrow come before the wide.
constexpr ChatFormat kFormats[] = {
    {.name = "kimi-k2",
     .marks = kKimiMarks,
     .system = {"<|im_system|>system<|im_middle|>", "<|im_end|>"},
     .user = {"<|im_user|>user<|im_middle|>", "<|im_end|>"},
     .assistant = {"<|im_assistant|>assistant<|im_middle|>", "<|im_end|>"},
     .generation = "<|im_assistant|>assistant<|im_middle|>"},
    {.name = "chatml-sep",
     .marks = kChatMlSepMarks,
     .system = {"<|im_start|>system<|im_sep|>", "<|im_end|>"},
     .user = {"<|im_start|>user<|im_sep|>", "<|im_end|>"},
     .assistant = {"<|im_start|>assistant<|im_sep|>", "<|im_end|>"},
     .generation = "<|im_start|>assistant<|im_sep|>"},
    {.name = "chatml",
     .marks = kChatMlMarks,
     .system = {"<|im_start|>system\n", "<|im_end|>\n"},
     .user = {"<|im_start|>user\n", "<|im_end|>\n"},
     .assistant = {"<|im_start|>assistant\n", "<|im_end|>\n"},
     .generation = "<|im_start|>assistant\n"},
    {.name = "llama4",
     .marks = kLlama4Marks,
     .system = {"<|header_start|>system<|header_end|>\n\n", "<|eot|>"},
     .user = {"<|header_start|>user<|header_end|>\n\n", "<|eot|>"},
     .assistant = {"<|header_start|>assistant<|header_end|>\n\n", "<|eot|>"},
     .generation = "<|header_start|>assistant<|header_end|>\n\n",
     .content = ChatFormat::Content::Trimmed},
    {.name = "llama3",
     .marks = kLlama3Marks,
     .system = {"<|start_header_id|>system<|end_header_id|>\n\n", "<|eot_id|>"},
     .user = {"<|start_header_id|>user<|end_header_id|>\n\n", "<|eot_id|>"},
     .assistant = {"<|start_header_id|>assistant<|end_header_id|>\n\n", "<|eot_id|>"},
     .generation = "<|start_header_id|>assistant<|end_header_id|>\n\n",
     .content = ChatFormat::Content::Trimmed},
    // The publisher's prefix has today's date in it. Ours has none, so that equal input gives equal runs.
    {.name = "gpt-oss",
     .marks = kHarmonyMarks,
     .prefix = "<|start|>system<|message|>You are ChatGPT, a large language model trained by OpenAI.\n"
               "Knowledge cutoff: 2024-06\n\nReasoning: ",
     .effort = "medium",
     .after_effort = "\n\n# Valid channels: analysis, commentary, final. Channel must be included for every "
                     "message.<|end|>",
     .system = {"<|start|>developer<|message|># Instructions\n\n", "\n\n<|end|>"},
     .user = {"<|start|>user<|message|>", "<|end|>"},
     .assistant = {"<|start|>assistant<|channel|>final<|message|>", "<|end|>"},
     .generation = "<|start|>assistant"},
    {.name = "gemma4",
     .marks = kGemma4Marks,
     .system = {"<|turn>system\n", "<turn|>\n"},
     .user = {"<|turn>user\n", "<turn|>\n"},
     .assistant = {"<|turn>model\n", "<turn|>\n"},
     .generation = "<|turn>model\n",
     .content = ChatFormat::Content::Trimmed},
    {.name = "gemma",
     .marks = kGemmaMarks,
     .system = {"", "\n\n"},
     .user = {"<start_of_turn>user\n", "<end_of_turn>\n"},
     .assistant = {"<start_of_turn>model\n", "<end_of_turn>\n"},
     .generation = "<start_of_turn>model\n",
     .system_is = ChatFormat::System::JoinsUser,
     .content = ChatFormat::Content::Trimmed},
    {.name = "deepseek-v3",
     .marks = kDeepseekV3Marks,
     .user = {"<｜User｜>", ""},
     .assistant = {"<｜Assistant｜>", "<｜end▁of▁sentence｜>"},
     .generation = "<｜Assistant｜>"},
    {.name = "deepseek-v2",
     .marks = kDeepseekV2Marks,
     .system = {"", "\n\n"},
     .user = {"User: ", "\n\n"},
     .assistant = {"Assistant: ", "<｜end▁of▁sentence｜>"},
     .generation = "Assistant:"},
    {.name = "ernie4.5",
     .marks = kErnieMarks,
     .prefix = "<|begin_of_sentence|>",
     .system = {"", "\n"},
     .user = {"User: ", "\n"},
     .assistant = {"Assistant: ", "</s>"},
     .generation = "Assistant: "},
    {.name = "glm4",
     .marks = kGlm4Marks,
     .prefix = "[gMASK]<sop>",
     .system = {"<|system|>\n", ""},
     .user = {"<|user|>\n", ""},
     .assistant = {"<|assistant|>\n", ""},
     .generation = "<|assistant|>"},
    {.name = "granite",
     .marks = kGraniteMarks,
     .system = {"<|start_of_role|>system<|end_of_role|>", "<|end_of_text|>\n"},
     .user = {"<|start_of_role|>user<|end_of_role|>", "<|end_of_text|>\n"},
     .assistant = {"<|start_of_role|>assistant<|end_of_role|>", "<|end_of_text|>\n"},
     .generation = "<|start_of_role|>assistant<|end_of_role|>"},
    {.name = "hunyuan-moe",
     .marks = kHunyuanMarks,
     .system = {"<|startoftext|>", "<|extra_4|>"},
     .user = {"<|startoftext|>", "<|extra_0|>"},
     .assistant = {"", "<|eos|>"}},
    {.name = "minimax-m2",
     .marks = kMinimaxMarks,
     .prefix = "]~!b[",
     .system = {"]~b]system\n", "[e~[\n"},
     .user = {"]~b]user\n", "[e~[\n"},
     .assistant = {"]~b]ai\n", "[e~[\n"},
     .generation = "]~b]ai\n<think>\n"},
    {.name = "bailing2",
     .marks = kBailing2Marks,
     .system = {"<role>SYSTEM</role>", "<|role_end|>"},
     .user = {"<role>HUMAN</role>", "<|role_end|>"},
     .assistant = {"<role>ASSISTANT</role>", "<|role_end|>"},
     .generation = "<role>ASSISTANT</role>"},
    {.name = "bailing",
     .marks = kBailingMarks,
     .system = {"<role>SYSTEM</role>", ""},
     .user = {"<role>HUMAN</role>", ""},
     .assistant = {"<role>ASSISTANT</role>", ""},
     .generation = "<role>ASSISTANT</role>"},
    {.name = "dots1",
     .marks = kDotsMarks,
     .system = {"<|system|>", "<|endofsystem|>"},
     .user = {"<|userprompt|>", "<|endofuserprompt|>"},
     .assistant = {"<|response|>", "<|endofresponse|>"},
     .generation = "<|response|>"},
    {.name = "megrez",
     .marks = kMegrezMarks,
     .system = {"<|role_start|>system<|role_end|>", "<|turn_end|>"},
     .user = {"<|role_start|>user<|role_end|>", "<|turn_end|>"},
     .assistant = {"<|role_start|>assistant<|role_end|>", "<|turn_end|>"},
     .generation = "<|role_start|>assistant<|role_end|>"},
    {.name = "seed-oss",
     .marks = kSeedMarks,
     .system = {"<seed:bos>system\n", "<seed:eos>"},
     .user = {"<seed:bos>user\n", "<seed:eos>"},
     .assistant = {"<seed:bos>assistant\n", "<seed:eos>"},
     .generation = "<seed:bos>assistant\n"},
    {.name = "grok-2",
     .marks = kGrok2Marks,
     .system = {"System: ", "<|separator|>\n\n"},
     .user = {"Human: ", "<|separator|>\n\n"},
     .assistant = {"Assistant: ", "<|separator|>\n\n"},
     .generation = "Assistant:",
     .content = ChatFormat::Content::Trimmed},
    {.name = "llama2",
     .marks = kLlama2Marks,
     .system = {"<<SYS>>\n", "\n<</SYS>>\n\n"},
     .user = {"[INST] ", " [/INST]"},
     .assistant = {" ", " </s>"},
     .system_is = ChatFormat::System::JoinsUser},
    {.name = "mistral-v1",
     .marks = kMistral1Marks,
     .system = {"", "\n\n"},
     .user = {"[INST] ", " [/INST]"},
     .assistant = {" ", "</s>"},
     .system_is = ChatFormat::System::JoinsUser},
    {.name = "mistral-v3",
     .marks = kMistral3Marks,
     .system = {"", "\n\n"},
     .user = {"[INST] ", "[/INST]"},
     .assistant = {" ", "</s>"},
     .system_is = ChatFormat::System::JoinsUser},
    {.name = "phi3",
     .marks = kPhi3Marks,
     .system = {"<|system|>\n", "<|end|>\n"},
     .user = {"<|user|>\n", "<|end|>\n"},
     .assistant = {"<|assistant|>\n", "<|end|>\n"},
     .generation = "<|assistant|>\n"},
    {.name = "olmo",
     .marks = kOlmoMarks,
     .system = {"<|system|>\n", "\n"},
     .user = {"<|user|>\n", "\n"},
     .assistant = {"<|assistant|>\n", "<|endoftext|>\n"},
     .generation = "<|assistant|>\n"},
};

constexpr ChatFormat kPlain{.name = "plain",
                            .marks = {},
                            .system = {"", "\n\n"},
                            .user = {"User: ", "\n"},
                            .assistant = {"Assistant: ", "\n"},
                            .generation = "Assistant:",
                            .content = ChatFormat::Content::Trimmed};

}  // namespace

const ChatFormat* find_chat_format(std::string_view jinja) {
    for (const ChatFormat& format : kFormats) {
        const auto is_there = [&](std::string_view mark) {
            return jinja.find(mark) != std::string_view::npos;
        };
        if (std::ranges::all_of(format.marks, is_there)) return &format;
    }
    return nullptr;
}

const ChatFormat& plain_chat_format() { return kPlain; }

}  // namespace moe
