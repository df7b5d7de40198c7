#include "render/resolve/column_sums.h"

#include <algorithm>

#include "render/scene/colormap.h"

namespace moe::render {

std::uint8_t cell_code(HeatmapValue value, float cell) {
    return value == HeatmapValue::Margin ? code_from_signed(cell) : code_from_value(cell);
}

std::uint32_t cell_units(float cell) {
    return static_cast<std::uint32_t>(std::clamp(cell, 0.0f, 1.0f) * static_cast<float>(ColumnSums::kOne) +
                                      0.5f);
}

bool is_of_slots(HeatmapValue value) {
    return value == HeatmapValue::AppliedWeight || value == HeatmapValue::Selected;
}

void RowSums::begin(const TraceSnapshot& trace, const SumQuestion& question) {
    question_ = question;
    has_kept_ = has_single_ = false;
    const std::size_t n_columns = trace.shape().n_layers * trace.shape().n_experts;
    max_value_.assign(question.is_sum ? 0 : n_columns, kNoValue);
    max_code_.assign(question.is_sum ? 0 : n_columns, 0);
    sum_.assign(question.is_sum ? n_columns : 0, 0);
}

void RowSums::add(const TraceSnapshot& trace, const SumPart& part) {
    if (part.kept != nullptr) {
        add(*part.kept);
    } else {
        add_tokens(trace, part.tokens.first, part.tokens.end);
    }
}

void RowSums::add(const ColumnSums& sums) {
    has_kept_ = true;
    for (std::size_t i = 0; i < max_code_.size(); ++i)
        max_code_[i] = std::max(max_code_[i], sums.max_code[i]);
    if (question_.is_sum) sums.sum.add_to(sum_);
}

void RowSums::add_tokens(const TraceSnapshot& trace, std::size_t first, std::size_t end) {
    has_single_ = true;
    if (is_of_slots(question_.value)) {
        add_slots(trace, first, end);
    } else {
        add_cells(trace, first, end);
    }
}

// The path that a frame may take ten million times: straight over the chunk's arrays.
void RowSums::add_slots(const TraceSnapshot& trace, std::size_t first, std::size_t end) {
    const TraceShape& shape = trace.shape();
    const TraceChunk& chunk = trace.chunk_of(first);
    const ExpertsView experts = chunk.experts.view();
    const WeightsView weights = chunk.weights.view();
    const bool is_weighted = question_.value == HeatmapValue::AppliedWeight;
    for (std::size_t token = first; token < end; ++token) {
        std::size_t slot = (token - chunk.first_token) * shape.n_layers * shape.top_k;
        std::size_t column = 0;
        for (std::size_t layer = 0; layer < shape.n_layers; ++layer, column += shape.n_experts) {
            for (const std::size_t layer_end = slot + shape.top_k; slot < layer_end; ++slot) {
                const std::uint16_t expert = experts[slot];
                if (expert == kNoExpert) continue;
                const float value = is_weighted ? weights[slot] : 1.0f;
                if (question_.is_sum) {
                    sum_[column + expert] += cell_units(value);
                } else {
                    max_value_[column + expert] = std::max(max_value_[column + expert], value);
                }
            }
        }
    }
}

void RowSums::add_cells(const TraceSnapshot& trace, std::size_t first, std::size_t end) {
    const TraceShape& shape = trace.shape();
    CellReader reader(trace, question_.value);
    for (std::size_t token = first; token < end; ++token) {
        for (std::size_t layer = 0; layer < shape.n_layers; ++layer) {
            for (const CellValue& cell : reader.cells(token, layer)) {
                const std::size_t column = layer * shape.n_experts + cell.expert;
                if (question_.is_sum) {
                    sum_[column] += cell_units(cell.value);
                } else {
                    max_value_[column] = std::max(max_value_[column], cell.value);
                }
            }
        }
    }
}

ColumnSums RowSums::kept() const {
    ColumnSums kept;
    kept.max_code.resize(max_code_.size());
    for (std::size_t i = 0; i < max_code_.size(); ++i)
        kept.max_code[i] = max_code({i, i + 1}, [](std::size_t column) { return column; });
    if (question_.is_sum) kept.sum = PackedSums(sum_);
    return kept;
}

}  // namespace moe::render
