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
    n_same_ = is_same_question ? answered_trace_.n_shared_routed(trace) : 0;
    // A difference is one from the whole run.
    const bool is_of_run = request.value == HeatmapValue::LoadDifference;
    if (is_of_run && answered_trace_.n_routed() != trace.n_routed()) n_same_ = 0;
    if (is_of_run && !find_shares(budget)) return false;

    find_order();
    const bool is_complete = plan_lines(image, budget);
    resolve_lines(image);
    answered_ = is_complete ? request : ResolveRequest{};
    if (!is_complete) return false;
    if (!answered_trace_.has_same_routing(trace)) answered_trace_ = trace;
    answer_ = image;
    return true;
}

// All that changes the pyramid happens here, on one thread; what is left are lines that can be summed up.
bool CpuResolve::plan_lines(CodeImage& image, ReadBudget& budget) {
    const std::size_t width = request_->columns.size();
    bool is_complete = true;
    std::size_t last_drawn = 0;  // the row above that shows the same tokens is copied
    next_answered_row_ = 0;
    n_tasks_ = 0;
    same_lines_.clear();
    for (std::size_t y = 0; y < request_->rows.size(); ++y) {
        const IndexRange tokens = request_->rows[y];
        if (tokens.is_empty()) continue;
        if (y > 0 && request_->rows[last_drawn] == tokens) {
            same_lines_.emplace_back(y, last_drawn);
            continue;
        }
        last_drawn = y;
        if (copy_answered_line(tokens, std::span(image.codes).subspan(y * width, width))) continue;
        if (n_tasks_ == tasks_.size()) tasks_.emplace_back();
        tasks_[n_tasks_].y = y;
        if (pyramid_->split(tokens, budget, tasks_[n_tasks_].parts)) {
            ++n_tasks_;
        } else {
            is_complete = false;
        }
    }
    return is_complete;
}

void CpuResolve::resolve_lines(CodeImage& image) {
    line_sums_.resize(pool_ != nullptr ? pool_->n_threads() : 1);
    if (pool_ != nullptr && n_tasks_ > 1) {
        pool_->run(n_tasks_, [&](std::size_t index, std::size_t thread) {
            resolve_line(tasks_[index], line_sums_[thread], image);
        });
    } else {
        for (std::size_t i = 0; i < n_tasks_; ++i) resolve_line(tasks_[i], line_sums_[0], image);
    }
    const std::size_t width = request_->columns.size();
    for (const auto& [y, source] : same_lines_)
        std::ranges::copy(std::span(image.codes).subspan(source * width, width),
                          std::span(image.codes).subspan(y * width, width).begin());
}

void CpuResolve::resolve_line(const LineTask& task, LineSums& line_sums, CodeImage& image) const {
    const std::size_t width = request_->columns.size();
    const std::span<std::uint8_t> line = std::span(image.codes).subspan(task.y * width, width);
    RowSums& sums = line_sums.sums;
    sums.begin(*trace_, question_of(*request_));
    for (const SumPart& part : task.parts) sums.add(*trace_, part);
    if (const auto codes = sums.kept_codes(); request_->fold == Fold::Max && !codes.empty())
        return fold_codes(codes, line_sums.ordered_codes, line);
    for (std::size_t x = 0; x < width; ++x) {
        const IndexRange columns = request_->columns[x];
        if (columns.is_empty()) continue;
        line[x] = request_->fold == Fold::Max ? largest_code(sums, columns)
                                              : mean_code(sums, columns, request_->rows[task.y].size());
    }
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

// The path of long runs, whose values have codes already.
void CpuResolve::fold_codes(std::span<const std::uint8_t> codes, std::vector<std::uint8_t>& ordered_codes,
                            std::span<std::uint8_t> line) const {
    const std::uint8_t* ordered = codes.data();
    if (!order_.empty()) {
        ordered_codes.resize(codes.size());
        for (std::size_t i = 0; i < order_.size(); ++i) ordered_codes[i] = codes[order_[i]];
        ordered = ordered_codes.data();
    }
    for (std::size_t x = 0; x < line.size(); ++x) {
        std::uint8_t largest = 0;
        const IndexRange columns = request_->columns[x];
        for (std::size_t i = columns.first; i < columns.end; ++i) largest = std::max(largest, ordered[i]);
        line[x] = largest;
    }
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

std::uint8_t CpuResolve::largest_code(const RowSums& sums, IndexRange columns) const {
    if (order_.empty()) return sums.max_code(columns, [](std::size_t i) { return i; });
    return sums.max_code(columns, [this](std::size_t i) { return order_[i]; });
}

bool CpuResolve::find_shares(ReadBudget& budget) {
    return pyramid_->sum_up({0, trace_->n_routed()}, budget, run_sums_);
}

std::uint8_t CpuResolve::mean_code(const RowSums& sums, IndexRange columns, std::size_t n_tokens) const {
    const UniformLoad uniform = uniform_load(*request_, trace_->shape());
    const std::uint64_t sum = sum_of(sums, columns);
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
