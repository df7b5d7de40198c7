#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "engine/base/rng.h"
#include "engine/gguf/gguf_reader.h"
#include "engine/gguf/split_file.h"
#include "tests/engine/tokenizer/tiny_vocabulary.h"
#include "tests/support/gguf_image.h"
#include "tests/support/paths.h"

namespace moe {
namespace {

using test::GgufImage;
using test::GgufType;

constexpr std::size_t kMutants = 6000;
constexpr std::size_t kSplitMutants = 1000;  // each is two files

/// The keys of a split file, the types as llama.cpp writes them.
void add_split(GgufImage& image, std::uint16_t index, std::uint16_t count, std::int32_t n_tensors) {
    image.number("split.no", GgufType::U16, index).number("split.count", GgufType::U16, count);
    image.number("split.tensors.count", GgufType::I32, n_tensors);
}

/// A whole little model: every kind of value, a tokenizer, tensors of three types, one part of one.
GgufImage valid_image() {
    GgufImage image = test::TinyVocabulary{
        .pre = "qwen2",
        .merges = {"a b", "ab c", "Ġ t"},
        .control = {"<|endoftext|>", "<|im_end|>"},
        .user_defined = {
            "<tool>"}}.image();
    image.number<std::uint32_t>("general.alignment", GgufType::U32, 32);
    image.number<std::uint32_t>("tokenizer.ggml.bos_token_id", GgufType::U32, 259);
    image.number<std::uint32_t>("tokenizer.ggml.eos_token_id", GgufType::U32, 260);
    image.number<std::uint8_t>("tokenizer.ggml.add_bos_token", GgufType::Bool, 1);
    image.text("general.architecture", "olmoe").number<float>("rope.base", GgufType::F32, 1e4f);
    image.numbers<double>("doubles", GgufType::F64, {1.0, 2.0})
        .number<std::int64_t>("i64", GgufType::I64, -1);
    add_split(image, 0, 1, 3);
    image.tensor({.name = "embed", .dims = {32, 4}, .type_id = 8, .data = std::string(136, '\1')});
    image.tensor({.name = "norm", .dims = {8}, .type_id = 0, .data = std::string(32, '\2')});
    image.tensor({.name = "experts", .dims = {64, 2, 2}, .type_id = 2, .data = std::string(144, '\3')});
    return image;
}

void overwrite(std::string& bytes, std::size_t at, std::uint64_t value, std::size_t width) {
    for (std::size_t i = 0; i < width && at + i < bytes.size(); ++i) {
        bytes[at + i] = static_cast<char>(value >> (8 * i));
    }
}

/// One to three damages, most of them where numbers are likely to be: a bit, a byte, a number or the end.
std::string mutate(std::string bytes, std::size_t header_size, Rng& rng) {
    constexpr std::uint64_t kNumbers[] = {0,
                                          1,
                                          2,
                                          0x7F,
                                          0xFF,
                                          0x7FFFFFFF,
                                          0x80000000,
                                          0xFFFFFFFF,
                                          1ull << 32,
                                          1ull << 62,
                                          0x7FFFFFFFFFFFFFFF,
                                          0x8000000000000000,
                                          ~0ull,
                                          ~0ull - 31};
    const std::size_t n_damages = 1 + rng.below(3);
    for (std::size_t i = 0; i < n_damages && !bytes.empty(); ++i) {
        // The vocabulary is most of the header: half of the damage goes elsewhere.
        const std::size_t front = std::min<std::size_t>(200, bytes.size());
        const std::size_t back = std::min(header_size, bytes.size());
        const std::size_t tail = back > 900 ? back - 900 : 0;
        std::size_t at = 0;
        switch (rng.below(3)) {
            case 0:
                at = rng.below(front);
                break;
            case 1:
                at = tail + rng.below(back - tail);
                break;
            default:
                at = rng.below(back);
                break;
        }
        switch (rng.below(5)) {
            case 0:
                bytes[at] = static_cast<char>(bytes[at] ^ (1 << rng.below(8)));
                break;
            case 1:
                bytes[at] = static_cast<char>(rng.next());
                break;
            case 2:
                overwrite(bytes, at, kNumbers[rng.below(std::size(kNumbers))], 4);
                break;
            case 3:
                overwrite(bytes, at, kNumbers[rng.below(std::size(kNumbers))], 8);
                break;
            default:
                bytes.resize(rng.below(4) == 0 ? rng.below(bytes.size()) : bytes.size());
                break;
        }
    }
    return bytes;
}

/// Touches every byte that the reader promised.
std::size_t sum_of_bytes(const GgufReader& reader) {
    std::size_t sum = 0;
    for (const GgufTensor& tensor : reader.tensors()) {
        for (const std::byte byte : tensor.bytes) sum += std::to_integer<std::size_t>(byte);
    }
    return sum;
}

TEST(GgufFuzzTest, DamagedFilesAreReadOrRefusedAndNeverWorse) {
    const GgufImage image = valid_image();
    const std::string valid = image.bytes();
    const std::size_t header_size = image.header().size();
    ASSERT_TRUE(test::tokenizer_from(image).has_value());

    Rng rng(1);
    std::size_t n_read = 0, n_tokenizers = 0;
    for (std::size_t mutant = 0; mutant < kMutants; ++mutant) {
        const std::string bytes = mutate(valid, header_size, rng);
        const Result<GgufReader> reader = GgufReader::from_bytes(test::as_bytes(bytes), "mutant");
        if (!reader.has_value()) {
            ASSERT_EQ(reader.error().message.rfind("mutant: ", 0), 0u)
                << mutant << ": " << reader.error().message;
            ASSERT_EQ(reader.error().message.find('\n'), std::string::npos) << mutant;
            continue;
        }
        ++n_read;
        EXPECT_LE(sum_of_bytes(*reader), bytes.size() * 255);
        const auto tokenizer = create_tokenizer(reader->metadata());
        if (!tokenizer.has_value()) continue;
        ++n_tokenizers;
        const auto ids = (*tokenizer)->encode("abc <tool> the <|im_end|>\xFF", {});
        for (const TokenId id : ids) ASSERT_LT(static_cast<std::size_t>(id), (*tokenizer)->n_vocab());
    }
    // The mutants are neither all harmless nor all dead.
    EXPECT_GT(n_read, kMutants / 20);
    EXPECT_LT(n_read, kMutants);
    EXPECT_GT(n_tokenizers, kMutants / 50);
}

TEST(GgufFuzzTest, DamagedPartsOfASplitFileAreReadOrRefusedAndNeverWorse) {
    GgufImage images[2];
    for (std::uint16_t index = 0; index < 2; ++index) {
        add_split(images[index], index, 2, 3);
        images[index].tensor(
            {.name = fmt::format("w{}", index), .dims = {32}, .type_id = 8, .data = std::string(34, '\1')});
    }
    images[1].tensor({.name = "norm", .dims = {8}, .type_id = 0, .data = std::string(32, '\2')});

    const test::TemporaryFolder folder;
    const auto path = [&](std::size_t index) { return folder.path() / name_of_part("m", index, 2); };
    Rng rng(2);
    std::size_t n_read = 0;
    for (std::size_t mutant = 0; mutant < kSplitMutants; ++mutant) {
        const std::size_t damaged = rng.below(2);
        for (std::size_t index = 0; index < 2; ++index) {
            const std::string valid = images[index].bytes();
            const std::size_t header_size = images[index].header().size();
            const std::string bytes = index == damaged ? mutate(valid, header_size, rng) : valid;
            std::ofstream(path(index), std::ios::binary) << bytes;
        }
        const Result<GgufReader> reader = GgufReader::open(path(rng.below(2)));
        if (reader.has_value()) {
            ++n_read;
            EXPECT_LE(sum_of_bytes(*reader), reader->file_size_bytes() * 255);
            continue;
        }
        ASSERT_EQ(reader.error().message.rfind(folder.path().string(), 0), 0u) << reader.error().message;
        ASSERT_EQ(reader.error().message.find('\n'), std::string::npos) << mutant;
    }
    EXPECT_GT(n_read, 0u);
    EXPECT_LT(n_read, kSplitMutants);
}

}  // namespace
}  // namespace moe
