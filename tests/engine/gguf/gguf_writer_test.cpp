#include "engine/gguf/gguf_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <limits>

#include "engine/base/atomic_write.h"
#include "engine/gguf/gguf_reader.h"
#include "engine/quant/random_blocks.h"
#include "tests/support/paths.h"

namespace moe {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

/// A byte that tells the tensor and the place in it.
std::byte byte_at(std::size_t tensor, std::size_t offset) {
    return static_cast<std::byte>((tensor + 1) * 31 + offset * 7 + offset / 256);
}

void fill_by_place(const TensorPiece& piece) {
    for (std::size_t i = 0; i < piece.bytes.size(); ++i)
        piece.bytes[i] = byte_at(piece.tensor, piece.offset + i);
}

/// One tensor of every type, of three rows.
GgufHeader every_type() {
    GgufHeader header;
    header.text("general.architecture", "olmoe").size("olmoe.block_count", 4000000000u).number("eps", 0.5f);
    header.flag("yes", true).short_size("short", 65535);
    header.texts("texts", std::vector<std::string>{"a", "", "c d"});
    header.integers("integers", std::vector<std::int32_t>{-1, 2});
    for (const BlockType type : all_block_types()) {
        header.tensor({.name = std::string(block_type_name(type)), .dims = {256, 3}, .type = type});
    }
    return header;
}

class GgufWriterTest : public testing::Test {
  protected:
    std::filesystem::path path() const { return folder_.path() / "a.gguf"; }
    Result<void> write(const GgufHeader& header, const FillPiece& fill = fill_by_place) {
        return write_gguf(path(), header, fill, pool_);
    }
    std::size_t n_files() const {
        const std::filesystem::directory_iterator files(folder_.path());
        return static_cast<std::size_t>(std::distance(begin(files), end(files)));
    }
    std::string content() const {
        std::ifstream stream(path(), std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), {}};
    }

    test::TemporaryFolder folder_;
    ThreadPool pool_{2};
};

TEST_F(GgufWriterTest, TheReaderFindsMetadataAndTensorsOfEveryType) {
    const GgufHeader header = every_type();
    ASSERT_TRUE(write(header).has_value());
    const Result<GgufReader> reader = GgufReader::open(path());
    ASSERT_TRUE(reader.has_value()) << reader.error().message;
    EXPECT_EQ(reader->metadata().text("general.architecture").value(), "olmoe");
    EXPECT_EQ(reader->metadata().size("olmoe.block_count", 1, 1ull << 40).value(), 4000000000u);
    EXPECT_EQ(reader->metadata().size("short", 0, 65535).value(), 65535u);
    EXPECT_EQ(reader->metadata().number("eps").value(), 0.5);
    EXPECT_TRUE(reader->metadata().flag_or("yes", false).value());
    EXPECT_THAT(reader->metadata().text_array("texts").value(), ElementsAre("a", "", "c d"));
    EXPECT_THAT(reader->metadata().integer_array("integers").value(), ElementsAre(-1, 2));
    ASSERT_EQ(reader->tensors().size(), header.tensors().size());
    for (std::size_t t = 0; t < header.tensors().size(); ++t) {
        const GgufTensor& tensor = reader->tensors()[t];
        EXPECT_EQ(tensor.name, header.tensors()[t].name);
        EXPECT_EQ(tensor.type, header.tensors()[t].type);
        EXPECT_THAT(tensor.dims, ElementsAre(256, 3, 1, 1));
        for (std::size_t i = 0; i < tensor.bytes.size(); ++i) ASSERT_EQ(tensor.bytes[i], byte_at(t, i));
    }
}

TEST_F(GgufWriterTest, CutsLargeTensorsAtBlocksAndReportsProgress) {
    GgufHeader header;
    header.tensor({.name = "large", .dims = {256, 100000}, .type = BlockType::Q6_K});  // 21 MB
    header.tensor({.name = "odd", .dims = {3}, .type = BlockType::F16});               // padded by 26 bytes
    header.tensor({.name = "last", .dims = {1}, .type = BlockType::F32});
    std::size_t last_done = 0, last_total = 0, n_reports = 0;
    const auto on_progress = [&](std::size_t done, std::size_t total) {
        EXPECT_GT(done, last_done);
        last_done = done;
        last_total = total;
        ++n_reports;
    };
    const auto fill = [](const TensorPiece& piece) {
        if (piece.tensor == 0) {
            EXPECT_EQ(piece.offset % 210, 0u);
            EXPECT_EQ(piece.bytes.size() % 210, 0u);
        }
        fill_by_place(piece);
    };
    ASSERT_TRUE(write_gguf(path(), header, fill, pool_, on_progress).has_value());
    EXPECT_EQ(last_done, std::filesystem::file_size(path()));
    EXPECT_EQ(last_total, last_done);
    EXPECT_GT(n_reports, 3u);
    const Result<GgufReader> reader = GgufReader::open(path());
    ASSERT_TRUE(reader.has_value()) << reader.error().message;
    for (std::size_t t = 0; t < 3; ++t) {
        const std::span<const std::byte> bytes = reader->tensors()[t].bytes;
        for (std::size_t i = 0; i < bytes.size(); ++i) ASSERT_EQ(bytes[i], byte_at(t, i)) << t << ", " << i;
    }
}

