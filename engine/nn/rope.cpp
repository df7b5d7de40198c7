#include "engine/nn/rope.h"

#include <cmath>

namespace moe {
namespace {

void rotate_head(std::span<float> head, RopeOrder order, std::span<const float> cosine,
                 std::span<const float> sine) {
    const std::size_t n_pairs = cosine.size();
    const std::size_t pair_step = order == RopeOrder::Halves ? 1 : 2;
    const std::size_t partner = order == RopeOrder::Halves ? n_pairs : 1;
    for (std::size_t pair = 0; pair < n_pairs; ++pair) {
        float& a = head[pair * pair_step];
        float& b = head[pair * pair_step + partner];
        const float rotated_a = a * cosine[pair] - b * sine[pair];
        b = a * sine[pair] + b * cosine[pair];
        a = rotated_a;
    }
}

}  // namespace

void fill_rope_table(const RopeAngles& angles, std::size_t first_position, std::size_t n_tokens,
                     RopeTable& table) {
    const std::size_t n_pairs = angles.n_rope_dims / 2;
    MOE_CHECK(angles.factors.empty() || angles.factors.size() == n_pairs);
    table.cosine.resize(n_tokens, n_pairs);
    table.sine.resize(n_tokens, n_pairs);
    for (std::size_t pair = 0; pair < n_pairs; ++pair) {
        const double exponent = -2.0 * static_cast<double>(pair) / static_cast<double>(angles.n_rope_dims);
        const double factor = angles.factors.empty() ? 1.0 : static_cast<double>(angles.factors[pair]);
        const double frequency = std::pow(angles.base, exponent) / factor;
        for (std::size_t token = 0; token < n_tokens; ++token) {
            const double angle = static_cast<double>(first_position + token) * frequency;
            table.cosine.row(token)[pair] = static_cast<float>(std::cos(angle));
            table.sine.row(token)[pair] = static_cast<float>(std::sin(angle));
        }
    }
}

void rope(MatrixView<float> x, std::size_t d_head, RopeOrder order, const RopeTable& table) {
    MOE_CHECK(d_head > 0 && x.cols % d_head == 0 && 2 * table.cosine.cols() <= d_head);
    MOE_CHECK(table.cosine.rows() == x.rows);
    for (std::size_t token = 0; token < x.rows; ++token) {
        for (std::size_t first = 0; first < x.cols; first += d_head) {
            rotate_head(x.row(token).subspan(first, d_head), order, table.cosine.row(token),
                        table.sine.row(token));
        }
    }
}

}  // namespace moe
