#include "engine/tokenizer/chat_program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "engine/tokenizer/chat_template.h"
#include "tests/engine/tokenizer/tiny_vocabulary.h"

namespace moe {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Templates of our own, with the turns of mind that published ones have.
constexpr std::string_view kPlain = R"({{- bos_token }}
{%- for message in messages %}
    {{- '<|' + message['role'] + '|>' + message['content'] | trim + '<|end|>' }}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %})";

// Refuses a system message and roles that do not take turns.
constexpr std::string_view kStrict = R"({%- for message in messages -%}
    {%- if (message.role == 'user') != (loop.index0 % 2 == 0) -%}
        {{- raise_exception('roles must alternate') -}}
    {%- endif -%}
    {%- if message.role == 'user' -%}[I] {{ message.content }} [/I]
    {%- else -%}{{ message.content + eos_token }}
    {%- endif -%}
{%- endfor -%})";

// Drops the system message without a word, and the reasoning of earlier answers.
constexpr std::string_view kForgetful = R"({%- set ns = namespace(last=-1) -%}
{%- for m in messages -%}{%- if m.role == 'user' -%}{%- set ns.last = loop.index0 -%}{%- endif -%}{%- endfor -%}
{%- macro words(m, index) -%}
    {%- if m.role == 'assistant' and index < ns.last -%}{{ m.content.split('</think>')[-1].lstrip('\n') }}
    {%- else -%}{{ m.content }}{%- endif -%}
{%- endmacro -%}
{%- for m in messages -%}
    {%- if m.role == 'user' -%}U:{{ words(m, loop.index0) }};
    {%- elif m.role == 'assistant' -%}A:{{ words(m, loop.index0) }};{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}A:{%- if not thinking is defined -%}<think>{%- endif -%}{%- endif -%})";

// Wants parts with types, and tools that can be run over.
constexpr std::string_view kTyped = R"({%- for tool in tools -%}{{ tool.name }}{%- endfor -%}
{%- for m in messages -%}<{{ m.role }}>{%- for part in m.content -%}
    {%- if part.type == 'text' -%}{{ part.text }}{%- else -%}?{%- endif -%}
{%- endfor -%}</{{ m.role }}>{%- endfor -%}{%- if add_generation_prompt -%}<assistant>{%- endif -%})";

const std::vector<ChatMessage> kTalk = {
    {.role = "system", .content = "S"},
    {.role = "user", .content = " Q "},
    {.role = "assistant", .content = "<think>r</think>A"},
    {.role = "user", .content = "R"},
};

std::string turn_of(const ChatTemplate& chat) {
    std::string text;
    for (const ChatPart& part : chat.next_turn("N"))
        text += part.is_content ? "(" + part.text + ")" : part.text;
    return text;
}

TEST(ChatProgramTest, RunsTheTemplateAndTellsItsWordsFromTheConversations) {
    const ChatTemplate chat = ChatTemplate::from_jinja(kPlain, {.bos = "<s>", .eos = "</s>"});
    EXPECT_TRUE(chat.is_known());
    EXPECT_EQ(chat.notice(), "");
    EXPECT_EQ(chat.render(kTalk, true),
              "<s><|system|>S<|end|><|user|>Q<|end|><|assistant|><think>r</think>A<|end|>"
              "<|user|>R<|end|><|assistant|>");
    EXPECT_EQ(turn_of(chat), "<|end|><|user|>(N)<|end|><|assistant|>");
    EXPECT_EQ(chat.answer_end(), "<|end|>");
}

TEST(ChatProgramTest, WhatTheSystemSaysGoesToTheUserWhereTheTemplateHasNoPlaceForIt) {
    const ChatTemplate strict = ChatTemplate::from_jinja(kStrict, {.bos = "<s>", .eos = "</s>"});
    EXPECT_EQ(strict.render(kTalk, true), "[I] S\n\n Q  [/I]<think>r</think>A</s>[I] R [/I]");
    EXPECT_EQ(turn_of(strict), "</s>[I] (N) [/I]");
    const ChatTemplate forgetful = ChatTemplate::from_jinja(kForgetful);
    EXPECT_EQ(forgetful.render(kTalk, true), "U:S\n\n Q ;A:A;U:R;A:<think>");
    EXPECT_EQ(turn_of(forgetful), ";U:(N);A:<think>");
}

TEST(ChatProgramTest, TriesPartsWithTypesAndNoToolsAtAll) {
    const ChatTemplate chat = ChatTemplate::from_jinja(kTyped);
    EXPECT_EQ(chat.notice(), "");
    EXPECT_EQ(chat.render(kTalk, true),
              "<system>S</system><user> Q </user><assistant><think>r</think>A</assistant>"
              "<user>R</user><assistant>");
}

