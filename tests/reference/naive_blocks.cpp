#include "tests/reference/naive_blocks.h"

#include <algorithm>
#include <cmath>

#include "tests/reference/naive_nn.h"

namespace moe::test {
namespace {

using Numbers = std::vector<double>;

Numbers part_of(const Numbers& x, std::size_t first, std::size_t count) {
    return {x.begin() + static_cast<std::ptrdiff_t>(first),
            x.begin() + static_cast<std::ptrdiff_t>(first + count)};
}

Numbers joined(Numbers a, const Numbers& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

Numbers times(MatrixView<const float> w, const Numbers& x) {
    MOE_CHECK(w.cols == x.size());
    Numbers y;
    for (std::size_t row = 0; row < w.rows; ++row) {
        double sum = 0.0;
        for (std::size_t i = 0; i < x.size(); ++i) sum += static_cast<double>(w.row(row)[i]) * x[i];
        y.push_back(sum);
    }
    return y;
}

double dot(const Numbers& a, const Numbers& b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
}

Numbers rms_normalized(Numbers x, std::span<const float> weight, double epsilon) {
    const double scale = 1.0 / std::sqrt(dot(x, x) / static_cast<double>(x.size()) + epsilon);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] *= scale * static_cast<double>(weight[i]);
    return x;
}

Numbers rotated(const Numbers& x, std::size_t position, double base, RopeOrder order) {
    Numbers y = x;
    const std::size_t n_pairs = x.size() / 2;
    for (std::size_t pair = 0; pair < n_pairs; ++pair) {
        const std::size_t a = order == RopeOrder::Halves ? pair : 2 * pair;
        const std::size_t b = order == RopeOrder::Halves ? pair + n_pairs : 2 * pair + 1;
        const double frequency =
            std::pow(base, -2.0 * static_cast<double>(pair) / static_cast<double>(x.size()));
        const double angle = static_cast<double>(position) * frequency;
        y[a] = x[a] * std::cos(angle) - x[b] * std::sin(angle);
        y[b] = x[a] * std::sin(angle) + x[b] * std::cos(angle);
    }
    return y;
}

double sigmoid_of(double x) { return 1.0 / (1.0 + std::exp(-x)); }

Numbers as_numbers(std::span<const float> x) { return {x.begin(), x.end()}; }

/// What latent attention has of a position: a query, a key and a value for each head.
struct Position {
    std::vector<Numbers> queries, keys, values;
};

Position position_of(const AttentionSpec& spec, const NaiveLatentWeights& weights, double epsilon,
                     std::size_t index, const Numbers& x) {
    const std::size_t d_rest = spec.d_head - spec.n_rope_dims;
    const Numbers squeezed = times(weights.down, x);
    const Numbers latent = rms_normalized(part_of(squeezed, 0, spec.latent->d_latent), weights.norm, epsilon);
    const Numbers shared_key = rotated(part_of(squeezed, spec.latent->d_latent, spec.n_rope_dims), index,
                                       spec.rope_base, spec.rope_order);
    const Numbers narrow = weights.query_down.rows == 0
                               ? x
                               : rms_normalized(times(weights.query_down, x), weights.query_norm, epsilon);
    const Numbers query = times(weights.query, narrow);
    const Numbers spread = times(weights.spread, latent);
    Position position;
    for (std::size_t head = 0; head < spec.n_heads; ++head) {
        const std::size_t first = head * spec.d_head;
        const std::size_t first_spread = head * (d_rest + spec.d_value);
        position.queries.push_back(
            joined(part_of(query, first, d_rest), rotated(part_of(query, first + d_rest, spec.n_rope_dims),
                                                          index, spec.rope_base, spec.rope_order)));
        position.keys.push_back(joined(part_of(spread, first_spread, d_rest), shared_key));
        position.values.push_back(part_of(spread, first_spread + d_rest, spec.d_value));
    }
    return position;
}

/// x shifted into the past: the last n_conv inputs of a channel, the oldest first, zeros before the text.
double convolved(const DeltaNetSpec& spec, std::span<const float> conv, const std::vector<Numbers>& inputs,
                 std::size_t token, std::size_t channel) {
    double sum = 0.0;
    for (std::size_t i = 0; i < spec.n_conv; ++i) {
        if (token + i + 1 < spec.n_conv) continue;
        sum += static_cast<double>(conv[i]) * inputs[token + i + 1 - spec.n_conv][channel];
    }
    return sum * sigmoid_of(sum);
}

Numbers at_unit_length(Numbers x, double epsilon) {
    const double length = std::max(std::sqrt(dot(x, x)), epsilon);
    for (double& value : x) value /= length;
    return x;
}

/// S = S (alpha (I - beta k k^T)) + beta v k^T, with S [d_value, d_key] as a list of rows.
void learn(std::vector<Numbers>& memory, double alpha, double beta, const Numbers& key,
           const Numbers& value) {
    for (std::size_t row = 0; row < memory.size(); ++row) {
        const Numbers before = memory[row];
        for (std::size_t col = 0; col < key.size(); ++col) {
            double sum = 0.0;
            for (std::size_t i = 0; i < key.size(); ++i) {
                const double identity = i == col ? 1.0 : 0.0;
                sum += before[i] * alpha * (identity - beta * key[i] * key[col]);
            }
            memory[row][col] = sum + beta * value[row] * key[col];
        }
    }
}

}  // namespace

std::vector<double> naive_mla_attention(const AttentionSpec& spec, const NaiveLatentWeights& weights,
                                        double epsilon, MatrixView<const float> x) {
    std::vector<Position> positions;
    Numbers out;
    for (std::size_t token = 0; token < x.rows; ++token) {
        positions.push_back(position_of(spec, weights, epsilon, token, as_numbers(x.row(token))));
        Numbers mixed;
        for (std::size_t head = 0; head < spec.n_heads; ++head) {
            Numbers scores;
            for (const Position& position : positions) {
                scores.push_back(dot(positions[token].queries[head], position.keys[head]) *
                                 static_cast<double>(spec.score_scale));
            }
            const Numbers shares = naive_softmax(scores);
            Numbers sum(spec.d_value, 0.0);
            for (std::size_t at = 0; at <= token; ++at) {
                for (std::size_t i = 0; i < spec.d_value; ++i)
                    sum[i] += shares[at] * positions[at].values[head][i];
            }
            mixed = joined(mixed, sum);
        }
        out = joined(out, times(weights.output, mixed));
    }
    return out;
}

std::vector<double> naive_delta_net(const DeltaNetSpec& spec, const NaiveDeltaNetWeights& weights,
                                    double epsilon, MatrixView<const float> x) {
    const bool is_grouped = spec.head_order == DeltaNetSpec::HeadOrder::Grouped;
    const std::size_t ratio = spec.n_value_heads / spec.n_key_heads;
    const std::size_t n_keys = spec.n_key_heads * spec.d_key;
    std::vector<std::vector<Numbers>> memories(spec.n_value_heads,
                                               std::vector<Numbers>(spec.d_value, Numbers(spec.d_key, 0.0)));
    std::vector<Numbers> inputs;
    Numbers out;
    for (std::size_t token = 0; token < x.rows; ++token) {
        const Numbers now = as_numbers(x.row(token));
        inputs.push_back(times(weights.qkv, now));
        Numbers qkv;
        for (std::size_t channel = 0; channel < spec.n_channels(); ++channel)
            qkv.push_back(convolved(spec, weights.conv.row(channel), inputs, token, channel));
        const Numbers betas = times(weights.beta, now), alphas = times(weights.alpha, now);
        const Numbers gate = times(weights.gate, now);
        Numbers mixed;
        for (std::size_t head = 0; head < spec.n_value_heads; ++head) {
            const std::size_t key_head = is_grouped ? head / ratio : head % spec.n_key_heads;
            const Numbers query = at_unit_length(part_of(qkv, key_head * spec.d_key, spec.d_key), epsilon);
            const Numbers key =
                at_unit_length(part_of(qkv, n_keys + key_head * spec.d_key, spec.d_key), epsilon);
            const double step =
                std::log1p(std::exp(alphas[head] + static_cast<double>(weights.dt_bias[head])));
            learn(memories[head], std::exp(step * static_cast<double>(weights.a[head])),
                  sigmoid_of(betas[head]), key, part_of(qkv, 2 * n_keys + head * spec.d_value, spec.d_value));
            Numbers read;
            for (const Numbers& row : memories[head])
                read.push_back(dot(row, query) / std::sqrt(static_cast<double>(spec.d_key)));
            mixed = joined(mixed, rms_normalized(read, weights.norm, epsilon));
        }
        for (std::size_t i = 0; i < mixed.size(); ++i) mixed[i] *= gate[i] * sigmoid_of(gate[i]);
        out = joined(out, times(weights.output, mixed));
    }
    return out;
}

}  // namespace moe::test
