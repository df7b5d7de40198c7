#include "engine/gguf/split_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "engine/base/atomic_write.h"
#include "engine/gguf/gguf_reader.h"
#include "engine/gguf/gguf_writer.h"
#include "tests/support/gguf_image.h"
#include "tests/support/paths.h"

namespace moe {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

/// A model of three tensors in three parts, the second of which has none: as they should be, until a test
/// changes one.
class SplitFileTest : public testing::Test {
  protected:
    void SetUp() override {
        parts_[0].text("general.architecture", "olmoe");
        parts_[0].tensor({.name = "a", .dims = {32, 2}, .type = BlockType::Q8_0});
        parts_[2].text("general.architecture", "ignored");
        parts_[2].tensor({.name = "b", .dims = {4}}).tensor({.name = "c", .dims = {2}});
    }

    struct Numbers {
        std::size_t index, count, n_tensors;
    };
    static void add_split(GgufHeader& header, Numbers numbers) {
        header.short_size("split.no", numbers.index).short_size("split.count", numbers.count);
        header.size("split.tensors.count", numbers.n_tensors);
    }
    std::filesystem::path path(std::size_t index) const {
        return folder_.path() / name_of_part("model", index, 3);
    }
    void write(std::size_t index, const GgufHeader& header) {
        const auto fill = [index](const TensorPiece& piece) {
            std::ranges::fill(piece.bytes, static_cast<std::byte>(16 * index + piece.tensor));
        };
        ASSERT_TRUE(write_gguf(path(index), header, fill, pool_).has_value());
    }
    void write_all() {
        for (std::size_t index = 0; index < 3; ++index) {
            GgufHeader header = parts_[index];
            add_split(header, {.index = index, .count = 3, .n_tensors = 3});
            write(index, header);
        }
    }
    void write_with(std::size_t index, Numbers numbers) {
        GgufHeader header = parts_[index];
        add_split(header, numbers);
        write(index, header);
    }
    /// Opens part 0 and expects one line that tells what to do.
    std::string refusal() const {
        const Result<GgufReader> reader = GgufReader::open(path(0));
        EXPECT_FALSE(reader.has_value());
        if (reader) return "";
        EXPECT_THAT(reader.error().message, HasSubstr("; "));
        EXPECT_EQ(reader.error().message.find('\n'), std::string::npos);
        return reader.error().message;
    }

