#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/gguf/gguf_reader.h"
#include "tests/support/gguf_image.h"

namespace moe {
namespace {

using test::append;
using test::append_text;
using test::GgufImage;
using test::GgufType;

constexpr std::uint64_t kHuge = ~std::uint64_t{0};

/// Expects `file` to be refused with one line that names the file and contains `part`.
void expect_refused(const std::string& file, const std::string& part) {
    const Result<GgufReader> reader = GgufReader::from_bytes(test::as_bytes(file), "bad.gguf");
    ASSERT_FALSE(reader.has_value()) << "not refused, expected: " << part;
    const std::string& message = reader.error().message;
    EXPECT_THAT(message, testing::StartsWith("bad.gguf: "));
    EXPECT_THAT(message, testing::HasSubstr(part));
    EXPECT_THAT(message, testing::HasSubstr("; "));  // what to do
    EXPECT_THAT(message, testing::Not(testing::HasSubstr("\n")));
}

GgufImage image_with_tensor(const GgufImage::Tensor& tensor) { return GgufImage().tensor(tensor); }

std::string with_tensor(const GgufImage::Tensor& tensor) { return image_with_tensor(tensor).bytes(); }

TEST(MalformedGgufTest, RefusesWhatIsNotGguf) {
    expect_refused("", "not a GGUF file");
    expect_refused("GG", "not a GGUF file");
    GgufImage image;
    image.magic = "PK\3\4";
    expect_refused(image.bytes(), "not a GGUF file");
}

TEST(MalformedGgufTest, NamesOlderFormatsAndOtherByteOrders) {
    GgufImage image;
    for (const char* magic : {"lmgg", "fmgg", "tjgg"}) {
        image.magic = magic;
        expect_refused(image.bytes(), "from before GGUF");
    }
    image.magic = "GGUF";
    image.version = 0x03000000;
    expect_refused(image.bytes(), "big-endian");
    image.magic = "FUGG";
    expect_refused(image.bytes(), "big-endian");
}

TEST(MalformedGgufTest, RefusesVersionsItDoesNotKnow) {
    GgufImage image;
    for (const std::uint32_t version : {0u, 1u, 4u}) {
        image.version = version;
        expect_refused(image.bytes(), fmt::format("version {}", version));
    }
}

TEST(MalformedGgufTest, RefusesCountsThatTheFileCannotHold) {
    for (const std::uint64_t count : {std::uint64_t{2}, std::uint64_t{1} << 32, kHuge / 14, kHuge}) {
        GgufImage image;
        image.text("a", "b");
        image.n_entries = count;
        expect_refused(image.bytes(), "metadata");
        image.n_entries.reset();
        image.n_tensors = count;
        expect_refused(image.bytes(), "tensor count");
    }
}

TEST(MalformedGgufTest, RefusesBadKeys) {
    expect_refused(GgufImage().text("", "empty key").bytes(), "metadata key");
    expect_refused(GgufImage().text(std::string(65537, 'k'), "long key").bytes(), "metadata key");
    expect_refused(GgufImage().text("twice", "1").text("twice", "2").bytes(), "'twice' at offset");
}

TEST(MalformedGgufTest, RefusesTextLongerThanTheFile) {
    for (const std::uint64_t length : {std::uint64_t{100}, std::uint64_t{1} << 31, kHuge - 7, kHuge}) {
        std::string value;
        append(value, length);
        expect_refused(GgufImage().raw("text", GgufType::Text, value + "abc").bytes(), "resume the download");
        std::string file = GgufImage().header();
        file[16] = 1;  // one entry, whose key claims the length
        append(file, length);
        expect_refused(file + std::string(20, 'k'), "metadata key");
    }
}

TEST(MalformedGgufTest, RefusesUnknownValueTypes) {
    for (const std::uint32_t type : {13u, 255u, 0xFFFFFFFFu}) {
        expect_refused(GgufImage().raw("key", static_cast<GgufType>(type), "12345678").bytes(),
                       "unknown type");
    }
    expect_refused(GgufImage().raw("key", GgufType::Bool, "\2").bytes(), "0 or 1");
    expect_refused(GgufImage().number("key", GgufType::U64, kHuge).bytes(), "above the range");
}

TEST(MalformedGgufTest, RefusesBadArrays) {
    const auto array = [](std::uint32_t type, std::uint64_t count, std::string_view elements) {
        std::string value;
        append(value, type);
        append(value, count);
        return GgufImage().raw("list", GgufType::Array, value.append(elements)).bytes();
    };
    expect_refused(array(9, 1, std::string(40, '\0')), "list of lists");
    expect_refused(array(77, 1, "12345678"), "unknown element type 77");
    for (const std::uint64_t count : {std::uint64_t{3}, std::uint64_t{1} << 62, kHuge / 4 + 2, kHuge}) {
        expect_refused(array(4, count, "12345678"), "more than the rest of the file holds");
        expect_refused(array(8, count, "12345678"), fmt::format("promises {} elements", count));
    }
    expect_refused(array(8, 1, "12345678"), "ends after");  // the element's length is beyond the file
}

TEST(MalformedGgufTest, LimitsTheElementsOfAllArraysTogether) {
    // Two arrays of 2^24 + 1 bytes: each alone would do.
    const std::vector<std::int8_t> many((1u << 24) + 1);
    GgufImage image;
    image.numbers("first", GgufType::I8, many).numbers("second", GgufType::I8, many);
    expect_refused(image.bytes(), "more than this program reads");
}

TEST(MalformedGgufTest, RefusesBadAlignments) {
    for (const std::uint32_t alignment : {0u, 3u, 48u, 0xFFFFFFFFu}) {
        GgufImage image;
        image.number("general.alignment", GgufType::U32, alignment);
        expect_refused(image.bytes(), "general.alignment");
    }
    expect_refused(GgufImage().text("general.alignment", "32").bytes(), "general.alignment");
    expect_refused(GgufImage().number<std::uint64_t>("general.alignment", GgufType::U64, 32).bytes(),
                   "32-bit");
}

TEST(MalformedGgufTest, NamesThePartOfASplitFile) {
    GgufImage image;
    image.number<std::uint16_t>("split.no", GgufType::U16, 1)
        .number<std::uint16_t>("split.count", GgufType::U16, 3)
        .number<std::int32_t>("split.tensors.count", GgufType::I32, 1);
    expect_refused(image.bytes(), "part 2 of a model split into 3 files");
    GgufImage alone;
    alone.number<std::uint16_t>("split.count", GgufType::U16, 1);
    EXPECT_TRUE(GgufReader::from_bytes(test::as_bytes(alone.bytes()), "a").has_value());
}

TEST(MalformedGgufTest, RefusesBadTensorNames) {
    expect_refused(with_tensor({.name = "", .dims = {1}, .data = "1234"}), "tensor name");
    expect_refused(with_tensor({.name = std::string(70000, 'n'), .dims = {1}, .data = "1234"}),
                   "tensor name");
    GgufImage twice = image_with_tensor({.name = "w", .dims = {1}, .data = "1234"});
    twice.tensor({.name = "w", .dims = {1}, .data = "1234"});
    expect_refused(twice.bytes(), "there twice");
}

TEST(MalformedGgufTest, RefusesBadDimensions) {
    const std::string data(64, '\0');
    expect_refused(with_tensor({.name = "w", .dims = {}, .data = data}), "0 in number");
    expect_refused(with_tensor({.name = "w", .dims = {1, 1, 1, 1, 1}, .data = data}), "5 in number");
    expect_refused(with_tensor({.name = "w", .dims = {4, 0}, .data = data}), "contain a zero");
    expect_refused(with_tensor({.name = "w", .dims = {0}, .data = data}), "contain a zero");
    for (const auto& dims :
         std::vector<std::vector<std::uint64_t>>{{kHuge},
                                                 {1ull << 32, 1ull << 32},
                                                 {1ull << 32, 1ull << 31},
                                                 {1ull << 16, 1ull << 16, 1ull << 16, 1ull << 16},
                                                 {3, kHuge / 3 + 1}}) {
        expect_refused(with_tensor({.name = "w", .dims = dims, .data = data}), "beyond 64 bits");
    }
    // 2^62 numbers can be counted, their 2^64 bytes cannot.
    expect_refused(with_tensor({.name = "w", .dims = {1ull << 62}, .data = data}), "larger than 64 bits");
    expect_refused(with_tensor({.name = "w", .dims = {1ull << 62, 1}, .data = data}), "larger than 64 bits");
}

TEST(MalformedGgufTest, RefusesTypesItCannotSize) {
    expect_refused(with_tensor({.name = "w", .dims = {32}, .type_id = 4, .data = "1"}), "type 4");
    expect_refused(with_tensor({.name = "w", .dims = {32}, .type_id = 0xFFFFFFFF, .data = "1"}),
                   "type 4294967295");
    expect_refused(with_tensor({.name = "w", .dims = {33}, .type_id = 8, .data = "1"}),
                   "blocks of 32 numbers");
    expect_refused(with_tensor({.name = "w", .dims = {128, 2}, .type_id = 12, .data = "1"}),
                   "is Q4_K, stored in blocks of 256");
}

TEST(MalformedGgufTest, RefusesBadOffsets) {
    const std::string data(64, '\0');
    const auto at = [&](std::uint64_t offset) {
        return with_tensor({.name = "w", .dims = {16}, .data = data, .offset = offset});
    };
    expect_refused(at(4), "not a multiple of the alignment 32");
    expect_refused(at(32), "inside tensor 'w'");
    expect_refused(at(1ull << 40), "inside tensor 'w'");
    expect_refused(at((1ull << 63) - 32), "beyond what 64 bits can count");
    expect_refused(at(kHuge - 31), "beyond what 64 bits can count");
}

TEST(MalformedGgufTest, RefusesTensorsThatOverlap) {
    GgufImage image = image_with_tensor({.name = "a", .dims = {16}, .data = std::string(64, '\0')});
    image.tensor({.name = "b", .dims = {8}, .data = std::string(32, '\0'), .offset = 32});
    expect_refused(image.bytes(), "overlap");
}

TEST(MalformedGgufTest, TellsHowMuchOfATruncatedFileIsThere) {
    GgufImage image = image_with_tensor({.name = "a", .dims = {16}, .data = std::string(64, '\0')});
    image.tensor({.name = "b\n", .dims = {8}, .data = std::string(32, '\0')});
    const std::string file = image.bytes();
    expect_refused(file.substr(0, file.size() - 1),
                   fmt::format("its header promises {} bytes, the file ends after {}, inside tensor 'b?'",
                               file.size(), file.size() - 1));
    expect_refused(image.header(), "inside tensor 'a'");
}

TEST(MalformedGgufTest, RefusesEveryTruncation) {
    GgufImage image = image_with_tensor({.name = "a", .dims = {16}, .data = std::string(64, '\0')});
    image.text("key", "value").texts("list", {"x", "y"}).number<float>("number", GgufType::F32, 1.0f);
    const std::string file = image.bytes();
    ASSERT_TRUE(GgufReader::from_bytes(test::as_bytes(file), "whole").has_value());
    for (std::size_t length = 0; length < file.size(); ++length) expect_refused(file.substr(0, length), "");
}

}  // namespace
}  // namespace moe
