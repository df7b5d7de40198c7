#include "engine/tokenizer/chat_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <utility>

namespace moe {
namespace {

constexpr std::string_view kNoFormat =
    "The model has no known chat format: turns are lines of \"User:\" and \"Assistant:\"";

/// The texts of the tokens that the file names.
Result<ChatTokens> read_tokens(const GgufMetadata& metadata) {
    if (!metadata.contains("tokenizer.ggml.tokens")) return ChatTokens();
    MOE_TRY(const std::span<const std::string_view> texts, metadata.text_array("tokenizer.ggml.tokens"));
    const auto text_of = [&](std::string_view key) -> Result<std::string> {
        if (!metadata.contains(key) || texts.empty()) return std::string();
        MOE_TRY(const std::size_t id, metadata.size(key, 0, texts.size() - 1));
        return std::string(texts[id]);
    };
    ChatTokens tokens;
    MOE_TRY(tokens.bos, text_of("tokenizer.ggml.bos_token_id"));
    MOE_TRY(tokens.eos, text_of("tokenizer.ggml.eos_token_id"));
    MOE_TRY(tokens.unknown, text_of("tokenizer.ggml.unknown_token_id"));
    MOE_TRY(tokens.padding, text_of("tokenizer.ggml.padding_token_id"));
    return tokens;
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpace = " \t\n\v\f\r";
    const std::size_t begin = text.find_first_not_of(kSpace);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kSpace) + 1 - begin);
}

/// Collects pieces and leaves out the empty ones.
class PartList {
  public:
    explicit PartList(const ChatFormat& format) : format_(format) {}

    void add_frame(std::string_view text) {
        if (!text.empty()) parts_.push_back({.text = std::string(text), .is_content = false});
    }
    void add_content(std::string_view text) {
        if (format_.content == ChatFormat::Content::Trimmed) text = trimmed(text);
        if (!text.empty()) parts_.push_back({.text = std::string(text), .is_content = true});
    }
    void add_system(const std::string& content) {
        add_frame(format_.system.before);
        add_content(content);
        add_frame(format_.system.after);
    }
    std::vector<ChatPart> take() { return std::move(parts_); }

  private:
    const ChatFormat& format_;
    std::vector<ChatPart> parts_;
};

/// The same for a tokenizer. The result borrows `parts`.
std::vector<TextPart> text_parts(std::span<const ChatPart> parts) {
    std::vector<TextPart> texts;
    texts.reserve(parts.size());
    for (const ChatPart& part : parts)
        texts.push_back({.text = part.text, .parse_special = !part.is_content});
    return texts;
}

/// Takes off the frame after an answer what the answer's end token said already: the text that ends an
/// answer, everything up to that token, or, where the model ended by another, the special token that the
/// format ends an answer with.
void drop_end(const Tokenizer& tokenizer, std::string_view answer_end, TokenId end, std::string& frame) {
    const std::string_view text = tokenizer.bytes(end);
    if (!answer_end.empty() && text.ends_with(answer_end)) {
        frame.erase(0, answer_end.size());
        return;
    }
    if (const std::size_t at = frame.find(text); at != std::string::npos) {
        frame.erase(0, at + text.size());
        return;
    }
    const std::vector<TokenId> ids = tokenizer.encode(answer_end, {.add_bos = false});
    if (!ids.empty() && tokenizer.is_special(ids[0])) frame.erase(0, tokenizer.bytes(ids[0]).size());
}

}  // namespace

ChatTemplate::ChatTemplate() : format_(&plain_chat_format()), notice_(kNoFormat) {}

Result<ChatTemplate> ChatTemplate::from_metadata(const GgufMetadata& metadata) {
    MOE_TRY(const std::string_view jinja, metadata.text_or("tokenizer.chat_template", ""));
    if (jinja.empty()) return ChatTemplate();
    MOE_TRY(const ChatTokens tokens, read_tokens(metadata));
    return from_jinja(jinja, tokens);
}

ChatTemplate ChatTemplate::from_jinja(std::string_view jinja, const ChatTokens& tokens) {
    ChatTemplate chat;
    if (const ChatFormat* const format = find_chat_format(jinja)) chat.format_ = format;
    chat.options_.now = std::time(nullptr);
    Result<ChatProgram> program = ChatProgram::create(jinja, tokens, chat.options_);
    if (!chat.format_->effort.empty())
        chat.thinking_choices_ = {Thinking::Low, Thinking::Medium, Thinking::High};
    if (program) {
        chat.program_ = std::make_shared<const ChatProgram>(std::move(program).value());
        chat.thinking_choices_ = chat.program_->thinking_choices();
        chat.notice_.clear();
    } else if (chat.is_known()) {
        chat.notice_ =
            fmt::format("The model's chat template cannot be run ({}): turns are written as those of {}",
                        program.error().message, chat.format_->name);
    } else if (!jinja.empty()) {
        chat.notice_ += fmt::format(" (its template cannot be run: {})", program.error().message);
    }
    return chat;
}

ChatTemplate ChatTemplate::with(const ChatOptions& options) const {
    ChatTemplate chat = *this;
    chat.options_ = options;
    if (!program_) return chat;
    Result<ChatProgram> program = program_->with(options);
    if (program) chat.program_ = std::make_shared<const ChatProgram>(std::move(program).value());
    return chat;
}

