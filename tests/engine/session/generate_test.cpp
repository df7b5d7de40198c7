#include "engine/session/generate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "engine/families/load_model.h"
#include "engine/session/prompt.h"
#include "tests/support/paths.h"
#include "tests/support/trace_text.h"

namespace moe {
namespace {

constexpr std::string_view kPrompt = "Once upon a time there was a little fox who lived in the forest.";

/// The embedded model, opened once.
const std::shared_ptr<const Model>& model() {
    static const std::shared_ptr<const Model> opened =
        load_model(test::asset_file("models/early-d192-l6.gguf")).value();
    return opened;
}
const std::shared_ptr<const Tokenizer>& tokenizer() {
    static const std::shared_ptr<const Tokenizer> created =
        create_tokenizer(model()->file.metadata()).value();
    return created;
}

class GenerationTest : public testing::Test {
  protected:
    GenerationTest() : pool_(2), tree_(trace_shape_of(model()->spec), trace_gating_of(model()->spec)) {}

    /// In pieces of a chunk, so that a prompt has several.
    Generation make(std::size_t n_ctx = 0, bool watched = true) {
        return Generation::create({.model = model(),
                                   .tokenizer = tokenizer(),
                                   .n_ctx = n_ctx,
                                   .piece_tokens = kChunkTokens,
                                   .watched = watched},
                                  pool_)
            .value();
    }
    moe::Run& start(const SamplingParams& sampling = {.temperature = 0}, std::string_view prompt = kPrompt) {
        return tree_.add(std::string(prompt), encode_prompt(*tokenizer(), prompt, {.n_ctx = 512}).value().ids,
                         sampling);
    }
    static void generate(Generation& generation, moe::Run& run, std::size_t n_tokens,
                         RunNewest newest = RunNewest::Now) {
        for (std::size_t step = 0; step < n_tokens; ++step) generation.step(run, newest, {}).value();
    }
    static void read_all(Generation& generation, moe::Run& run) {
        generation.read(run, run.tokens.size(), {}).value();
    }