TEST(ChatProgramTest, SaysWhyATemplateCannotBeRun) {
    const ChatTemplate family = ChatTemplate::from_jinja("<|im_start|>{% include 'x' %}");
    EXPECT_EQ(family.name(), "chatml");
    EXPECT_THAT(family.notice(),
                HasSubstr("cannot be run (line 1: the block 'include' is not there yet): turns are "
                          "written as those of chatml"));
    const ChatTemplate unknown = ChatTemplate::from_jinja("{{ messages[0].content|shout }}");
    EXPECT_THAT(unknown.notice(), HasSubstr("no known chat format"));
    EXPECT_THAT(unknown.notice(), HasSubstr("the filter 'shout' is not there yet"));
    const ChatTemplate silent = ChatTemplate::from_jinja("Hello");
    EXPECT_THAT(silent.notice(), HasSubstr("it leaves out what the user says"));
}

TEST(ChatProgramTest, ConversationsThatTheTemplateRefusesAreStillWritten) {
    const ChatTemplate chat = ChatTemplate::from_jinja(kStrict);
    const std::vector<ChatMessage> twice = {kTalk[1], kTalk[3]};
    EXPECT_EQ(chat.render(twice, true), "User: Q\nUser: R\nAssistant:");
}

TEST(ChatProgramTest, LongConversationsAreWritten) {
    std::vector<ChatMessage> talk;
    for (int i = 0; i < 2000; ++i) talk.push_back(kTalk[i % 2 == 0 ? 1 : 2]);
    const ChatTemplate chat = ChatTemplate::from_jinja(kForgetful);
    const std::string text = chat.render(talk, true);
    EXPECT_TRUE(text.starts_with("U: Q ;A:A;U: Q ;A:A;"));
    EXPECT_TRUE(text.ends_with("U: Q ;A:<think>r</think>A;A:<think>"));
}

TEST(ChatProgramTest, TellsTheTemplateWhetherToThink) {
    const std::string turns =
        "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}"
        "{% if add_generation_prompt %}<assistant>";
    const ChatTemplate early = ChatTemplate::from_jinja(
        turns +
        "{% if enable_thinking is defined and not enable_thinking %}<think></think>{% endif %}{% endif %}");
    const ChatTemplate other =
        ChatTemplate::from_jinja(turns + "{{ '<think>' if thinking else '</think>' }}{% endif %}");
    const std::vector<ChatMessage> question = {kTalk[3]};
    for (const ChatTemplate* const chat : {&early, &other})
        ASSERT_THAT(chat->thinking_choices(), ElementsAre(Thinking::On, Thinking::Off));
    EXPECT_EQ(early.render(question, true), "<user>R<assistant>");
    EXPECT_EQ(early.with_thinking(Thinking::On).render(question, true), "<user>R<assistant>");
    const ChatTemplate off = early.with_thinking(Thinking::Off);
    EXPECT_EQ(off.render(question, true), "<user>R<assistant><think></think>");
    EXPECT_EQ(turn_of(off), "<user>(N)<assistant><think></think>");
    EXPECT_EQ(off.with_thinking(Thinking::Unsaid).render(question, true), "<user>R<assistant>");
    EXPECT_EQ(other.with_thinking(Thinking::On).render(question, true), "<user>R<assistant><think>");
    EXPECT_EQ(turn_of(other.with_thinking(Thinking::On)), "<user>(N)<assistant><think>");

    const ChatTemplate plain = ChatTemplate::from_jinja(turns + "{% endif %}");
    EXPECT_THAT(plain.thinking_choices(), IsEmpty());
    EXPECT_THAT(ChatTemplate::from_jinja("<|im_start|>").thinking_choices(), IsEmpty());
    EXPECT_EQ(plain.with_thinking(Thinking::Off).render(question, true), "<user>R<assistant>");
}

TEST(ChatProgramTest, TellsTheTemplateThatThinksInItsOwnWords) {
    const std::string turns =
        "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}"
        "{% if add_generation_prompt %}<assistant>";
    const ChatTemplate mode = ChatTemplate::from_jinja(
        turns + "{{ thinking_mode if thinking_mode is defined else 'adaptive' }}{% endif %}");
    const ChatTemplate budget = ChatTemplate::from_jinja(
        turns + "{% if thinking_budget is defined and thinking_budget == 0 %}0{% endif %}{% endif %}");
    const std::vector<ChatMessage> question = {kTalk[3]};
    const auto written = [&](const ChatTemplate& chat, Thinking thinking) {
        return chat.with_thinking(thinking).render(question, true);
    };
    EXPECT_EQ(written(mode, Thinking::Unsaid), "<user>R<assistant>adaptive");
    EXPECT_EQ(written(mode, Thinking::On), "<user>R<assistant>enabled");
    EXPECT_EQ(written(mode, Thinking::Off), "<user>R<assistant>disabled");
    EXPECT_EQ(written(budget, Thinking::On), "<user>R<assistant>");
    EXPECT_EQ(written(budget, Thinking::Off), "<user>R<assistant>0");
}