TEST_F(GgufWriterTest, WritesTheSameFileWithAnyNumberOfThreads) {
    GgufHeader header;
    header.tensor({.name = "w", .dims = {256, 50000}, .type = BlockType::Q4_K});
    const auto fill = [](const TensorPiece& piece) {
        Rng rng(piece.offset);
        fill_random_blocks(BlockType::Q4_K, 0.02f, rng, piece.bytes);
    };
    ASSERT_TRUE(write(header, fill).has_value());
    const std::string two = content();
    ThreadPool one(1);
    ASSERT_TRUE(write_gguf(path(), header, fill, one).has_value());
    EXPECT_EQ(content(), two);
}

TEST_F(GgufWriterTest, WritesAFileWithoutTensors) {
    ASSERT_TRUE(write(GgufHeader().text("general.architecture", "olmoe")).has_value());
    const Result<GgufReader> reader = GgufReader::open(path());
    ASSERT_TRUE(reader.has_value()) << reader.error().message;
    EXPECT_TRUE(reader->tensors().empty());
}

TEST_F(GgufWriterTest, RefusesTensorsThatTheFormatCannotHold) {
    const auto refusal = [this](PlannedTensor tensor) {
        const Result<void> done = write(GgufHeader().tensor(std::move(tensor)));
        EXPECT_FALSE(done.has_value());
        return done ? std::string() : done.error().message;
    };
    EXPECT_THAT(refusal({.name = "w", .dims = {100, 2}, .type = BlockType::Q4_K}),
                HasSubstr("tensor 'w' has rows of 100 numbers, Q4_K needs a multiple of 256; "));
    EXPECT_THAT(refusal({.name = "w", .dims = {}}), HasSubstr("1 to 4"));
    EXPECT_THAT(refusal({.name = "w", .dims = {1, 1, 1, 1, 1}}), HasSubstr("1 to 4"));
    EXPECT_THAT(refusal({.name = "w", .dims = {4, 0}}), HasSubstr("one of them 0"));
    EXPECT_THAT(refusal({.name = "w", .dims = {1ull << 33, 1ull << 33}}), HasSubstr("too large"));
    GgufHeader twice;
    twice.tensor({.name = "w", .dims = {1}}).tensor({.name = "w", .dims = {1}});
    EXPECT_THAT(write(twice).error().message, HasSubstr("there twice"));
    EXPECT_EQ(n_files(), 0u);
}

TEST_F(GgufWriterTest, SaysAtOnceThatTheDiskIsTooSmall) {
    const Result<void> done =
        write(GgufHeader().tensor({.name = "w", .dims = {1ull << 50}}), [](const TensorPiece&) { FAIL(); });
    ASSERT_FALSE(done.has_value());
    EXPECT_THAT(done.error().message, StartsWith(path().string() + ": needs 4503599.6 GB, the disk has "));
    EXPECT_EQ(n_files(), 0u);
}

/// Lets no file of this process grow beyond `size_bytes`, as a full disk would.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(rlim_t size_bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const struct rlimit limit { .rlim_cur = size_bytes, .rlim_max = before_.rlim_max };
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

  private:
    struct rlimit before_ {};
    void (*handler_)(int);
};

TEST_F(GgufWriterTest, AFullDiskIsAnErrorAndLeavesWhatWasThere) {
    ASSERT_TRUE(atomic_write(path(), "before").has_value());
    GgufHeader header;
    header.tensor({.name = "w", .dims = {8 << 20}});
    Result<void> done;
    {
        const FileSizeLimit limit(10 << 20);
        done = write(header);
    }
    ASSERT_FALSE(done.has_value());
    EXPECT_THAT(done.error().message, StartsWith(path().string() + ": cannot be written: "));
    EXPECT_THAT(done.error().message, HasSubstr("free some space"));
    EXPECT_EQ(content(), "before");
    EXPECT_EQ(n_files(), 1u);
}

TEST_F(GgufWriterTest, StopsOnRequestAndLeavesNothing) {
    GgufHeader header;
    header.tensor({.name = "w", .dims = {8 << 20}});
    std::stop_source stop;
    const auto stop_at_once = [&](std::size_t, std::size_t) { stop.request_stop(); };
    const Result<void> done =
        write_gguf(path(), header, fill_by_place, pool_, stop_at_once, stop.get_token());
    ASSERT_FALSE(done.has_value());
    EXPECT_TRUE(done.error().cancelled);
    EXPECT_EQ(n_files(), 0u);
}

TEST_F(GgufWriterTest, AFolderThatIsNotThereIsAnError) {
    const Result<void> done =
        write_gguf(folder_.path() / "none" / "a.gguf", every_type(), fill_by_place, pool_);
    ASSERT_FALSE(done.has_value());
    EXPECT_THAT(done.error().message, HasSubstr("cannot be written"));
}

}  // namespace
}  // namespace moe
