#pragma once

#include <span>
#include <string_view>

namespace moe {

/// What a chat format writes around a message.
struct ChatFrame {
    std::string_view before;
    std::string_view after;
};

/// How a family of models writes a conversation. Files carry a program in the Jinja language for it; where
/// that cannot be run, the family is recognised by its marks and written by rules of our own.
struct ChatFormat {
    enum class System {
        Message,
        JoinsUser
    };                                     ///< JoinsUser: `system` is put in front of the next user's words
    enum class Content { AsIs, Trimmed };  ///< Trimmed: without white space at both ends

    std::string_view name;
    std::span<const std::string_view> marks;  ///< what all templates of the family have in them
    std::string_view prefix = {};             ///< of the conversation, after BOS
    std::string_view effort = {};             ///< written behind it where none is chosen; empty: knows none
    std::string_view after_effort = {};
    ChatFrame system = {};
    ChatFrame user = {};
    ChatFrame assistant = {};
    std::string_view generation = {};  ///< what the model's own words follow
    System system_is = System::Message;
    Content content = Content::AsIs;
};

/// The format of a template, or null for an unknown one.
const ChatFormat* find_chat_format(std::string_view jinja);

/// "User: …" and "Assistant: …" in lines: what models without a known format get.
const ChatFormat& plain_chat_format();

}  // namespace moe
