#include "engine/nn/rope.h"

#include <algorithm>
#include <cmath>
#include <numbers>

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

/// The pair whose wavelength makes `n_turns` turns over the original context.
double pair_of_turns(const RopeAngles& angles, double n_turns) {
    const double wavelength = static_cast<double>(angles.scaling.original_context) / n_turns;
    return static_cast<double>(angles.n_rope_dims) * std::log(wavelength / (2.0 * std::numbers::pi)) /
           (2.0 * std::log(angles.base));
}

/// What the frequency of `pair` is multiplied with: 1 up to many turns, 1 / factor from few turns on.
double yarn_stretch(const RopeAngles& angles, std::size_t pair) {
    constexpr double kShortestRamp = 0.001;
    const double first = std::max(0.0, std::floor(pair_of_turns(angles, angles.scaling.many_turns)));
    const double last =
        std::min(static_cast<double>(angles.n_rope_dims) - 1.0, std::ceil(pair_of_turns(angles, angles.scaling.few_turns)));
    const double ramp = (static_cast<double>(pair) - first) / std::max(kShortestRamp, last - first);
    const double stretched = std::clamp(ramp, 0.0, 1.0);
    return stretched / angles.scaling.factor + (1.0 - stretched);
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
        const double stretch = angles.scaling.factor == 1.0 ? 1.0 : yarn_stretch(angles, pair);
        const double frequency = std::pow(angles.base, exponent) / factor * stretch / angles.scaling.interpolation;
        for (std::size_t token = 0; token < n_tokens; ++token) {
            const double angle = static_cast<double>(first_position + token) * frequency;
            table.cosine.row(token)[pair] = static_cast<float>(angles.scaling.magnitude * std::cos(angle));
            table.sine.row(token)[pair] = static_cast<float>(angles.scaling.magnitude * std::sin(angle));
        }
    }
}

void rope(MatrixView<float> x, std::size_t d_head, RopeOrder order, const RopeTable& table,
          std::size_t first_row) {
    MOE_CHECK(d_head > 0 && x.cols % d_head == 0 && 2 * table.cosine.cols() <= d_head);
    MOE_CHECK(first_row + x.rows <= table.cosine.rows());
    for (std::size_t token = 0; token < x.rows; ++token) {
        for (std::size_t first = 0; first < x.cols; first += d_head) {
            rotate_head(x.row(token).subspan(first, d_head), order, table.cosine.row(first_row + token),
                        table.sine.row(first_row + token));
        }
    }
}

}  // namespace moe
