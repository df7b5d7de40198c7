#include "engine/kernels/matrix_kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <new>
#include <string>
#include <vector>

#include "engine/base/matrix.h"
#include "engine/base/thread_pool.h"
#include "engine/kernels/quantized_rows.h"
#include "engine/quant/half.h"
#include "tests/reference/naive_nn.h"
#include "tests/support/random_weights.h"

namespace moe {
namespace {

using test::random_matrix;
using test::random_weight;
using test::RandomWeight;

constexpr double kFloatError = 1e-11;      // normalised squared error of float sums against double
constexpr std::size_t kOutputs = 77;       // tiles of 16 and 32 rows and a part of one
constexpr std::size_t kStride = kOutputs + 3;

std::vector<BlockType> types_with_blocks() {
    std::vector<BlockType> types;
    for (const BlockType type : all_block_types()) {
        if (has_block_kernel(type)) types.push_back(type);
    }
    return types;
}

/// The values that the rounded activations stand for.
Matrix<float> values_of(const QuantizedView& rounded, std::size_t n_in) {
    Matrix<float> x(rounded.n_rows, n_in);
    for (std::size_t row = 0; row < x.rows(); ++row) {
        for (std::size_t i = 0; i < n_in; ++i) {
            x.row(row)[i] = rounded.scale[row * (rounded.n_values / 32) + i / 32] *
                            static_cast<float>(rounded.q[row * rounded.n_values + i]);
        }
    }
    return x;
}

struct AlignedMemory {
    explicit AlignedMemory(std::size_t size) : data(::operator new(size, std::align_val_t{64})) {}
    ~AlignedMemory() { ::operator delete(data, std::align_val_t{64}); }
    AlignedMemory(const AlignedMemory&) = delete;
    AlignedMemory& operator=(const AlignedMemory&) = delete;
    void* data;
};

enum class Way { Gemv, Gemm };

std::vector<float> product(const MatrixKernels& kernels, Way way, const RandomWeight& weight, BlockType type,
                           const QuantizedView& x) {
    std::vector<float> y(x.n_rows * kStride, 7.0f);
    const BlockRows rows{reinterpret_cast<const std::uint8_t*>(weight.bytes.data()), weight.matrix().row_bytes(),
                         kOutputs};
    const RoundedRows activations{x.q, x.scale, x.sum32, x.sum16, x.n_rows, x.n_values};
    if (way == Way::Gemv) {
        kernels.gemv(type, rows, activations, {y.data(), kStride});
    } else {
        const AlignedMemory scratch(kernels.gemm_scratch_bytes(weight.values.cols()));
        kernels.gemm(type, rows, activations, {y.data(), kStride}, scratch.data);
    }
    std::vector<float> out;
    for (std::size_t token = 0; token < x.n_rows; ++token) {
        for (std::size_t i = 0; i < kStride; ++i) {
            if (i < kOutputs)
                out.push_back(y[token * kStride + i]);
            else
                EXPECT_EQ(y[token * kStride + i], 7.0f) << "written beyond the last row";
        }
    }
    return out;
}

std::vector<KnownMatrixKernels> known_kernels() {
    KnownMatrixKernels known[kMaxMatrixKernels];
    const int n = known_matrix_kernels(known);
    return {known, known + n};
}

template <class Check>
void for_each_native(const Check& check) {
    for (const KnownMatrixKernels& known : known_kernels()) {
        if (known.is_native) check(*known.kernels);
    }
}

class MatrixKernelsTest : public testing::TestWithParam<BlockType> {};

TEST_P(MatrixKernelsTest, MultiplyAsDoublesDo) {
    const std::size_t block = block_layout(GetParam()).values;
    for (const std::size_t n_in : {block, 2 * block, std::size_t{256}, 3 * std::max(block, std::size_t{96}) / block * block,
                                   std::size_t{2048}}) {
        const RandomWeight weight = random_weight(GetParam(), kOutputs, n_in, /*seed=*/n_in);
        for (const std::size_t n_tokens : {1, 2, 3, 5, 12, 13}) {
            QuantizedRows rounded;
            rounded.set(random_matrix(n_tokens, n_in, /*seed=*/n_tokens).view());
            const Matrix<float> x = values_of(rounded.view(), n_in);
            const std::vector<double> expected = test::naive_linear(weight.values.view(), x.view());
            for_each_native([&](const MatrixKernels& kernels) {
                for (const Way way : {Way::Gemv, Way::Gemm}) {
                    EXPECT_LE(test::normalized_squared_error(
                                  product(kernels, way, weight, GetParam(), rounded.view()), expected),
                              kFloatError)
                        << kernels.name << (way == Way::Gemv ? ", gemv, " : ", gemm, ") << n_in << " inputs, "
                        << n_tokens << " tokens";
                }
            });
        }
    }
}

TEST_P(MatrixKernelsTest, HoldTheLargestSums) {
    const std::size_t n_in = 512;
    const RandomWeight weight = random_weight(GetParam(), kOutputs, n_in, /*seed=*/1);
    Matrix<float> x(/*rows=*/9, n_in);
    for (std::size_t row = 0; row < x.rows(); ++row) {
        for (std::size_t i = 0; i < n_in; ++i) x.row(row)[i] = row % 3 == 0 ? 1.0f : row % 3 == 1 ? -1.0f : i % 2 ? 1.0f : -1.0f;
    }
    QuantizedRows rounded;
    rounded.set(x.view());
    const std::vector<double> expected = test::naive_linear(weight.values.view(), x.view());
    for_each_native([&](const MatrixKernels& kernels) {
        for (const Way way : {Way::Gemv, Way::Gemm}) {
            EXPECT_LE(test::normalized_squared_error(product(kernels, way, weight, GetParam(), rounded.view()), expected),
                      kFloatError)
                << kernels.name;
        }
    });
}

TEST_P(MatrixKernelsTest, GiveATokenTheSameBitsInAnyCompany) {
    const RandomWeight weight = random_weight(GetParam(), kOutputs, 512, /*seed=*/2);
    QuantizedRows rounded;
    rounded.set(random_matrix(/*rows=*/11, 512, /*seed=*/3).view());
    for_each_native([&](const MatrixKernels& kernels) {
        for (const Way way : {Way::Gemv, Way::Gemm}) {
            const std::vector<float> together = product(kernels, way, weight, GetParam(), rounded.view());
            for (std::size_t token = 0; token < 11; ++token) {
                const std::vector<float> alone =
                    product(kernels, way, weight, GetParam(), rounded.view().rows_from(token, 1));
                EXPECT_TRUE(std::equal(alone.begin(), alone.end(), together.begin() + static_cast<std::ptrdiff_t>(token * kOutputs)))
                    << kernels.name << ", token " << token;
            }
        }
    });
}

std::string type_name(const testing::TestParamInfo<BlockType>& type) {
    return std::string(block_type_name(type.param));
}
INSTANTIATE_TEST_SUITE_P(Types, MatrixKernelsTest, testing::ValuesIn(types_with_blocks()), type_name);

class FloatKernelsTest : public testing::TestWithParam<BlockType> {};

std::vector<float> float_product(const MatrixKernels& kernels, Way way, BlockType type, const RandomWeight& weight,
                                 MatrixView<const float> x) {
    std::vector<float> y(x.rows * kOutputs);
    const BlockRows rows{reinterpret_cast<const std::uint8_t*>(weight.bytes.data()), weight.matrix().row_bytes(),
                         kOutputs};
    const FloatRows values{x.data, x.stride, x.rows, x.cols};
    if (way == Way::Gemv) {
        kernels.float_gemv(type, rows, values, {y.data(), kOutputs});
    } else {
        const AlignedMemory scratch(kernels.float_gemm_scratch_bytes(x.rows));
        kernels.float_gemm(type, rows, values, {y.data(), kOutputs}, scratch.data);
    }
    return y;
}

TEST_P(FloatKernelsTest, MultiplyAsDoublesDo) {
    for (const std::size_t n_in : {1, 7, 64, 250, 256, 1000}) {
        const RandomWeight weight = random_weight(GetParam(), kOutputs, n_in, /*seed=*/n_in);
        for (const std::size_t n_tokens : {1, 2, 3, 12, 29}) {
            const Matrix<float> x = random_matrix(n_tokens, n_in, /*seed=*/n_tokens);
            const std::vector<double> expected = test::naive_linear(weight.values.view(), x.view());
            for_each_native([&](const MatrixKernels& kernels) {
                for (const Way way : {Way::Gemv, Way::Gemm}) {
                    EXPECT_LE(test::normalized_squared_error(
                                  float_product(kernels, way, GetParam(), weight, x.view()), expected),
                              kFloatError)
                        << kernels.name << ", " << n_in << " inputs, " << n_tokens << " tokens";
                }
            });
        }
    }
}

TEST_P(FloatKernelsTest, GiveATokenTheSameBitsInAnyCompany) {
    const RandomWeight weight = random_weight(GetParam(), kOutputs, 300, /*seed=*/2);
    const Matrix<float> x = random_matrix(/*rows=*/11, 300, /*seed=*/3);
    for_each_native([&](const MatrixKernels& kernels) {
        for (const Way way : {Way::Gemv, Way::Gemm}) {
            const std::vector<float> together = float_product(kernels, way, GetParam(), weight, x.view());
            for (std::size_t token = 0; token < 11; ++token) {
                const std::vector<float> alone =
                    float_product(kernels, way, GetParam(), weight, x.view().rows_from(token, 1));
                EXPECT_TRUE(std::equal(alone.begin(), alone.end(),
                                       together.begin() + static_cast<std::ptrdiff_t>(token * kOutputs)))
                    << kernels.name << ", token " << token;
            }
        }
    });
}
INSTANTIATE_TEST_SUITE_P(Types, FloatKernelsTest,
                         testing::Values(BlockType::F32, BlockType::F16, BlockType::BF16), type_name);

TEST(FloatGemvTest, DecodesEveryF16Number) {
    std::vector<std::uint16_t> all(65536);
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint16_t>(i);
    const float one = 1.0f;
    for_each_native([&](const MatrixKernels& kernels) {
        std::vector<float> y(all.size());
        kernels.float_gemv(BlockType::F16, {reinterpret_cast<const std::uint8_t*>(all.data()), 2, all.size()},
                           {&one, 1, 1, 1}, {y.data(), all.size()});
        for (std::size_t i = 0; i < all.size(); ++i) {
            const float expected = float_from_f16(all[i]);
            if (std::isnan(expected))
                ASSERT_TRUE(std::isnan(y[i])) << kernels.name << ", " << i;
            else
                ASSERT_EQ(y[i], expected) << kernels.name << ", " << i;
        }
    });
}

TEST(MatrixKernelChoiceTest, SaysWhichKernelsRanHere) {
    std::string native, others;
    for (const KnownMatrixKernels& known : known_kernels()) {
        (known.is_native ? native : others) += std::string(" ") + known.kernels->name + ";";
    }
    std::printf("ran natively:%s not on this processor:%s\n", native.c_str(), others.empty() ? " none" : others.c_str());
    EXPECT_NE(native.find(matrix_kernels().name), std::string::npos);
}

TEST(RoundGroupsTest, GivesTheSameBitsEverywhere) {
    Matrix<float> x = random_matrix(/*rows=*/1, 32 * 100, /*seed=*/5);
    for (std::size_t i = 0; i < 32; ++i) x.row(0)[i] = 0.0f;
    for (std::size_t i = 32; i < 64; ++i) x.row(0)[i] = (static_cast<float>(i) - 48.5f) * 8.0f;  // ties
    x.row(0)[64 + 7] = std::numeric_limits<float>::infinity();
    x.row(0)[96 + 30] = std::numeric_limits<float>::quiet_NaN();
    struct Rounded {
        std::vector<std::int8_t> q = std::vector<std::int8_t>(3200);
        std::vector<float> scale = std::vector<float>(100);
        std::vector<std::int32_t> sum32 = std::vector<std::int32_t>(100), sum16 = std::vector<std::int32_t>(200);
    };
    std::vector<Rounded> all;
    for_each_native([&](const MatrixKernels& kernels) {
        Rounded& out = all.emplace_back();
        kernels.round_groups(x.row(0).data(), 100,
                             {out.q.data(), out.scale.data(), out.sum32.data(), out.sum16.data()});
        EXPECT_TRUE(std::isnan(out.scale[2]) && std::isnan(out.scale[3])) << kernels.name;
        EXPECT_EQ(out.scale[0], 0.0f);
        for (std::size_t g = 0; g < 100; ++g) {
            if (g == 2 || g == 3) continue;
            EXPECT_EQ(out.scale[g], all.front().scale[g]) << kernels.name;
            EXPECT_EQ(out.sum32[g], all.front().sum32[g]) << kernels.name;
            EXPECT_EQ(out.sum16[2 * g], all.front().sum16[2 * g]) << kernels.name;
            EXPECT_EQ(out.sum16[2 * g + 1], all.front().sum16[2 * g + 1]) << kernels.name;
            for (std::size_t i = 32 * g; i < 32 * g + 32; ++i) EXPECT_EQ(out.q[i], all.front().q[i]) << kernels.name;
        }
    });
}

TEST(QuantizedRowsTest, RoundsEachGroupToItsLargest) {
    Matrix<float> x(1, 64);
    for (std::size_t i = 0; i < 64; ++i) x.row(0)[i] = i < 32 ? static_cast<float>(i) - 20.0f : 0.0f;
    QuantizedRows rounded;
    rounded.set(x.view());
    const QuantizedView view = rounded.view();
    ASSERT_EQ(view.n_values, 256u);
    EXPECT_EQ(view.q[0], -127);
    EXPECT_FLOAT_EQ(view.scale[0], 20.0f / 127.0f);
    int sum = 0;
    for (std::size_t i = 0; i < 32; ++i) {
        EXPECT_NEAR(view.scale[0] * static_cast<float>(view.q[i]), x.row(0)[i], 0.5f * view.scale[0] * 1.0001f);
        sum += view.q[i];
    }
    EXPECT_EQ(view.sum32[0], sum);
    EXPECT_EQ(view.sum16[0] + view.sum16[1], sum);
    for (std::size_t g = 1; g < 8; ++g) EXPECT_EQ(view.scale[g], 0.0f);
    for (std::size_t i = 32; i < 256; ++i) EXPECT_EQ(view.q[i], 0);
}

TEST(QuantizedRowsTest, GathersWhatRoundingTheGatheredRowsGives) {
    const Matrix<float> x = random_matrix(/*rows=*/5, 96, /*seed=*/8);
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < 70; ++i) rows.push_back(i * 3 % 5);
    Matrix<float> taken(rows.size(), 96);
    for (std::size_t i = 0; i < rows.size(); ++i) std::ranges::copy(x.row(rows[i]), taken.row(i).begin());
    QuantizedRows tokens, gathered, expected;
    ThreadPool pool(2);
    tokens.set(x.view());
    gathered.gather(tokens.view(), rows, pool);
    expected.set(taken.view());
    const QuantizedView a = gathered.view(), b = expected.view();
    ASSERT_EQ(a.n_rows, 70u);
    ASSERT_EQ(a.n_values, b.n_values);
    EXPECT_TRUE(std::equal(a.q, a.q + 70 * a.n_values, b.q));
    EXPECT_TRUE(std::equal(a.scale, a.scale + 70 * a.n_values / 32, b.scale));
    EXPECT_TRUE(std::equal(a.sum32, a.sum32 + 70 * a.n_values / 32, b.sum32));
    EXPECT_TRUE(std::equal(a.sum16, a.sum16 + 70 * a.n_values / 16, b.sum16));
}

TEST(QuantizedRowsTest, LetsNoBrokenValueDisappear) {
    for (const float broken : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                               -std::numeric_limits<float>::infinity()}) {
        for (const std::size_t at : {std::size_t{0}, std::size_t{17}, std::size_t{31}}) {
            Matrix<float> x(1, 32);
            for (float& value : x.values()) value = 1.0f;
            x.row(0)[at] = broken;
            QuantizedRows rounded;
            rounded.set(x.view());
            EXPECT_FALSE(std::isfinite(rounded.view().scale[0])) << broken << " at " << at;
        }
    }
}

}  // namespace
}  // namespace moe
