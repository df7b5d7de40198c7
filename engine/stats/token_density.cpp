#include "engine/stats/token_density.h"

#include <cstdint>

namespace moe {
namespace {

constexpr double kNanosecondsPerSecond = 1e9;

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

// Times grow along a run.
bool has_token_times(const TraceSnapshot& trace) {
    return trace.n_tokens() > 0 && trace.token(trace.n_tokens() - 1).t_ns > 0;
}

}  // namespace moe
