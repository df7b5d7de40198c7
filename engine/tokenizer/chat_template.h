#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/gguf/gguf_metadata.h"
#include "engine/tokenizer/chat_formats.h"
#include "engine/tokenizer/tokenizer.h"

namespace moe {

/// One turn of a conversation. Roles are "system", "user" and "assistant"; any other is written as a user's.
struct ChatMessage {
    std::string role;
    std::string content;
};

/// A piece of a written conversation.
struct ChatPart {
    std::string text;
    bool is_content = false;  ///< somebody's words, in which special tokens are mere text
};

/// Writes conversations as a model was trained to read them, by the rules of its family (`chat_formats.h`).
/// Nothing of the file's own template is executed, and the text grows by a bounded amount a message. A
/// default system message that a publisher's template may add is not written.
class ChatTemplate {
  public:
    ChatTemplate() : format_(&plain_chat_format()) {}  ///< plain text

    /// Recognises `tokenizer.chat_template`. A missing or unknown one gives plain text, `is_known()` is
    /// false.
    static Result<ChatTemplate> from_metadata(const GgufMetadata& metadata);
    /// The same for a template's text.
    static ChatTemplate from_jinja(std::string_view jinja);

    /// The family, such as "chatml"; "plain" for an unknown one.
    std::string_view name() const { return format_->name; }
    bool is_known() const { return format_ != &plain_chat_format(); }

    /// The conversation in pieces, without BOS. `add_generation_prompt` ends it where the assistant begins.
    std::vector<ChatPart> parts(std::span<const ChatMessage> messages, bool add_generation_prompt) const;
    /// The pieces as one text.
    std::string render(std::span<const ChatMessage> messages, bool add_generation_prompt) const;

    /// What follows an answer: the frame between it and the user's next `message` as the first piece, the
    /// message, and where the assistant begins.
    std::vector<ChatPart> next_turn(std::string_view message) const;
    /// What the format writes after an answer, the first part of that frame.
    std::string_view answer_end() const { return format_->assistant.after; }
    /// Without a known format an answer is a line: nothing else tells where the model would speak for the
    /// user.
    bool answers_are_lines() const { return !is_known(); }

  private:
    explicit ChatTemplate(const ChatFormat& format) : format_(&format) {}

    const ChatFormat* format_;
};

/// The ids of a conversation up to where the assistant begins, with BOS where the model asks for it, once. A
/// special token in a message's content is text, so that nobody can end a turn by writing "<|im_end|>".
std::vector<TokenId> encode_chat(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                 std::span<const ChatMessage> messages);

/// The ids that go on after an answer: `next_turn`, without what the answer has already. `end` is the token
/// that ended the answer, a special one or one with the text that ends it; nothing where it was broken off.
std::vector<TokenId> encode_next_turn(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                      std::string_view message, std::optional<TokenId> end);

}  // namespace moe
