#include "engine/nn/rms_norm.h"

#include <cmath>

namespace moe {
namespace {

/// In double, since rows are long; in four parts, since a chain of additions is slow.
double sum_of_squares(std::span<const float> x) {
    double parts[4] = {};
    std::size_t i = 0;
    for (; i + 4 <= x.size(); i += 4) {
        for (std::size_t part = 0; part < 4; ++part) {
            parts[part] += static_cast<double>(x[i + part]) * static_cast<double>(x[i + part]);
        }
    }
    for (; i < x.size(); ++i) parts[0] += static_cast<double>(x[i]) * static_cast<double>(x[i]);
    return (parts[0] + parts[1]) + (parts[2] + parts[3]);
}

float inverse_rms(std::span<const float> x, float epsilon) {
    const double mean_square = sum_of_squares(x) / static_cast<double>(x.size());
    return static_cast<float>(1.0 / std::sqrt(mean_square + static_cast<double>(epsilon)));
}

void normalize(std::span<const float> x, std::span<const float> weight, float epsilon, std::span<float> y) {
    const float scale = inverse_rms(x, epsilon);
    for (std::size_t i = 0; i < x.size(); ++i) y[i] = x[i] * scale * weight[i];
}

}  // namespace

void rms_norm(MatrixView<const float> x, std::span<const float> weight, float epsilon, MatrixView<float> y) {
    MOE_CHECK(x.cols == weight.size() && x.rows == y.rows && x.cols == y.cols);
    for (std::size_t row = 0; row < x.rows; ++row) normalize(x.row(row), weight, epsilon, y.row(row));
}

void rms_norm_heads(MatrixView<float> x, std::span<const float> weight, float epsilon) {
    MOE_CHECK(!weight.empty() && x.cols % weight.size() == 0);
    for (std::size_t row = 0; row < x.rows; ++row) {
        for (std::size_t first = 0; first < x.cols; first += weight.size()) {
            const std::span<float> head = x.row(row).subspan(first, weight.size());
            normalize(head, weight, epsilon, head);
        }
    }
}

void unit_rms_norm_heads(MatrixView<float> x, std::size_t d_head, float epsilon) {
    MOE_CHECK(d_head > 0 && x.cols % d_head == 0);
    for (std::size_t row = 0; row < x.rows; ++row) {
        for (std::size_t first = 0; first < x.cols; first += d_head) {
            const std::span<float> head = x.row(row).subspan(first, d_head);
            const float scale = inverse_rms(head, epsilon);
            for (float& value : head) value *= scale;
        }
    }
}

void layer_norm(MatrixView<const float> x, std::span<const float> weight, float epsilon,
                MatrixView<float> y) {
    MOE_CHECK(x.cols == weight.size() && x.rows == y.rows && x.cols == y.cols);
    for (std::size_t row = 0; row < x.rows; ++row) {
        double sum = 0.0;
        for (const float value : x.row(row)) sum += static_cast<double>(value);
        const auto mean = static_cast<float>(sum / static_cast<double>(x.cols));
        for (std::size_t i = 0; i < x.cols; ++i) y.row(row)[i] = x.row(row)[i] - mean;
        normalize(y.row(row), weight, epsilon, y.row(row));
    }
}

float l2_norm(std::span<const float> x) { return static_cast<float>(std::sqrt(sum_of_squares(x))); }

}  // namespace moe
