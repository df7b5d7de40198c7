#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "engine/trace/trace_store.h"

namespace moe {

/// A position where two runs differ.
struct RunDifference {
    std::size_t position = 0;
    bool is_token_different = false;
    std::size_t n_layers = 0;         ///< layers that chose other experts
    std::optional<std::size_t> first_layer = {};
};

/// How two runs of one model differ, position by position.
struct RunComparison {
    std::size_t n_tokens_a = 0;
    std::size_t n_tokens_b = 0;
    std::size_t n_same_text = 0;  ///< tokens before the first different one: the same text in both
    std::optional<std::size_t> first_different_token = {};    ///< among the positions that both have
    std::optional<std::size_t> end_of_a = {};  ///< the texts are the same, and B goes on where A ends
    std::optional<std::size_t> end_of_b = {};  ///< the same the other way round
    std::optional<RunDifference> first_different_route = {};  ///< among the tokens of the same text
    std::size_t n_slots_compared = 0;                         ///< of a layer, over the same text
    std::vector<std::size_t> n_slots_different = {};  ///< by layer: slots of A whose expert B did not choose
    std::vector<RunDifference> differences = {};      ///< in order; the first kListedDifferencesMax
    std::size_t n_differences = 0;
    bool has_routes = false;  ///< the layers and experts are the same: the routing can be compared
};

inline constexpr std::size_t kListedDifferencesMax = 5'000;

/// Pairs the runs by position. Up to the first different token the texts are the same; behind it the tokens
/// that stand side by side have nothing to do with each other. Where one has ended there is nothing to compare.
RunComparison compare_runs(const TraceSnapshot& a, const TraceSnapshot& b);

}  // namespace moe
