#include "engine/trace_io/change_trace.h"

#include <gtest/gtest.h>

#include <fstream>

#include "engine/trace_io/sqlite_database.h"
#include "tests/engine/trace_io/trace_file_fixture.h"

namespace moe {
namespace {

const TraceShape kShape = test::make_shape(3, 8, 2);

class ChangeTraceTest : public testing::Test {
  protected:
    ChangeTraceTest() { test::write_trace(file(), kShape, 20); }

    std::filesystem::path file() const { return folder_.path() / "a.moetrace"; }
    std::string name() const {
        const auto reader = MoetraceReader::open(file());
        return reader ? (*reader)->runs()[0].name : reader.error().message;
    }

    const test::TemporaryFolder folder_;
};

TEST_F(ChangeTraceTest, ARunGetsItsNewName) {
    for (const char* wanted : {"fox", "\u4F60's \"run\"; DROP TABLE run", ""}) {
        test::expect_value(write_run_name(file(), 1, wanted));
        EXPECT_EQ(name(), wanted);
    }
    EXPECT_FALSE(std::filesystem::exists(file().string() + "-wal"));
    const auto run = test::expect_value(test::expect_value(MoetraceReader::open(file()))->read_run(1));
    EXPECT_EQ(run->snapshot().n_routed(), 20u);
}

TEST_F(ChangeTraceTest, AFailureChangesNothing) {
    const std::string before = name();
    EXPECT_FALSE(write_run_name(file(), 7, "nobody"));
    EXPECT_FALSE(change_trace(file(), [](const SqliteDatabase& database) -> Result<void> {
        MOE_TRY(database.execute("UPDATE run SET name = 'half'"));
        return make_error("no more");
    }));
    EXPECT_EQ(name(), before);
}

TEST_F(ChangeTraceTest, LeavesAFileAsItIsThatIsNoTraceOrIsWrittenElsewhere) {
    std::ofstream(folder_.path() / "text.moetrace") << "no trace";
    EXPECT_FALSE(write_run_name(folder_.path() / "text.moetrace", 1, "x"));
    EXPECT_FALSE(write_run_name(folder_.path() / "missing.moetrace", 1, "x"));
    EXPECT_FALSE(std::filesystem::exists(folder_.path() / "missing.moetrace"));
    const std::string before = name();
    std::ofstream(file().string() + "-wal") << "somebody else's log";
    EXPECT_FALSE(write_run_name(file(), 1, "x"));
    std::filesystem::remove(file().string() + "-wal");
    EXPECT_EQ(name(), before);
}

}  // namespace
}  // namespace moe
