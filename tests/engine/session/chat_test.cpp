#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "engine/families/load_model.h"
#include "engine/session/generate.h"
#include "engine/session/prompt.h"
#include "tests/support/paths.h"
#include "tests/support/trace_text.h"

namespace moe {
namespace {

using testing::HasSubstr;

// Reading in other pieces changes the order of float sums, and an activation may round to the next of its 8-bit
// steps. Router logits are some units large; a token that sees a wrong context is off by that.
constexpr float kOtherPiecesTolerance = 0.1f;

/// A conversation with the embedded model, which has no chat format of its own.
class ChatTest : public testing::Test {
  protected:
    ChatTest()
        : model_(load_model(test::asset_file("models/early-d192-l6.gguf")).value()),
          tokenizer_(create_tokenizer(model_->file.metadata()).value()),
          pool_(2),
          tree_(trace_shape_of(model_->spec), trace_gating_of(model_->spec)) {}

    Generation make() {
        return Generation::create({.model = model_, .tokenizer = tokenizer_, .n_ctx = 0, .watched = true}, pool_)
            .value();
    }
    moe::Run& start(const std::string& message, const std::string& system = {}) {
        Prompt prompt = encode_chat_prompt(*tokenizer_, plain_, {.system = system, .message = message},
                                           {.n_ctx = 512})
                            .value();
        return tree_.add(message, std::move(prompt.ids), {.temperature = 0});
    }
    Result<std::vector<TokenId>> next(const moe::Run& run, const std::string& message) {
        return encode_next_message(*tokenizer_, plain_, run, message, 512);
    }
    static void generate(Generation& generation, moe::Run& run, std::size_t n_tokens) {
        for (std::size_t step = 0; step < n_tokens; ++step) generation.step(run, RunNewest::Later, {}).value();
    }

