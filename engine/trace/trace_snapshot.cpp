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

template <class Packing>
ColumnView<Packing> cell_of(const PackedColumn<Packing>& column, const TraceShape& shape, std::size_t row,
                            std::size_t layer, std::size_t width) {
    MOE_CHECK(layer < shape.n_layers);
    if (column.empty()) return {};
    return column.view().subview((row * shape.n_layers + layer) * width, width);
}

/// False and `out` untouched where the column is absent.
bool copy_cell(const std::vector<float>& column, const TraceShape& shape, std::size_t row, std::size_t layer,
               std::span<float> out) {
    const std::span<const float> cell = cell_of(column, shape, row, layer, out.size());
    std::ranges::copy(cell, out.begin());
    return !cell.empty();
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

// Runs only grow, and a branch begins with the chunks of its parent: where two chunks are one, so are all
// before them.
std::size_t TraceSnapshot::n_shared_routed(const TraceSnapshot& other) const {
    if (!has_shape() || !other.has_shape() || shape() != other.shape()) return 0;
    const std::size_t n_both = std::min(chunks_.size(), other.chunks_.size());
    std::size_t n_shared = 0;
    for (std::size_t end = n_both; n_shared < end;) {
        const std::size_t middle = n_shared + (end - n_shared) / 2;
        if (chunks_[middle] == other.chunks_[middle])
            n_shared = middle + 1;
        else
            end = middle;
    }
    return std::min({n_shared * kChunkTokens, n_routed_, other.n_routed_});
}

ExpertsView TraceSnapshot::experts(std::size_t position, std::size_t layer) const {
    const TraceChunk& chunk = chunk_of(position);
    return cell_of(chunk.experts, *shape_, position - chunk.first_token, layer, shape_->top_k);
}

WeightsView TraceSnapshot::weights(std::size_t position, std::size_t layer) const {
    const TraceChunk& chunk = chunk_of(position);
    return cell_of(chunk.weights, *shape_, position - chunk.first_token, layer, shape_->top_k);
}

std::span<const float> TraceSnapshot::branch_norm(std::size_t position, std::size_t layer) const {
    const TraceChunk& chunk = chunk_of(position);
    return cell_of(chunk.branch_norm, *shape_, position - chunk.first_token, layer, 3);
}

bool TraceSnapshot::has_weights() const { return n_routed_ > 0 && !chunks_.front()->weights.empty(); }

bool TraceSnapshot::has_router_logits() const {
    if (n_routed_ == 0) return false;
    return dense_ != nullptr ? dense_->has_router_logits() : !chunks_.front()->router_logits.empty();
}

bool TraceSnapshot::has_scores() const {
    if (n_routed_ == 0) return false;
    const bool are_stored = dense_ != nullptr ? dense_->has_scores() : !chunks_.front()->scores.empty();
    return are_stored || (has_router_logits() && gating_ != TraceGating::Other);
}

std::string TraceSnapshot::dense_failure() const {
    return dense_ != nullptr ? dense_->failure() : std::string();
}

std::shared_ptr<const TraceChunk> TraceSnapshot::dense_chunk_of(std::size_t position) const {
    MOE_CHECK(position < n_routed_);
    const std::shared_ptr<const TraceChunk>& chunk = chunks_[position / kChunkTokens];
    return dense_ != nullptr ? dense_->dense_of(*chunk) : chunk;
}

TraceChunk TraceSnapshot::whole_chunk_of(std::size_t position) const {
    TraceChunk chunk = chunk_of(position);
    const std::shared_ptr<const TraceChunk> dense = dense_ != nullptr ? dense_chunk_of(position) : nullptr;
    if (dense == nullptr) return chunk;
    chunk.router_logits = dense->router_logits;
    chunk.scores = dense->scores;
    chunk.selection = dense->selection;
    return chunk;
}

bool TraceSnapshot::router_logits(std::size_t position, std::size_t layer, std::span<float> out) const {
    MOE_CHECK(out.size() == shape_->n_experts);
    const std::shared_ptr<const TraceChunk> chunk = dense_chunk_of(position);
    if (chunk == nullptr) return false;
    return copy_cell(chunk->router_logits, *shape_, position - chunk->first_token, layer, out);
}

bool TraceSnapshot::scores(std::size_t position, std::size_t layer, std::span<float> out) const {
    MOE_CHECK(out.size() == shape_->n_experts);
    const std::shared_ptr<const TraceChunk> chunk = dense_chunk_of(position);
    if (chunk == nullptr) return false;
    const std::size_t row = position - chunk->first_token;
    if (copy_cell(chunk->scores, *shape_, row, layer, out)) return true;
    const std::span<const float> logits =
        cell_of(chunk->router_logits, *shape_, row, layer, shape_->n_experts);
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
    const std::shared_ptr<const TraceChunk> chunk = dense_chunk_of(position);
    if (chunk == nullptr) return false;
    const bool is_stored = copy_cell(chunk->selection, *shape_, position - chunk->first_token, layer, out);
    return is_stored || scores(position, layer, out);
}

}  // namespace moe
