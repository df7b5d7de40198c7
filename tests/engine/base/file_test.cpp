#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "engine/base/atomic_write.h"
#include "engine/base/mapped_file.h"
#include "tests/support/paths.h"

namespace moe {
namespace {

TEST(MappedFileTest, ShowsTheBytesAndSurvivesAMove) {
    const test::TemporaryFolder folder;
    ASSERT_TRUE(atomic_write(folder.path() / "a", "hello").has_value());
    Result<MappedFile> opened = MappedFile::open(folder.path() / "a");
    ASSERT_TRUE(opened.has_value());
    const MappedFile moved = std::move(opened).value();
    ASSERT_EQ(moved.bytes().size(), 5u);
    EXPECT_EQ(static_cast<char>(moved.bytes()[4]), 'o');
}

TEST(MappedFileTest, RefusesWhatIsNotAFileWithBytes) {
    const test::TemporaryFolder folder;
    ASSERT_TRUE(atomic_write(folder.path() / "empty", "").has_value());
    ASSERT_EQ(::mkfifo((folder.path() / "pipe").c_str(), 0600), 0);
    for (const char* name : {"", "missing", "empty", "pipe"}) {
        EXPECT_FALSE(MappedFile::open(folder.path() / name).has_value()) << name;
    }
}

TEST(AtomicWriteTest, ReplacesTheWholeFileOrLeavesIt) {
    const test::TemporaryFolder folder;
    ASSERT_TRUE(atomic_write(folder.path() / "a", "first").has_value());
    ASSERT_TRUE(atomic_write(folder.path() / "a", "second").has_value());
    std::ostringstream text;
    text << std::ifstream(folder.path() / "a").rdbuf();
    EXPECT_EQ(text.str(), "second");
    EXPECT_FALSE(atomic_write(folder.path() / "no such folder" / "a", "x").has_value());
}

}  // namespace
}  // namespace moe
