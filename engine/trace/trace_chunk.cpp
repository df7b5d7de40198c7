#include "engine/trace/trace_chunk.h"

#include <algorithm>

#include "engine/base/check.h"

namespace moe {
namespace {

template <class Column>
bool is_absent_or(const Column& column, std::size_t size) {
    return column.empty() || column.size() == size;
}

/// Rows [first, first + count) of a column whose rows have `width` values; an absent column stays absent.
template <class T>
std::vector<T> rows_of(const std::vector<T>& column, std::size_t width, std::size_t first,
                       std::size_t count) {
    if (column.empty()) return {};
    const T* begin = column.data() + first * width;
    return std::vector<T>(begin, begin + count * width);
}

template <class Packing>
PackedColumn<Packing> rows_of(const PackedColumn<Packing>& column, std::size_t width, std::size_t first,
                              std::size_t count) {
    if (column.empty()) return {};
    const ColumnView<Packing> rows = column.view().subview(first * width, count * width);
    return std::vector<typename Packing::Value>(rows.begin(), rows.end());
}

template <class Packing>
PackedColumn<Packing> concatenated(const PackedColumn<Packing>& head, const PackedColumn<Packing>& tail) {
    MOE_CHECK(head.empty() == tail.empty());
    PackedColumn<Packing> both = head;
    both.values().insert(both.values().end(), tail.begin(), tail.end());
    return both;
}

template <class T>
std::vector<T> concatenated(const std::vector<T>& head, const std::vector<T>& tail) {
    MOE_CHECK(head.empty() == tail.empty());
    std::vector<T> both;
    both.reserve(head.size() + tail.size());
    both.insert(both.end(), head.begin(), head.end());
    both.insert(both.end(), tail.begin(), tail.end());
    return both;
}

}  // namespace

bool fits(const TraceChunk& chunk, const TraceShape& shape) {
    const std::size_t rows = chunk.n_tokens * shape.n_layers;
    if (chunk.experts.size() != rows * shape.top_k) return false;
    const bool sizes_fit = is_absent_or(chunk.weights, rows * shape.top_k) &&
                           is_absent_or(chunk.router_logits, rows * shape.n_experts) &&
                           is_absent_or(chunk.scores, rows * shape.n_experts) &&
                           is_absent_or(chunk.selection, rows * shape.n_experts) &&
                           is_absent_or(chunk.branch_norm, rows * 3);
    if (!sizes_fit) return false;
    return std::ranges::all_of(chunk.experts, [&shape](std::uint16_t expert) {
        return expert == kNoExpert || expert < shape.n_experts;
    });
}

void pack(TraceChunk& chunk) {
    chunk.experts.pack();
    chunk.weights.pack();
}

TraceChunk slice(const TraceChunk& chunk, const TraceShape& shape, std::size_t first, std::size_t count) {
    MOE_CHECK(first + count <= chunk.n_tokens);
    const std::size_t slots = shape.n_layers * shape.top_k;
    const std::size_t experts = shape.n_layers * shape.n_experts;
    return {.first_token = chunk.first_token + first,
            .n_tokens = count,
            .experts = rows_of(chunk.experts, slots, first, count),
            .weights = rows_of(chunk.weights, slots, first, count),
            .router_logits = rows_of(chunk.router_logits, experts, first, count),
            .scores = rows_of(chunk.scores, experts, first, count),
            .selection = rows_of(chunk.selection, experts, first, count),
            .branch_norm = rows_of(chunk.branch_norm, shape.n_layers * 3, first, count)};
}

TraceChunk joined(const TraceChunk& head, const TraceChunk& tail) {
    MOE_CHECK(tail.first_token == head.end_token());
    if (head.n_tokens == 0) return tail;
    if (tail.n_tokens == 0) return head;
    return {.first_token = head.first_token,
            .n_tokens = head.n_tokens + tail.n_tokens,
            .experts = concatenated(head.experts, tail.experts),
            .weights = concatenated(head.weights, tail.weights),
            .router_logits = concatenated(head.router_logits, tail.router_logits),
            .scores = concatenated(head.scores, tail.scores),
            .selection = concatenated(head.selection, tail.selection),
            .branch_norm = concatenated(head.branch_norm, tail.branch_norm)};
}

}  // namespace moe
