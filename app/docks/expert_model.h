#pragma once

#include <QString>
#include <optional>
#include <vector>

#include "app/docks/run_view.h"
#include "engine/base/token_id.h"

namespace moe::app {

/// A token of the vocabulary and how an expert takes it.
struct TokenUse {
    TokenId id = 0;
    QString text = {};
    std::size_t n_used = 0;  ///< occurrences that chose the expert
    std::size_t n_seen = 0;  ///< all occurrences in the range
    double lift = 0;         ///< n_used / n_seen over the expert's share of all tokens
};

/// An expert that was chosen together with this one.
struct Partner {
    std::size_t expert = 0;
    std::size_t count = 0;
    double expected = 0;  ///< by chance, with these loads
    std::optional<double> lift = {};
};

/// What one expert does in a range of a run.
struct ExpertModel {
    std::size_t layer = 0;
    std::size_t expert = 0;
    TokenRange range = {};
    std::size_t n_used = 0;                  ///< tokens that chose it
    double fair_share = 0;                   ///< tokens it would have if loads were equal
    std::size_t load_rank = 0;               ///< 1: the largest load of its layer
    std::optional<double> mean_weight = {};  ///< where it was chosen
    std::vector<TokenUse> tokens = {};       ///< most used first
    std::vector<Partner> partners = {};      ///< most frequent first
    std::vector<double> load_by_place = {};  ///< share of the tokens that chose it, by position, equal pieces
    std::vector<std::size_t> positions = {};  ///< where it was chosen, largest weight first, the first few
};

/// Counts the range; not for the GUI thread. layer < n_layers, expert < n_experts, the range is routed.
ExpertModel expert_model(const TraceSnapshot& trace, const TokenRange& range, std::size_t layer,
                         std::size_t expert);

}  // namespace moe::app
