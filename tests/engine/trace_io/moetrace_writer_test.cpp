#include "engine/trace_io/moetrace_writer.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/engine/trace_io/trace_file_fixture.h"

namespace moe {
namespace {

using test::append_positions;
using test::expect_value;
using IfExists = MoetraceWriter::IfExists;

const TraceShape kShape = test::make_shape(2, 8, 2);

class MoetraceWriterTest : public ::testing::Test {
  protected:
    std::unique_ptr<MoetraceWriter> create(const RecordColumns& columns = {},
                                           const TraceShape& shape = kShape) {
        return expect_value(MoetraceWriter::create(path_, IfExists::Refuse, test::model_of(shape), columns));
    }
    std::size_t n_files() const {
        std::size_t count = 0;
        for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder_.path()))
            ++count;
        return count;
    }
    const test::TemporaryFolder folder_;
    const std::filesystem::path path_ = folder_.path() / "a trace?#%.moetrace";
};

TEST_F(MoetraceWriterTest, LeavesOnePlainFileThatNamesItsFormat) {
    const auto writer = create();
    const RunId run = expect_value(writer->begin_run(test::run_info("r")));
    append_positions(*writer, run, kShape, 0, 100);
    expect_value(writer->set_status(run, RunStatus::Complete));
    expect_value(writer->close());
    EXPECT_EQ(n_files(), 1u);
    test::RawDatabase file(path_);
    EXPECT_EQ(file.ask("PRAGMA application_id"), "1299137876");  // 0x4D6F4554
    EXPECT_EQ(file.ask("PRAGMA user_version"), "1");
    EXPECT_EQ(file.ask("PRAGMA journal_mode"), "delete");
    EXPECT_EQ(file.ask("PRAGMA integrity_check"), "ok");
    EXPECT_EQ(file.ask("SELECT key FROM meta ORDER BY key"), "created\nprogram\nversion");
    EXPECT_EQ(file.ask("SELECT status FROM run"), "complete");
}

TEST_F(MoetraceWriterTest, CutsChunksAtMultiplesOf64) {
    const auto writer = create();
    const RunId run = expect_value(writer->begin_run(test::run_info("r")));
    for (std::size_t position = 0; position < 130; ++position) {
        append_positions(*writer, run, kShape, position, position + 1);
        if (position % 50 == 0) expect_value(writer->flush());
    }
    expect_value(writer->close());
    test::RawDatabase file(path_);
    EXPECT_EQ(file.ask("SELECT pos0, n, length(data) FROM chunk JOIN trace_column c ON c.id = trace_column "
                       "WHERE c.name = 'experts' ORDER BY pos0"),
              "0|64|256\n64|64|256\n128|2|8");
    EXPECT_EQ(file.ask("SELECT name, dtype, dims FROM trace_column ORDER BY id"),
              "experts|u8|layer,slot\nweights|f32|layer,slot\nrouter_logits|f32|layer,expert");
}

TEST_F(MoetraceWriterTest, BranchStartsItsChunksAtTheFork) {
    const auto writer = create();
    const RunId parent = expect_value(writer->begin_run(test::run_info("parent")));
    append_positions(*writer, parent, kShape, 0, 80);
    const RunId branch = expect_value(writer->begin_run(test::run_info("branch", parent, 70)));
    append_positions(*writer, branch, kShape, 70, 200);
    expect_value(writer->close());
    test::RawDatabase file(path_);
    EXPECT_EQ(file.ask("SELECT pos0, n FROM chunk WHERE run = 2 AND trace_column = "
                       "(SELECT id FROM trace_column WHERE run = 2 AND name = 'experts') ORDER BY pos0"),
              "70|58\n128|64\n192|8");
    EXPECT_EQ(file.ask("SELECT min(pos), max(pos) FROM token WHERE run = 2"), "70|199");
    EXPECT_EQ(file.ask("SELECT parent, fork_pos FROM run WHERE id = 2"), "1|70");
}

TEST_F(MoetraceWriterTest, HoldsTokensBackUntilRoutingCoversThem) {
    const auto writer = create();
    const RunId run = expect_value(writer->begin_run(test::run_info("r")));
    expect_value(writer->append_tokens(run, 0, test::random_tokens(test::kTraceSeed, 0, 200, 200)));
    expect_value(writer->flush());
    test::RawDatabase file(path_);
    EXPECT_EQ(file.ask("SELECT count(*) FROM token"), "1");
    const auto routing = [](std::size_t first, std::size_t count) {
        return std::make_shared<const TraceChunk>(test::random_chunk(test::kTraceSeed, kShape, first, count));
    };
    expect_value(writer->append_chunk(run, routing(0, 100)));
    expect_value(writer->flush());
    EXPECT_EQ(file.ask("SELECT count(*) FROM token"), "101");
    expect_value(writer->append_chunk(run, routing(100, 100)));
    expect_value(writer->flush());
    EXPECT_EQ(file.ask("SELECT count(*) FROM token"), "200");
}

