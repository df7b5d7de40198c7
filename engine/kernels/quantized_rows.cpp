#include "engine/kernels/quantized_rows.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "engine/kernels/target_clones.h"

namespace moe {
namespace {

constexpr std::size_t kGroup = 32;
constexpr std::size_t kPadding = 256;       // what a kernel takes at a time
constexpr std::size_t kRowsPerTask = 4;
constexpr std::size_t kFewestParallelRows = 8;

struct Group {
    std::int8_t* q;
    float* scale;
    float* sum32;
    float* sum16;  // two
};

/// Rounds 32 values. Adding 1.5 * 2^23 leaves the nearest integer, ties to even, in a float's last bits.
[[gnu::always_inline]] inline void round_group(const float* x, const Group& out) {
    constexpr float kRounder = 12582912.0f;
    float largest[8] = {};
    float broken = 0.0f;  // stays 0 unless a value is NaN or Inf
    for (std::size_t i = 0; i < kGroup; i += 8) {
        for (std::size_t lane = 0; lane < 8; ++lane) {
            const float magnitude = std::abs(x[i + lane]);
            largest[lane] = largest[lane] < magnitude ? magnitude : largest[lane];
        }
    }
    for (std::size_t i = 0; i < kGroup; ++i) broken += x[i] * 0.0f;
    for (std::size_t half = 4; half > 0; half /= 2) {
        for (std::size_t i = 0; i < half; ++i) largest[i] = std::max(largest[i], largest[i + half]);
    }
    const float inverse = largest[0] > 0.0f ? 127.0f / largest[0] : 0.0f;
    std::int32_t sums[2] = {};
    for (std::size_t half = 0; half < 2; ++half) {
        for (std::size_t i = half * 16; i < half * 16 + 16; ++i) {
            const std::int32_t rounded =
                std::bit_cast<std::int32_t>(x[i] * inverse + kRounder) - std::bit_cast<std::int32_t>(kRounder);
            out.q[i] = static_cast<std::int8_t>(rounded);
            sums[half] += static_cast<std::int8_t>(rounded);
        }
    }
    *out.scale = largest[0] / 127.0f + broken;
    out.sum16[0] = *out.scale * static_cast<float>(sums[0]);
    out.sum16[1] = *out.scale * static_cast<float>(sums[1]);
    *out.sum32 = *out.scale * static_cast<float>(sums[0] + sums[1]);
}

MOE_TARGET_CLONES void round_groups(const float* x, std::size_t n_groups, const Group& first) {
    for (std::size_t g = 0; g < n_groups; ++g) {
        round_group(x + g * kGroup,
                    {first.q + g * kGroup, first.scale + g, first.sum32 + g, first.sum16 + 2 * g});
    }
}

}  // namespace

template <class T>
void QuantizedRows::Array<T>::reserve(std::size_t size) {
    if (size <= capacity) return;
    data = std::make_unique<T[]>(size);
    capacity = size;
}

void QuantizedRows::resize(std::size_t n_rows, std::size_t n_in) {
    n_rows_ = n_rows;
    n_values_ = (n_in + kPadding - 1) / kPadding * kPadding;
    q_.reserve(n_rows * n_values_);
    scale_.reserve(n_rows * (n_values_ / kGroup));
    sum32_.reserve(n_rows * (n_values_ / kGroup));
    sum16_.reserve(n_rows * (n_values_ / 16));
}

void QuantizedRows::set_row(std::size_t row, std::span<const float> x) {
    MOE_CHECK(row < n_rows_ && x.size() <= n_values_ && x.size() % kGroup == 0);
    const std::size_t n_groups = n_values_ / kGroup;
    const std::size_t n_used = x.size() / kGroup;
    const Group first{q_.data.get() + row * n_values_, scale_.data.get() + row * n_groups,
                      sum32_.data.get() + row * n_groups, sum16_.data.get() + row * n_groups * 2};
    round_groups(x.data(), n_used, first);
    std::fill(first.q + x.size(), first.q + n_values_, std::int8_t{0});
    std::fill(first.scale + n_used, first.scale + n_groups, 0.0f);
    std::fill(first.sum32 + n_used, first.sum32 + n_groups, 0.0f);
    std::fill(first.sum16 + 2 * n_used, first.sum16 + 2 * n_groups, 0.0f);
}

void QuantizedRows::set(MatrixView<const float> x) {
    resize(x.rows, x.cols);
    for (std::size_t row = 0; row < x.rows; ++row) set_row(row, x.row(row));
}

void QuantizedRows::set(MatrixView<const float> x, ThreadPool& pool) {
    if (x.rows < kFewestParallelRows) return set(x);
    resize(x.rows, x.cols);
    pool.run((x.rows + kRowsPerTask - 1) / kRowsPerTask, [&](std::size_t task, std::size_t /*thread*/) {
        const std::size_t last = std::min((task + 1) * kRowsPerTask, x.rows);
        for (std::size_t row = task * kRowsPerTask; row < last; ++row) set_row(row, x.row(row));
    });
}

QuantizedView QuantizedRows::view() const {
    return {q_.data.get(), scale_.data.get(), sum32_.data.get(), sum16_.data.get(), n_rows_, n_values_};
}

}  // namespace moe
