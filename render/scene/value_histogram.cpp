#include "render/scene/value_histogram.h"

#include <algorithm>
#include <cmath>

#include "render/scene/colormap.h"

namespace moe::render {
namespace {

bool is_of_load(CellMeaning meaning) {
    return meaning == CellMeaning::Load || meaning == CellMeaning::LoadDifference;
}

}  // namespace

std::vector<std::uint32_t> value_histogram(const CodeCounts& codes, CellMeaning meaning, std::size_t n_bins) {
    std::vector<std::uint32_t> bins(n_bins, 0);
    for (std::size_t i = 1; i < codes.size(); ++i) {
        const auto code = static_cast<std::uint8_t>(i);
        const float place =
            is_signed(meaning) ? (signed_from_code(code) + 1.0f) / 2.0f : value_from_code(code);
        const auto bin =
            static_cast<std::size_t>(std::max(place, 0.0f) * static_cast<float>(n_bins - 1) + 0.5f);
        bins[std::min(bin, n_bins - 1)] += codes[i];
    }
    return bins;
}

std::optional<std::pair<float, float>> percentile_range(const CodeCounts& codes, CellMeaning meaning,
                                                        double share) {
    std::vector<std::pair<float, std::uint32_t>> values;  // and how often each occurs
    std::uint64_t n_values = 0;
    for (std::size_t i = 1; i < codes.size(); ++i) {
        if (codes[i] == 0) continue;
        const auto code = static_cast<std::uint8_t>(i);
        values.emplace_back(is_signed(meaning) ? std::abs(signed_from_code(code)) : value_from_code(code),
                            codes[i]);
        n_values += codes[i];
    }
    if (values.empty()) return std::nullopt;
    std::ranges::sort(values);
    const auto quantile = [&](double q) {
        const double wanted = q * static_cast<double>(n_values);
        double n_below = 0.0;
        for (const auto& [value, count] : values) {
            n_below += static_cast<double>(count);
            if (n_below >= wanted) return value;
        }
        return values.back().first;
    };
    const std::pair<float, float> range{quantile(share), quantile(1.0 - share)};
    if (range.first >= range.second) return std::nullopt;
    return range;
}

double number_from_value(CellMeaning meaning, float value, std::size_t n_experts) {
    if (meaning == CellMeaning::Rank) return static_cast<double>(rank_from_value(value, n_experts));
    return static_cast<double>(value) * (is_of_load(meaning) ? kLoadAtWhite : 1.0);
}

float value_from_number(CellMeaning meaning, double number, std::size_t n_experts) {
    if (meaning == CellMeaning::Rank)
        return value_from_rank(static_cast<std::size_t>(std::lround(std::max(1.0, number))), n_experts);
    return static_cast<float>(number / (is_of_load(meaning) ? kLoadAtWhite : 1.0));
}

}  // namespace moe::render
