#include "engine/nn/attention.h"

#include <algorithm>
#include <vector>

#include "engine/kernels/softmax.h"
#include "engine/kernels/vector_ops.h"

namespace moe {
namespace {

constexpr std::size_t kTokensPerTask = 16;

/// One head of one token. `scores` has room for n_seen values.
void attend(std::span<const float> query, MatrixView<const float> keys, MatrixView<const float> values,
            float score_scale, std::span<float> scores, std::span<float> out) {
    for (std::size_t position = 0; position < keys.rows; ++position) {
        scores[position] = dot(query, keys.row(position)) * score_scale;
    }
    softmax(scores, scores);
    std::ranges::fill(out, 0.0f);
    for (std::size_t position = 0; position < keys.rows; ++position) {
        add_scaled(out, scores[position], values.row(position));
    }
}

/// The first `n_positions` rows and the columns of one head.
MatrixView<const float> head_rows(MatrixView<const float> view, std::size_t n_positions, std::size_t head,
                                  std::size_t width) {
    return {view.data + head * width, n_positions, width, view.stride};
}

}  // namespace

void attention(const AttentionShape& shape, std::size_t first_position, MatrixView<const float> queries,
               MatrixView<const float> keys, MatrixView<const float> values, MatrixView<float> out,
               ThreadPool& pool, const std::stop_token& stop) {
    MOE_CHECK(shape.n_kv_heads > 0 && shape.n_heads % shape.n_kv_heads == 0);
    MOE_CHECK(keys.rows >= first_position + queries.rows && values.rows >= first_position + queries.rows);
    const std::size_t group = shape.n_heads / shape.n_kv_heads;
    const std::size_t n_blocks = (queries.rows + kTokensPerTask - 1) / kTokensPerTask;

    pool.run(n_blocks * shape.n_heads, [&](std::size_t task, std::size_t /*thread*/) {
        if (stop.stop_requested()) return;
        thread_local std::vector<float> scores;
        const std::size_t head = task % shape.n_heads;
        const std::size_t first = task / shape.n_heads * kTokensPerTask;
        const std::size_t last = std::min(first + kTokensPerTask, queries.rows);
        for (std::size_t token = first; token < last; ++token) {
            const std::size_t n_seen = first_position + token + 1;
            scores.resize(std::max(scores.size(), n_seen));
            attend(queries.row(token).subspan(head * shape.d_head, shape.d_head),
                   head_rows(keys, n_seen, head / group, shape.d_head),
                   head_rows(values, n_seen, head / group, shape.d_value), shape.score_scale,
                   std::span(scores).first(n_seen),
                   out.row(token).subspan(head * shape.d_value, shape.d_value));
        }
    });
}

}  // namespace moe