    ThreadPool pool_;
    RunTree tree_;
};

/// Every routed number of two traces, bit for bit.
void expect_same_routing(const TraceSnapshot& a, const TraceSnapshot& b, std::size_t first, std::size_t end) {
    ASSERT_LE(end, a.n_routed());
    ASSERT_LE(end, b.n_routed());
    for (std::size_t position = first; position < end; ++position) {
        ASSERT_EQ(a.token(position).id, b.token(position).id) << "position " << position;
        for (std::size_t layer = 0; layer < a.shape().n_layers; ++layer) {
            EXPECT_TRUE(std::ranges::equal(a.experts(position, layer), b.experts(position, layer)));
            EXPECT_TRUE(std::ranges::equal(a.weights(position, layer), b.weights(position, layer)));
            EXPECT_EQ(test::router_logits_of(a, position, layer), test::router_logits_of(b, position, layer));
        }
    }
}

TEST_F(GenerationTest, ReadsAPromptWholeAndKnowsWhatMayFollow) {
    Generation generation = make();
    moe::Run& run = start();
    EXPECT_TRUE(generation.next_logits(run).empty());
    read_all(generation, run);
    const TraceSnapshot trace = run.store->snapshot();
    EXPECT_EQ(trace.n_tokens(), run.tokens.size());
    EXPECT_EQ(trace.n_routed(), run.tokens.size());
    EXPECT_EQ(generation.next_logits(run).size(), model()->spec.n_vocab);
    std::string text;
    for (std::size_t position = 0; position < trace.n_tokens(); ++position) {
        EXPECT_EQ(trace.token(position).phase, Phase::Prefill);
        EXPECT_FALSE(trace.token(position).logprob.has_value());
        if (!tokenizer()->is_special(trace.token(position).id)) text += trace.token(position).bytes;
    }
    EXPECT_EQ(text, kPrompt);
}

TEST_F(GenerationTest, LeavesTheNewestTokenWithoutRoutingWhereAskedTo) {
    Generation generation = make();
    moe::Run& run = start();
    generate(generation, run, 5, RunNewest::Later);
    const TraceSnapshot trace = run.store->snapshot();
    EXPECT_EQ(trace.n_tokens(), run.n_prompt + 5);
    EXPECT_EQ(trace.n_routed(), run.n_prompt + 4);
    EXPECT_TRUE(generation.next_logits(run).empty());
    EXPECT_TRUE(trace.token(run.n_prompt).logprob.has_value());
    EXPECT_EQ(trace.token(run.n_prompt).phase, Phase::Decode);
}

TEST_F(GenerationTest, IsTheSameWhetherTheNewestTokenRunsNowOrLater) {
    Generation now = make(), later = make();
    moe::Run& a = start({.seed = 3});
    moe::Run& b = start({.seed = 3});
    generate(now, a, 40, RunNewest::Now);
    generate(later, b, 40, RunNewest::Later);
    EXPECT_EQ(a.tokens, b.tokens);
    expect_same_routing(a.store->snapshot(), b.store->snapshot(), 0, a.tokens.size() - 1);
}

TEST_F(GenerationTest, ReproducesARunBitForBit) {
    for (const SamplingParams& sampling : {SamplingParams{.temperature = 0}, SamplingParams{.seed = 17}}) {
        Generation first = make(), second = make();
        moe::Run& a = start(sampling);
        moe::Run& b = start(sampling);
        generate(first, a, 100);
        generate(second, b, 100);
        EXPECT_EQ(a.tokens, b.tokens);
        expect_same_routing(a.store->snapshot(), b.store->snapshot(), 0, a.tokens.size());
    }
}

TEST_F(GenerationTest, IsNotChangedByBeingWatched) {
    Generation watched = make(), unwatched = make(0, /*watched=*/false);
    moe::Run& a = start({.seed = 5});
    moe::Run& b = start({.seed = 5});
    generate(watched, a, 60);
    generate(unwatched, b, 60);
    EXPECT_EQ(a.tokens, b.tokens);
    const std::span<const float> logits_a = watched.next_logits(a), logits_b = unwatched.next_logits(b);
    ASSERT_EQ(logits_a.size(), logits_b.size());
    EXPECT_EQ(std::memcmp(logits_a.data(), logits_b.data(), logits_a.size_bytes()), 0);
    EXPECT_EQ(b.store->snapshot().n_routed(), 0u);
}

TEST_F(GenerationTest, ABranchWithItsParentsSeedHasItsParentsFuture) {
    Generation generation = make();
    moe::Run& parent = start({.seed = 8});
    generate(generation, parent, 50);
    const std::size_t fork_pos = parent.n_prompt + 20;
    generation.read(parent, fork_pos, {}).value();
    moe::Run& branch = tree_.add_branch(parent, fork_pos, parent.sampler.params());
    generate(generation, branch, 30);
    EXPECT_EQ(branch.tokens, parent.tokens);
    expect_same_routing(branch.store->snapshot(), parent.store->snapshot(), 0, parent.tokens.size());
}

TEST_F(GenerationTest, ABranchWithAnotherSeedGoesAnotherWayAndLeavesItsParentAlone) {
    Generation generation = make();
    moe::Run& parent = start({.seed = 8});
    generate(generation, parent, 50);
    const std::vector<TokenId> before = parent.tokens;
    generation.read(parent, parent.n_prompt + 5, {}).value();
    moe::Run& branch = tree_.add_branch(parent, parent.n_prompt + 5, std::nullopt);
    generate(generation, branch, 40);
    EXPECT_NE(branch.tokens, before);
    EXPECT_TRUE(std::equal(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(branch.fork_pos),
                           branch.tokens.begin()));
    EXPECT_EQ(parent.tokens, before);
    EXPECT_EQ(parent.store->snapshot().n_tokens(), before.size());
}

TEST_F(GenerationTest, GoesBackToAnEarlierRunAndOnWithIt) {
    Generation generation = make(), uninterrupted = make();
    moe::Run& first = start();
    generate(generation, first, 30);
    moe::Run& second = start({.seed = 1}, "def main():");
    generate(generation, second, 10);
    generate(generation, first, 30);

    moe::Run& expected = start();
    generate(uninterrupted, expected, 60);
    EXPECT_EQ(first.tokens, expected.tokens);
    EXPECT_EQ(first.store->snapshot().n_routed(), first.tokens.size());
}

TEST_F(GenerationTest, PutsATokenByHandWithTheModelsOwnProbability) {
    Generation generation = make();
    moe::Run& run = start();
    read_all(generation, run);
    const float expected = log_probability(generation.next_logits(run), 321);
    generation.put(run, 321, RunNewest::Now, {}).value();
    const TraceSnapshot trace = run.store->snapshot();
    EXPECT_EQ(trace.token(run.n_prompt).id, 321);
    EXPECT_EQ(trace.token(run.n_prompt).phase, Phase::Decode);
    EXPECT_EQ(trace.token(run.n_prompt).logprob, expected);
    EXPECT_EQ(trace.n_routed(), trace.n_tokens());
}

TEST_F(GenerationTest, ACancelledReadKeepsWhatWasReadAndCanGoOn) {
    Generation generation = make(), uninterrupted = make();
    std::string text;
    for (int repeat = 0; repeat < 12; ++repeat) text += kPrompt;
    moe::Run& run = start({.temperature = 0}, text);
    ASSERT_GT(run.tokens.size(), 2 * kChunkTokens);
    std::stop_source source;
    const Result<void> cancelled = generation.read(run, run.tokens.size(), source.get_token(),
                                                   [&](std::size_t done, std::size_t) {
                                                       if (done >= kChunkTokens) source.request_stop();
                                                   });
    ASSERT_FALSE(cancelled);
    EXPECT_TRUE(cancelled.error().cancelled);
    EXPECT_EQ(run.n_routed, kChunkTokens);
    EXPECT_EQ(run.store->snapshot().n_tokens(), kChunkTokens);

    generate(generation, run, 5);
    moe::Run& expected = start({.temperature = 0}, text);
    generate(uninterrupted, expected, 5);
    EXPECT_EQ(run.tokens, expected.tokens);
    expect_same_routing(run.store->snapshot(), expected.store->snapshot(), 0, run.tokens.size());
}

TEST_F(GenerationTest, ACancelledTokenWaitsForTheNextStep) {
    Generation generation = make(), uninterrupted = make();
    moe::Run& run = start();
    generate(generation, run, 3);
    std::stop_source stopped;
    stopped.request_stop();
    ASSERT_FALSE(generation.step(run, RunNewest::Now, stopped.get_token()));
    EXPECT_EQ(run.tokens.size(), run.n_prompt + 4);
    EXPECT_EQ(run.n_routed, run.n_prompt + 3);
    generate(generation, run, 3);
    moe::Run& expected = start();
    generate(uninterrupted, expected, 7);
    EXPECT_EQ(run.tokens, expected.tokens);
}

TEST_F(GenerationTest, EndsWhereTheContextIsFull) {
    Generation generation = make(/*n_ctx=*/24);
    moe::Run& run = start();
    while (generation.end_of(run, /*ignore_end=*/true) == RunEnd::Open) generate(generation, run, 1);
    EXPECT_EQ(run.tokens.size(), 24u);
    EXPECT_EQ(run.n_routed, 24u);
    EXPECT_EQ(generation.end_of(run, /*ignore_end=*/true), RunEnd::ContextFull);
}

TEST_F(GenerationTest, EndsAtAnEndTokenThatWasChosenNotRead) {
    Generation generation = make();
    TokenId end_token = 0;
    while (!tokenizer()->is_end(end_token)) ++end_token;
    moe::Run& run = start();
    run.tokens.push_back(end_token);
    run.n_prompt = run.tokens.size();
    EXPECT_EQ(generation.end_of(run), RunEnd::Open);
    generation.put(run, end_token, RunNewest::Now, {}).value();
    EXPECT_EQ(generation.end_of(run), RunEnd::EndToken);
    EXPECT_EQ(generation.end_of(run, /*ignore_end=*/true), RunEnd::Open);
}

TEST_F(GenerationTest, TellsHowFarAPromptIsLayerByLayer) {
    Generation generation = make();
    moe::Run& run = start();
    std::vector<std::size_t> done;
    const auto on_progress = [&](std::size_t n, std::size_t total) {
        EXPECT_EQ(total, run.tokens.size());
        done.push_back(n);
    };
    ASSERT_TRUE(generation.read(run, run.tokens.size(), {}, on_progress));
    EXPECT_EQ(done.size(), trace_shape_of(generation.model().spec).n_layers + 1);
    EXPECT_TRUE(std::ranges::is_sorted(done));
    EXPECT_LT(done.front(), run.tokens.size());
    EXPECT_EQ(done.back(), run.tokens.size());
}

TEST(PromptTest, TellsBothLengthsOfAPromptThatIsTooLong) {
    const Result<Prompt> prompt = encode_prompt(*tokenizer(), kPrompt, {.n_ctx = 4});
    ASSERT_FALSE(prompt);
    const std::size_t n_tokens = encode_prompt(*tokenizer(), kPrompt, {.n_ctx = 512}).value().ids.size();
    EXPECT_NE(prompt.error().message.find(std::to_string(n_tokens)), std::string::npos);
    EXPECT_NE(prompt.error().message.find(" 4"), std::string::npos);
}

TEST(PromptTest, KeepsTheEndOfWhatIsTruncatedAndRoomBehindIt) {
    const std::vector<TokenId> all = encode_prompt(*tokenizer(), kPrompt, {.n_ctx = 512}).value().ids;
    ASSERT_GT(all.size(), 8u);
    const Prompt prompt =
        encode_prompt(*tokenizer(), kPrompt, {.n_ctx = 8, .truncate = true, .n_room = 2}).value();
    EXPECT_EQ(prompt.ids, std::vector<TokenId>(all.end() - 6, all.end()));
    EXPECT_EQ(prompt.n_dropped, all.size() - 6);
    EXPECT_EQ(encode_prompt(*tokenizer(), kPrompt, {.n_ctx = 8, .truncate = true, .n_room = 100})
                  .value()
                  .ids.size(),
              4u);
    EXPECT_EQ(encode_prompt(*tokenizer(), kPrompt, {.n_ctx = 512, .truncate = true}).value().n_dropped, 0u);
}

TEST(PromptTest, AnEmptyOneBeginsTheTextOrSaysThatTheModelCannot) {
    const Result<Prompt> prompt = encode_prompt(*tokenizer(), "", {.n_ctx = 8});
    if (tokenizer()->bos()) {
        EXPECT_EQ(prompt.value().ids, std::vector<TokenId>{*tokenizer()->bos()});
    } else {
        EXPECT_NE(prompt.error().message.find("empty"), std::string::npos);
    }
}

}  // namespace
}  // namespace moe