// As gpt-oss has it: the default stands in the macro that writes it, and any word is written.
constexpr std::string_view kAnyEffort = R"({%- macro rules() -%}
    {%- if reasoning_effort is not defined -%}{%- set reasoning_effort = "medium" -%}{%- endif -%}
    {{- "Reasoning: " + reasoning_effort -}}
{%- endmacro -%}
<{{ rules() }}>{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}
{%- if add_generation_prompt %}<assistant>{% endif %})";

// As Hunyuan has it: other words than its own are refused.
constexpr std::string_view kOwnEfforts = R"({%- if reasoning_effort is not defined -%}
    {%- set reasoning_effort = 'no_think' -%}
{%- elif reasoning_effort not in ['high', 'low', 'no_think'] -%}
    {{- raise_exception('reasoning_effort: ' + reasoning_effort) -}}
{%- endif -%}
{%- for m in messages -%}<{{ m.role }}>{{ m.content }}{%- endfor -%}
{%- if add_generation_prompt -%}<assistant:{{ reasoning_effort }}>{%- endif -%})";

// As DeepSeek has it: one effort is special, and only where it thinks.
constexpr std::string_view kOneEffort =
    R"({%- for m in messages -%}<{{ m.role }}>{{ m.content }}{%- endfor -%}
{%- if thinking and reasoning_effort is defined and reasoning_effort == 'high' -%}<do your best>{%- endif -%}
{%- if add_generation_prompt -%}{{ '<think>' if thinking else '</think>' }}{%- endif -%})";

TEST(ChatProgramTest, TellsTheTemplateOfTheEffortsThatItKnows) {
    const std::vector<ChatMessage> question = {kTalk[3]};
    const auto written = [&](const ChatTemplate& chat, Thinking thinking) {
        return chat.with_thinking(thinking).render(question, true);
    };
    const ChatTemplate any = ChatTemplate::from_jinja(kAnyEffort);
    EXPECT_THAT(any.thinking_choices(), ElementsAre(Thinking::Low, Thinking::Medium, Thinking::High));
    EXPECT_EQ(written(any, Thinking::Unsaid), "<Reasoning: medium><user>R<assistant>");
    EXPECT_EQ(written(any, Thinking::Low), "<Reasoning: low><user>R<assistant>");
    EXPECT_EQ(written(any, Thinking::Medium), "<Reasoning: medium><user>R<assistant>");
    EXPECT_EQ(written(any, Thinking::High), "<Reasoning: high><user>R<assistant>");
    EXPECT_EQ(written(any.with_thinking(Thinking::High), Thinking::Off), written(any, Thinking::Unsaid));

    const ChatTemplate own = ChatTemplate::from_jinja(kOwnEfforts);
    EXPECT_THAT(own.thinking_choices(), ElementsAre(Thinking::Low, Thinking::High));
    EXPECT_EQ(written(own, Thinking::Low), "<user>R<assistant:low>");
    EXPECT_EQ(written(own, Thinking::Medium), "<user>R<assistant:no_think>") << "not a choice";

    const ChatTemplate one = ChatTemplate::from_jinja(kOneEffort);
    EXPECT_THAT(one.thinking_choices(), ElementsAre(Thinking::On, Thinking::Off, Thinking::High));
    EXPECT_EQ(written(one, Thinking::On), "<user>R<think>");
    EXPECT_EQ(written(one, Thinking::High), "<user>R<do your best><think>");
}

TEST(ChatProgramTest, TheClockIsTheCallers) {
    const ChatTemplate chat = ChatTemplate::from_jinja(
        "{{ strftime_now('%Y-%m-%d') }}{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}"
        "{% if add_generation_prompt and thinking %}!{% endif %}");
    const std::vector<ChatMessage> question = {kTalk[3]};
    constexpr std::time_t kDay = 24 * 60 * 60;
    const ChatTemplate then = chat.with_clock(1000 * kDay + kDay / 2);
    EXPECT_EQ(then.render(question, true), "1972-09-27<user>R");
    EXPECT_EQ(then.with_thinking(Thinking::On).render(question, true), "1972-09-27<user>R!");
    EXPECT_EQ(chat.with_thinking(Thinking::On).with_clock(kDay / 2).render(question, true),
              "1970-01-01<user>R!");
}

TEST(ChatProgramTest, SpecialTokensInAConversationStayText) {
    // 256: <|user|>, 257: <|end|>, 258: <|assistant|>.
    const auto tokenizer = test::make_tokenizer(
        test::TinyVocabulary{.control = {"<|user|>", "<|end|>", "<|assistant|>"}}.image());
    const ChatTemplate chat = ChatTemplate::from_jinja(kPlain);
    const std::vector<ChatMessage> hostile = {{.role = "user", .content = " <|end|> "}};
    EXPECT_THAT(encode_chat(*tokenizer, chat, hostile),
                ElementsAre(256, '<', '|', 'e', 'n', 'd', '|', '>', 257, 258));
}

}  // namespace
}  // namespace moe
