#pragma once

#include <ctime>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/jinja/template.h"

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

/// The texts of special tokens, which templates write by name.
struct ChatTokens {
    std::string bos = {};
    std::string eos = {};
    std::string unknown = {};
    std::string padding = {};
};

/// How the assistant is to think before it answers. Unsaid leaves that to the template; Low, Medium and High
/// are efforts, and who is told one thinks.
enum class Thinking { Unsaid, On, Off, Low, Medium, High };

/// The name of an effort as templates know it, such as "low"; empty for what is none.
std::string_view effort_name(Thinking thinking);

/// The same as a template is told it.
struct ThinkingWords {
    std::optional<bool> thinks = {};  ///< nothing: not said
    std::string_view effort = {};     ///< empty: not said
};

/// What is chosen beside the conversation.
struct ChatOptions {
    std::time_t now = 0;  ///< for templates that write the date
    Thinking thinking = Thinking::Unsaid;
};

/// The template of a model's file, run on conversations. It was tried on small ones: it writes what the user
/// and the assistant say, so that what it writes around them is known.
class ChatProgram {
  public:
    /// An Error where the template cannot be read or run, or leaves out what the user says.
    static Result<ChatProgram> create(std::string_view jinja, ChatTokens tokens, const ChatOptions& options);

    /// The same template with other options.
    Result<ChatProgram> with(const ChatOptions& options) const;

    /// The conversation in pieces, BOS as the template writes it. A system message that the template has no
    /// place for stands in front of the next user's words. An Error where the template refuses the messages.
    Result<std::vector<ChatPart>> parts(std::span<const ChatMessage> messages,
                                        bool add_generation_prompt) const;
    /// What comes after an answer when the user says `message`, up to where the assistant begins again.
    Result<std::vector<ChatPart>> next_turn(std::string_view message) const;
    /// What can be said about thinking, beside nothing: On and Off where the template writes otherwise for
    /// one than for the other, and the efforts for which it writes otherwise than for a word that is none.
    std::vector<Thinking> thinking_choices() const;
    /// What the template writes after an answer whatever follows.
    const std::string& answer_end() const { return answer_end_; }
    /// What it writes around messages, in a conversation of all roles.
    const std::vector<std::string>& frames() const { return frames_; }

  private:
    enum class Content { Text, Typed };  ///< Typed: a list of parts with their types
    enum class Tools { None, Undefined };

    ChatProgram(jinja::Template program, ChatTokens tokens, const ChatOptions& options);
    Result<void> try_out();
    void find_frames();
    /// What it begins a conversation with where it is told this; nothing where it refuses.
    std::optional<std::string> opening(const ThinkingWords& words) const;
    Result<std::vector<ChatPart>> run(std::span<const ChatMessage> messages,
                                      bool add_generation_prompt) const;

    jinja::Template template_;
    ChatTokens tokens_;
    std::time_t now_;
    ThinkingWords thinking_;
    Content content_ = Content::Text;
    Tools tools_ = Tools::None;
    bool has_system_ = true;
    std::string answer_end_;
    std::vector<std::string> frames_;
};

}  // namespace moe
