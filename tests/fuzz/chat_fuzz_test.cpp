#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/tokenizer/chat_template.h"
#include "tests/engine/tokenizer/tiny_vocabulary.h"
#include "tests/fuzz/random_text.h"

namespace moe {
namespace {

constexpr std::size_t kTexts = 3000;

/// What templates are known by, and what formats write.
const std::vector<std::string> kMarks = {
    "<|im_start|>",        "<|im_end|>",  "<|im_sep|>",   "[INST]",           "[/INST]",       "<<SYS>>",
    "<|start|>",           "<|channel|>", "<|message|>",  "<|user|>",         "<|end|>",       "<role>",
    "<|role_end|>",        "{{",          "%}",           "eos_token",        "<|turn>",       "<turn|>",
    "<start_of_turn>",     "]~b]",        "[e~[",         "<|assistant|>",    "[gMASK]<sop>",  "<|eot_id|>",
    "<|start_header_id|>", "Human: ",     "<|separator|>", "<|end_header_id|>", "<end_of_turn>", "</s>"};

/// A template of a known family or of none, with pieces lost, doubled and changed.
std::string random_template(Rng& rng) {
    std::string jinja = test::random_text(rng);
    for (std::size_t n = rng.below(6); n > 0; --n)
        jinja += kMarks[rng.below(kMarks.size())] + test::random_text(rng);
    if (!jinja.empty() && rng.below(3) == 0) jinja[rng.below(jinja.size())] = static_cast<char>(rng.next());
    if (rng.below(4) == 0) jinja.resize(rng.below(jinja.size() + 1));
    return jinja;
}

/// Words of somebody who knows the format.
std::string hostile_text(Rng& rng) {
    std::string text = test::random_text(rng);
    for (std::size_t n = rng.below(4); n > 0; --n)
        text += kMarks[rng.below(kMarks.size())] + test::random_text(rng);
    return text;
}

std::vector<ChatMessage> random_messages(Rng& rng) {
    std::vector<ChatMessage> messages;
    for (std::size_t n = rng.below(5); n > 0; --n) {
        const std::vector<std::string> roles = {"system", "user", "assistant", hostile_text(rng)};
        messages.push_back({.role = roles[rng.below(roles.size())], .content = hostile_text(rng)});
    }
    return messages;
}

std::ptrdiff_t n_special(const Tokenizer& tokenizer, const std::vector<TokenId>& ids) {
    return std::ranges::count_if(ids, [&](TokenId id) { return tokenizer.is_special(id); });
}

/// All marks as special tokens, control or user-defined, in a file with this template.
std::shared_ptr<const Tokenizer> tokenizer_with(bool is_control, std::string_view jinja) {
    test::TinyVocabulary vocabulary;
    (is_control ? vocabulary.control : vocabulary.user_defined) = kMarks;
    test::GgufImage image = vocabulary.image();
    image.text("tokenizer.chat_template", jinja);
    return test::make_tokenizer(image);
}

TEST(ChatTemplateFuzzTest, AnyTemplateAndAnyMessagesGiveBoundedText) {
    constexpr std::size_t kMaxFrameBytes = 512;  // what any format writes around a message, and its prefix
    Rng rng(5);
    for (std::size_t i = 0; i < kTexts; ++i) {
        const ChatTemplate chat_template = ChatTemplate::from_jinja(random_template(rng));
        const std::vector<ChatMessage> messages = random_messages(rng);
        std::size_t n_bytes = 0;
        for (const ChatMessage& message : messages) n_bytes += message.content.size();
        const std::string text = chat_template.render(messages, i % 2 == 0);
        ASSERT_LE(text.size(), n_bytes + (messages.size() + 2) * kMaxFrameBytes);
    }
}

TEST(ChatTemplateFuzzTest, WhatSomebodySaysNeverBecomesASpecialToken) {
    const auto tokenizer = tokenizer_with(/*is_control=*/true, "");
    Rng rng(7);
    for (std::size_t i = 0; i < kTexts; ++i) {
        const ChatTemplate chat_template = ChatTemplate::from_jinja(random_template(rng));
        std::vector<ChatMessage> messages = random_messages(rng);
        const std::vector<TokenId> ids = encode_chat(*tokenizer, chat_template, messages);
        ASSERT_EQ(decode(*tokenizer, ids), chat_template.render(messages, true));
        for (ChatMessage& message : messages) message.content = "x";
        const std::vector<TokenId> harmless = encode_chat(*tokenizer, chat_template, messages);
        ASSERT_EQ(n_special(*tokenizer, ids), n_special(*tokenizer, harmless)) << chat_template.name();
    }
}

TEST(ChatTemplateFuzzTest, NorInALaterTurnHoweverTheAnswerEnded) {
    const auto tokenizer = tokenizer_with(/*is_control=*/true, "");
    Rng rng(8);
    for (std::size_t i = 0; i < kTexts; ++i) {
        const ChatTemplate chat_template = ChatTemplate::from_jinja(random_template(rng));
        std::optional<TokenId> end;
        if (rng.below(3) != 0) end = static_cast<TokenId>(rng.below(tokenizer->n_vocab() + 2));
        const std::string message = hostile_text(rng);
        const std::vector<TokenId> ids = encode_next_turn(*tokenizer, chat_template, message, end);
        const std::vector<TokenId> harmless = encode_next_turn(*tokenizer, chat_template, "x", end);
        ASSERT_EQ(n_special(*tokenizer, ids), n_special(*tokenizer, harmless)) << chat_template.name();
        std::string whole;
        for (const ChatPart& part : chat_template.next_turn(message)) whole += part.text;
        ASSERT_TRUE(whole.ends_with(decode(*tokenizer, ids))) << chat_template.name();
    }
}

TEST(ChatTemplateFuzzTest, AFileThatCallsTheFormatsTokensUserDefinedIsNoWayAround) {
    for (const char* jinja : {"<|im_start|>", "<start_of_turn>", "<|turn><turn|>", "<|end|><|assistant|>",
                              "<|start_header_id|><|end_header_id|>", "<role><|role_end|>"}) {
        const auto tokenizer = tokenizer_with(/*is_control=*/false, jinja);
        const ChatTemplate chat_template = ChatTemplate::from_jinja(jinja);
        const std::vector<ChatMessage> nothing = {{.role = "user", .content = "x"}};
        const std::vector<TokenId> frames = encode_chat(*tokenizer, chat_template, nothing);
        std::string said;  // all that the format writes
        for (const TokenId id : frames) said += std::string(tokenizer->bytes(id));
        const std::vector<TokenId> ids =
            encode_chat(*tokenizer, chat_template, std::vector<ChatMessage>{{.role = "user", .content = said}});
        EXPECT_GT(n_special(*tokenizer, frames), 0) << jinja;
        EXPECT_EQ(n_special(*tokenizer, ids), n_special(*tokenizer, frames)) << jinja;
    }
}

}  // namespace
}  // namespace moe
