#include "render/scene/compare_rows.h"

#include <algorithm>
#include <cmath>

#include "engine/stats/router_divergence.h"
#include "render/scene/token_label.h"

namespace moe::render {
namespace {

constexpr std::size_t kMostCharacters = 24;

/// One token's cells; nothing where it is not routed.
void read_cells(const TraceSnapshot& trace, std::size_t position, std::vector<float>& cells) {
    std::ranges::fill(cells, 0.0f);
    if (position >= trace.n_routed()) return;
    const std::size_t n_experts = trace.shape().n_experts;
    for (std::size_t layer = 0; layer < trace.shape().n_layers; ++layer) {
        const auto experts = trace.experts(position, layer);
        const auto weights = trace.weights(position, layer);
        for (std::size_t slot = 0; slot < experts.size(); ++slot) {
            if (experts[slot] != kNoExpert)
                cells[layer * n_experts + experts[slot]] = slot < weights.size() ? weights[slot] : 1.0f;
        }
    }
}

void keep_farthest(const std::vector<float>& cells, std::vector<float>& kept) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (std::abs(cells[i]) > std::abs(kept[i])) kept[i] = cells[i];
    }
}

/// A mean of what is there.
struct Mean {
    double sum = 0;
    std::size_t n = 0;
    void add(std::optional<double> value) {
        if (!value) return;
        sum += *value;
        ++n;
    }
    std::optional<double> value() const {
        return n > 0 ? std::optional(sum / static_cast<double>(n)) : std::nullopt;
    }
};

std::string label_of(const TraceSnapshot& trace, std::size_t position) {
    return position < trace.n_tokens() ? token_label(trace.token(position).bytes, kMostCharacters)
                                       : std::string();
}

CompareRow row_of(const TraceSnapshot& a, const TraceSnapshot& b, std::size_t first, std::size_t end) {
    const std::size_t n_cells = a.shape().n_layers * a.shape().n_experts;
    CompareRow row{.first = first, .end = end, .text_a = label_of(a, first), .text_b = label_of(b, first)};
    row.a.assign(n_cells, 0.0f);
    row.b.assign(n_cells, 0.0f);
    row.difference.assign(n_cells, 0.0f);
    std::vector<float> cells_a(n_cells), cells_b(n_cells);
    Mean divergence, control;
    for (std::size_t position = first; position < end; ++position) {
        const bool has_a = position < a.n_routed(), has_b = position < b.n_routed();
        row.has_a = row.has_a || has_a;
        row.has_b = row.has_b || has_b;
        row.is_token_different = row.is_token_different || position >= std::min(a.n_tokens(), b.n_tokens()) ||
                                 a.token(position).id != b.token(position).id;
        read_cells(a, position, cells_a);
        read_cells(b, position, cells_b);
        keep_farthest(cells_a, row.a);
        keep_farthest(cells_b, row.b);
        divergence.add(router_divergence(a, position, b, position));
        if (position > 0) control.add(router_divergence(a, position, a, position - 1));
        if (!has_a || !has_b) continue;
        for (std::size_t i = 0; i < n_cells; ++i)
            cells_b[i] = std::clamp(cells_b[i] - cells_a[i], -1.0f, 1.0f);
        keep_farthest(cells_b, row.difference);
    }
    row.divergence = divergence.value();
    row.control = control.value();
    return row;
}

}  // namespace

std::vector<CompareRow> compare_rows(const TraceSnapshot& a, const TraceSnapshot& b,
                                     const CompareSpan& span) {
    std::vector<CompareRow> rows;
    if (!a.has_shape() || !b.has_shape() || a.shape() != b.shape()) return rows;
    const std::size_t n_tokens = std::max(a.n_tokens(), b.n_tokens());
    for (std::size_t row = 0; row < span.n_rows; ++row) {
        const std::size_t first = span.first + row * span.row_tokens;
        if (first >= n_tokens) break;
        rows.push_back(row_of(a, b, first, std::min(n_tokens, first + span.row_tokens)));
    }
    return rows;
}

}  // namespace moe::render
