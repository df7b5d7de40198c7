#include "engine/session/trace_recorder.h"

#include <algorithm>
#include <iterator>

#include "engine/base/check.h"

namespace moe {
namespace {

template <class T>
void copy_to(std::span<const T> row, std::vector<T>& column, std::size_t index, std::size_t width) {
    MOE_CHECK(row.size() <= width && (index + 1) * width <= column.size());
    std::copy(row.begin(), row.end(), column.begin() + static_cast<std::ptrdiff_t>(index * width));
}

std::shared_ptr<TraceChunk> empty_chunk(const TraceShape& shape, std::size_t first_token,
                                        std::size_t n_tokens) {
    auto chunk = std::make_shared<TraceChunk>();
    const std::size_t n_rows = n_tokens * shape.n_layers;
    chunk->first_token = first_token;
    chunk->n_tokens = n_tokens;
    chunk->experts.assign(n_rows * shape.top_k, kNoExpert);
    chunk->weights.resize(n_rows * shape.top_k);
    chunk->router_logits.resize(n_rows * shape.n_experts);
    chunk->branch_norm.resize(n_rows * 3);
    return chunk;
}

}  // namespace

TraceShape trace_shape_of(const ModelSpec& spec) {
    const MoeSpec* moe = spec.moe();
    if (moe == nullptr) return {};
    TraceShape shape{.n_experts = moe->n_experts, .top_k = moe->top_k, .layer_ids = spec.moe_layer_ids()};
    shape.n_layers = shape.layer_ids.size();
    return shape;
}

TraceGating trace_gating_of(const ModelSpec& spec) {
    const MoeSpec* moe = spec.moe();
    if (moe == nullptr) return TraceGating::Other;
    switch (moe->gating) {
        case Gating::Softmax:
            return TraceGating::Softmax;
        case Gating::Sigmoid:
            return TraceGating::Sigmoid;
        case Gating::SoftmaxTopK:
            return TraceGating::SoftmaxTopK;
    }
    return TraceGating::Other;
}

void TraceRecorder::begin(std::size_t first_token, std::size_t n_tokens) {
    chunks_.clear();
    first_token_ = first_token;
    n_tokens_ = n_tokens;
    n_rows_seen_ = 0;
    n_selection_rows_ = 0;
    const std::size_t end_token = first_token + n_tokens;
    for (std::size_t first = first_token; first < end_token;) {
        const std::size_t end = std::min(end_token, (first / kChunkTokens + 1) * kChunkTokens);
        chunks_.push_back(empty_chunk(shape_, first, end - first));
        first = end;
    }
}

void TraceRecorder::on_routing(const RoutingEvent& event) {
    MOE_CHECK(event.layer < shape_.n_layers);
    MOE_CHECK(event.first_token >= first_token_);
    MOE_CHECK(event.first_token + event.experts.rows <= first_token_ + n_tokens_);
    for (std::size_t row = 0; row < event.experts.rows; ++row) copy_row(event, row);
    n_rows_seen_ += event.experts.rows;
    n_selection_rows_ += event.selection.rows;
}

std::vector<std::shared_ptr<const TraceChunk>> TraceRecorder::finish() {
    MOE_CHECK(n_rows_seen_ == n_tokens_ * shape_.n_layers);
    MOE_CHECK(n_selection_rows_ == 0 || n_selection_rows_ == n_rows_seen_);
    n_rows_seen_ = 0;
    n_tokens_ = 0;
    return {std::make_move_iterator(chunks_.begin()), std::make_move_iterator(chunks_.end())};
}

void TraceRecorder::copy_row(const RoutingEvent& event, std::size_t row) {
    const std::size_t position = event.first_token + row;
    TraceChunk& chunk = *chunks_[position / kChunkTokens - first_token_ / kChunkTokens];
    const std::size_t index = (position - chunk.first_token) * shape_.n_layers + event.layer;
    copy_to(event.experts.row(row), chunk.experts.values(), index, shape_.top_k);
    copy_to(event.weights.row(row), chunk.weights.values(), index, shape_.top_k);
    copy_to(event.router_logits.row(row), chunk.router_logits, index, shape_.n_experts);
    if (event.branch_norm.rows > 0) copy_to(event.branch_norm.row(row), chunk.branch_norm, index, 3);
    if (event.selection.rows > 0) {
        if (chunk.selection.empty()) chunk.selection.resize(chunk.router_logits.size());
        copy_to(event.selection.row(row), chunk.selection, index, shape_.n_experts);
    }
}

}  // namespace moe
