#include "engine/kernels/quantized_rows.h"

#include <algorithm>

#include "engine/kernels/matrix_kernels.h"

namespace moe {
namespace {

constexpr std::size_t kGroup = 32;
constexpr std::size_t kPadding = 256;       // what a kernel takes at a time
constexpr std::size_t kRowsPerTask = 4;
constexpr std::size_t kFewestParallelRows = 8;
constexpr std::size_t kGatherRowsPerTask = 32;

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
    const RoundedGroups first{q_.data.get() + row * n_values_, scale_.data.get() + row * n_groups,
                      sum32_.data.get() + row * n_groups, sum16_.data.get() + row * n_groups * 2};
    matrix_kernels().round_groups(x.data(), n_used, first);
    std::fill(first.q + x.size(), first.q + n_values_, std::int8_t{0});
    std::fill(first.scale + n_used, first.scale + n_groups, 0.0f);
    std::fill(first.sum32 + n_used, first.sum32 + n_groups, 0);
    std::fill(first.sum16 + 2 * n_used, first.sum16 + 2 * n_groups, 0);
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

void QuantizedRows::gather(const QuantizedView& from, std::span<const std::size_t> rows, ThreadPool& pool) {
    resize(rows.size(), from.n_values);
    const auto take = [&](auto& to, const auto* values, std::size_t row, std::size_t n) {
        std::copy_n(values + rows[row] * n, n, to.data.get() + row * n);
    };
    const auto take_row = [&](std::size_t row) {
        MOE_CHECK(rows[row] < from.n_rows);
        take(q_, from.q, row, n_values_);
        take(scale_, from.scale, row, n_values_ / kGroup);
        take(sum32_, from.sum32, row, n_values_ / kGroup);
        take(sum16_, from.sum16, row, n_values_ / 16);
    };
    pool.run((rows.size() + kGatherRowsPerTask - 1) / kGatherRowsPerTask, [&](std::size_t task, std::size_t /*thread*/) {
        const std::size_t last = std::min((task + 1) * kGatherRowsPerTask, rows.size());
        for (std::size_t row = task * kGatherRowsPerTask; row < last; ++row) take_row(row);
    });
}

QuantizedView QuantizedRows::view() const {
    return {q_.data.get(), scale_.data.get(), sum32_.data.get(), sum16_.data.get(), n_rows_, n_values_};
}

}  // namespace moe
