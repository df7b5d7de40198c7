#include "engine/gguf/gguf_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "engine/base/atomic_write.h"
#include "tests/support/gguf_image.h"
#include "tests/support/paths.h"

namespace moe {
namespace {

using test::GgufImage;
using test::GgufType;
using testing::ElementsAre;

Result<GgufReader> read(const std::string& file) {
    return GgufReader::from_bytes(test::as_bytes(file), "model.gguf");
}

/// One entry of every kind and two tensors, one of a type that cannot be computed.
GgufImage small_image() {
    GgufImage image;
    image.text("general.architecture", "olmoe");
    image.number<std::uint8_t>("u8", GgufType::U8, 255).number<std::int8_t>("i8", GgufType::I8, -1);
    image.number<std::uint16_t>("u16", GgufType::U16, 65535).number<std::int16_t>("i16", GgufType::I16, -2);
    image.number<std::uint32_t>("u32", GgufType::U32, 4294967295u)
        .number<std::int32_t>("i32", GgufType::I32, -3);
    image.number<std::uint64_t>("u64", GgufType::U64, 1ull << 62)
        .number<std::int64_t>("i64", GgufType::I64, -4);
    image.number<float>("f32", GgufType::F32, 0.5f).number<double>("f64", GgufType::F64, 0.25);
    image.number<std::uint8_t>("yes", GgufType::Bool, 1);
    image.texts("texts", {"a", "", "c d"}).numbers<std::int8_t>("bytes", GgufType::I8, {-1, 2});
    image.numbers<float>("floats", GgufType::F32, {1.5f, -2.0f});
    image.tensor({.name = "one", .dims = {4, 2}, .type_id = 0, .data = std::string(32, 'x')});
    image.tensor({.name = "two", .dims = {256, 1, 3}, .type_id = 16, .data = std::string(198, 'y')});
    return image;
}

TEST(GgufReaderTest, ReadsMetadataOfEveryType) {
    const std::string file = small_image().bytes();
    const Result<GgufReader> reader = read(file);
    ASSERT_TRUE(reader.has_value()) << reader.error().message;
    const GgufMetadata& metadata = reader->metadata();
    EXPECT_EQ(reader->version(), 3u);
    EXPECT_EQ(reader->file_size_bytes(), file.size());
    EXPECT_EQ(metadata.text("general.architecture").value(), "olmoe");
    for (const auto& [key, value] : {std::pair{"u8", 255.0},
                                     {"i8", -1.0},
                                     {"u16", 65535.0},
                                     {"i16", -2.0},
                                     {"u32", 4294967295.0},
                                     {"i32", -3.0},
                                     {"u64", 0x1p62},
                                     {"i64", -4.0},
                                     {"f32", 0.5},
                                     {"f64", 0.25}}) {
        EXPECT_EQ(metadata.number(key).value(), value) << key;
    }
    EXPECT_TRUE(metadata.flag_or("yes", false).value());
    EXPECT_THAT(metadata.text_array("texts").value(), ElementsAre("a", "", "c d"));
    EXPECT_THAT(metadata.integer_array("bytes").value(), ElementsAre(-1, 2));
    EXPECT_THAT(metadata.number_array("floats").value(), ElementsAre(1.5, -2.0));
}

TEST(GgufReaderTest, FindsTensorsAndTheirBytes) {
    const std::string file = small_image().bytes();
    const Result<GgufReader> reader = read(file);
    ASSERT_TRUE(reader.has_value()) << reader.error().message;
    ASSERT_EQ(reader->tensors().size(), 2u);
    const GgufTensor& one = reader->tensors()[0];
    EXPECT_EQ(one.name, "one");
    EXPECT_EQ(one.type, BlockType::F32);
    EXPECT_EQ(one.n_dims, 2u);
    EXPECT_THAT(one.dims, ElementsAre(4, 2, 1, 1));
    EXPECT_EQ(one.bytes.size(), 32u);
    EXPECT_EQ(static_cast<char>(one.bytes.front()), 'x');

    const GgufTensor* const two = reader->find_tensor("two");
    ASSERT_NE(two, nullptr);
    EXPECT_EQ(two->type_id, 16u);
    EXPECT_EQ(two->type, std::nullopt);
    EXPECT_EQ(two->n_values(), 768u);
    EXPECT_EQ(two->bytes.size(), 198u);
    EXPECT_EQ(static_cast<char>(two->bytes.back()), 'y');
    EXPECT_EQ(reader->find_tensor("three"), nullptr);
}

TEST(GgufReaderTest, OpensAFileAndKeepsItWhenMoved) {
    const test::TemporaryFolder folder;
    ASSERT_TRUE(atomic_write(folder.path() / "a.gguf", small_image().bytes()).has_value());
    Result<GgufReader> opened = GgufReader::open(folder.path() / "a.gguf");
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    const GgufReader moved = std::move(opened).value();
    EXPECT_EQ(static_cast<char>(moved.find_tensor("two")->bytes.back()), 'y');
    EXPECT_EQ(moved.metadata().text("general.architecture").value(), "olmoe");
}

TEST(GgufReaderTest, ReadsVersionTwoAndVocabularyOnlyFiles) {
    GgufImage image;
    image.version = 2;
    image.text("general.architecture", "olmoe");
    const std::string file = image.bytes();
    const Result<GgufReader> reader = read(file);
    ASSERT_TRUE(reader.has_value()) << reader.error().message;
    EXPECT_EQ(reader->version(), 2u);
    EXPECT_TRUE(reader->tensors().empty());
}

TEST(GgufReaderTest, FollowsTheAlignmentOfTheFile) {
    GgufImage image;
    image.alignment = 256;
    image.number<std::uint32_t>("general.alignment", GgufType::U32, 256);
    image.tensor({.name = "a", .dims = {1}, .type_id = 0, .data = "aaaa"});
    image.tensor({.name = "b", .dims = {1}, .type_id = 0, .data = "bbbb"});
    const std::string file = image.bytes();
    const Result<GgufReader> reader = read(file);
    ASSERT_TRUE(reader.has_value()) << reader.error().message;
    EXPECT_EQ(reader->find_tensor("b")->bytes.data() - reader->find_tensor("a")->bytes.data(), 256);
    EXPECT_EQ(static_cast<char>(reader->find_tensor("b")->bytes[3]), 'b');
}

TEST(GgufReaderTest, ReadsTheModelThatTheProgramShips) {
    const Result<GgufReader> reader = GgufReader::open(test::asset_file("models/early-d192-l6.gguf"));
    ASSERT_TRUE(reader.has_value()) << reader.error().message;
    EXPECT_FALSE(reader->tensors().empty());
    EXPECT_NE(reader->find_tensor("token_embd.weight"), nullptr);
}

TEST(GgufMetadataTest, NamesTheKeyWhatItFoundAndWhatItNeeds) {
    const std::string file = small_image().bytes();
    const Result<GgufReader> reader = read(file);
    ASSERT_TRUE(reader.has_value());
    const GgufMetadata& metadata = reader->metadata();
    EXPECT_EQ(
        metadata.size("u8", 1, 254).error().message,
        "the metadata 'u8' is 255, an integer from 1 to 254 is needed; fetch the file again or convert the "
        "model again");
    EXPECT_THAT(metadata.size("nothing", 1, 2).error().message, testing::HasSubstr("'nothing' is missing"));
    EXPECT_THAT(metadata.size("i8", 0, 9).error().message, testing::HasSubstr("is -1"));
    EXPECT_THAT(metadata.text("u8").error().message, testing::HasSubstr("a text is needed"));
    EXPECT_THAT(metadata.number("texts").error().message, testing::HasSubstr("is a list of texts"));
    EXPECT_FALSE(metadata.integer_array("floats").has_value());
    EXPECT_FALSE(metadata.number_array("u8").has_value());
    EXPECT_FALSE(metadata.flag_or("u8", true).has_value());
    EXPECT_EQ(metadata.size_or("nothing", 7, 8, 9).value(), 7u);
    EXPECT_EQ(metadata.size("u8", 255, 255).value(), 255u);
    EXPECT_EQ(metadata.text_or("nothing", "x").value(), "x");
}

TEST(GgufMetadataTest, AsksForFiniteNumbersAndOneValueAKey) {
    GgufMetadata metadata;
    ASSERT_TRUE(metadata.insert("epsilon", std::numeric_limits<double>::quiet_NaN()).has_value());
    EXPECT_FALSE(metadata.number("epsilon").has_value());
    EXPECT_FALSE(metadata.insert("epsilon", 1.0).has_value());
}

}  // namespace
}  // namespace moe
