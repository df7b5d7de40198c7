#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "engine/base/atomic_write.h"
#include "engine/base/mapped_file.h"
#include "engine/base/output_file.h"
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

Result<void> write_in_pieces(const std::filesystem::path& path, std::string_view text) {
    MOE_TRY(OutputFile file, OutputFile::create(path));
    MOE_TRY(file.write(text));
    return file.commit();
}

constexpr Result<void> (*kWays[])(const std::filesystem::path&, std::string_view) = {atomic_write,
                                                                                    write_in_pieces};

TEST(OutputPlaceTest, APipeTakesTheBytesAndStays) {
    const test::TemporaryFolder folder;
    const std::filesystem::path pipe = folder.path() / "pipe";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ASSERT_GE(reader, 0);
    for (const auto& write : kWays) {
        ASSERT_TRUE(write(pipe, "bytes").has_value());
        char got[16] = {};
        EXPECT_EQ(::read(reader, got, sizeof got), 5);
        EXPECT_STREQ(got, "bytes");
        EXPECT_TRUE(std::filesystem::is_fifo(pipe));
    }
    ::close(reader);
}

TEST(OutputPlaceTest, AFullDeviceIsAnErrorAndALinkToItStays) {
    const test::TemporaryFolder folder;
    const std::filesystem::path link = folder.path() / "full";
    std::filesystem::create_symlink("/dev/full", link);
    for (const auto& write : kWays) {
        EXPECT_FALSE(write(link, "bytes").has_value());
        EXPECT_TRUE(std::filesystem::is_symlink(link));
        EXPECT_TRUE(std::filesystem::is_character_file(link));
    }
}

TEST(OutputPlaceTest, ALinkStaysOneAndItsFileIsReplaced) {
    const test::TemporaryFolder folder;
    ASSERT_TRUE(atomic_write(folder.path() / "a", "before").has_value());
    std::filesystem::create_symlink("a", folder.path() / "link");
    for (const auto& write : kWays) {
        ASSERT_TRUE(write(folder.path() / "link", "after!").has_value());
        EXPECT_TRUE(std::filesystem::is_symlink(folder.path() / "link"));
        EXPECT_EQ(std::filesystem::file_size(folder.path() / "a"), 6u);
    }
}

TEST(OutputPlaceTest, AFolderAndALinkToNothingAreRefused) {
    const test::TemporaryFolder folder;
    std::filesystem::create_symlink("missing", folder.path() / "link");
    for (const auto& write : kWays) {
        EXPECT_FALSE(write(folder.path(), "x").has_value());
        EXPECT_FALSE(write(folder.path() / "link", "x").has_value());
        EXPECT_TRUE(std::filesystem::is_symlink(folder.path() / "link"));
    }
}

}  // namespace
}  // namespace moe
