#include "render/resolve/chunk_summary.h"

#include <algorithm>

#include "render/scene/colormap.h"

namespace moe::render {
namespace {

// Adds one value to a column.
struct Adder {
    ColumnSums& sums;
    bool is_max;

    void operator()(std::size_t column, float value) const {
        if (is_max) {
            sums.max_code[column] = std::max(sums.max_code[column], code_from_value(value));
        } else {
            const float clamped = std::clamp(value, 0.0f, 1.0f);
            sums.sum[column] +=
                static_cast<std::uint64_t>(clamped * static_cast<float>(ColumnSums::kOne) + 0.5f);
        }
    }
};

// Chosen experts: the slots of a chunk's tokens, by weight or as 1.
void add_slots(const TraceSnapshot& trace, HeatmapValue value, std::size_t first, std::size_t end,
               Adder add) {
    const TraceShape& shape = trace.shape();
    const TraceChunk& chunk = trace.chunk_of(first);
    const bool is_weighted = value == HeatmapValue::AppliedWeight;
    for (std::size_t token = first; token < end; ++token) {
        std::size_t slot = (token - chunk.first_token) * shape.n_layers * shape.top_k;
        for (std::size_t layer = 0; layer < shape.n_layers; ++layer) {
            for (std::size_t k = 0; k < shape.top_k; ++k, ++slot) {
                const std::uint16_t expert = chunk.experts[slot];
                if (expert == kNoExpert) continue;
                add(layer * shape.n_experts + expert, is_weighted ? chunk.weights[slot] : 1.0f);
            }
        }
    }
}

// Every expert's score.
void add_scores(const TraceSnapshot& trace, std::size_t first, std::size_t end, Adder add) {
    const TraceShape& shape = trace.shape();
    std::vector<float> scores(shape.n_experts);
    for (std::size_t token = first; token < end; ++token) {
        for (std::size_t layer = 0; layer < shape.n_layers; ++layer) {
            if (!trace.scores(token, layer, scores)) continue;
            for (std::size_t expert = 0; expert < shape.n_experts; ++expert) {
                add(layer * shape.n_experts + expert, scores[expert]);
            }
        }
    }
}

}  // namespace

void ColumnSums::clear(Fold fold, std::size_t n_columns) {
    max_code.assign(fold == Fold::Max ? n_columns : 0, 0);
    sum.assign(fold == Fold::Mean ? n_columns : 0, 0);
}

void ColumnSums::add(const ColumnSums& other) {
    for (std::size_t i = 0; i < max_code.size(); ++i) max_code[i] = std::max(max_code[i], other.max_code[i]);
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += other.sum[i];
}

void ColumnSums::add_tokens(const TraceSnapshot& trace, HeatmapValue value, std::size_t first,
                            std::size_t end) {
    const Adder adder{*this, !max_code.empty()};
    if (value == HeatmapValue::Score) {
        add_scores(trace, first, end, adder);
    } else {
        add_slots(trace, value, first, end, adder);
    }
}

void ChunkSummaries::use(const TraceSnapshot& trace, HeatmapValue value, Fold fold) {
    const std::size_t n_chunks = trace.n_routed() / kChunkTokens;
    const bool is_same_question = value == value_ && fold == fold_ && trace_.has_shape() &&
                                  trace.has_shape() && trace.shape() == trace_.shape();
    if (!is_same_question) entries_.clear();
    entries_.resize(n_chunks);
    for (std::size_t i = 0; i < n_chunks; ++i) {
        if (entries_[i].chunk != &trace.chunk_of(i * kChunkTokens)) entries_[i] = {};
    }
    trace_ = trace;
    value_ = value;
    fold_ = fold;
}

const ColumnSums& ChunkSummaries::of_chunk(std::size_t first) {
    Entry& entry = entries_[first / kChunkTokens];
    if (entry.chunk == nullptr) {
        const TraceShape& shape = trace_.shape();
        entry.sums.clear(fold_, shape.n_layers * shape.n_experts);
        entry.sums.add_tokens(trace_, value_, first, first + kChunkTokens);
        entry.chunk = &trace_.chunk_of(first);
    }
    return entry.sums;
}

}  // namespace moe::render
