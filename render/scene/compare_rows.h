#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/trace/trace_store.h"

namespace moe::render {

/// Tokens [first, end) of two runs side by side. Cells are [layer, expert]: applied weights, or 1 for a
/// chosen expert where a trace has no weights; of several tokens the value that is farthest from 0.
struct CompareRow {
    std::size_t first = 0;
    std::size_t end = 0;
    std::string text_a = {};  ///< of the first token; empty behind the run's end
    std::string text_b = {};
    bool is_token_different = false;
    bool has_a = false;  ///< some of the tokens are routed
    bool has_b = false;
    std::vector<float> a = {};
    std::vector<float> b = {};
    std::vector<float> difference = {};     ///< b - a, -1 to 1, where both are routed
    std::optional<double> divergence = {};  ///< KL of the routers' scores, nats, mean over layers and tokens
    std::optional<double> control = {};     ///< the same of A's token from A's token before
};

/// Which tokens become rows.
struct CompareSpan {
    std::size_t first = 0;
    std::size_t n_rows = 0;
    std::size_t row_tokens = 1;
};

/// No rows where the runs' layers and experts differ.
std::vector<CompareRow> compare_rows(const TraceSnapshot& a, const TraceSnapshot& b, const CompareSpan& span);

}  // namespace moe::render
