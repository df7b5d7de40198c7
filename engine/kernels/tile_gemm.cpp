#include "engine/kernels/tile_gemm.h"

#include <algorithm>
#include <vector>

#include "engine/kernels/onednn_matmul.h"
#include "engine/kernels/vector_ops.h"
#include "engine/quant/decode.h"

// Tokens are taken in slabs of 64, 32, 16 and 8, the last one padded with zeros, so that oneDNN
// compiles a handful of shapes and not one for every prompt length.

namespace moe {
namespace {

constexpr std::size_t kLargestSlab = 64;
constexpr std::size_t kSmallestSlab = 8;

void multiply_by_hand(MatrixView<const float> x, MatrixView<const float> w, MatrixView<float> y) {
    for (std::size_t token = 0; token < x.rows; ++token) {
        for (std::size_t row = 0; row < w.rows; ++row) y.row(token)[row] = dot(x.row(token), w.row(row));
    }
}

void multiply(MatrixView<const float> x, MatrixView<const float> w, MatrixView<float> y) {
    if (!onednn_matmul(x, w, y)) multiply_by_hand(x, w, y);
}

void multiply_padded(MatrixView<const float> x, MatrixView<const float> w, MatrixView<float> y) {
    thread_local std::vector<float> memory;
    memory.assign(kSmallestSlab * (x.cols + w.rows), 0.0f);
    const MatrixView<float> padded_x(memory.data(), kSmallestSlab, x.cols);
    const MatrixView<float> padded_y(memory.data() + kSmallestSlab * x.cols, kSmallestSlab, w.rows);
    for (std::size_t token = 0; token < x.rows; ++token)
        std::ranges::copy(x.row(token), padded_x.row(token).begin());
    multiply(padded_x, w, padded_y);
    for (std::size_t token = 0; token < x.rows; ++token)
        std::ranges::copy(padded_y.row(token), y.row(token).begin());
}

void multiply_slabs(MatrixView<const float> x, MatrixView<const float> w, MatrixView<float> y) {
    std::size_t token = 0;
    for (std::size_t slab = kLargestSlab; slab >= kSmallestSlab; slab /= 2) {
        for (; x.rows - token >= slab; token += slab) {
            multiply(x.rows_from(token, slab), w, y.rows_from(token, slab));
        }
    }
    const std::size_t n_left = x.rows - token;
    if (n_left > 0) multiply_padded(x.rows_from(token, n_left), w, y.rows_from(token, n_left));
}

/// The weight's rows as floats: in place when they are, else decoded into `memory`.
MatrixView<const float> decoded(const WeightMatrix& weight, std::vector<float>& memory) {
    if (weight.type == BlockType::F32) {
        return {reinterpret_cast<const float*>(weight.data), weight.n_out, weight.n_in};
    }
    memory.resize(std::max(memory.size(), weight.n_out * weight.n_in));
    const MatrixView<float> rows(memory.data(), weight.n_out, weight.n_in);
    for (std::size_t row = 0; row < weight.n_out; ++row) {
        decode_row(weight.type, weight.data + row * weight.row_bytes(), rows.row(row));
    }
    return rows;
}

}  // namespace

void tile_gemm(const WeightMatrix& weight, MatrixView<const float> x, MatrixView<float> y) {
    MOE_CHECK(x.cols == weight.n_in && y.cols == weight.n_out && x.rows == y.rows);
    thread_local std::vector<float> memory;
    for (std::size_t first = 0; first < weight.n_out; first += kTileRows) {
        const std::size_t n_rows = std::min(kTileRows, weight.n_out - first);
        multiply_slabs(x, decoded(weight.rows_from(first, n_rows), memory), columns_from(y, first, n_rows));
    }
}

}  // namespace moe