ChatTemplate ChatTemplate::with_clock(std::time_t now) const {
    return with({.now = now, .thinking = options_.thinking});
}

ChatTemplate ChatTemplate::with_thinking(Thinking thinking) const {
    const bool is_known = std::ranges::find(thinking_choices_, thinking) != thinking_choices_.end();
    const Thinking chosen = is_known ? thinking : Thinking::Unsaid;
    return chosen == options_.thinking ? *this : with({.now = options_.now, .thinking = chosen});
}

std::string_view ChatTemplate::name() const {
    if (program_ && format_ == &plain_chat_format()) return "jinja";
    return format_->name;
}

std::string_view ChatTemplate::answer_end() const {
    return program_ ? std::string_view(program_->answer_end()) : format_->assistant.after;
}

std::vector<std::string_view> ChatTemplate::frames() const {
    if (program_) return {program_->frames().begin(), program_->frames().end()};
    return {format_->prefix,           format_->after_effort,    format_->system.before,
            format_->system.after,     format_->user.before,     format_->user.after,
            format_->assistant.before, format_->assistant.after, format_->generation};
}

std::vector<ChatPart> ChatTemplate::parts(std::span<const ChatMessage> messages,
                                          bool add_generation_prompt) const {
    if (program_) {
        Result<std::vector<ChatPart>> written = program_->parts(messages, add_generation_prompt);
        if (written) return std::move(written).value();
    }
    return format_parts(messages, add_generation_prompt);
}

std::vector<ChatPart> ChatTemplate::format_parts(std::span<const ChatMessage> messages,
                                                 bool add_generation_prompt) const {
    const bool joins_user = format_->system_is == ChatFormat::System::JoinsUser;
    PartList parts(*format_);
    std::vector<const ChatMessage*> waiting;  // system messages for the next user message
    const std::string_view effort = effort_name(options_.thinking);
    parts.add_frame(fmt::format("{}{}{}", format_->prefix, effort.empty() ? format_->effort : effort,
                                format_->after_effort));
    for (const ChatMessage& message : messages) {
        const bool is_system = message.role == "system";
        if (is_system && joins_user) {
            waiting.push_back(&message);
        } else if (is_system) {
            parts.add_system(message.content);
        } else {
            const bool is_assistant = message.role == "assistant";
            const ChatFrame& frame = is_assistant ? format_->assistant : format_->user;
            parts.add_frame(frame.before);
            if (!is_assistant) {
                for (const ChatMessage* const system : waiting) parts.add_system(system->content);
                waiting.clear();
            }
            parts.add_content(message.content);
            parts.add_frame(frame.after);
        }
    }
    for (const ChatMessage* const system : waiting) parts.add_system(system->content);
    if (add_generation_prompt) parts.add_frame(format_->generation);
    return parts.take();
}

std::string ChatTemplate::render(std::span<const ChatMessage> messages, bool add_generation_prompt) const {
    std::string text;
    for (const ChatPart& part : parts(messages, add_generation_prompt)) text += part.text;
    return text;
}

std::vector<ChatPart> ChatTemplate::next_turn(std::string_view message) const {
    if (program_) {
        Result<std::vector<ChatPart>> written = program_->next_turn(message);
        if (written) return std::move(written).value();
    }
    PartList parts(*format_);
    parts.add_frame(std::string(format_->assistant.after) + std::string(format_->user.before));
    parts.add_content(message);
    parts.add_frame(format_->user.after);
    parts.add_frame(format_->generation);
    return parts.take();
}

std::vector<TokenId> encode_chat(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                 std::span<const ChatMessage> messages) {
    const std::vector<ChatPart> parts = chat_template.parts(messages, /*add_generation_prompt=*/true);
    std::vector<TokenId> ids = tokenizer.encode_parts(text_parts(parts), /*add_bos=*/true);
    // Some formats write BOS themselves.
    const bool is_doubled =
        tokenizer.adds_bos() && ids.size() > 1 && ids[0] == ids[1] && ids[0] == tokenizer.bos();
    if (is_doubled) ids.erase(ids.begin());
    return ids;
}

std::vector<TokenId> encode_next_turn(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                      std::string_view message, std::optional<TokenId> end) {
    std::vector<ChatPart> parts = chat_template.next_turn(message);
    if (!end) return tokenizer.encode_parts(text_parts(parts), /*add_bos=*/false);

    drop_end(tokenizer, chat_template.answer_end(), *end, parts.front().text);
    // The end token goes along, so that what follows is read as text behind a special token.
    parts.insert(parts.begin(), {.text = std::string(tokenizer.bytes(*end)), .is_content = false});
    const bool reads_as_itself =
        tokenizer.is_special(*end) &&
        tokenizer.encode(parts.front().text, {.add_bos = false}) == std::vector<TokenId>{*end};
    if (!reads_as_itself) parts.erase(parts.begin());
    std::vector<TokenId> ids = tokenizer.encode_parts(text_parts(parts), /*add_bos=*/false);
    if (reads_as_itself) ids.erase(ids.begin());
    return ids;
}

}  // namespace moe
