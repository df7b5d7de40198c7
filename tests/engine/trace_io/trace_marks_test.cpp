#include "engine/trace_io/trace_marks.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/engine/trace_io/trace_file_fixture.h"

namespace moe {
namespace {

const TraceShape kShape = test::make_shape(3, 8, 2);

std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

class TraceMarksTest : public testing::Test {
  protected:
    std::filesystem::path file() const { return folder_.path() / "a.moetrace"; }

    const test::TemporaryFolder folder_;
    const std::vector<TraceMark> marks_{
        {.run = 1, .position = 3, .layer = 2, .expert = 5, .text = "fires on \u4F60 and 'quotes'"},
        {.run = 1, .position = 7, .layer = std::nullopt, .expert = std::nullopt, .text = "two\nlines"}};
};

TEST_F(TraceMarksTest, ReadsBackWhatWasWrittenAndLeavesTheRestAsItWas) {
    test::write_trace(file(), kShape, 20);
    EXPECT_TRUE(test::expect_value(read_marks(file())).empty());
    const auto before = test::expect_value(test::expect_value(MoetraceReader::open(file()))->read_run(1))->snapshot();
    test::expect_value(write_marks(file(), marks_));
    EXPECT_EQ(test::expect_value(read_marks(file())), marks_);
    const auto after = test::expect_value(test::expect_value(MoetraceReader::open(file()))->read_run(1))->snapshot();
    ASSERT_EQ(after.n_routed(), before.n_routed());
    for (std::size_t t = 0; t < after.n_routed(); ++t)
        EXPECT_TRUE(std::ranges::equal(after.weights(t, 1), before.weights(t, 1)));
    EXPECT_FALSE(std::filesystem::exists(file().string() + "-wal"));
    test::expect_value(write_marks(file(), std::span(marks_).first(1)));
    EXPECT_EQ(test::expect_value(read_marks(file())).size(), 1u) << "they take the place of the old ones";
}

TEST_F(TraceMarksTest, CanBeWrittenWhileTheFileIsRecorded) {
    auto writer = test::expect_value(
        MoetraceWriter::create(file(), MoetraceWriter::IfExists::Refuse, test::model_of(kShape), {}));
    const RunId run = test::expect_value(writer->begin_run(test::run_info("a")));
    for (std::size_t first = 0; first < 200; first += 10) {
        test::append_positions(*writer, run, kShape, first, first + 10);
        test::expect_value(write_marks(file(), marks_));
    }
    test::expect_value(writer->close());
    EXPECT_EQ(test::expect_value(read_marks(file())), marks_);
    const auto reader = test::expect_value(MoetraceReader::open(file()));
    EXPECT_EQ(reader->runs()[0].n_routed, 200u);
}

TEST(MarksOfRunTest, ABranchHasItsParentsMarksBeforeTheFork) {
    std::vector<TraceRunSummary> runs(3);
    for (std::size_t i = 0; i < 3; ++i) runs[i].id = static_cast<RunId>(i + 1);
    runs[1].parent = 1;
    runs[1].fork_pos = 10;
    runs[2].parent = 2;
    runs[2].fork_pos = 6;
    const std::vector<TraceMark> marks{{.run = 1, .position = 5, .layer = {}, .expert = {}, .text = "a"},
                                       {.run = 1, .position = 7, .layer = {}, .expert = {}, .text = "b"},
                                       {.run = 1, .position = 12, .layer = {}, .expert = {}, .text = "c"},
                                       {.run = 2, .position = 11, .layer = {}, .expert = {}, .text = "d"},
                                       {.run = 3, .position = 2, .layer = {}, .expert = {}, .text = "e"}};
    const auto texts_of = [&](RunId run) {
        std::string texts;
        for (const TraceMark& mark : marks_of_run(marks, runs, run)) texts += mark.text;
        return texts;
    };
    EXPECT_EQ(texts_of(1), "abc");
    EXPECT_EQ(texts_of(2), "abd");
    EXPECT_EQ(texts_of(3), "ea");
}

TEST_F(TraceMarksTest, LeaveAFileAloneThatCannotBeWritten) {
    test::write_trace(file(), kShape, 20);
    std::ofstream(file().string() + "-wal") << "a log that somebody left";
    const std::string before = bytes_of(file());
    EXPECT_FALSE(write_marks(file(), marks_).has_value());
    EXPECT_EQ(bytes_of(file()), before);
    std::ofstream(folder_.path() / "no.moetrace") << "no database at all, but a text of some length";
    EXPECT_FALSE(write_marks(folder_.path() / "no.moetrace", marks_).has_value());
    EXPECT_FALSE(write_marks(folder_.path() / "missing.moetrace", marks_).has_value());
    EXPECT_FALSE(std::filesystem::exists(folder_.path() / "missing.moetrace"));
}

void execute(const std::filesystem::path& path, const char* sql) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
    sqlite3_close(database);
}

TEST_F(TraceMarksTest, PassOverRowsThatMakeNoSense) {
    test::write_trace(file(), kShape, 20);
    execute(file(),
            "INSERT INTO mark (run, pos, layer, expert, text) VALUES (1, -2, 0, 0, 'a'), (NULL, 1, 0, 0, 'b'), "
            "(1, 2, 'x', 4, 'c'), (1, 3, -1, NULL, 'd'), (1, 'y', 0, 0, 'e'), (1, 4, 1, 2, x'00ff')");
    const auto marks = test::expect_value(read_marks(file()));
    ASSERT_EQ(marks.size(), 2u);
    EXPECT_EQ(marks[0], (TraceMark{.run = 1, .position = 2, .layer = {}, .expert = {}, .text = "c"}));
    EXPECT_EQ(marks[1].text, "d");
}

TEST_F(TraceMarksTest, NothingInAHostileSchemaRuns) {
    test::write_trace(file(), kShape, 20);
    execute(file(), "CREATE TRIGGER t AFTER INSERT ON mark BEGIN DELETE FROM token; END");
    test::expect_value(write_marks(file(), marks_));
    EXPECT_EQ(test::expect_value(MoetraceReader::open(file()))->runs()[0].n_tokens, 20u);
    execute(file(), "DROP TRIGGER t; DROP TABLE mark");
    EXPECT_TRUE(test::expect_value(read_marks(file())).empty()) << "a file without the table";
    test::expect_value(write_marks(file(), marks_));
    EXPECT_EQ(test::expect_value(read_marks(file())), marks_);
}

}  // namespace
}  // namespace moe
