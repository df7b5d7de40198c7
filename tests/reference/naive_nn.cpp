#include "tests/reference/naive_nn.h"

#include <algorithm>
#include <cmath>

namespace moe::test {
namespace {

template <class A, class B>
double dot_in_double(std::span<const A> a, std::span<const B> b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    return sum;
}

double naive_cap(double score, double cap) { return cap > 0.0 ? cap * std::tanh(score / cap) : score; }

/// Whether the token at position `from` sees the one at `at`, which is not later.
bool naive_is_seen(const AttentionShape& shape, std::size_t from, std::size_t at) {
    const bool is_in_window = shape.window == 0 || from - at < shape.window;
    const bool is_in_chunk = shape.chunk == 0 || from / shape.chunk == at / shape.chunk;
    return is_in_window && is_in_chunk;
}

}  // namespace

std::vector<double> naive_linear(MatrixView<const float> w, MatrixView<const float> x) {
    std::vector<double> y;
    for (std::size_t token = 0; token < x.rows; ++token) {
        for (std::size_t row = 0; row < w.rows; ++row) y.push_back(dot_in_double(x.row(token), w.row(row)));
    }
    return y;
}

std::vector<double> naive_softmax(std::span<const double> x) {
    const double max = *std::max_element(x.begin(), x.end());
    std::vector<double> y;
    for (const double value : x) y.push_back(std::exp(value - max));
    double sum = 0.0;
    for (const double value : y) sum += value;
    for (double& value : y) value /= sum;
    return y;
}

std::vector<double> naive_attention(const AttentionShape& shape, std::size_t first_position,
                                    MatrixView<const float> queries, MatrixView<const float> keys,
                                    MatrixView<const float> values) {
    std::vector<double> out(queries.rows * shape.n_heads * shape.d_value, 0.0);
    for (std::size_t token = 0; token < queries.rows; ++token) {
        for (std::size_t head = 0; head < shape.n_heads; ++head) {
            const std::size_t kv_head = head / (shape.n_heads / shape.n_kv_heads);
            const auto query = queries.row(token).subspan(head * shape.d_head, shape.d_head);
            std::vector<double> scores;
            for (std::size_t position = 0; position <= first_position + token; ++position) {
                const auto key = keys.row(position).subspan(kv_head * shape.d_head, shape.d_head);
                const double score = dot_in_double(query, key) * static_cast<double>(shape.score_scale);
                const bool is_seen = naive_is_seen(shape, first_position + token, position);
                scores.push_back(is_seen ? naive_cap(score, static_cast<double>(shape.score_cap))
                                         : -INFINITY);
            }
            if (!shape.sinks.empty()) scores.push_back(static_cast<double>(shape.sinks[head]));
            std::vector<double> shares = naive_softmax(scores);
            shares.resize(first_position + token + 1);
            double* const mixed = out.data() + (token * shape.n_heads + head) * shape.d_value;
            for (std::size_t position = 0; position < shares.size(); ++position) {
                const auto value = values.row(position).subspan(kv_head * shape.d_value, shape.d_value);
                for (std::size_t i = 0; i < value.size(); ++i)
                    mixed[i] += shares[position] * static_cast<double>(value[i]);
            }
        }
    }
    return out;
}

std::vector<double> naive_swiglu_ffn(MatrixView<const float> gate, MatrixView<const float> up,
                                     MatrixView<const float> down, std::span<const float> x) {
    std::vector<double> hidden;
    for (std::size_t row = 0; row < gate.rows; ++row) {
        const double g = dot_in_double(gate.row(row), x);
        hidden.push_back(g / (1.0 + std::exp(-g)) * dot_in_double(up.row(row), x));
    }
    std::vector<double> y;
    for (std::size_t row = 0; row < down.rows; ++row) {
        y.push_back(dot_in_double(down.row(row), std::span<const double>(hidden)));
    }
    return y;
}

double normalized_squared_error(std::span<const float> values, std::span<const double> expected) {
    MOE_CHECK(values.size() == expected.size());
    double error = 0.0;
    double size = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double difference = static_cast<double>(values[i]) - expected[i];
        error += difference * difference;
        size += expected[i] * expected[i];
    }
    return error / size;
}

}  // namespace moe::test