    std::shared_ptr<const Model> model_;
    std::shared_ptr<const Tokenizer> tokenizer_;
    ChatTemplate plain_;
    ThreadPool pool_;
    RunTree tree_;
};

/// The phases of a run, one letter a token: p for prefill, d for decode.
std::string phases_of(const moe::Run& run) {
    const TraceSnapshot trace = run.store->snapshot();
    std::string letters;
    for (std::size_t position = 0; position < trace.n_tokens(); ++position)
        letters += trace.token(position).phase == Phase::Prefill ? 'p' : 'd';
    return letters;
}

TEST_F(ChatTest, OpensAsTheFormatSays) {
    const moe::Run& run = start("Hello!", "Be kind.");
    EXPECT_EQ(decode(*tokenizer_, run.tokens), "<|endoftext|>Be kind.\n\nUser: Hello!\nAssistant:");
}

TEST_F(ChatTest, TheNextMessageIsReadAsPromptAndAnsweredInTheSameRun) {
    Generation generation = make();
    moe::Run& run = start("Hello!");
    generate(generation, run, 4);
    const std::size_t n_before = run.tokens.size();
    const std::vector<TokenId> ids = next(run, "And you?").value();
    append_prompt(run, ids);
    EXPECT_EQ(generation.end_of(run), RunEnd::Open);
    generate(generation, run, 3);

    EXPECT_EQ(phases_of(run), std::string(run.n_prompt, 'p') + "dddd" + std::string(ids.size(), 'p') + "ddd");
    EXPECT_EQ(run.tokens.size(), n_before + ids.size() + 3);
    const TraceSnapshot trace = run.store->snapshot();
    EXPECT_EQ(trace.n_routed(), trace.n_tokens() - 1);
    EXPECT_FALSE(trace.token(n_before).logprob.has_value());
    EXPECT_TRUE(trace.token(n_before + ids.size()).logprob.has_value());
}

TEST_F(ChatTest, TurnsAreRoutedAsOnePromptOfTheSameTokensWouldBe) {
    Generation generation = make();
    moe::Run& turns = start("Hello!");
    generate(generation, turns, 4);
    append_prompt(turns, next(turns, "And you?").value());
    generation.read(turns, turns.tokens.size(), {}).value();

    Generation other = make();
    moe::Run& whole = tree_.add("the same", turns.tokens, {.temperature = 0});
    other.read(whole, whole.tokens.size(), {}).value();
    const TraceSnapshot a = turns.store->snapshot(), b = whole.store->snapshot();
    ASSERT_EQ(a.n_routed(), b.n_routed());
    for (std::size_t position = 0; position < a.n_routed(); ++position) {
        for (std::size_t layer = 0; layer < a.shape().n_layers; ++layer) {
            const std::vector<float> x = test::router_logits_of(a, position, layer);
            const std::vector<float> y = test::router_logits_of(b, position, layer);
            for (std::size_t expert = 0; expert < x.size(); ++expert)
                ASSERT_NEAR(x[expert], y[expert], kOtherPiecesTolerance) << position << " " << layer;
        }
    }
}

TEST_F(ChatTest, TheDrawAfterAMessageIsThatOfItsPosition) {
    const SamplingParams sampling{.seed = 3, .temperature = 1.0f, .top_k = 0, .top_p = 1.0f};
    moe::Run& run = tree_.add("Hello!", {1, 2, 3}, sampling);
    append_prompt(run, std::vector<TokenId>{4, 5});
    Sampler expected(sampling);
    expected.seek(run.tokens.size());
    const std::vector<float> logits(1000, 0.0f);  // all are as probable
    for (int draw = 0; draw < 8; ++draw) EXPECT_EQ(run.sampler.sample(logits).id, expected.sample(logits).id);
}

TEST_F(ChatTest, AMessageEndsNoRunThoughItsLastTokenIsAnEnd) {
    const TokenId end = 0;  // <|endoftext|>
    ASSERT_TRUE(tokenizer_->is_end(end));
    Generation generation = make();
    moe::Run& run = start("Hello!");
    generation.read(run, run.tokens.size(), {}).value();
    generation.put(run, end, RunNewest::Now, {}).value();
    EXPECT_EQ(generation.end_of(run), RunEnd::EndToken);
    append_prompt(run, std::vector<TokenId>{end});
    EXPECT_EQ(generation.end_of(run), RunEnd::Open);
}

TEST_F(ChatTest, ABranchInsideAnEarlierAnswerKnowsThatItsLastTokenWasChosen) {
    const TokenId end = 0;
    Generation generation = make();
    moe::Run& run = start("Hello!");
    generation.read(run, run.tokens.size(), {}).value();
    generation.put(run, end, RunNewest::Now, {}).value();
    const std::size_t answered = run.tokens.size();
    run.is_chat = true;
    append_prompt(run, next(run, "And you?").value());
    generation.read(run, run.tokens.size(), {}).value();

    const moe::Run& after_answer = tree_.add_branch(run, answered, {});
    EXPECT_EQ(generation.end_of(after_answer), RunEnd::EndToken);
    EXPECT_TRUE(after_answer.is_chat);
    const moe::Run& in_message = tree_.add_branch(run, answered + 1, {});
    EXPECT_EQ(generation.end_of(in_message), RunEnd::Open);
}

TEST_F(ChatTest, WithoutAFormatALineBreakEndsAnAnswerAndIsNotWrittenTwice) {
    const std::vector<TokenId> ids = tokenizer_->encode(" Good.\n", {.add_bos = false});
    ASSERT_TRUE(tokenizer_->bytes(ids.back()).ends_with('\n'));
    Generation generation = make();
    moe::Run& run = start("Hello!");
    run.is_chat = run.answers_are_lines = plain_.answers_are_lines();
    generation.read(run, run.tokens.size(), {}).value();
    for (const TokenId id : ids) {
        EXPECT_EQ(generation.end_of(run), RunEnd::Open);
        generation.put(run, id, RunNewest::Now, {}).value();
    }
    EXPECT_EQ(generation.end_of(run), RunEnd::EndToken);
    EXPECT_EQ(generation.end_of(run, /*ignore_end=*/true), RunEnd::Open);
    append_prompt(run, next(run, "And you?").value());
    EXPECT_EQ(decode(*tokenizer_, run.tokens),
              "<|endoftext|>User: Hello!\nAssistant: Good.\nUser: And you?\nAssistant:");
}

TEST_F(ChatTest, RefusesAMessageThatIsEmptyOrLeavesNoRoom) {
    moe::Run& run = start("Hello!");
    EXPECT_THAT(next(run, "").error().message, HasSubstr("empty"));
    EXPECT_FALSE(encode_chat_prompt(*tokenizer_, plain_, {}, {.n_ctx = 512}));
    std::string essay;
    for (int word = 0; word < 600; ++word) essay += " many words";
    const Result<std::vector<TokenId>> result = next(run, essay);
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message, HasSubstr("512"));
    EXPECT_THAT(result.error().message, HasSubstr("start a new chat"));
}

}  // namespace
}  // namespace moe
