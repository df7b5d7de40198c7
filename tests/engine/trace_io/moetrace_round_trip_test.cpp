#include <gtest/gtest.h>

#include <fstream>

#include "tests/engine/trace_io/trace_file_fixture.h"

namespace moe {
namespace {

using test::append_positions;
using test::expect_value;

class MoetraceRoundTripTest : public ::testing::Test {
  protected:
    const test::TemporaryFolder folder_;
    const std::filesystem::path path_ = folder_.path() / "a.moetrace";
};

TEST_F(MoetraceRoundTripTest, GivesBackEveryTokenAndValue) {
    // 255 experts are the most that fit in a byte beside "none"; 256 need two.
    for (const std::size_t n_experts : {8u, 255u, 256u}) {
        for (const std::size_t n_tokens : {0u, 1u, 63u, 64u, 65u, 1000u}) {
            const TraceShape shape = test::make_shape(2, n_experts, 3);
            test::write_trace(path_, shape, n_tokens);
            const auto reader = expect_value(MoetraceReader::open(path_));
            const TraceSnapshot trace = expect_value(reader->read_run(1))->snapshot();
            EXPECT_EQ(trace.shape(), shape);
            test::expect_positions(trace, n_tokens, n_tokens);
            std::filesystem::remove(path_);
        }
    }
}

TEST_F(MoetraceRoundTripTest, GivesBackEveryOptionalColumnOfAModelWithItsOwnGating) {
    const TraceShape shape = test::make_shape(3, 16, 2);
    const test::RandomColumns columns = {.scores = true, .selection = true, .branch_norm = true};
    auto writer = expect_value(MoetraceWriter::create(path_, MoetraceWriter::IfExists::Refuse,
                                                      test::model_of(shape, TraceGating::Other),
                                                      {.branch_norm = true}));
    append_positions(*writer, expect_value(writer->begin_run(test::run_info("r"))), shape, 0, 100, columns);
    expect_value(writer->close());
    const auto reader = expect_value(MoetraceReader::open(path_));
    EXPECT_EQ(reader->runs()[0].columns, (std::vector<std::string>{"branch_norm", "experts", "router_logits",
                                                                   "scores", "selection", "weights"}));
    test::expect_positions(expect_value(reader->read_run(0))->snapshot(), 100, 100, columns);
}

TEST_F(MoetraceRoundTripTest, GivesABranchItsInheritedPart) {
    const TraceShape shape = test::make_shape(2, 8, 2);
    auto writer = expect_value(
        MoetraceWriter::create(path_, MoetraceWriter::IfExists::Refuse, test::model_of(shape), {}));
    const RunId root = expect_value(writer->begin_run(test::run_info("root")));
    append_positions(*writer, root, shape, 0, 150);
    const RunId child = expect_value(writer->begin_run(test::run_info("child", root, 100)));
    append_positions(*writer, child, shape, 100, 130);
    const RunId grandchild = expect_value(writer->begin_run(test::run_info("grandchild", child, 110)));
    append_positions(*writer, grandchild, shape, 110, 300);
    // Forks before its parent's own part begins: nothing of the parent itself is used.
    const RunId early = expect_value(writer->begin_run(test::run_info("early", child, 50)));
    append_positions(*writer, early, shape, 50, 60);
    const RunId empty = expect_value(writer->begin_run(test::run_info("empty", grandchild, 300)));
    expect_value(writer->close());

    const auto reader = expect_value(MoetraceReader::open(path_));
    ASSERT_EQ(reader->runs().size(), 5u);
    EXPECT_EQ(reader->runs()[2].parent, child);
    EXPECT_EQ(reader->runs()[2].n_tokens, 300u);
    EXPECT_EQ(reader->runs()[2].n_routed, 300u);
    EXPECT_EQ(reader->runs()[2].n_prefill, 4u);
    EXPECT_EQ(reader->runs()[4].columns, reader->runs()[0].columns);
    test::expect_positions(expect_value(reader->read_run(root))->snapshot(), 150, 150);
    test::expect_positions(expect_value(reader->read_run(child))->snapshot(), 130, 130);
    test::expect_positions(expect_value(reader->read_run(grandchild))->snapshot(), 300, 300);
    test::expect_positions(expect_value(reader->read_run(early))->snapshot(), 60, 60);
    test::expect_positions(expect_value(reader->read_run(empty))->snapshot(), 300, 300);
}

TEST_F(MoetraceRoundTripTest, SummarizesTheRun) {
    const TraceShape shape = test::make_shape(2, 8, 2);
    test::write_trace(path_, shape, 10);
    const auto reader = expect_value(MoetraceReader::open(path_));
    const TraceRunSummary& run = reader->runs().at(0);
    EXPECT_EQ(run.id, 1);
    EXPECT_EQ(run.name, "a run");
    EXPECT_EQ(run.prompt, "a prompt");
    EXPECT_EQ(run.params_json, "{\"seed\":0}");
    EXPECT_EQ(run.status, "complete");
    EXPECT_EQ(run.model.name, "a model");
    EXPECT_EQ(run.model.n_shared, 1);
    EXPECT_EQ(run.model.file_bytes, 123);
    EXPECT_EQ(run.n_prefill, 4u);
    EXPECT_EQ(run.columns, (std::vector<std::string>{"experts", "router_logits", "weights"}));
    EXPECT_FALSE(run.was_interrupted);
}

TEST_F(MoetraceRoundTripTest, ReadsAFileWhileItIsWritten) {
    const TraceShape shape = test::make_shape(2, 8, 2);
    auto writer = expect_value(
        MoetraceWriter::create(path_, MoetraceWriter::IfExists::Refuse, test::model_of(shape), {}));
    const RunId run = expect_value(writer->begin_run(test::run_info("r")));
    for (const std::size_t end : {10u, 70u, 71u, 200u}) {
        const std::size_t first = end == 10 ? 0 : end == 70 ? 10 : end == 71 ? 70 : 71;
        append_positions(*writer, run, shape, first, end);
        expect_value(writer->flush());
        const auto reader = expect_value(MoetraceReader::open(path_));
        EXPECT_EQ(reader->runs()[0].status, "recording");
        EXPECT_FALSE(reader->runs()[0].was_interrupted);
        test::expect_positions(expect_value(reader->read_run(0))->snapshot(), end, end);
        EXPECT_TRUE(looks_like_trace(path_));
    }
    expect_value(writer->close());
    // Reading has kept nothing open that would leave a log behind.
    EXPECT_FALSE(std::filesystem::exists(path_.string() + "-wal"));
}

TEST_F(MoetraceRoundTripTest, HoldsAModelWithoutMoeLayers) {
    const TraceShape dense = test::make_shape(0, 0, 0);
    auto writer = expect_value(
        MoetraceWriter::create(path_, MoetraceWriter::IfExists::Refuse, test::model_of(dense), {}));
    append_positions(*writer, expect_value(writer->begin_run(test::run_info("r"))), dense, 0, 70);
    expect_value(writer->close());
    const auto reader = expect_value(MoetraceReader::open(path_));
    test::expect_positions(expect_value(reader->read_run(0))->snapshot(), 70, 70);
}

TEST_F(MoetraceRoundTripTest, TellsTracesFromOtherFiles) {
    test::write_trace(path_, test::make_shape(1, 4, 1), 1);
    EXPECT_TRUE(looks_like_trace(path_));
    std::ofstream(folder_.path() / "model.gguf") << "GGUF and more than sixteen bytes";
    EXPECT_FALSE(looks_like_trace(folder_.path() / "model.gguf"));
    EXPECT_FALSE(looks_like_trace(folder_.path() / "none"));
}

}  // namespace
}  // namespace moe
