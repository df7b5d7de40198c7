#include "engine/tokenizer/token_roles.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "engine/tokenizer/chat_template.h"

namespace moe {
namespace {

constexpr std::size_t kMaxTokenBytes = 64;  // of a special token in a frame
constexpr std::string_view kEosKey = "tokenizer.ggml.eos_token_id";
constexpr std::string_view kEndKeys[] = {kEosKey, "tokenizer.ggml.eot_token_id",
                                         "tokenizer.ggml.eom_token_id"};

constexpr std::string_view kEndTexts[] = {
    "<|endoftext|>",  // GPT-2, Qwen, GLM
    "<|im_end|>",     // ChatML
    "<|end|>",        // Phi; not gpt-oss, see below
    "<|return|>",     // gpt-oss
    "<|call|>",       // gpt-oss
    "<|eot_id|>",     // Llama 3
    "<|eom_id|>",
    "<|eot|>",  // Llama 4
    "<|eom|>",
    "<|end_of_text|>",  // Llama 3, Granite
    "<end_of_turn>",    // Gemma
    "<turn|>",          // Gemma 4
    "<eos>",
    "<|role_end|>",           // Bailing 2
    "<|end_of_sentence|>",    // ERNIE
    "<｜end▁of▁sentence｜>",  // DeepSeek
    "[EOT]",                  // Kimi K2
    "[EOS]",
    "<EOT>",
    "[e~[",  // MiniMax M2
};

/// The token if it is a special one, else -1.
TokenId find_special(const Vocabulary& vocabulary, std::string_view text) {
    const TokenId id = vocabulary.find(text);
    if (text.empty() || id < 0) return -1;
    const TokenKind kind = vocabulary.kind(id);
    return kind == TokenKind::Control || kind == TokenKind::UserDefined ? id : -1;
}

/// In gpt-oss <|end|> closes a message and the assistant goes on, from its reasoning to its answer.
bool goes_on_after_end(const Vocabulary& vocabulary) {
    return find_special(vocabulary, "<|return|>") >= 0 && find_special(vocabulary, "<|call|>") >= 0;
}

std::string_view without_space(std::string_view text) {
    constexpr std::string_view kSpace = " \n";
    const std::size_t begin = text.find_first_not_of(kSpace);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kSpace) + 1 - begin);
}

/// What a chat format ends an answer with: the frame after it, or where there is none the frame of the user's
/// next words, which the model then writes the beginning of.
std::string end_of_answer(const ChatTemplate& chat) {
    std::string end(without_space(chat.answer_end()));
    if (!end.empty()) return end;
    const std::vector<ChatPart> turn = chat.next_turn("x");
    const bool has_frame = !turn.empty() && !turn.front().is_content;
    return has_frame ? std::string(without_space(turn.front().text)) : std::string();
}

/// The special tokens in what a chat format writes. Words and white space, which some files make tokens of
/// their own, are none: those in use begin with a bracket.
std::set<TokenId> frame_tokens(const ChatTemplate& chat, const Vocabulary& vocabulary) {
    std::set<TokenId> tokens;
    for (const std::string_view frame : chat.frames()) {
        for (std::size_t at = frame.find_first_of("<[]"); at != std::string_view::npos;
             at = frame.find_first_of("<[]", at + 1)) {
            for (std::size_t size = 2; size <= std::min(frame.size() - at, kMaxTokenBytes); ++size) {
                const TokenId id = find_special(vocabulary, frame.substr(at, size));
                if (id >= 0) tokens.insert(id);
            }
        }
    }
    return tokens;
}

Result<std::optional<TokenId>> read_id(const GgufMetadata& metadata, std::string_view key,
                                       std::size_t n_vocab) {
    if (!metadata.contains(key)) return std::optional<TokenId>();
    MOE_TRY(const std::size_t id, metadata.size(key, 0, n_vocab - 1));
    return std::optional<TokenId>(static_cast<TokenId>(id));
}

}  // namespace

Result<TokenRoles> read_token_roles(const GgufMetadata& metadata, const Vocabulary& vocabulary,
                                    const RoleDefaults& defaults) {
    TokenRoles roles;
    MOE_TRY(roles.bos, read_id(metadata, "tokenizer.ggml.bos_token_id", vocabulary.size()));
    if (!roles.bos) {
        const TokenId id = find_special(vocabulary, defaults.bos_text);
        if (id >= 0) roles.bos = id;
    }
    MOE_TRY(const bool adds_bos, metadata.flag_or("tokenizer.ggml.add_bos_token", defaults.adds_bos));
    roles.adds_bos = adds_bos && roles.bos.has_value();
    for (const std::string_view key : kEndKeys) {
        MOE_TRY(const std::optional<TokenId> id, read_id(metadata, key, vocabulary.size()));
        if (id) roles.ends.insert(*id);
    }
    if (!metadata.contains(kEosKey)) {
        const TokenId id = find_special(vocabulary, defaults.eos_text);
        if (id >= 0) roles.ends.insert(id);
    }
    for (const std::string_view text : kEndTexts) {
        if (text == "<|end|>" && goes_on_after_end(vocabulary)) continue;
        const TokenId id = find_special(vocabulary, text);
        if (id >= 0) roles.ends.insert(id);
    }
    // With another beginning of texts it is HTML: Gemma has tokens for tags.
    const bool is_pair = roles.bos && vocabulary.text(*roles.bos) == "<s>";
    if (const TokenId id = find_special(vocabulary, "</s>"); is_pair && id >= 0) roles.ends.insert(id);
    MOE_TRY(const ChatTemplate chat, ChatTemplate::from_metadata(metadata));
    if (!chat.is_known()) return roles;
    roles.frames = frame_tokens(chat, vocabulary);
    const std::string end = end_of_answer(chat);
    const bool goes_on = end == "<|end|>" && goes_on_after_end(vocabulary);
    const TokenId id = goes_on ? -1 : find_special(vocabulary, end);
    if (id >= 0) roles.ends.insert(id);
    return roles;
}

}  // namespace moe
