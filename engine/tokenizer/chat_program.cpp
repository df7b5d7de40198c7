#include "engine/tokenizer/chat_program.h"

#include <algorithm>
#include <array>
#include <utility>

namespace moe {
namespace {

using jinja::Heap;
using jinja::Map;
using jinja::Origin;
using jinja::Text;
using jinja::Value;

constexpr std::size_t kMaxTemplateBytes = std::size_t{1} << 20;
// What a run may take: a tenth of a second for a few messages.
constexpr std::size_t kHeapBytes = std::size_t{1} << 23;
constexpr std::size_t kHeapBytesPerMessage = std::size_t{1} << 16;
constexpr std::size_t kHeapBytesPerByte = 256;  // of what is said
constexpr std::string_view kAnswer = "(an answer)";
// By which templates are told: Qwen3's, GLM's and Hunyuan's name, and that of DeepSeek and Granite.
constexpr std::array<std::string_view, 2> kThinkingNames{"enable_thinking", "thinking"};
constexpr std::array kEfforts{Thinking::Low, Thinking::Medium, Thinking::High};
constexpr std::string_view kNoEffort = "(an effort)";  // that no template knows

Result<void> add(Heap& heap, std::string_view name, const Value& value, Map& map) {
    MOE_TRY(const Value key, heap.text(name));
    map.entries.emplace_back(key, value);
    return {};
}

Result<void> add_text(Heap& heap, std::string_view name, std::string_view text, Map& map) {
    MOE_TRY(const Value value, heap.text(text));
    return add(heap, name, value, map);
}

ThinkingWords words_of(Thinking thinking) {
    if (thinking == Thinking::Unsaid) return {};
    return {.thinks = thinking != Thinking::Off, .effort = effort_name(thinking)};
}

Result<void> add_thinking(Heap& heap, const ThinkingWords& words, Map& variables) {
    if (!words.effort.empty()) MOE_TRY(add_text(heap, "reasoning_effort", words.effort, variables));
    if (!words.thinks) return {};
    for (const std::string_view name : kThinkingNames)
        MOE_TRY(add(heap, name, Value::boolean(*words.thinks), variables));
    // MiniMax-M3 and Seed-OSS.
    MOE_TRY(add_text(heap, "thinking_mode", *words.thinks ? "enabled" : "disabled", variables));
    if (!*words.thinks) MOE_TRY(add(heap, "thinking_budget", Value::integer(0), variables));
    return {};
}

/// The text cut where the template's own words end and somebody's begin.
std::vector<ChatPart> parts_of(const Text& text) {
    std::vector<ChatPart> parts;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && text.origin(end) == text.origin(at)) ++end;
        parts.push_back({.text = std::string(text.bytes().substr(at, end - at)),
                         .is_content = text.origin(at) == Origin::Data});
        at = end;
    }
    return parts;
}

std::string text_of(std::span<const ChatPart> parts) {
    std::string text;
    for (const ChatPart& part : parts) text += part.text;
    return text;
}

bool says(std::span<const ChatPart> parts, std::string_view what) {
    return std::ranges::any_of(parts, [&](const ChatPart& part) {
        return part.is_content && part.text.find(what) != std::string::npos;
    });
}

/// What follows the answer that stands for any.
Result<std::vector<ChatPart>> after_answer(std::vector<ChatPart> parts) {
    const auto answer = std::ranges::find_if(parts, [](const ChatPart& part) {
        return part.is_content && part.text.find(kAnswer) != std::string::npos;
    });
    if (answer == parts.end()) return make_error("it leaves out what the assistant said");
    answer->text.erase(0, answer->text.find(kAnswer) + kAnswer.size());
    parts.erase(parts.begin(), answer->text.empty() ? answer + 1 : answer);
    return parts;
}

/// Without the beginning of a special token, in which two frames began to differ.
std::string without_open_bracket(std::string text) {
    const std::size_t open = text.find_last_of("<[");
    if (open != std::string::npos && text.find_first_of(">]", open) == std::string::npos) text.resize(open);
    return text;
}

/// The special token that a frame begins with, such as "<|end|>".
std::string first_in_brackets(const std::string& frame) {
    if (!frame.starts_with('<')) return {};
    return frame.substr(0, frame.find('>') + 1);
}

std::string_view role_of(const ChatMessage& message) {
    return message.role == "system" || message.role == "assistant" ? std::string_view(message.role) : "user";
}

