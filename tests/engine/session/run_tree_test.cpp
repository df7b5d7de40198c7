#include "engine/session/run_tree.h"

#include <gtest/gtest.h>

namespace moe {
namespace {

const TraceShape kShape{.n_layers = 1, .n_experts = 2, .top_k = 1, .layer_ids = {0}};

/// A run of `n` tokens, all of them routed.
moe::Run& add_read_run(RunTree& tree, std::size_t n, std::size_t n_prompt,
                       const SamplingParams& sampling = {}) {
    std::vector<TokenId> ids(n);
    std::vector<TokenRecord> records(n);
    for (std::size_t position = 0; position < n; ++position) {
        ids[position] = static_cast<TokenId>(position * 10);
        records[position].id = ids[position];
    }
    moe::Run& run = tree.add("text", ids, sampling);
    run.n_prompt = n_prompt;
    run.store->append_tokens(records);
    TraceChunk chunk;
    chunk.n_tokens = n;
    chunk.experts.resize(n);
    run.store->append_chunk(std::make_shared<const TraceChunk>(chunk));
    run.n_stored = run.n_routed = n;
    return run;
}

TEST(RunTreeTest, NamesRunsAndBranchesByNumberAndPlace) {
    RunTree tree(kShape, TraceGating::Softmax);
    moe::Run& first = add_read_run(tree, 10, 4);
    const moe::Run& branch = tree.add_branch(first, 7, std::nullopt);
    const moe::Run& twig = tree.add_branch(branch, 2, std::nullopt);
    EXPECT_EQ(first.name, "Run 1");
    EXPECT_EQ(branch.name, "Run 2 from 7");
    EXPECT_EQ(twig.name, "Run 3 from 2");
    EXPECT_EQ(branch.parent, 1);
    EXPECT_EQ(branch.fork_pos, 7u);
    EXPECT_FALSE(first.parent.has_value());
}

TEST(RunTreeTest, ABranchSharesThePastAndLeavesItsParentAlone) {
    RunTree tree(kShape, TraceGating::Softmax);
    moe::Run& parent = add_read_run(tree, 10, 4);
    moe::Run& branch = tree.add_branch(parent, 7, std::nullopt);
    TokenRecord token;
    token.id = 99;
    branch.store->append_tokens({&token, 1});
    EXPECT_EQ(branch.tokens, (std::vector<TokenId>{0, 10, 20, 30, 40, 50, 60}));
    EXPECT_EQ(branch.n_prompt, 4u);
    EXPECT_EQ(branch.n_routed, 7u);
    EXPECT_EQ(branch.store->snapshot().token(7).id, 99);
    EXPECT_EQ(parent.store->snapshot().token(7).id, 70);
    EXPECT_EQ(parent.tokens.size(), 10u);
    EXPECT_EQ(tree.add_branch(parent, 3, std::nullopt).n_prompt, 3u);
}

TEST(RunTreeTest, BranchesDrawFromSeedsOfTheirOwnUnlessTold) {
    RunTree tree(kShape, TraceGating::Softmax);
    moe::Run& parent = add_read_run(tree, 10, 4, {.seed = 100, .temperature = 0.5f});
    EXPECT_EQ(tree.add_branch(parent, 5, std::nullopt).sampler.params().seed, 101u);
    EXPECT_EQ(tree.add_branch(parent, 5, std::nullopt).sampler.params().seed, 102u);
    EXPECT_EQ(tree.add_branch(parent, 5, SamplingParams{.seed = 7}).sampler.params().seed, 7u);
    EXPECT_EQ(tree.runs()[1]->sampler.params().temperature, 0.5f);
}

TEST(RunTreeTest, NeverUsesANumberTwice) {
    RunTree tree(kShape, TraceGating::Softmax);
    const RunId first = add_read_run(tree, 2, 2).id;
    const RunId second = add_read_run(tree, 2, 2).id;
    tree.remove(second);
    EXPECT_EQ(tree.find(second), nullptr);
    EXPECT_NE(tree.find(first), nullptr);
    EXPECT_EQ(add_read_run(tree, 2, 2).id, second + 1);
}

}  // namespace
}  // namespace moe
