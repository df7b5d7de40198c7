#include "engine/trace/trace_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <thread>
#include <vector>

#include "engine/base/rng.h"
#include "tests/support/trace_text.h"

namespace moe {
namespace {

constexpr std::uint64_t kSeed = 5;

std::shared_ptr<const TraceChunk> routing(const TraceShape& shape, std::size_t first, std::size_t count) {
    return std::make_shared<const TraceChunk>(test::random_chunk(kSeed, shape, first, count));
}

/// Compares every slice of a snapshot with what the position must hold: the plain model of a store is that
/// token and routing are functions of the position.
void expect_positions(const TraceSnapshot& snapshot, std::size_t n_tokens, std::size_t n_routed) {
    ASSERT_EQ(snapshot.n_tokens(), n_tokens);
    ASSERT_EQ(snapshot.n_routed(), n_routed);
    const TraceShape& shape = snapshot.shape();
    const std::vector<TokenRecord> tokens = test::random_tokens(kSeed, 0, n_tokens, 0);
    for (std::size_t position = 0; position < n_tokens; ++position) {
        ASSERT_EQ(snapshot.token(position).id, tokens[position].id);
        ASSERT_EQ(snapshot.token(position).bytes, tokens[position].bytes);
    }
    for (std::size_t position = 0; position < n_routed; ++position) {
        const TraceChunk expected = test::random_chunk(kSeed, shape, position, 1);
        const TraceChunk& chunk = snapshot.chunk_of(position);
        ASSERT_EQ(chunk.first_token, position / kChunkTokens * kChunkTokens);
        ASSERT_LE(chunk.n_tokens, kChunkTokens);
        for (std::size_t layer = 0; layer < shape.n_layers; ++layer) {
            ASSERT_TRUE(
                std::ranges::equal(snapshot.experts(position, layer),
                                   expected.experts.view().subview(layer * shape.top_k, shape.top_k)));
            ASSERT_TRUE(std::ranges::equal(
                test::router_logits_of(snapshot, position, layer),
                std::span(expected.router_logits).subspan(layer * shape.n_experts, shape.n_experts)));
            ASSERT_TRUE(snapshot.branch_norm(position, layer).empty());
        }
    }
}

TEST(TraceStoreTest, HoldsWhatWasAppendedHoweverItWasCut) {
    Rng rng(1);
    for (std::size_t round = 0; round < 20; ++round) {
        const TraceShape shape = test::make_shape(1 + rng.below(3), 8, 2);
        TraceStore store(shape, TraceGating::Softmax);
        std::size_t n_tokens = 0;
        std::size_t n_routed = 0;
        for (std::size_t step = 0; step < 12; ++step) {
            const std::size_t added = rng.below(100);
            store.append_tokens(test::random_tokens(kSeed, n_tokens, added, 0));
            n_tokens += added;
            const std::size_t covered = rng.below(n_tokens - n_routed + 1);
            store.append_chunk(routing(shape, n_routed, covered));
            n_routed += covered;
            expect_positions(store.snapshot(), n_tokens, n_routed);
        }
    }
}

TEST(TraceStoreTest, TokenByTokenGivesFullChunksAndOneOpenTail) {
    const TraceShape shape = test::make_shape(2, 8, 2);
    TraceStore store(shape, TraceGating::Softmax);
    for (std::size_t position = 0; position < 150; ++position) {
        store.append_tokens(test::random_tokens(kSeed, position, 1, 0));
        store.append_chunk(routing(shape, position, 1));
    }
    const TraceSnapshot snapshot = store.snapshot();
    EXPECT_EQ(snapshot.chunk_of(0).n_tokens, kChunkTokens);
    EXPECT_EQ(snapshot.chunk_of(127).n_tokens, kChunkTokens);
    EXPECT_EQ(snapshot.chunk_of(149).n_tokens, 150u - 2 * kChunkTokens);
    expect_positions(snapshot, 150, 150);
}

TEST(TraceStoreTest, SnapshotStaysAsItWas) {
    const TraceShape shape = test::make_shape(2, 8, 2);
    TraceStore store(shape, TraceGating::Softmax);
    store.append_tokens(test::random_tokens(kSeed, 0, 70, 0));
    store.append_chunk(routing(shape, 0, 65));
    const TraceSnapshot early = store.snapshot();
    store.append_tokens(test::random_tokens(kSeed, 70, 200, 0));
    store.append_chunk(routing(shape, 65, 205));
    expect_positions(early, 70, 65);
    expect_positions(store.snapshot(), 270, 270);
}

TEST(TraceStoreTest, FullAlignedChunkIsSharedNotCopied) {
    const TraceShape shape = test::make_shape(2, 8, 2);
    TraceStore store(shape, TraceGating::Softmax);
    store.append_tokens(test::random_tokens(kSeed, 0, kChunkTokens, 0));
    const auto chunk = routing(shape, 0, kChunkTokens);
    store.append_chunk(chunk);
    EXPECT_EQ(&store.snapshot().chunk_of(0), chunk.get());
}

TEST(TraceStoreTest, BranchBeginsWithItsParentAndLeavesItAlone) {
    const TraceShape shape = test::make_shape(2, 8, 2);
    TraceStore parent(shape, TraceGating::Sigmoid);
    parent.append_tokens(test::random_tokens(kSeed, 0, 200, 0));
    parent.append_chunk(routing(shape, 0, 199));
    const TraceSnapshot before = parent.snapshot();
    for (const std::size_t fork_pos : {0u, 1u, 63u, 64u, 65u, 130u, 199u, 200u}) {
        const auto branch = TraceStore::branch(before, fork_pos);
        const std::size_t n_routed = std::min<std::size_t>(fork_pos, 199);
        expect_positions(branch->snapshot(), fork_pos, n_routed);
        EXPECT_EQ(branch->snapshot().gating(), TraceGating::Sigmoid);
        EXPECT_EQ(fork_pos >= kChunkTokens,
                  n_routed > 0 && &branch->snapshot().chunk_of(0) == &before.chunk_of(0));
        branch->append_tokens(test::random_tokens(kSeed, fork_pos, 100, 0));
        branch->append_chunk(routing(shape, n_routed, fork_pos + 100 - n_routed));
        expect_positions(branch->snapshot(), fork_pos + 100, fork_pos + 100);
    }
    expect_positions(parent.snapshot(), 200, 199);
}

TEST(TraceStoreTest, SnapshotsKnowWhatTheyShare) {
    const TraceShape shape = test::make_shape(2, 8, 2);
    TraceStore parent(shape, TraceGating::Softmax);
    std::vector<TraceSnapshot> all{TraceSnapshot{}, parent.snapshot()};
    const auto grow = [&](TraceStore& store, std::size_t n) {
        const std::size_t first = store.snapshot().n_routed();
        store.append_tokens(test::random_tokens(kSeed, first, n, 0));
        store.append_chunk(routing(shape, first, n));
        all.push_back(store.snapshot());
    };
    for (const std::size_t n : {10u, 54u, 200u, 64u}) grow(parent, n);
    for (const std::size_t fork_pos : {0u, 64u, 130u, 300u}) {
        const auto branch = TraceStore::branch(parent.snapshot(), fork_pos);
        all.push_back(branch->snapshot());
        for (const std::size_t n : {100u, 28u}) grow(*branch, n);
    }
    for (const TraceSnapshot& a : all) {
        for (const TraceSnapshot& b : all) {
            const std::size_t n_both = std::min(a.n_routed(), b.n_routed());
            std::size_t n_shared = 0;
            while (n_shared < n_both && &a.chunk_of(n_shared) == &b.chunk_of(n_shared)) ++n_shared;
            EXPECT_EQ(a.n_shared_routed(b), n_shared);
            EXPECT_EQ(a.has_same_routing(b),
                      n_shared > 0 && n_shared == std::max(a.n_routed(), b.n_routed()));
        }
    }
}

TEST(TraceStoreTest, EmptySnapshotHasNoShape) {
    const TraceSnapshot snapshot;
    EXPECT_FALSE(snapshot.has_shape());
    EXPECT_EQ(snapshot.n_tokens(), 0u);
    EXPECT_EQ(snapshot.n_routed(), 0u);
}

TEST(TraceStoreTest, ReadersSeeWholeTokensWhileOneThreadAppends) {
    const TraceShape shape = test::make_shape(2, 8, 2);
    constexpr std::size_t kTokens = 400;
    TraceStore store(shape, TraceGating::Softmax);
    std::atomic<std::size_t> n_checks{0};
    std::vector<std::thread> readers;
    for (std::size_t reader = 0; reader < 3; ++reader) {
        readers.emplace_back([&store, &shape, &n_checks] {
            for (std::size_t n_routed = 0; n_routed < kTokens;) {
                const TraceSnapshot snapshot = store.snapshot();
                ASSERT_GE(snapshot.n_routed(), n_routed);
                ASSERT_GE(snapshot.n_tokens(), snapshot.n_routed());
                n_routed = snapshot.n_routed();
                if (n_routed == 0) continue;
                const std::size_t last = n_routed - 1;
                const TraceChunk expected = test::random_chunk(kSeed, shape, last, 1);
                ASSERT_TRUE(
                    std::ranges::equal(snapshot.experts(last, 0), expected.experts.view().subview(0, 2)));
                ASSERT_EQ(snapshot.token(last).id, test::random_tokens(kSeed, last, 1, 0).front().id);
                ++n_checks;
            }
        });
    }
    for (std::size_t position = 0; position < kTokens; ++position) {
        store.append_tokens(test::random_tokens(kSeed, position, 1, 0));
        store.append_chunk(routing(shape, position, 1));
    }
    for (std::thread& reader : readers) reader.join();
    EXPECT_GE(n_checks.load(), 3u);
}

TEST(TraceStoreDeathTest, StopsOnRoutingThatLeavesAGapOrHasNoToken) {
    const TraceShape shape = test::make_shape(1, 4, 1);
    TraceStore store(shape, TraceGating::Softmax);
    store.append_tokens(test::random_tokens(kSeed, 0, 4, 0));
    EXPECT_DEATH(store.append_chunk(routing(shape, 1, 1)), "bug at");
    EXPECT_DEATH(store.append_chunk(routing(shape, 0, 5)), "bug at");
}

}  // namespace
}  // namespace moe
