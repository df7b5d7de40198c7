#include "render/resolve/resident_words.h"

#include <algorithm>
#include <span>

namespace moe::render {
namespace {

std::uint32_t payload(const SumQuestion& question, float cell) {
    if (question.is_sum) return cell_units(cell);
    return cell > RowSums::kNoValue ? cell_code(question.value, cell) : 0;  // not for what is no number
}

// Narrow numbers side by side, the first one lowest; the larger one stays where there are two.
void put(std::span<std::uint32_t> row, std::size_t column, std::uint32_t value, std::size_t per_word) {
    const std::size_t bits = 32 / per_word;
    const std::size_t shift = bits * (column % per_word);
    const std::uint32_t mask = ((1u << bits) - 1) << shift;
    std::uint32_t& word = row[column / per_word];
    word = (word & ~mask) | std::max(word & mask, value << shift);
}

std::vector<std::uint32_t> packed_slots(const TraceSnapshot& trace, const SumQuestion& question,
                                        std::size_t first, std::size_t end) {
    const TraceShape& shape = trace.shape();
    const bool is_weighted = question.value == HeatmapValue::AppliedWeight;
    const std::uint32_t chosen = payload(question, 1.0f);
    std::vector<std::uint32_t> words;
    words.reserve((end - first) * words_of_row(WordFormat::Slots, shape));
    for (std::size_t token = first; token < end; ++token) {
        for (std::size_t layer = 0; layer < shape.n_layers; ++layer) {
            const auto experts = trace.experts(token, layer);
            const auto weights = trace.weights(token, layer);
            for (std::size_t slot = 0; slot < experts.size(); ++slot) {
                const bool is_used = experts[slot] != kNoExpert;
                const std::uint32_t value = !is_used      ? 0
                                            : is_weighted ? payload(question, weights[slot])
                                                          : chosen;
                words.push_back(experts[slot] | value << 16);
            }
        }
    }
    return words;
}

}  // namespace

WordFormat format_of_tokens(const SumQuestion& question) {
    if (is_of_slots(question.value)) return WordFormat::Slots;
    return question.is_sum ? WordFormat::Units : WordFormat::Codes;
}

WordFormat format_of_kept(const SumQuestion& question) {
    return question.is_sum ? WordFormat::Sums : WordFormat::Codes;
}

std::size_t words_of_row(WordFormat format, const TraceShape& shape) {
    const std::size_t n_columns = shape.n_layers * shape.n_experts;
    switch (format) {
        case WordFormat::Slots:
            return shape.n_layers * shape.top_k;
        case WordFormat::Codes:
            return (n_columns + 3) / 4;
        case WordFormat::Units:
            return (n_columns + 1) / 2;
        case WordFormat::Sums:
            break;
    }
    return n_columns;
}

std::vector<std::uint32_t> packed_tokens(const TraceSnapshot& trace, const SumQuestion& question,
                                         std::size_t first, std::size_t end) {
    if (is_of_slots(question.value)) return packed_slots(trace, question, first, end);
    const TraceShape& shape = trace.shape();
    const std::size_t per_word = question.is_sum ? 2 : 4;
    const std::size_t row_words = words_of_row(format_of_tokens(question), shape);
    std::vector<std::uint32_t> words((end - first) * row_words);
    CellReader reader(trace, question.value);
    for (std::size_t token = first; token < end; ++token) {
        const auto row = std::span(words).subspan((token - first) * row_words, row_words);
        for (std::size_t layer = 0; layer < shape.n_layers; ++layer) {
            for (const CellValue& cell : reader.cells(token, layer))
                put(row, layer * shape.n_experts + cell.expert, payload(question, cell.value), per_word);
        }
    }
    return words;
}

std::vector<std::uint32_t> packed_sums(const ColumnSums& sums) {
    std::vector<std::uint32_t> words(sums.sum.empty() ? (sums.max_code.size() + 3) / 4 : sums.sum.size());
    for (std::size_t column = 0; column < sums.sum.size(); ++column) words[column] = sums.sum[column];
    for (std::size_t column = 0; column < sums.max_code.size(); ++column)
        put(words, column, sums.max_code[column], 4);
    return words;
}

}  // namespace moe::render
