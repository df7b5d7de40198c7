// The reading side of trace_store.h: a TraceSnapshot's slices of columns, and the scores that follow from
// the logits.

#include <algorithm>
#include <cmath>

#include "engine/base/check.h"
#include "engine/trace/trace_store.h"

namespace moe {
namespace {

/// The values of one token and layer in a column of `width` values a layer; empty if the column is absent.
template <class T>
std::span<const T> cell_of(const std::vector<T>& column, const TraceShape& shape, std::size_t row,
                           std::size_t layer, std::size_t width) {
    MOE_CHECK(layer < shape.n_layers);
    if (column.empty()) return {};
    return {column.data() + (row * shape.n_layers + layer) * width, width};
}

// The same operations in the same order as engine/nn and engine/moe, so that the digits are the engine's.
void softmax(std::span<const float> logits, std::span<float> out) {
    const float largest = *std::ranges::max_element(logits);
    double sum = 0.0;
    for (std::size_t i = 0; i < logits.size(); ++i) {
        out[i] = std::exp(logits[i] - largest);
        sum += static_cast<double>(out[i]);
    }
    const auto scale = static_cast<float>(1.0 / sum);
    for (float& value : out) value *= scale;
}

void sigmoid(std::span<const float> logits, std::span<float> out) {
    for (std::size_t i = 0; i < logits.size(); ++i) out[i] = 1.0f / (1.0f + std::exp(-logits[i]));
}

}  // namespace

const TokenRecord& TraceSnapshot::token(std::size_t position) const {
    MOE_CHECK(position < tokens_.n);
    return (*tokens_.blocks[position / kChunkTokens])[position % kChunkTokens];
}

const TraceChunk& TraceSnapshot::chunk_of(std::size_t position) const {
    MOE_CHECK(position < n_routed_);
    return *chunks_[position / kChunkTokens];
}

std::span<const std::uint16_t> TraceSnapshot::experts(std::size_t position, std::size_t layer) const {
    const TraceChunk& chunk = chunk_of(position);
    return cell_of(chunk.experts, *shape_, position - chunk.first_token, layer, shape_->top_k);
}

std::span<const float> TraceSnapshot::weights(std::size_t position, std::size_t layer) const {
    const TraceChunk& chunk = chunk_of(position);
    return cell_of(chunk.weights, *shape_, position - chunk.first_token, layer, shape_->top_k);
}

std::span<const float> TraceSnapshot::router_logits(std::size_t position, std::size_t layer) const {
    const TraceChunk& chunk = chunk_of(position);
    return cell_of(chunk.router_logits, *shape_, position - chunk.first_token, layer, shape_->n_experts);
}

std::span<const float> TraceSnapshot::branch_norm(std::size_t position, std::size_t layer) const {
    const TraceChunk& chunk = chunk_of(position);
    return cell_of(chunk.branch_norm, *shape_, position - chunk.first_token, layer, 3);
}

bool TraceSnapshot::scores(std::size_t position, std::size_t layer, std::span<float> out) const {
    MOE_CHECK(out.size() == shape_->n_experts);
    const TraceChunk& chunk = chunk_of(position);
    const auto stored =
        cell_of(chunk.scores, *shape_, position - chunk.first_token, layer, shape_->n_experts);
    if (!stored.empty()) {
        std::ranges::copy(stored, out.begin());
        return true;
    }
    const std::span<const float> logits = router_logits(position, layer);
    if (logits.empty() || gating_ == TraceGating::Other) return false;
    // A softmax over the chosen logits only is the full softmax, renormalized (Shazeer et al. 2017,
    // arXiv:1701.06538): over all experts it is shown as the full one.
    if (gating_ == TraceGating::Sigmoid)
        sigmoid(logits, out);
    else
        softmax(logits, out);
    return true;
}

bool TraceSnapshot::selection(std::size_t position, std::size_t layer, std::span<float> out) const {
    MOE_CHECK(out.size() == shape_->n_experts);
    const TraceChunk& chunk = chunk_of(position);
    const auto stored =
        cell_of(chunk.selection, *shape_, position - chunk.first_token, layer, shape_->n_experts);
    if (stored.empty()) return scores(position, layer, out);
    std::ranges::copy(stored, out.begin());
    return true;
}

}  // namespace moe
