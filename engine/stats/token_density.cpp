#include "engine/stats/token_density.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace moe {
namespace {

constexpr double kNanosecondsPerSecond = 1e9;
constexpr double kMedians = 2;

}  // namespace

std::optional<double> token_density(const TraceSnapshot& trace, std::size_t first, std::size_t end) {
    if (first >= end || end > trace.n_tokens() || trace.token(end - 1).phase == Phase::Prefill)
        return std::nullopt;
    // The first token after a prompt is chosen as the prompt ends: there was no pass to be timed.
    if (first > 0 && trace.token(first - 1).phase == Phase::Prefill && ++first == end) return std::nullopt;
    const std::int64_t from = first == 0 ? 0 : trace.token(first - 1).t_ns;
    const std::int64_t duration_ns = trace.token(end - 1).t_ns - from;
    if (duration_ns <= 0) return std::nullopt;
    return static_cast<double>(end - first) * kNanosecondsPerSecond / static_cast<double>(duration_ns);
}

double density_scale_end(std::span<const std::optional<double>> densities) {
    std::vector<double> known;
    for (const std::optional<double>& density : densities) {
        if (density) known.push_back(*density);
    }
    if (known.empty()) return 0;
    const auto middle = known.begin() + static_cast<std::ptrdiff_t>(known.size() / 2);
    std::ranges::nth_element(known, middle);
    return std::min(*std::ranges::max_element(known), kMedians * *middle);
}

// Times grow along a run.
bool has_token_times(const TraceSnapshot& trace) {
    return trace.n_tokens() > 0 && trace.token(trace.n_tokens() - 1).t_ns > 0;
}

}  // namespace moe
