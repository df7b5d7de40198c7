#include "engine/kernels/onednn_matmul.h"

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <exception>
#include <map>
#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>
#include <vector>

// Two rules that oneDNN's OpenMP builds need. A thread that calls it bounds OpenMP to itself before the
// first product is compiled, since the thread count is baked in then; the pool owns the cores. And
// scratch memory is ours, one a thread: a product with the library's own gives wrong numbers when two
// threads run it.

namespace moe {
namespace {

using dnnl::memory;

constexpr std::size_t kMaxCachedShapes = 256;

/// m, k, n; the strides of x and y; those of w from one k and from one n to the next; whether y is added to.
using Shape = std::array<memory::dim, 8>;

const dnnl::engine& cpu_engine() {
    static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    return engine;
}

/// oneDNN brings OpenMP's runtime along; the program itself is not linked to it.
void bound_openmp_to_this_thread() {
    if (void* const symbol = dlsym(RTLD_DEFAULT, "omp_set_num_threads")) {
        reinterpret_cast<void (*)(int)>(symbol)(1);
    }
}

dnnl::matmul::primitive_desc describe(const Shape& shape) {
    const auto [m, k, n, x_stride, y_stride, w_stride_k, w_stride_n, is_added] = shape;
    const memory::desc x({m, k}, memory::data_type::f32, memory::dims{x_stride, 1});
    const memory::desc w({k, n}, memory::data_type::f32, memory::dims{w_stride_k, w_stride_n});
    const memory::desc y({m, n}, memory::data_type::f32, memory::dims{y_stride, 1});
    dnnl::primitive_attr attributes;
    if (is_added != 0) {
        dnnl::post_ops add;
        add.append_sum(1.0f);
        attributes.set_post_ops(add);
    }
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
#if DNNL_VERSION_MAJOR >= 3
    return {cpu_engine(), x, w, y, attributes};
#else
    return {dnnl::matmul::desc(x, w, y), attributes, cpu_engine()};
#endif
}

/// A product compiled for one shape.
struct Product {
    explicit Product(const Shape& shape) : description(describe(shape)), primitive(description) {}
    dnnl::matmul::primitive_desc description;
    dnnl::matmul primitive;
};

/// What a thread keeps from call to call.
class ThreadProducts {
  public:
    ThreadProducts() : is_ready_((bound_openmp_to_this_thread(), true)), stream_(cpu_engine()) {}

    void run(const Shape& shape, const float* x, const float* w, float* y) {
        const Product& product = find(shape);
        const auto& description = product.description;
        scratch_.resize(std::max(scratch_.size(), description.scratchpad_desc().get_size() + 1));
        const std::unordered_map<int, memory> arguments{
            {DNNL_ARG_SRC, bind(description.src_desc(), x)},
            {DNNL_ARG_WEIGHTS, bind(description.weights_desc(), w)},
            {DNNL_ARG_DST, bind(description.dst_desc(), y)},
            {DNNL_ARG_SCRATCHPAD, bind(description.scratchpad_desc(), scratch_.data())}};
        product.primitive.execute(stream_, arguments);
        stream_.wait();
    }

  private:
    static memory bind(const memory::desc& description, const void* data) {
        return {description, cpu_engine(), const_cast<void*>(data)};
    }
    const Product& find(const Shape& shape) {
        if (products_.size() >= kMaxCachedShapes) products_.clear();
        return products_.try_emplace(shape, shape).first->second;
    }

    bool is_ready_;  // first, so that OpenMP is bounded before oneDNN is touched
    dnnl::stream stream_;
    std::map<Shape, Product> products_;
    std::vector<std::byte> scratch_;
};

bool run(const Shape& shape, const float* x, const float* w, float* y) {
    try {
        thread_local ThreadProducts products;
        products.run(shape, x, w, y);
        return true;
    } catch (const std::exception&) {
        return false;
    }
}

memory::dim dim(std::size_t n) { return static_cast<memory::dim>(n); }

}  // namespace

bool onednn_matmul(MatrixView<const float> x, MatrixView<const float> w, MatrixView<float> y) {
    MOE_CHECK(x.cols == w.cols && y.cols == w.rows && x.rows == y.rows);
    return run({dim(x.rows), dim(x.cols), dim(w.rows), dim(x.stride), dim(y.stride), 1, dim(w.stride), 0},
               x.data, w.data, y.data);
}

bool onednn_add_matmul(MatrixView<const float> x, MatrixView<const float> w, MatrixView<float> y) {
    MOE_CHECK(x.cols == w.rows && y.cols == w.cols && x.rows == y.rows);
    return run({dim(x.rows), dim(x.cols), dim(w.cols), dim(x.stride), dim(y.stride), dim(w.stride), 1, 1},
               x.data, w.data, y.data);
}

}  // namespace moe
