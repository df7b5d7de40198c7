#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/gguf/gguf_metadata.h"
#include "engine/tokenizer/chat_formats.h"
#include "engine/tokenizer/chat_program.h"
#include "engine/tokenizer/tokenizer.h"

namespace moe {

/// Writes conversations as a model was trained to read them: by the template of its file, which runs with
/// bounded time and memory and reads nothing but the conversation, or, where that cannot be run, by the rules
/// of its family (`chat_formats.h`), or as plain lines.
class ChatTemplate {
  public:
    ChatTemplate();  ///< plain text

    /// Reads `tokenizer.chat_template`. A missing one, or one that cannot be run and is of no known family,
    /// gives plain text, `is_known()` is false.
    static Result<ChatTemplate> from_metadata(const GgufMetadata& metadata);
    /// The same for a template's text.
    static ChatTemplate from_jinja(std::string_view jinja, const ChatTokens& tokens = {});

    /// The family, such as "chatml"; "plain" for an unknown one, "jinja" for one that runs.
    std::string_view name() const;
    bool is_known() const { return program_ != nullptr || format_ != &plain_chat_format(); }
    /// What can be said about thinking, beside nothing; empty where the format knows no such thing.
    const std::vector<Thinking>& thinking_choices() const { return thinking_choices_; }
    /// The same with another clock; as it is where no template runs.
    ChatTemplate with_clock(std::time_t now) const;
    /// The same with this said about thinking; nothing where that is none of the choices.
    ChatTemplate with_thinking(Thinking thinking) const;
    /// What a user should know before a chat, in a sentence: that the model has no known format or that its
    /// template cannot be run and why. Empty where there is nothing.
    const std::string& notice() const { return notice_; }

    /// The conversation in pieces, with BOS where the template writes it. `add_generation_prompt` ends it
    /// where the assistant begins.
    std::vector<ChatPart> parts(std::span<const ChatMessage> messages, bool add_generation_prompt) const;
    /// The pieces as one text.
    std::string render(std::span<const ChatMessage> messages, bool add_generation_prompt) const;

    /// What follows an answer: the frame between it and the user's next `message` as the first piece, the
    /// message, and where the assistant begins.
    std::vector<ChatPart> next_turn(std::string_view message) const;
    /// What the format writes after an answer, the first part of that frame.
    std::string_view answer_end() const;
    /// What the format writes around messages: all it is made of. The texts live as long as this.
    std::vector<std::string_view> frames() const;
    /// Without a known format an answer is a line: nothing else tells where the model would speak for the
    /// user.
    bool answers_are_lines() const { return !is_known(); }

  private:
    ChatTemplate with(const ChatOptions& options) const;
    std::vector<ChatPart> format_parts(std::span<const ChatMessage> messages,
                                       bool add_generation_prompt) const;

    std::shared_ptr<const ChatProgram> program_;  // null: by the rules of the format
    const ChatFormat* format_;
    ChatOptions options_;
    std::vector<Thinking> thinking_choices_;
    std::string notice_;
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
