#include "engine/quant/random_blocks.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/base/check.h"
#include "engine/quant/encode.h"
#include "engine/quant/rounding.h"

// Codes are uniform. Where they are not symmetric about zero (a nibble minus 8 goes from -8 to 7), the scale
// takes a random sign in each block, or a min moves their mean to zero: a mean that all rows of a matrix
// share would grow from layer to layer.

namespace moe {
namespace {

/// The standard deviation of n consecutive integers, each as likely.
double uniform_deviation(double n) { return std::sqrt((n * n - 1.0) / 12.0); }

template <class T>
double table_deviation(const T (&table)[16]) {
    double squares = 0.0;
    for (const T value : table) squares += static_cast<double>(value) * static_cast<double>(value);
    return std::sqrt(squares / 16.0);
}

// ---- The scales of a block whose codes are random, `step` being the distance of two codes -----------

constexpr float kGroupScale = 32.0f;  // a six-bit scale in the middle of its range

// Scale and min are 32 = 0b100000 in all groups: in the low six bits of the first eight bytes for the first
// four groups, and for the others with the upper two bits at the top of these bytes and 0 in the nibbles.
constexpr std::uint8_t kKScales[12] = {0xA0, 0xA0, 0xA0, 0xA0, 0xA0, 0xA0, 0xA0, 0xA0, 0, 0, 0, 0};

void set_scales(BlockQ8_0& block, float step) { block.d = finite_f16(step); }
void set_scales(BlockQ4_0& block, float step) { block.d = finite_f16(step); }
void set_scales(BlockQ5_0& block, float step) { block.d = finite_f16(step); }
void set_scales(BlockIQ4_NL& block, float step) { block.d = finite_f16(step); }

void set_scales(BlockQ4_1& block, float step) {
    block.d = finite_f16(step);
    block.m = finite_f16(-7.5f * step);
}
void set_scales(BlockQ5_1& block, float step) {
    block.d = finite_f16(step);
    block.m = finite_f16(-15.5f * step);
}
void set_scales(BlockQ2_K& block, float step) {
    constexpr float kScale = 8.0f;
    std::ranges::fill(block.scales, std::uint8_t{0x88});
    block.d = finite_f16(step / kScale);
    block.d_min = finite_f16(1.5f * step / kScale);
}
void set_scales(BlockQ3_K& block, float step) {
    // Scale 48 in all groups, which stands for 16: low nibbles 0, upper bits 3.
    std::fill_n(block.scales, 8, std::uint8_t{0x00});
    std::fill_n(block.scales + 8, 4, std::uint8_t{0xFF});
    block.d = finite_f16(step / 16.0f);
}
void set_scales(BlockQ4_K& block, float step) {
    std::ranges::copy(kKScales, block.scales);
    block.d = finite_f16(step / kGroupScale);
    block.d_min = finite_f16(7.5f * step / kGroupScale);
}
void set_scales(BlockQ5_K& block, float step) {
    std::ranges::copy(kKScales, block.scales);
    block.d = finite_f16(step / kGroupScale);
    block.d_min = finite_f16(15.5f * step / kGroupScale);
}
void set_scales(BlockQ6_K& block, float step) {
    std::ranges::fill(block.scales, std::int8_t{32});
    block.d = finite_f16(step / kGroupScale);
}
void set_scales(BlockIQ4_XS& block, float step) {
    // Scale 48 in all groups, which stands for 16.
    std::ranges::fill(block.scales_low, std::uint8_t{0x00});
    block.scales_high = 0xFFFF;
    block.d = finite_f16(step / 16.0f);
}
void set_scales(BlockMXFP4& block, float step) {
    const float size = std::abs(step) * std::sqrt(2.0f);  // so that rounding down goes to the nearest power
    const int exponent = size == 0.0f ? 0 : std::ilogb(size) + 128;
    block.exponent = static_cast<std::uint8_t>(std::clamp(exponent, 0, 250));
}

// ---- Rows ------------------------------------------------------------------------------------------------

void fill_random_bits(Rng& rng, std::span<std::byte> bytes) {
    while (!bytes.empty()) {
        const std::uint64_t bits = rng.next();
        const std::size_t n = std::min(bytes.size(), sizeof bits);
        std::memcpy(bytes.data(), &bits, n);
        bytes = bytes.subspan(n);
    }
}

/// The bytes of a block that hold its values' codes, which are next to each other in every type.
template <class Block>
std::span<std::byte> codes_of(Block& block) {
    const std::span<std::byte> q = std::as_writable_bytes(std::span(block.q));
    if constexpr (requires { block.q_high; }) {
        const std::span<std::byte> high = std::as_writable_bytes(std::span(block.q_high));
        MOE_CHECK(q.data() + q.size() == high.data() || high.data() + high.size() == q.data());
        return {std::min(q.data(), high.data()), q.size() + high.size()};
    } else {
        return q;
    }
}

template <class Block>
void fill_blocks(double deviation, double code_deviation, Rng& rng, std::span<std::byte> row) {
    const auto step = static_cast<float>(deviation / code_deviation);
    Block blocks[2];  // one with scales of either sign
    set_scales(blocks[0], step);
    set_scales(blocks[1], -step);
    const std::span<std::byte> codes[2] = {codes_of(blocks[0]), codes_of(blocks[1])};
    std::uint64_t signs = 0;
    for (std::size_t at = 0; at < row.size(); at += sizeof(Block), signs >>= 1) {
        if (at / sizeof(Block) % 64 == 0) signs = rng.next();
        fill_random_bits(rng, codes[signs & 1]);
        std::memcpy(row.data() + at, &blocks[signs & 1], sizeof(Block));
    }
}

/// Types without blocks: uniform numbers, drawn some at a time.
void fill_values(BlockType type, double deviation, Rng& rng, std::span<std::byte> row) {
    constexpr std::size_t kSome = 256;
    const std::size_t value_bytes = block_layout(type).size_bytes;
    const auto scale = static_cast<float>(deviation * std::sqrt(3.0));
    float values[kSome];
    for (std::size_t first = 0; first < row.size(); first += kSome * value_bytes) {
        const std::size_t n = std::min(kSome, (row.size() - first) / value_bytes);
        for (std::size_t i = 0; i < n; ++i) {
            const auto bits = static_cast<std::int32_t>(rng.next() >> 32);
            values[i] = static_cast<float>(bits) * 0x1p-31f * scale;
        }
        encode_row(type, std::span<const float>(values, n), row.data() + first);
    }
}

}  // namespace

void fill_random_blocks(BlockType type, float deviation, Rng& rng, std::span<std::byte> row) {
    MOE_CHECK(row.size() % block_layout(type).size_bytes == 0);
    const double size = static_cast<double>(deviation);
    switch (type) {
        case BlockType::F32:
        case BlockType::F16:
        case BlockType::BF16:
            return fill_values(type, size, rng, row);
        case BlockType::Q8_0:
            return fill_blocks<BlockQ8_0>(size, uniform_deviation(256), rng, row);
        case BlockType::Q4_0:
            return fill_blocks<BlockQ4_0>(size, uniform_deviation(16), rng, row);
        case BlockType::Q4_1:
            return fill_blocks<BlockQ4_1>(size, uniform_deviation(16), rng, row);
        case BlockType::Q5_0:
            return fill_blocks<BlockQ5_0>(size, uniform_deviation(32), rng, row);
        case BlockType::Q5_1:
            return fill_blocks<BlockQ5_1>(size, uniform_deviation(32), rng, row);
        case BlockType::Q2_K:
            return fill_blocks<BlockQ2_K>(size, uniform_deviation(4), rng, row);
        case BlockType::Q3_K:
            return fill_blocks<BlockQ3_K>(size, uniform_deviation(8), rng, row);
        case BlockType::Q4_K:
            return fill_blocks<BlockQ4_K>(size, uniform_deviation(16), rng, row);
        case BlockType::Q5_K:
            return fill_blocks<BlockQ5_K>(size, uniform_deviation(32), rng, row);
        case BlockType::Q6_K:
            return fill_blocks<BlockQ6_K>(size, uniform_deviation(64), rng, row);
        case BlockType::IQ4_NL:
            return fill_blocks<BlockIQ4_NL>(size, table_deviation(kIq4Values), rng, row);
        case BlockType::IQ4_XS:
            return fill_blocks<BlockIQ4_XS>(size, table_deviation(kIq4Values), rng, row);
        case BlockType::MXFP4:
            return fill_blocks<BlockMXFP4>(size, table_deviation(kMxfp4Values), rng, row);
    }
    MOE_CHECK(false);
}

}  // namespace moe
