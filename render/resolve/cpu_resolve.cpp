#include "render/resolve/cpu_resolve.h"

#include <algorithm>

#include "engine/base/check.h"

namespace moe::render {
namespace {

std::uint8_t largest_code(const ColumnSums& sums, IndexRange columns) {
    std::uint8_t largest = 0;
    for (std::size_t i = columns.first; i < columns.end; ++i) largest = std::max(largest, sums.max_code[i]);
    return largest;
}

// The mean as a multiple of the uniform load: a token's weights share out 1, its choices top_k.
std::uint8_t load_code(const ColumnSums& sums, const TraceShape& shape, HeatmapValue value,
                       IndexRange columns, std::size_t n_tokens) {
    std::uint64_t sum = 0;
    for (std::size_t i = columns.first; i < columns.end; ++i) sum += sums.sum[i];
    if (sum == 0) return 0;
    const double per_cell = static_cast<double>(sum) / static_cast<double>(ColumnSums::kOne) /
                            (static_cast<double>(n_tokens) * static_cast<double>(columns.size()));
    const double shared_out = value == HeatmapValue::Selected ? static_cast<double>(shape.top_k) : 1.0;
    const double uniform = shared_out / static_cast<double>(shape.n_experts);
    return code_from_value(static_cast<float>(per_cell / uniform / kLoadAtWhite));
}

// The same chunks, so the same numbers.
bool is_same_trace(const TraceSnapshot& a, const TraceSnapshot& b) {
    if (a.n_routed() != b.n_routed() || a.has_shape() != b.has_shape()) return false;
    for (std::size_t first = 0; first < a.n_routed(); first += kChunkTokens) {
        if (&a.chunk_of(first) != &b.chunk_of(first)) return false;
    }
    return true;
}

}  // namespace

void CpuResolve::resolve(const TraceSnapshot& trace, const ResolveRequest& request, CodeImage& image) {
    image.width = static_cast<int>(request.columns.size());
    image.height = static_cast<int>(request.rows.size());
    if (answered_ == request && is_same_trace(answered_trace_, trace) && answer_.width == image.width) {
        image.codes = answer_.codes;
        return;
    }
    const std::size_t width = request.columns.size();
    image.codes.assign(width * request.rows.size(), 0);
    summaries_.use(trace, request.value, request.fold);
    std::size_t last_drawn = 0;  // the row above that shows the same tokens is copied
    for (std::size_t y = 0; y < request.rows.size() && trace.has_shape(); ++y) {
        if (request.rows[y].is_empty()) continue;
        const std::span<std::uint8_t> line = std::span(image.codes).subspan(y * width, width);
        if (y > 0 && request.rows[last_drawn] == request.rows[y]) {
            const std::span<const std::uint8_t> drawn = std::span(image.codes).subspan(last_drawn * width, width);
            std::ranges::copy(drawn, line.begin());
        } else {
            resolve_line(trace, request, request.rows[y], line);
            last_drawn = y;
        }
    }
    answered_ = request;
    answered_trace_ = trace;
    answer_ = image;
}

void CpuResolve::resolve_line(const TraceSnapshot& trace, const ResolveRequest& request, IndexRange tokens,
                              std::span<std::uint8_t> line) {
    sum_tokens(trace, request, tokens);
    for (std::size_t x = 0; x < line.size(); ++x) {
        const IndexRange columns = request.columns[x];
        if (columns.is_empty()) continue;
        line[x] = request.fold == Fold::Max
                      ? largest_code(row_sums_, columns)
                      : load_code(row_sums_, trace.shape(), request.value, columns, tokens.size());
    }
}

void CpuResolve::sum_tokens(const TraceSnapshot& trace, const ResolveRequest& request, IndexRange tokens) {
    const TraceShape& shape = trace.shape();
    MOE_CHECK(tokens.end <= trace.n_routed());
    row_sums_.clear(request.fold, shape.n_layers * shape.n_experts);
    std::size_t token = tokens.first;
    while (token < tokens.end) {
        const std::size_t chunk_end = (token / kChunkTokens + 1) * kChunkTokens;
        const std::size_t end = std::min(tokens.end, chunk_end);
        if (end - token == kChunkTokens) {
            row_sums_.add(summaries_.of_chunk(token));
        } else {
            row_sums_.add_tokens(trace, request.value, token, end);
        }
        token = end;
    }
}

}  // namespace moe::render
