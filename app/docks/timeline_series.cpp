#include "app/docks/timeline_series.h"

#include <algorithm>
#include <bit>

namespace moe::app {

namespace {

constexpr std::size_t kCoarseChunks = 1024;  // looked at before all others, about one a pixel
constexpr std::size_t kTasksMax = 2048;      // more than are done at once

std::size_t n_chunks_of(std::size_t n_tokens) { return (n_tokens + kChunkTokens - 1) / kChunkTokens; }

}  // namespace

void TimelineSeries::set_subject(const Subject& subject) {
    const bool is_same_run =
        subject.identity == subject_.identity && subject.trace.n_routed() >= subject_.trace.n_routed();
    const bool is_same_layer = is_same_run && subject.layer == subject_.layer;
    subject_ = subject;
    if (!is_same_run) all_ = {};
    if (!is_same_layer) one_ = {};
    has_scores_ = subject_.trace.n_routed() == 0 || subject_.trace.has_scores();
    for (Figures* figures : {&all_, &one_}) figures->n_known_in.resize(n_chunks_of(n_wanted()), 0);
}

std::size_t TimelineSeries::n_wanted() const {
    const bool is_wanted = subject_.trace.has_shape() && subject_.trace.shape().n_layers > 0;
    return is_wanted ? subject_.trace.n_routed() : 0;
}

std::size_t TimelineSeries::layer() const {
    return std::min(subject_.layer, subject_.trace.shape().n_layers - 1);
}

// The one layer before all of them and chunk by chunk, so that scores that lie in a file are read once.
void TimelineSeries::add_first_token_of(std::size_t chunk, std::vector<TimelineTask>& tasks) const {
    const std::size_t first = chunk * kChunkTokens;
    const TokenRange token{.first = first, .end = first + 1};
    if (one_.n_known_in[chunk] == 0) tasks.push_back({.tokens = token, .layer = layer()});
    if (all_.n_known_in[chunk] == 0) tasks.push_back({.tokens = token});
}

void TimelineSeries::add_rest_of(std::size_t chunk, std::vector<TimelineTask>& tasks) const {
    const std::size_t first = chunk * kChunkTokens;
    const std::size_t end = std::min(first + kChunkTokens, n_wanted());
    const TokenRange one{.first = first + one_.n_known_in[chunk], .end = end};
    const TokenRange all{.first = first + all_.n_known_in[chunk], .end = end};
    if (one.first < end) tasks.push_back({.tokens = one, .layer = layer()});
    if (all.first < end) tasks.push_back({.tokens = all});
}

std::vector<TimelineTask> TimelineSeries::next_tasks(const std::optional<TokenRange>& visible) const {
    std::vector<TimelineTask> tasks;
    if (n_missing() == 0) return tasks;
    const std::size_t n_chunks = n_chunks_of(n_wanted());
    // Every one of them is half-way between two that are known before.
    const std::size_t least_stride = std::bit_ceil((n_chunks + kCoarseChunks - 1) / kCoarseChunks);
    for (std::size_t stride = std::bit_ceil(n_chunks); stride >= least_stride; stride /= 2) {
        const bool is_first = stride >= n_chunks;
        for (std::size_t chunk = is_first ? 0 : stride; chunk < n_chunks; chunk += 2 * stride)
            add_first_token_of(chunk, tasks);
    }
    if (!tasks.empty()) return tasks;
    const std::size_t visible_end = visible ? std::min(n_chunks, n_chunks_of(visible->end)) : 0;
    for (std::size_t chunk = visible ? visible->first / kChunkTokens : 0; chunk < visible_end; ++chunk) {
        if (tasks.size() < kTasksMax) add_rest_of(chunk, tasks);
    }
    if (!tasks.empty()) return tasks;
    for (std::size_t chunk = 0; chunk < n_chunks && tasks.size() < kTasksMax; ++chunk)
        add_rest_of(chunk, tasks);
    return tasks;
}

void TimelineSeries::take(std::span<const TimelinePart> parts) {
    for (const TimelinePart& part : parts) {
        const TokenRange& tokens = part.task.tokens;
        if (tokens.end > n_wanted() || (part.task.layer && *part.task.layer != layer())) continue;
        Figures& figures = part.task.layer ? one_ : all_;
        std::uint8_t& n_known = figures.n_known_in[tokens.first / kChunkTokens];
        const std::size_t known_end = tokens.first / kChunkTokens * kChunkTokens + n_known;
        if (tokens.first > known_end || tokens.end <= known_end) continue;
        figures.entropy.put(tokens.first, part.entropy);
        figures.overlap.put(tokens.first, part.overlap);
        figures.margin.put(tokens.first, part.margin);
        figures.n_known += tokens.end - known_end;
        n_known = static_cast<std::uint8_t>(n_known + (tokens.end - known_end));
    }
}

}  // namespace moe::app
