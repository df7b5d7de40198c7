#include "engine/kernels/linear.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <string_view>
#include <vector>

#include "engine/kernels/gemv.h"
#include "engine/kernels/matrix_kernels.h"
#include "engine/kernels/tile_gemm.h"

namespace moe {
namespace {

constexpr std::size_t kFewestGemmTokens = 8;              // below, reading the weight is most of the work
constexpr std::size_t kFewestBlockGemmTokens = 5;         // below, a tile of bytes is not worth its making
constexpr std::size_t kFewestParallelProducts = 1 << 14;  // below, waking a thread takes longer

/// Memory for the tile of a block kernel, aligned as its vectors like it.
class TileMemory {
  public:
    void* of_size(std::size_t n_bytes) {
        if (n_bytes > size_) {
            memory_.reset(static_cast<std::byte*>(::operator new(n_bytes, kAlignment)));
            size_ = n_bytes;
        }
        return memory_.get();
    }

  private:
    static constexpr std::align_val_t kAlignment{64};
    struct Delete {
        void operator()(std::byte* memory) const { ::operator delete(memory, kAlignment); }
    };
    std::unique_ptr<std::byte, Delete> memory_;
    std::size_t size_ = 0;
};

/// Plain C++ multiplies slower than oneDNN, which multiplies floats.
bool prefers_onednn() {
    static const bool is_generic = std::string_view(matrix_kernels().name) == "generic";
    return is_generic;
}

TileMemory& tile_memory() {
    thread_local TileMemory memory;
    return memory;
}

BlockRows rows_of(const WeightMatrix& weight) {
    return {reinterpret_cast<const std::uint8_t*>(weight.data), weight.row_bytes(), weight.n_out};
}

/// The rounded activations as the numbers that they stand for, on the calling thread until its next call.
MatrixView<const float> floats_of(const QuantizedView& rounded, std::size_t n_in) {
    constexpr std::size_t kGroup = 32;
    thread_local std::vector<float> memory;
    memory.resize(std::max(memory.size(), rounded.n_rows * n_in));
    const std::size_t n_groups = rounded.n_values / kGroup;
    for (std::size_t row = 0; row < rounded.n_rows; ++row) {
        const std::int8_t* const q = rounded.q + row * rounded.n_values;
        const float* const scale = rounded.scale + row * n_groups;
        float* const out = memory.data() + row * n_in;
        for (std::size_t group = 0; group < n_in / kGroup; ++group) {
            for (std::size_t i = group * kGroup; i < (group + 1) * kGroup; ++i)
                out[i] = scale[group] * static_cast<float>(q[i]);
        }
    }
    return {memory.data(), rounded.n_rows, n_in};
}

void multiply_blocks(const WeightMatrix& weight, const QuantizedView& x, MatrixView<float> y) {
    if (prefers_onednn() && x.n_rows >= kFewestGemmTokens)
        return tile_gemm(weight, floats_of(x, weight.n_in), y);
    const MatrixKernels& kernels = matrix_kernels();
    const BlockRows rows = rows_of(weight);
    const RoundedRows activations{x.q, x.scale, x.sum32, x.sum16, x.n_rows, x.n_values};
    const ProductRows products{y.data, y.stride};
    if (x.n_rows < kFewestBlockGemmTokens) return kernels.gemv(weight.type, rows, activations, products);
    kernels.gemm(weight.type, rows, activations, products,
                 tile_memory().of_size(kernels.gemm_scratch_bytes(weight.n_in)));
}

void multiply_floats(const WeightMatrix& weight, MatrixView<const float> x, MatrixView<float> y) {
    const bool has_blocks = block_layout(weight.type).values > 1;
    const bool is_few = x.rows < kFewestGemmTokens;
    if (is_few && has_blocks) return gemv_by_rows(weight, x, y);
    if (!is_few && (has_blocks || prefers_onednn())) return tile_gemm(weight, x, y);
    const MatrixKernels& kernels = matrix_kernels();
    const BlockRows rows = rows_of(weight);
    const FloatRows activations{x.data, x.stride, x.rows, x.cols};
    const ProductRows products{y.data, y.stride};
    if (is_few) return kernels.float_gemv(weight.type, rows, activations, products);
    kernels.float_gemm(weight.type, rows, activations, products,
                       tile_memory().of_size(kernels.float_gemm_scratch_bytes(x.rows)));
}

}  // namespace

bool reads_rounded(const WeightMatrix& weight) {
    static const bool stay_float = [] {
        const char* const wanted = std::getenv("MOESCOPE_ACTIVATIONS");
        return wanted != nullptr && std::string_view(wanted) == "float";
    }();
    return !stay_float && has_block_kernel(weight.type);
}

void linear_on_this_thread(const WeightMatrix& weight, const LinearInput& x, MatrixView<float> y) {
    MOE_CHECK(x.x.cols == weight.n_in && y.cols == weight.n_out && x.x.rows == y.rows);
    if (!reads_rounded(weight)) return multiply_floats(weight, x.x, y);
    MOE_CHECK(x.rounded.n_rows == y.rows && x.rounded.n_values >= weight.n_in);
    multiply_blocks(weight, x.rounded, y);
}

void linear_on_this_thread(const WeightMatrix& weight, MatrixView<const float> x, MatrixView<float> y) {
    if (!reads_rounded(weight)) return linear_on_this_thread(weight, LinearInput{x}, y);
    thread_local QuantizedRows rounded;
    rounded.set(x);
    linear_on_this_thread(weight, {x, rounded.view()}, y);
}

void linear(const WeightMatrix& weight, MatrixView<const float> x, MatrixView<float> y, ThreadPool& pool) {
    MOE_CHECK(x.cols == weight.n_in && y.cols == weight.n_out && x.rows == y.rows);
    if (weight.n_out * weight.n_in * x.rows < kFewestParallelProducts)
        return linear_on_this_thread(weight, x, y);
    LinearInput input{x};
    if (reads_rounded(weight)) {
        thread_local QuantizedRows rounded;  // of the engine's thread
        rounded.set(x, pool);
        input.rounded = rounded.view();
    }
    const RowTasks tasks = row_tasks(weight.n_out, x.rows, pool);
    pool.run(tasks.count(), [&](std::size_t task, std::size_t /*thread*/) {
        const std::size_t first = tasks.first(task);
        const std::size_t n_rows = tasks.size(task);
        linear_on_this_thread(weight.rows_from(first, n_rows), input, columns_from(y, first, n_rows));
    });
}

}  // namespace moe
