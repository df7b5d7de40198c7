#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/trace/trace_store.h"
#include "render/resolve/column_sums.h"

namespace moe::render {

/// How values lie in the 32-bit words that shaders/resolve.comp reads, token by token.
enum class WordFormat : std::uint32_t {
    Slots = 0,  ///< a word a slot: the expert (kNoExpert = none), its code or units in the upper half
    Codes = 1,  ///< a byte a column; 0 = no value
    Units = 2,  ///< two bytes a column, units of ColumnSums::kOne
    Sums = 3,   ///< a word a column
};

WordFormat format_of_tokens(const SumQuestion& question);
WordFormat format_of_kept(const SumQuestion& question);

/// Words that a token's values take, or those of a kept sum.
std::size_t words_of_row(WordFormat format, const TraceShape& shape);

/// Routed tokens [first, end), all in one chunk, as they are asked for.
std::vector<std::uint32_t> packed_tokens(const TraceSnapshot& trace, const SumQuestion& question,
                                         std::size_t first, std::size_t end);

/// A kept sum.
std::vector<std::uint32_t> packed_sums(const ColumnSums& sums);

}  // namespace moe::render