    test::TemporaryFolder folder_;
    ThreadPool pool_{1};
    GgufHeader parts_[3];
};

TEST_F(SplitFileTest, OpensAllPartsFromAnyOfThem) {
    write_all();
    std::size_t size_bytes = 0;
    for (std::size_t index = 0; index < 3; ++index) size_bytes += std::filesystem::file_size(path(index));
    for (std::size_t index = 0; index < 3; ++index) {
        Result<GgufReader> opened = GgufReader::open(path(index));
        ASSERT_TRUE(opened.has_value()) << opened.error().message;
        const GgufReader reader = std::move(opened).value();
        EXPECT_EQ(reader.metadata().text("general.architecture").value(), "olmoe");
        EXPECT_EQ(reader.n_files(), 3u);
        EXPECT_EQ(reader.file_size_bytes(), size_bytes);
        ASSERT_EQ(reader.tensors().size(), 3u);
        EXPECT_EQ(reader.find_tensor("a")->bytes.back(), std::byte{0x00});
        EXPECT_EQ(reader.find_tensor("b")->bytes.back(), std::byte{0x20});
        EXPECT_EQ(reader.find_tensor("c")->bytes.back(), std::byte{0x21});
        EXPECT_EQ(reader.find_tensor("d"), nullptr);
    }
}

TEST_F(SplitFileTest, NamesThePartThatIsMissing) {
    write_all();
    std::filesystem::remove(path(1));
    EXPECT_THAT(refusal(),
                StartsWith(path(1).string() + ": part 2 of a model split into 3 files is missing; "));
}

TEST_F(SplitFileTest, NamesThePartThatIsCutShort) {
    write_all();
    std::filesystem::resize_file(path(2), std::filesystem::file_size(path(2)) - 40);
    EXPECT_THAT(refusal(), StartsWith(path(2).string() + ": the file is cut short"));
}

TEST_F(SplitFileTest, RefusesPartsOfDifferentModels) {
    for (const Numbers& wrong : {Numbers{2, 3, 3}, Numbers{1, 2, 3}, Numbers{1, 3, 4}}) {
        write_all();
        write_with(1, wrong);
        EXPECT_THAT(refusal(), HasSubstr("where part 2 of 3 with 3 tensors is needed"));
    }
    write(1, parts_[1]);
    EXPECT_THAT(refusal(), HasSubstr("a whole file where part 2 of 3 is needed"));
}

TEST_F(SplitFileTest, RefusesATensorInTwoParts) {
    parts_[1].tensor({.name = "a", .dims = {1}});
    write_all();
    EXPECT_THAT(refusal(), HasSubstr("the tensor 'a' is in an earlier part already"));
}

TEST_F(SplitFileTest, RefusesAnotherNumberOfTensorsThanPromised) {
    parts_[1].tensor({.name = "d", .dims = {1}});
    write_all();
    EXPECT_THAT(refusal(), HasSubstr("have 4 tensors where 3 are promised"));
}

TEST_F(SplitFileTest, NeedsTheNamesThatPartsAreGiven) {
    write_all();
    for (const char* name :
         {"model.gguf", "-00001-of-00003.gguf", "model-00002-of-00003.gguf.1", "m-00001-of-00004.gguf"}) {
        const std::filesystem::path renamed = folder_.path() / name;
        std::filesystem::copy_file(path(0), renamed);
        const Result<GgufReader> reader = GgufReader::open(renamed);
        ASSERT_FALSE(reader.has_value()) << name;
        EXPECT_THAT(reader.error().message, HasSubstr("does not end in -00001-of-00003.gguf; ")) << name;
    }
}

TEST_F(SplitFileTest, RefusesNumbersThatMakeNoSense) {
    using test::GgufImage;
    using test::GgufType;
    const auto write_image = [this](const std::function<void(GgufImage&)>& add_numbers) {
        GgufImage image;
        add_numbers(image);
        ASSERT_TRUE(atomic_write(path(0), image.bytes()).has_value());
    };
    write_image([](GgufImage& image) { image.text("split.count", "3"); });
    EXPECT_THAT(refusal(), StartsWith(path(0).string() + ": the metadata 'split.count' is the text '3'"));
    write_image([](GgufImage& image) { image.number<std::int32_t>("split.count", GgufType::I32, -3); });
    EXPECT_THAT(refusal(), HasSubstr("'split.count' is -3"));
    write_image(
        [](GgufImage& image) { image.number<std::uint64_t>("split.count", GgufType::U64, 1ull << 40); });
    EXPECT_THAT(refusal(), HasSubstr("'split.count' is 1099511627776"));
    write_image([](GgufImage& image) { image.number<std::uint16_t>("split.count", GgufType::U16, 3); });
    EXPECT_THAT(refusal(), HasSubstr("'split.no' is missing"));
    write_image([](GgufImage& image) {
        image.number<std::uint16_t>("split.count", GgufType::U16, 3)
            .number<std::uint16_t>("split.no", GgufType::U16, 3);
    });
    EXPECT_THAT(refusal(), HasSubstr("'split.no' is 3, an integer from 0 to 2 is needed"));
    write_image([](GgufImage& image) {
        image.number<std::uint16_t>("split.count", GgufType::U16, 3)
            .number<std::uint16_t>("split.no", GgufType::U16, 0);
    });
    EXPECT_THAT(refusal(), HasSubstr("'split.tensors.count' is missing"));
}

TEST_F(SplitFileTest, AFileOfOnePartIsWhole) {
    GgufHeader header = parts_[0];
    add_split(header, {.index = 0, .count = 1, .n_tensors = 1});
    write(0, header);
    const Result<GgufReader> reader = GgufReader::open(path(0));
    ASSERT_TRUE(reader.has_value()) << reader.error().message;
    EXPECT_EQ(reader->n_files(), 1u);
}

}  // namespace
}  // namespace moe
