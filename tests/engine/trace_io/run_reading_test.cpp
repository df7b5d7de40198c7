// A run that is read piece by piece, and columns that stay in its file.
#include <algorithm>
#include <thread>

#include "engine/trace_io/dense_cache.h"
#include "tests/engine/trace_io/trace_file_fixture.h"

namespace moe::test {
namespace {

constexpr std::size_t kNoDenseBytes = 0;

class RunReadingTest : public testing::Test {
  protected:
    std::filesystem::path path(const char* name = "run.moetrace") const { return folder_.path() / name; }

    /// A run of `first` tokens and a branch at `fork` of some more, neither a multiple of a chunk.
    void write_branch(const TraceShape& shape, std::size_t n_first, std::size_t fork, std::size_t end,
                      const RandomColumns& columns = {}) {
        auto writer = expect_value(MoetraceWriter::create(path(), MoetraceWriter::IfExists::Refuse,
                                                          model_of(shape), {.derived = true}));
        const RunId parent = expect_value(writer->begin_run(run_info("parent")));
        append_positions(*writer, parent, shape, 0, n_first, columns);
        const RunId branch = expect_value(writer->begin_run(run_info("branch", parent, fork)));
        append_positions(*writer, branch, shape, fork, end, columns);
        expect_value(writer->close());
    }

    static std::shared_ptr<const TraceStore> read(const std::filesystem::path& file, RunId run,
                                                  std::size_t most_dense_bytes) {
        const auto reader = expect_value(MoetraceReader::open(file));
        return expect_value(reader->read_run(run, {.most_dense_bytes = most_dense_bytes}));
    }

    /// All dense values of `a` and `b`.
    static void expect_same_dense(const TraceSnapshot& a, const TraceSnapshot& b) {
        ASSERT_EQ(a.n_routed(), b.n_routed());
        std::vector<float> x(a.shape().n_experts), y(a.shape().n_experts);
        for (std::size_t position = 0; position < a.n_routed(); ++position) {
            for (std::size_t layer = 0; layer < a.shape().n_layers; ++layer) {
                ASSERT_EQ(router_logits_of(a, position, layer), router_logits_of(b, position, layer));
                ASSERT_EQ(a.scores(position, layer, x), b.scores(position, layer, y));
                ASSERT_EQ(x, y);
                ASSERT_EQ(a.selection(position, layer, x), b.selection(position, layer, y));
                ASSERT_EQ(x, y);
            }
        }
    }

