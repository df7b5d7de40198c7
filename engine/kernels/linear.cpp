#include "engine/kernels/linear.h"

#include <algorithm>

#include "engine/kernels/gemv.h"
#include "engine/kernels/tile_gemm.h"

namespace moe {
namespace {

constexpr std::size_t kFewestGemmTokens = 8;              // below, reading the weight is most of the work
constexpr std::size_t kFewestParallelProducts = 1 << 14;  // below, waking a thread takes longer

}  // namespace

void linear_on_this_thread(const WeightMatrix& weight, MatrixView<const float> x, MatrixView<float> y) {
    if (x.rows < kFewestGemmTokens)
        gemv(weight, x, y);
    else
        tile_gemm(weight, x, y);
}

void linear(const WeightMatrix& weight, MatrixView<const float> x, MatrixView<float> y, ThreadPool& pool) {
    MOE_CHECK(x.cols == weight.n_in && y.cols == weight.n_out && x.rows == y.rows);
    if (weight.n_out * weight.n_in * x.rows < kFewestParallelProducts)
        return linear_on_this_thread(weight, x, y);
    pool.run(n_tiles(weight.n_out), [&](std::size_t tile, std::size_t /*thread*/) {
        const std::size_t first = tile * kTileRows;
        const std::size_t n_rows = std::min(kTileRows, weight.n_out - first);
        linear_on_this_thread(weight.rows_from(first, n_rows), x, columns_from(y, first, n_rows));
    });
}

}  // namespace moe