/// The same conversation with what the system says in front of the next user's words.
std::vector<ChatMessage> without_system(std::span<const ChatMessage> messages) {
    std::vector<ChatMessage> rest;
    std::string waiting;
    for (const ChatMessage& message : messages) {
        const std::string_view role = role_of(message);
        if (role == "system") {
            waiting += (waiting.empty() ? "" : "\n\n") + message.content;
            continue;
        }
        rest.push_back({.role = std::string(role), .content = message.content});
        if (role != "user" || waiting.empty()) continue;
        rest.back().content = std::exchange(waiting, {}) + "\n\n" + message.content;
    }
    if (!waiting.empty()) rest.push_back({.role = "user", .content = waiting});
    return rest;
}

}  // namespace

std::string_view effort_name(Thinking thinking) {
    switch (thinking) {
        case Thinking::Low:
            return "low";
        case Thinking::Medium:
            return "medium";
        case Thinking::High:
            return "high";
        case Thinking::Unsaid:
        case Thinking::On:
        case Thinking::Off:
            break;
    }
    return {};
}

ChatProgram::ChatProgram(jinja::Template program, ChatTokens tokens, const ChatOptions& options)
    : template_(std::move(program)),
      tokens_(std::move(tokens)),
      now_(options.now),
      thinking_(words_of(options.thinking)) {}

Result<ChatProgram> ChatProgram::create(std::string_view jinja, ChatTokens tokens,
                                        const ChatOptions& options) {
    if (jinja.size() > kMaxTemplateBytes) return make_error("it is too long");
    MOE_TRY(jinja::Template program, jinja::Template::parse(jinja));
    return ChatProgram(std::move(program), std::move(tokens), options).with(options);
}

Result<ChatProgram> ChatProgram::with(const ChatOptions& options) const {
    ChatProgram chat(template_, tokens_, options);
    MOE_TRY(chat.try_out());
    chat.find_frames();
    return chat;
}

/// Finds a way to run the template in which it writes what the user says. Some want parts with types, and
/// some run over tools that are not there.
Result<void> ChatProgram::try_out() {
    constexpr std::string_view kQuestion = "(a question)";
    const std::vector<ChatMessage> question = {{.role = "user", .content = std::string(kQuestion)}};
    Error trouble = make_error("it leaves out what the user says");
    bool works = false;
    for (const Content content : {Content::Text, Content::Typed}) {
        for (const Tools tools : {Tools::None, Tools::Undefined}) {
            if (works) break;
            content_ = content;
            tools_ = tools;
            const Result<std::vector<ChatPart>> written = run(question, /*add_generation_prompt=*/true);
            works = written.has_value() && says(*written, kQuestion);
            if (!written && content == Content::Text && tools == Tools::None) trouble = written.error();
        }
    }
    if (!works) return trouble;
    constexpr std::string_view kRules = "(the rules)";
    const std::vector<ChatMessage> ruled = {{.role = "system", .content = std::string(kRules)}, question[0]};
    const Result<std::vector<ChatPart>> written = run(ruled, /*add_generation_prompt=*/true);
    has_system_ = written.has_value() && says(*written, kRules) && says(*written, kQuestion);
    MOE_TRY(const std::vector<ChatPart> turn, next_turn(kQuestion));
    if (!says(turn, kQuestion)) return make_error("it leaves out what the user says later");
    return {};
}

void ChatProgram::find_frames() {
    const std::vector<ChatMessage> talk = {{.role = "system", .content = "s"},
                                           {.role = "user", .content = "u"},
                                           {.role = "assistant", .content = std::string(kAnswer)},
                                           {.role = "user", .content = "v"}};
    const Result<std::vector<ChatPart>> written = parts(talk, /*add_generation_prompt=*/true);
    const Result<std::vector<ChatPart>> turn = next_turn("x");
    for (const Result<std::vector<ChatPart>>* const some : {&written, &turn}) {
        if (!*some) continue;
        for (const ChatPart& part : **some) {
            if (!part.is_content) frames_.push_back(part.text);
        }
    }
    const std::vector<ChatMessage> answered = {talk[1], talk[2]};
    const Result<std::vector<ChatPart>> closed = run(answered, /*add_generation_prompt=*/false);
    if (!closed || !turn) return;
    const Result<std::vector<ChatPart>> end = after_answer(*closed);
    if (!end || end->empty() || turn->empty() || turn->front().is_content) return;
    const std::string& one = end->front().text;
    const std::string& other = turn->front().text;
    const auto differ = std::ranges::mismatch(one, other);
    answer_end_ = without_open_bracket(std::string(one.begin(), differ.in1));
    // gpt-oss ends the last answer of all by another token than those before. A template that lets the
    // assistant begin again unasked says nothing about that.
    const Result<std::vector<ChatPart>> opened = run(answered, /*add_generation_prompt=*/true);
    const bool is_closed = opened.has_value() && text_of(*opened) != text_of(*closed);
    if (answer_end_.empty() && is_closed) answer_end_ = first_in_brackets(other);
}

