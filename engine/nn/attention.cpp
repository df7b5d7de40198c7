#include "engine/nn/attention.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/kernels/softmax.h"
#include "engine/kernels/vector_ops.h"

namespace moe {
namespace {

constexpr std::size_t kTokensPerTask = 16;

/// One head of one token. `scores` has room for a value a key and, where there is one, the sink's.
void attend(const AttentionShape& shape, std::size_t head, std::span<const float> query,
            MatrixView<const float> keys, MatrixView<const float> values, std::span<float> scores,
            std::span<float> out) {
    for (std::size_t position = 0; position < keys.rows; ++position) {
        scores[position] = dot(query, keys.row(position)) * shape.score_scale;
    }
    if (shape.score_cap > 0.0f) {
        for (float& score : scores) score = shape.score_cap * std::tanh(score / shape.score_cap);
    }
    if (!shape.sinks.empty()) scores.back() = shape.sinks[head];
    softmax(scores, scores);
    std::ranges::fill(out, 0.0f);
    for (std::size_t position = 0; position < keys.rows; ++position) {
        add_scaled(out, scores[position], values.row(position));
    }
}

/// The positions that a token sees: [first, end).
struct Seen {
    std::size_t first = 0;
    std::size_t end = 0;
};

Seen seen_from(const AttentionShape& shape, std::size_t position) {
    Seen seen{.first = 0, .end = position + 1};
    if (shape.window > 0 && seen.end > shape.window) seen.first = seen.end - shape.window;
    if (shape.chunk > 0) seen.first = std::max(seen.first, position / shape.chunk * shape.chunk);
    return seen;
}

/// The rows that are seen and the columns of one head.
MatrixView<const float> head_rows(MatrixView<const float> view, Seen seen, std::size_t head,
                                  std::size_t width) {
    return {view.data + seen.first * view.stride + head * width, seen.end - seen.first, width, view.stride};
}

}  // namespace

void attention(const AttentionShape& shape, std::size_t first_position, MatrixView<const float> queries,
               MatrixView<const float> keys, MatrixView<const float> values, MatrixView<float> out,
               ThreadPool& pool, const std::stop_token& stop) {
    MOE_CHECK(shape.n_kv_heads > 0 && shape.n_heads % shape.n_kv_heads == 0);
    MOE_CHECK(keys.rows >= first_position + queries.rows && values.rows >= first_position + queries.rows);
    MOE_CHECK(shape.sinks.empty() || shape.sinks.size() == shape.n_heads);
    const std::size_t n_sinks = shape.sinks.empty() ? 0 : 1;
    const std::size_t group = shape.n_heads / shape.n_kv_heads;
    const std::size_t n_blocks = (queries.rows + kTokensPerTask - 1) / kTokensPerTask;

    pool.run(n_blocks * shape.n_heads, [&](std::size_t task, std::size_t /*thread*/) {
        if (stop.stop_requested()) return;
        thread_local std::vector<float> scores;
        const std::size_t head = task % shape.n_heads;
        const std::size_t first = task / shape.n_heads * kTokensPerTask;
        const std::size_t last = std::min(first + kTokensPerTask, queries.rows);
        for (std::size_t token = first; token < last; ++token) {
            const Seen seen = seen_from(shape, first_position + token);
            const std::size_t n_scores = seen.end - seen.first + n_sinks;
            scores.resize(std::max(scores.size(), n_scores));
            attend(shape, head, queries.row(token).subspan(head * shape.d_head, shape.d_head),
                   head_rows(keys, seen, head / group, shape.d_head),
                   head_rows(values, seen, head / group, shape.d_value), std::span(scores).first(n_scores),
                   out.row(token).subspan(head * shape.d_value, shape.d_value));
        }
    });
}

}  // namespace moe