TEST_F(MoetraceWriterTest, GivesTheRoutingOfAForkedLastTokenToItsOwner) {
    const auto writer = create();
    const RunId parent = expect_value(writer->begin_run(test::run_info("parent")));
    expect_value(writer->append_tokens(parent, 0, test::random_tokens(test::kTraceSeed, 0, 10, 4)));
    expect_value(writer->append_chunk(
        parent, std::make_shared<const TraceChunk>(test::random_chunk(test::kTraceSeed, kShape, 0, 9))));
    const RunId branch = expect_value(writer->begin_run(test::run_info("branch", parent, 10)));
    expect_value(writer->append_tokens(branch, 10, test::random_tokens(test::kTraceSeed, 10, 5, 4)));
    expect_value(writer->append_chunk(
        branch, std::make_shared<const TraceChunk>(test::random_chunk(test::kTraceSeed, kShape, 9, 6))));
    // The parent goes on and computes the same routing of position 9 again.
    expect_value(writer->append_tokens(parent, 10, test::random_tokens(test::kTraceSeed, 10, 2, 4)));
    expect_value(writer->append_chunk(
        parent, std::make_shared<const TraceChunk>(test::random_chunk(test::kTraceSeed, kShape, 9, 3))));
    expect_value(writer->close());
    const auto reader = expect_value(MoetraceReader::open(path_));
    test::expect_positions(expect_value(reader->read_run(branch))->snapshot(), 15, 15);
    test::expect_positions(expect_value(reader->read_run(parent))->snapshot(), 12, 12);
}

TEST_F(MoetraceWriterTest, RecordsOnlyTheColumnsThatWereAskedFor) {
    const auto writer = create({.weights = false, .router_logits = false, .branch_norm = true});
    const RunId run = expect_value(writer->begin_run(test::run_info("r")));
    append_positions(*writer, run, kShape, 0, 3, {.branch_norm = true});
    expect_value(writer->close());
    EXPECT_EQ(test::RawDatabase(path_).ask("SELECT name, dims FROM trace_column ORDER BY id"),
              "experts|layer,slot\nbranch_norm|layer,3");
}

TEST_F(MoetraceWriterTest, RefusesAFileThatExistsAndKeepsIt) {
    std::ofstream(path_) << "precious";
    const auto refused = MoetraceWriter::create(path_, IfExists::Refuse, test::model_of(kShape), {});
    ASSERT_FALSE(refused.has_value());
    EXPECT_NE(refused.error().message.find("--overwrite"), std::string::npos);
    std::string content;
    std::ifstream(path_) >> content;
    EXPECT_EQ(content, "precious");
}

TEST_F(MoetraceWriterTest, OverwritesAFileAndTheLogThatBelongedToIt) {
    std::ofstream(path_) << "old";
    std::ofstream(path_.string() + "-wal") << "old log";
    std::ofstream(path_.string() + "-shm") << "old index";
    auto writer =
        expect_value(MoetraceWriter::create(path_, IfExists::Overwrite, test::model_of(kShape), {}));
    append_positions(*writer, expect_value(writer->begin_run(test::run_info("r"))), kShape, 0, 5);
    expect_value(writer->close());
    EXPECT_EQ(n_files(), 1u);
    const auto reader = expect_value(MoetraceReader::open(path_));
    test::expect_positions(expect_value(reader->read_run(0))->snapshot(), 5, 5);
}

TEST_F(MoetraceWriterTest, FailsInAFolderThatDoesNotExist) {
    const auto failed = MoetraceWriter::create(folder_.path() / "none" / "a.moetrace", IfExists::Refuse,
                                               test::model_of(kShape), {});
    ASSERT_FALSE(failed.has_value());
    EXPECT_NE(failed.error().message.find("; "), std::string::npos);
}

TEST_F(MoetraceWriterTest, ClosesOnceAndAnswersTheSameLater) {
    const auto writer = create();
    append_positions(*writer, expect_value(writer->begin_run(test::run_info("r"))), kShape, 0, 5);
    expect_value(writer->close());
    expect_value(writer->close());
    EXPECT_EQ(writer->committed_bytes(), static_cast<std::int64_t>(std::filesystem::file_size(path_)));
}

}  // namespace
}  // namespace moe
