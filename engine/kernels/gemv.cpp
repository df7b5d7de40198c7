#include "engine/kernels/gemv.h"

#include <cstddef>
#include <vector>

#include "engine/kernels/vector_ops.h"
#include "engine/quant/decode.h"

namespace moe {

void gemv_by_rows(const WeightMatrix& weight, MatrixView<const float> x, MatrixView<float> y) {
    MOE_CHECK(x.cols == weight.n_in && y.cols == weight.n_out && x.rows == y.rows);
    thread_local std::vector<float> values;
    values.resize(weight.n_in);
    const std::size_t row_bytes = weight.row_bytes();
    for (std::size_t row = 0; row < weight.n_out; ++row) {
        decode_row(weight.type, weight.data + row * row_bytes, values);
        for (std::size_t token = 0; token < x.rows; ++token) y.row(token)[row] = dot(x.row(token), values);
    }
}

}  // namespace moe