  private:
    TemporaryFolder folder_;
};

TEST_F(RunReadingTest, GrowsChunkByChunkUnderTheEyesOfItsWatcher) {
    const TraceShape shape = make_shape(2, 8, 2);
    write_trace(path(), shape, 200);
    const auto reader = expect_value(MoetraceReader::open(path()));
    std::vector<std::size_t> seen;
    const auto store = expect_value(reader->read_run(0, {.watch = [&](const auto& growing) {
                                                         const TraceSnapshot trace = growing->snapshot();
                                                         seen.push_back(trace.n_routed());
                                                         expect_positions(trace, seen.back(), seen.back());
                                                         return true;
                                                     }}));
    EXPECT_EQ(seen, (std::vector<std::size_t>{64, 128, 192, 200}));
    expect_positions(store->snapshot(), 200, 200);
}

TEST_F(RunReadingTest, EndsWhenItsWatcherWantsNoMore) {
    write_trace(path(), make_shape(2, 8, 2), 200);
    const auto reader = expect_value(MoetraceReader::open(path()));
    std::size_t n_calls = 0;
    const auto result = reader->read_run(0, {.watch = [&](const auto&) { return ++n_calls < 2; }});
    ASSERT_FALSE(result.has_value());
    EXPECT_TRUE(result.error().cancelled);
    EXPECT_EQ(n_calls, 2u);
}

TEST_F(RunReadingTest, FindsDamageOnTheWayAfterItShowedTheBeginning) {
    write_trace(path(), make_shape(2, 8, 2), 200);
    RawDatabase(path()).execute(
        "UPDATE chunk SET data = CAST(printf('%.*c', length(data), 'Z') AS BLOB) WHERE pos0 = 128 AND "
        "trace_column = "
        "(SELECT id FROM trace_column WHERE name = 'experts')");
    const auto reader = expect_value(MoetraceReader::open(path()));
    std::size_t n_seen = 0;
    const auto result = reader->read_run(0, {.watch = [&](const auto& store) {
                                             n_seen = store->snapshot().n_routed();
                                             return true;
                                         }});
    ASSERT_FALSE(result.has_value());
    EXPECT_NE(result.error().message.find("damaged"), std::string::npos) << result.error().message;
    EXPECT_FALSE(result.error().cancelled);
    EXPECT_EQ(n_seen, 128u);
}

TEST_F(RunReadingTest, PacksExpertsAndKeepsTheirValues) {
    const TraceShape shape = make_shape(3, 16, 4);
    write_trace(path(), shape, 100);
    const TraceSnapshot trace = read(path(), 0, std::numeric_limits<std::size_t>::max())->snapshot();
    EXPECT_TRUE(trace.chunk_of(0).experts.is_packed());
    EXPECT_FALSE(trace.chunk_of(0).weights.is_packed()) << "random floats are no halves";
    expect_positions(trace, 100, 100);
}

TEST_F(RunReadingTest, ReadsColumnsThatStayInTheFileWithTheSameValues) {
    const TraceShape shape = make_shape(3, 16, 4);
    const RandomColumns columns{.scores = true, .selection = true};
    write_branch(shape, 150, 100, 333, columns);
    for (const RunId run : {1, 2}) {
        const auto in_memory = read(path(), run, std::numeric_limits<std::size_t>::max());
        const auto in_file = read(path(), run, kNoDenseBytes);
        EXPECT_TRUE(in_file->snapshot().chunk_of(0).router_logits.empty());
        EXPECT_TRUE(in_file->snapshot().has_router_logits());
        EXPECT_TRUE(in_file->snapshot().has_scores());
        expect_same_dense(in_file->snapshot(), in_memory->snapshot());
        EXPECT_EQ(in_file->snapshot().dense_failure(), "");
    }
}

TEST_F(RunReadingTest, WhatATraceDoesNotHaveStaysAbsent) {
    const TraceShape shape = make_shape(2, 8, 2);
    write_branch(shape, 70, 70, 90, {.router_logits = false});
    const TraceSnapshot trace = read(path(), 2, kNoDenseBytes)->snapshot();
    std::vector<float> scores(8, -1.0f);
    EXPECT_FALSE(trace.has_scores());
    EXPECT_FALSE(trace.scores(3, 0, scores));
    EXPECT_EQ(scores, std::vector<float>(8, -1.0f));
}

TEST_F(RunReadingTest, KeepsOnlyAsManyChunksAsItsMemoryHolds) {
    const TraceShape shape = make_shape(2, 8, 2);
    write_trace(path(), shape, 500);
    const TraceConnection connection = expect_value(TraceConnection::open(path()));
    const auto index = std::make_shared<const TraceIndex>(expect_value(index_runs(connection)));
    const TraceSnapshot expected = read(path(), 0, std::numeric_limits<std::size_t>::max())->snapshot();
    const DenseCache one_chunk(connection.place(), index, 1, {ColumnKind::RouterLogits}, /*most_bytes=*/1);
    const auto first = one_chunk.dense_of(expected.chunk_of(0));
    EXPECT_EQ(first, one_chunk.dense_of(expected.chunk_of(0))) << "it is kept";
    for (std::size_t position = 0; position < 500; position += kChunkTokens) {
        const auto dense = one_chunk.dense_of(expected.chunk_of(position));
        ASSERT_NE(dense, nullptr);
        EXPECT_EQ(dense->router_logits, expected.chunk_of(position).router_logits);
        EXPECT_TRUE(dense->experts.empty());
    }
    EXPECT_NE(first, one_chunk.dense_of(expected.chunk_of(0))) << "it went, and came again";
    EXPECT_EQ(first->router_logits, expected.chunk_of(0).router_logits) << "who holds it may still read it";
}

TEST_F(RunReadingTest, AFileThatIsGoneGivesNothingAndSaysWhy) {
    const TraceShape shape = make_shape(2, 8, 2);
    write_trace(path(), shape, 200);
    const TraceSnapshot trace = read(path(), 0, kNoDenseBytes)->snapshot();
    EXPECT_FALSE(router_logits_of(trace, 0, 0).empty());
    std::filesystem::remove(path());
    EXPECT_FALSE(router_logits_of(trace, 0, 1).empty()) << "this chunk was read before";
    std::vector<float> scores(8);
    EXPECT_FALSE(trace.scores(199, 0, scores));
    EXPECT_TRUE(router_logits_of(trace, 199, 0).empty());
    EXPECT_NE(trace.dense_failure().find("run.moetrace"), std::string::npos) << trace.dense_failure();
    EXPECT_EQ(trace.experts(199, 0).size(), 2u);
}

TEST_F(RunReadingTest, AFileThatBecameAnotherGivesNothing) {
    const TraceShape shape = make_shape(2, 8, 2);
    write_trace(path(), shape, 200);
    const TraceSnapshot trace = read(path(), 0, kNoDenseBytes)->snapshot();
    std::filesystem::remove(path());
    {
        auto writer = expect_value(
            MoetraceWriter::create(path(), MoetraceWriter::IfExists::Refuse, model_of(shape), {}));
        const RunId run = expect_value(writer->begin_run(run_info("another")));
        expect_value(writer->append_tokens(run, 0, random_tokens(1, 0, 200, 4)));
        expect_value(writer->append_chunk(
            run, std::make_shared<const TraceChunk>(random_chunk(/*seed=*/99, shape, 0, 200))));
        expect_value(writer->close());
    }
    EXPECT_TRUE(router_logits_of(trace, 5, 0).empty());
    EXPECT_NE(trace.dense_failure().find("was changed"), std::string::npos) << trace.dense_failure();
}

TEST_F(RunReadingTest, SeveralThreadsMayAskAtOnce) {
    const TraceShape shape = make_shape(2, 8, 2);
    write_trace(path(), shape, 640);
    const TraceSnapshot expected = read(path(), 0, std::numeric_limits<std::size_t>::max())->snapshot();
    const TraceSnapshot trace = read(path(), 0, kNoDenseBytes)->snapshot();
    std::vector<std::size_t> n_wrong(4, 0);
    {
        std::vector<std::jthread> threads;
        for (std::size_t thread = 0; thread < n_wrong.size(); ++thread) {
            threads.emplace_back([&, thread] {
                for (std::size_t i = 0; i < 640; ++i) {
                    const std::size_t position = (i * 37 + thread * 160) % 640;
                    n_wrong[thread] +=
                        router_logits_of(trace, position, 1) != router_logits_of(expected, position, 1);
                }
            });
        }
    }
    EXPECT_EQ(n_wrong, std::vector<std::size_t>(4, 0));
}

TEST_F(RunReadingTest, LeavesNoConnectionOpenBehind) {
    write_trace(path(), make_shape(2, 8, 2), 200);
    const TraceSnapshot trace = read(path(), 0, kNoDenseBytes)->snapshot();
    EXPECT_FALSE(router_logits_of(trace, 100, 0).empty());
    RawDatabase other(path());
    other.execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT;");
}

}  // namespace
}  // namespace moe::test
