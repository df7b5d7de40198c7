#include "render/resolve/cpu_resolve.h"

#include <algorithm>

namespace moe::render {

bool CpuResolve::resolve(const TraceSnapshot& trace, const ResolveRequest& request, TokenPyramids& pyramids,
                         ReadBudget& budget, CodeImage& image) {
    const std::size_t width = request.columns.size();
    image.width = static_cast<int>(width);
    image.height = static_cast<int>(request.rows.size());
    image.codes.assign(width * request.rows.size(), 0);
    if (!trace.has_shape()) return true;
    trace_ = &trace;
    request_ = &request;
    pyramid_ = &pyramids.of(question_of(request), trace);
    const bool is_same_question = answered_.value == request.value && answered_.fold == request.fold &&
                                  answered_.columns == request.columns &&
                                  answered_.arrangement == request.arrangement;
    n_same_ = is_same_question ? n_same_tokens(answered_trace_, trace) : 0;
    // A difference is one from the whole run.
    const bool is_of_run = request.value == HeatmapValue::LoadDifference;
    if (is_of_run && answered_trace_.n_routed() != trace.n_routed()) n_same_ = 0;
    if (is_of_run && !find_shares(budget)) return false;

    find_order();
    bool is_complete = true;
    std::size_t last_drawn = 0;  // the row above that shows the same tokens is copied
    next_answered_row_ = 0;
    for (std::size_t y = 0; y < request.rows.size(); ++y) {
        if (request.rows[y].is_empty()) continue;
        const std::span<std::uint8_t> line = std::span(image.codes).subspan(y * width, width);
        if (y > 0 && request.rows[last_drawn] == request.rows[y]) {
            std::ranges::copy(std::span(image.codes).subspan(last_drawn * width, width), line.begin());
            continue;
        }
        if (!resolve_line(y, line, budget)) is_complete = false;
        last_drawn = y;
    }
    answered_ = is_complete ? request : ResolveRequest{};
    answered_trace_ = is_complete ? trace : TraceSnapshot{};
    if (is_complete) answer_ = image;
    return is_complete;
}

bool CpuResolve::resolve_line(std::size_t y, std::span<std::uint8_t> line, ReadBudget& budget) {
    const IndexRange tokens = request_->rows[y];
    if (copy_answered_line(tokens, line)) return true;
    if (!pyramid_->sum_up(tokens, budget, row_sums_)) return false;
    for (std::size_t x = 0; x < line.size(); ++x) {
        const IndexRange columns = request_->columns[x];
        if (columns.is_empty()) continue;
        line[x] = request_->fold == Fold::Max ? largest_code(columns) : mean_code(columns, tokens.size());
    }
    return true;
}

bool CpuResolve::copy_answered_line(IndexRange tokens, std::span<std::uint8_t> line) {
    if (tokens.end > n_same_) return false;
    const std::vector<IndexRange>& rows = answered_.rows;
    std::size_t& row = next_answered_row_;
    while (row < rows.size() && (rows[row].is_empty() || rows[row].first < tokens.first)) ++row;
    if (row == rows.size() || rows[row] != tokens) return false;
    std::ranges::copy(std::span(answer_.codes).subspan(row * line.size(), line.size()), line.begin());
    return true;
}

void CpuResolve::find_order() {
    order_.clear();
    const ExpertArrangement* arrangement = request_->arrangement.get();
    if (arrangement == nullptr) return;
    const std::size_t n_experts = arrangement->n_experts();
    order_.resize(arrangement->n_layers() * n_experts);
    for (std::size_t layer = 0; layer < arrangement->n_layers(); ++layer) {
        for (std::size_t i = 0; i < arrangement->n_shown(layer); ++i)
            order_[layer * n_experts + i] = layer * n_experts + arrangement->expert_at(layer, i);
    }
}

std::uint64_t CpuResolve::sum_of(const RowSums& sums, IndexRange columns) const {
    std::uint64_t sum = 0;
    for (std::size_t i = columns.first; i < columns.end; ++i) sum += sums.sum(order_.empty() ? i : order_[i]);
    return sum;
}

std::uint8_t CpuResolve::largest_code(IndexRange columns) const {
    if (order_.empty()) return row_sums_.max_code(columns, [](std::size_t i) { return i; });
    return row_sums_.max_code(columns, [this](std::size_t i) { return order_[i]; });
}

bool CpuResolve::find_shares(ReadBudget& budget) {
    return pyramid_->sum_up({0, trace_->n_routed()}, budget, run_sums_);
}

std::uint8_t CpuResolve::mean_code(IndexRange columns, std::size_t n_tokens) const {
    const UniformLoad uniform = uniform_load(*request_, trace_->shape());
    const std::uint64_t sum = sum_of(row_sums_, columns);
    if (request_->value == HeatmapValue::LoadDifference) {
        return code_of_load_difference({.here = sum / ColumnSums::kOne,
                                        .n_tokens = n_tokens,
                                        .of_run = sum_of(run_sums_, columns) / ColumnSums::kOne,
                                        .n_run_tokens = trace_->n_routed(),
                                        .n_columns = columns.size()},
                                       uniform);
    }
    return sum == 0 ? std::uint8_t{0} : code_of_load(sum, n_tokens * columns.size(), uniform);
}

}  // namespace moe::render