Result<std::vector<ChatPart>> ChatProgram::parts(std::span<const ChatMessage> messages,
                                                 bool add_generation_prompt) const {
    if (has_system_) {
        Result<std::vector<ChatPart>> written = run(messages, add_generation_prompt);
        if (written) return written;
    }
    return run(without_system(messages), add_generation_prompt);
}

Result<std::vector<ChatPart>> ChatProgram::next_turn(std::string_view message) const {
    const std::vector<ChatMessage> talk = {{.role = "user", .content = "u"},
                                           {.role = "assistant", .content = std::string(kAnswer)},
                                           {.role = "user", .content = std::string(message)}};
    MOE_TRY(std::vector<ChatPart> written, run(talk, /*add_generation_prompt=*/true));
    return after_answer(std::move(written));
}

std::optional<std::string> ChatProgram::opening(const ThinkingWords& words) const {
    const std::vector<ChatMessage> question = {{.role = "user", .content = "u"}};
    ChatProgram chat = *this;
    chat.thinking_ = words;
    const Result<std::vector<ChatPart>> written = chat.run(question, /*add_generation_prompt=*/true);
    return written ? std::optional(text_of(*written)) : std::nullopt;
}

std::vector<Thinking> ChatProgram::thinking_choices() const {
    std::vector<Thinking> choices;
    const std::optional<std::string> on = opening(words_of(Thinking::On));
    const std::optional<std::string> off = opening(words_of(Thinking::Off));
    if (on && off && *on != *off) choices = {Thinking::On, Thinking::Off};
    const std::optional<std::string> unknown = opening({.thinks = true, .effort = kNoEffort});
    for (const Thinking effort : kEfforts) {
        const std::optional<std::string> written = opening(words_of(effort));
        if (written && written != unknown) choices.push_back(effort);
    }
    return choices;
}

Result<std::vector<ChatPart>> ChatProgram::run(std::span<const ChatMessage> messages,
                                               bool add_generation_prompt) const {
    std::size_t n_bytes = 0;
    for (const ChatMessage& message : messages) n_bytes += message.content.size();
    Heap heap(kHeapBytes + kHeapBytesPerMessage * messages.size() + kHeapBytesPerByte * n_bytes);
    jinja::List list;
    for (const ChatMessage& message : messages) {
        Map map;
        MOE_TRY(add_text(heap, "role", role_of(message), map));
        MOE_TRY(Value content, heap.text(Text(message.content, Origin::Data)));
        if (content_ == Content::Typed) {
            Map part;
            MOE_TRY(add_text(heap, "type", "text", part));
            MOE_TRY(add(heap, "text", content, part));
            MOE_TRY(const Value typed, heap.map(std::move(part)));
            MOE_TRY(content, heap.list({typed}));
        }
        MOE_TRY(add(heap, "content", content, map));
        MOE_TRY(const Value value, heap.map(std::move(map)));
        list.push_back(value);
    }
    Map variables;
    MOE_TRY(const Value all, heap.list(std::move(list)));
    MOE_TRY(add(heap, "messages", all, variables));
    MOE_TRY(add(heap, "add_generation_prompt", Value::boolean(add_generation_prompt), variables));
    if (tools_ == Tools::None) {
        MOE_TRY(add(heap, "tools", Value::none(), variables));
        MOE_TRY(add(heap, "documents", Value::none(), variables));
    }
    MOE_TRY(add_text(heap, "bos_token", tokens_.bos, variables));
    MOE_TRY(add_text(heap, "eos_token", tokens_.eos, variables));
    MOE_TRY(add_text(heap, "unk_token", tokens_.unknown, variables));
    MOE_TRY(add_text(heap, "pad_token", tokens_.padding, variables));
    MOE_TRY(add_thinking(heap, thinking_, variables));
    MOE_TRY(const Text text, template_.render(heap, variables, now_));
    return parts_of(text);
}

}  // namespace moe
