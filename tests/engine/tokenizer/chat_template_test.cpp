#include "engine/tokenizer/chat_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "tests/engine/tokenizer/tiny_pieces.h"
#include "tests/engine/tokenizer/tiny_vocabulary.h"
#include "tests/support/paths.h"

namespace moe {
namespace {

using testing::ElementsAre;

const std::vector<ChatMessage> kTalk = {
    {.role = "system", .content = "S"},
    {.role = "user", .content = "Q"},
    {.role = "assistant", .content = "A"},
    {.role = "user", .content = "R"},
};

/// A template as a file has it, by the parts that make it known.
struct Known {
    std::string_view name;
    std::string_view jinja;
    std::string_view written;  ///< kTalk with a generation prompt, as the publisher documents it
};

constexpr Known kKnown[] = {
    {"chatml", "{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}",
     "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nQ<|im_end|>\n<|im_start|>assistant\nA<|im_end|>\n"
     "<|im_start|>user\nR<|im_end|>\n<|im_start|>assistant\n"},
    {"llama3", "{{ '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' }}",
     "<|start_header_id|>system<|end_header_id|>\n\nS<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nQ"
     "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nA<|eot_id|><|start_header_id|>user"
     "<|end_header_id|>\n\nR<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"},
    {"llama4", "{{- '<|header_start|>' + message['role'] + '<|header_end|>\\n\\n' }}",
     "<|header_start|>system<|header_end|>\n\nS<|eot|><|header_start|>user<|header_end|>\n\nQ<|eot|>"
     "<|header_start|>assistant<|header_end|>\n\nA<|eot|><|header_start|>user<|header_end|>\n\nR<|eot|>"
     "<|header_start|>assistant<|header_end|>\n\n"},
    {"gemma", "{{ '<start_of_turn>' + role + '\\n' + message['content'] | trim + '<end_of_turn>\\n' }}",
     "<start_of_turn>user\nS\n\nQ<end_of_turn>\n<start_of_turn>model\nA<end_of_turn>\n<start_of_turn>user\nR"
     "<end_of_turn>\n<start_of_turn>model\n"},
    {"gemma4", "{{ '<|turn>' + role + '\\n' }}{{ '<turn|>\\n' }}",
     "<|turn>system\nS<turn|>\n<|turn>user\nQ<turn|>\n<|turn>model\nA<turn|>\n<|turn>user\nR<turn|>\n"
     "<|turn>model\n"},
    {"deepseek-v3", "{{'<｜User｜>' + message['content']}}{{'<｜Assistant｜>'}}<｜end▁of▁sentence｜>",
     "S<｜User｜>Q<｜Assistant｜>A<｜end▁of▁sentence｜><｜User｜>R<｜Assistant｜>"},
    {"deepseek-v2", "{{ 'User: ' + message['content'] }}{{ 'Assistant: ' + message['content'] + eos_token }}",
     "S\n\nUser: Q\n\nAssistant: A<｜end▁of▁sentence｜>User: R\n\nAssistant:"},
    {"ernie4.5", "{% set cls_token = \"<|begin_of_sentence|>\" %}{{- \"User: \" }}{{- \"Assistant: \" }}",
     "<|begin_of_sentence|>S\nUser: Q\nAssistant: A</s>User: R\nAssistant: "},
    {"glm4", "[gMASK]<sop>{% for item in messages %}<|user|><|assistant|>",
     "[gMASK]<sop><|system|>\nS<|user|>\nQ<|assistant|>\nA<|user|>\nR<|assistant|>"},
    {"granite", "{{- '<|start_of_role|>' + message['role'] + '<|end_of_role|>' }}",
     "<|start_of_role|>system<|end_of_role|>S<|end_of_text|>\n<|start_of_role|>user<|end_of_role|>Q"
     "<|end_of_text|>\n<|start_of_role|>assistant<|end_of_role|>A<|end_of_text|>\n<|start_of_role|>user"
     "<|end_of_role|>R<|end_of_text|>\n<|start_of_role|>assistant<|end_of_role|>"},
    {"hunyuan-moe", "{{ message['content'] + '<|extra_4|>' }}{{ '<|extra_0|>' }}",
     "<|startoftext|>S<|extra_4|><|startoftext|>Q<|extra_0|>A<|eos|><|startoftext|>R<|extra_0|>"},
    {"minimax-m2", "{{- ']~!b[' ~ ']~b]system' }}",
     "]~!b[]~b]system\nS[e~[\n]~b]user\nQ[e~[\n]~b]ai\nA[e~[\n]~b]user\nR[e~[\n]~b]ai\n<think>\n"},
    {"bailing", "{{ '<role>' + role + '</role>' + message['content'] }}",
     "<role>SYSTEM</role>S<role>HUMAN</role>Q<role>ASSISTANT</role>A<role>HUMAN</role>R<role>ASSISTANT</"
     "role>"},
    {"bailing2", "<role>HUMAN</role>{{ message['content'] + '<|role_end|>' }}<role>ASSISTANT</role>",
     "<role>SYSTEM</role>S<|role_end|><role>HUMAN</role>Q<|role_end|><role>ASSISTANT</role>A<|role_end|>"
     "<role>HUMAN</role>R<|role_end|><role>ASSISTANT</role>"},
    {"grok-2", "{{ 'Human: ' + message['content'] | trim + '<|separator|>\\n\\n' }}",
     "System: S<|separator|>\n\nHuman: Q<|separator|>\n\nAssistant: A<|separator|>\n\nHuman: "
     "R<|separator|>\n\n"
     "Assistant:"},
    {"mistral-v1", "{{ ' [INST] ' + message['content'] + ' [/INST]' }}",
     "[INST] S\n\nQ [/INST] A</s>[INST] R [/INST]"},
    {"mistral-v3", "{{ '[INST] ' + message['content'] + '[/INST]' }}",
     "[INST] S\n\nQ[/INST] A</s>[INST] R[/INST]"},
    {"llama2", "[INST] <<SYS>>\\n", "[INST] <<SYS>>\nS\n<</SYS>>\n\nQ [/INST] A </s>[INST] R [/INST]"},
    {"phi3", "{{'<|user|>' + '\\n' + message['content'] + '<|end|>' + '\\n' + '<|assistant|>' + '\\n'}}",
     "<|system|>\nS<|end|>\n<|user|>\nQ<|end|>\n<|assistant|>\nA<|end|>\n<|user|>\nR<|end|>\n<|assistant|>"
     "\n"},
    {"olmo", "{{ '<|user|>\\n' }}{{ '<|assistant|>\\n' + message['content'] + eos_token + '\\n' }}",
     "<|system|>\nS\n<|user|>\nQ\n<|assistant|>\nA<|endoftext|>\n<|user|>\nR\n<|assistant|>\n"},
    {"kimi-k2", "<|im_assistant|>assistant<|im_middle|>",
     "<|im_system|>system<|im_middle|>S<|im_end|><|im_user|>user<|im_middle|>Q<|im_end|><|im_assistant|>"
     "assistant<|im_middle|>A<|im_end|><|im_user|>user<|im_middle|>R<|im_end|><|im_assistant|>assistant"
     "<|im_middle|>"},
};

TEST(ChatTemplateTest, RecognisesTheFamiliesAndWritesAsTheyDo) {
    for (const Known& known : kKnown) {
        const ChatTemplate chat_template = ChatTemplate::from_jinja(known.jinja);
        EXPECT_EQ(chat_template.name(), known.name);
        EXPECT_TRUE(chat_template.is_known());
        EXPECT_EQ(chat_template.render(kTalk, /*add_generation_prompt=*/true), known.written) << known.name;
    }
}

TEST(ChatTemplateTest, GptOssTakesTheSystemMessageForTheDevelopers) {
    const ChatTemplate harmony = ChatTemplate::from_jinja("<|start|>assistant<|channel|>final<|message|>");
    EXPECT_EQ(harmony.name(), "gpt-oss");
    const std::string text = harmony.render(kTalk, true);
    EXPECT_TRUE(text.starts_with("<|start|>system<|message|>You are ChatGPT"));
    EXPECT_THAT(text,
                testing::EndsWith("<|start|>developer<|message|># Instructions\n\nS\n\n<|end|><|start|>user"
                                  "<|message|>Q<|end|><|start|>assistant<|channel|>final<|message|>A"
                                  "<|end|><|start|>user<|message|>R<|end|><|start|>assistant"));
}

TEST(ChatTemplateTest, GptOssIsToldTheEffortByItsRulesToo) {
    const ChatTemplate harmony = ChatTemplate::from_jinja("<|start|>assistant<|channel|>final<|message|>");
    EXPECT_THAT(harmony.thinking_choices(), ElementsAre(Thinking::Low, Thinking::Medium, Thinking::High));
    const auto rules = [&](Thinking thinking) {
        const std::string text = harmony.with_thinking(thinking).render(kTalk, true);
        return text.substr(0, text.find("<|start|>developer"));
    };
    const auto expected = [](const std::string& effort) {
        return "<|start|>system<|message|>You are ChatGPT, a large language model trained by OpenAI.\n"
               "Knowledge cutoff: 2024-06\n\nReasoning: " +
               effort +
               "\n\n# Valid channels: analysis, commentary, final. Channel must be included for every "
               "message.<|end|>";
    };
    EXPECT_EQ(rules(Thinking::Unsaid), expected("medium"));
    EXPECT_EQ(rules(Thinking::Low), expected("low"));
    EXPECT_EQ(rules(Thinking::High), expected("high"));
    EXPECT_EQ(rules(Thinking::Off), expected("medium")) << "it always thinks";
}

TEST(ChatTemplateTest, AnUnknownOneGivesPlainLines) {
    for (const char* jinja : {"", "{% include 'x' %}", "{% for i in range(1000000000) %}", "<|user|>"}) {
        const ChatTemplate chat_template = ChatTemplate::from_jinja(jinja);
        EXPECT_FALSE(chat_template.is_known());
        EXPECT_EQ(chat_template.name(), "plain");
        EXPECT_EQ(chat_template.render(kTalk, true), "S\n\nUser: Q\nAssistant: A\nUser: R\nAssistant:");
        EXPECT_EQ(chat_template.render({}, false), "");
    }
}

TEST(ChatTemplateTest, TreatsAnUnknownRoleAsTheUser) {
    const std::vector<ChatMessage> talk = {{.role = "tool", .content = "42"}};
    EXPECT_EQ(ChatTemplate::from_jinja("<|im_start|>").render(talk, false),
              "<|im_start|>user\n42<|im_end|>\n");
}

TEST(ChatTemplateTest, ASystemMessageWithoutAUserIsNotLost) {
    const std::vector<ChatMessage> talk = {{.role = "system", .content = " S "}};
    EXPECT_EQ(ChatTemplate::from_jinja("<start_of_turn>").render(talk, true), "S\n\n<start_of_turn>model\n");
}

TEST(ChatTemplateTest, ReadsTheFile) {
    const auto path = test::shared_file("refs/tokenizers/phi-3.gguf");
    if (!path) GTEST_SKIP() << "the reference vocabularies are not on this machine";
    const Result<GgufReader> reader = GgufReader::open(*path);
    ASSERT_TRUE(reader.has_value()) << reader.error().message;
    const Result<ChatTemplate> chat_template = ChatTemplate::from_metadata(reader->metadata());
    ASSERT_TRUE(chat_template.has_value());
    EXPECT_EQ(chat_template->name(), "phi3");
}

TEST(EncodeChatTest, SpecialTokensInContentAreText) {
    // 256: <|im_start|>, 257: <|im_end|>.
    const auto tokenizer =
        test::make_tokenizer(test::TinyVocabulary{.control = {"<|im_start|>", "<|im_end|>"}}.image());
    const std::vector<ChatMessage> talk = {{.role = "user", .content = "<|im_end|>"}};
    const auto ids = encode_chat(*tokenizer, ChatTemplate::from_jinja("<|im_start|>"), talk);
    EXPECT_EQ(std::count(ids.begin(), ids.end(), 257), 1);
    EXPECT_EQ(std::count(ids.begin(), ids.end(), 256), 2);
    EXPECT_EQ(decode(*tokenizer, ids), "<|im_start|>user\n<|im_end|><|im_end|>\n<|im_start|>assistant\n");
}

TEST(EncodeChatTest, PlainTextIsEncodedAcrossTheBordersOfContent) {
    // The line feed of the format and that of the content are one word.
    const auto tokenizer = test::make_tokenizer(test::TinyVocabulary{
        .pre = "dbrx",
        .merges = {"Ċ Ċ"},
        .control = {"<|im_start|>", "<|im_end|>"}}.image());
    const std::vector<ChatMessage> talk = {{.role = "user", .content = "\nx"}};
    const auto ids = encode_chat(*tokenizer, ChatTemplate::from_jinja("<|im_start|>"), talk);
    EXPECT_EQ(std::count(ids.begin(), ids.end(), 256), 1);
}

TEST(EncodeChatTest, MistralHasASpaceOnlyWhereTheTokenizerPutsOne) {
    const auto tokenizer = test::make_tokenizer(test::TinyPieces{.pieces = {"▁"}}.image());
    const std::vector<ChatMessage> talk = {{.role = "user", .content = "Q"},
                                           {.role = "assistant", .content = "A"},
                                           {.role = "user", .content = "R"}};
    const auto ids = encode_chat(*tokenizer, ChatTemplate::from_jinja(" [INST]  [/INST]"), talk);
    EXPECT_EQ(decode(*tokenizer, ids), "<s> [INST] Q [/INST] A</s> [INST] R [/INST]");
}

TEST(EncodeChatTest, Phi3HasNoLineFeedsAfterItsTokens) {
    const auto path = test::shared_file("refs/tokenizers/phi-3.gguf");
    if (!path) GTEST_SKIP() << "the reference vocabularies are not on this machine";
    const Result<GgufReader> reader = GgufReader::open(*path);
    ASSERT_TRUE(reader.has_value()) << reader.error().message;
    const auto tokenizer = create_tokenizer(reader->metadata());
    const auto chat_template = ChatTemplate::from_metadata(reader->metadata());
    ASSERT_TRUE(tokenizer.has_value() && chat_template.has_value());
    const std::vector<ChatMessage> talk = {{.role = "user", .content = "Hello"}};
    // <s>, <|user|>, "▁Hello", <|end|>, <|assistant|>: what the publisher's tokenizer gives.
    EXPECT_THAT(encode_chat(**tokenizer, *chat_template, talk), ElementsAre(1, 32010, 15043, 32007, 32001));
}

TEST(EncodeChatTest, WritesBosOnce) {
    test::GgufImage image =
        test::TinyVocabulary{.control = {"<|startoftext|>", "<|extra_0|>", "<|extra_4|>"}}.image();
    image.number<std::uint32_t>("tokenizer.ggml.bos_token_id", test::GgufType::U32, 256);
    image.number<std::uint8_t>("tokenizer.ggml.add_bos_token", test::GgufType::Bool, 1);
    const std::vector<ChatMessage> talk = {{.role = "user", .content = "Q"}};
    const auto ids =
        encode_chat(*test::make_tokenizer(image), ChatTemplate::from_jinja("<|extra_0|><|extra_4|>"), talk);
    EXPECT_THAT(ids, ElementsAre(256, 'Q', 257));
}

TEST(ChatTemplateTest, ANextTurnGoesOnWhereAWholeConversationWould) {
    for (const Known& known : kKnown) {
        const ChatTemplate chat_template = ChatTemplate::from_jinja(known.jinja);
        const std::string until_answer =
            chat_template.render(std::span(kTalk).first(2), /*add_generation_prompt=*/false);
        const std::string whole = chat_template.render(kTalk, true);
        std::string rest;
        for (const ChatPart& part : chat_template.next_turn("R")) rest += part.text;
        EXPECT_TRUE(whole.starts_with(until_answer)) << known.name;
        EXPECT_TRUE(whole.ends_with("A" + rest)) << known.name << ": " << rest;
    }
}

/// ChatML over single bytes. 256: <|im_start|>, 257: <|im_end|>, 258: <|endoftext|>.
std::shared_ptr<const Tokenizer> chatml_tokenizer() {
    return test::make_tokenizer(
        test::TinyVocabulary{.control = {"<|im_start|>", "<|im_end|>", "<|endoftext|>"}}.image());
}

TEST(EncodeNextTurnTest, TheEndTokenOfTheAnswerIsNotWrittenTwice) {
    const auto tokenizer = chatml_tokenizer();
    const ChatTemplate chatml = ChatTemplate::from_jinja("<|im_start|>");
    const auto next = encode_next_turn(*tokenizer, chatml, "R", 257);
    EXPECT_EQ(decode(*tokenizer, next), "\n<|im_start|>user\nR<|im_end|>\n<|im_start|>assistant\n");
}

TEST(EncodeNextTurnTest, AnotherEndTokenStandsForTheFormatsOwn) {
    const auto tokenizer = chatml_tokenizer();
    const auto next = encode_next_turn(*tokenizer, ChatTemplate::from_jinja("<|im_start|>"), "R", 258);
    EXPECT_EQ(decode(*tokenizer, next), "\n<|im_start|>user\nR<|im_end|>\n<|im_start|>assistant\n");
}

TEST(EncodeNextTurnTest, AnAnswerThatWasBrokenOffIsClosed) {
    const auto tokenizer = chatml_tokenizer();
    const auto next =
        encode_next_turn(*tokenizer, ChatTemplate::from_jinja("<|im_start|>"), "R", std::nullopt);
    EXPECT_EQ(decode(*tokenizer, next),
              "<|im_end|>\n<|im_start|>user\nR<|im_end|>\n<|im_start|>assistant\n");
}

TEST(EncodeNextTurnTest, AnAnswerThatEndedWithTheUsersFrameHasThatAlready) {
    // GLM: the model writes <|user|> where it is the user's turn. 256: <|user|>, 257: <|assistant|>, 258: end.
    const auto tokenizer = test::make_tokenizer(
        test::TinyVocabulary{.control = {"<|user|>", "<|assistant|>", "<|endoftext|>"}}.image());
    const ChatTemplate glm = ChatTemplate::from_jinja("[gMASK]<sop>");
    EXPECT_EQ(decode(*tokenizer, encode_next_turn(*tokenizer, glm, "R", 256)), "\nR<|assistant|>");
    EXPECT_EQ(decode(*tokenizer, encode_next_turn(*tokenizer, glm, "R", 258)), "<|user|>\nR<|assistant|>");
}

TEST(EncodeNextTurnTest, GivesTheTokensThatTheWholeConversationHas) {
    const auto tokenizer = test::make_tokenizer(test::TinyPieces{.pieces = {"▁"}}.image());
    const ChatTemplate mistral = ChatTemplate::from_jinja(" [INST]  [/INST]");
    const std::vector<ChatMessage> talk = {{.role = "user", .content = "Q"},
                                           {.role = "assistant", .content = "A"},
                                           {.role = "user", .content = "R"}};
    const std::vector<TokenId> whole = encode_chat(*tokenizer, mistral, talk);
    const auto end = std::ranges::find(whole, 2);  // </s>
    ASSERT_NE(end, whole.end());
    EXPECT_EQ(encode_next_turn(*tokenizer, mistral, "R", 2), std::vector<TokenId>(end + 1, whole.end()));
}

TEST(EncodeNextTurnTest, SpecialTokensInTheMessageAreText) {
    const auto tokenizer = chatml_tokenizer();
    const auto next = encode_next_turn(*tokenizer, ChatTemplate::from_jinja("<|im_start|>"),
                                       "<|im_end|><|im_start|>", 257);
    EXPECT_EQ(std::count(next.begin(), next.end(), 257), 1);
    EXPECT_EQ(std::count(next.begin(), next.end(), 256), 2);
}

TEST(TokenRolesTest, WhatTheChatFormatEndsAnAnswerWithEndsAGeneration) {
    // 256, 257: special tokens of formats whose files do not name them as ends.
    const auto ends = [](std::string_view jinja, const std::vector<std::string>& control) {
        test::GgufImage image = test::TinyVocabulary{.control = control}.image();
        image.text("tokenizer.chat_template", jinja);
        const auto tokenizer = test::make_tokenizer(image);
        return std::pair(tokenizer->is_end(256), tokenizer->is_end(257));
    };
    EXPECT_EQ(ends("<|role_start|>", {"<|turn_end|>", "<|role_start|>"}), std::pair(true, false));
    EXPECT_EQ(ends("<seed:bos>", {"<seed:eos>", "<seed:bos>"}), std::pair(true, false));
    EXPECT_EQ(ends("[gMASK]<sop>", {"<|user|>", "<|assistant|>"}), std::pair(true, false));
    EXPECT_EQ(ends("Human: <|separator|>", {"<|separator|>", "<|pad|>"}), std::pair(true, false));
    EXPECT_EQ(ends("{{ messages }}", {"<|turn_end|>", "<|user|>"}), std::pair(false, false));
}

}  // namespace
}  // namespace moe
