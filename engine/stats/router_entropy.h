#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "engine/trace/trace_store.h"

namespace moe {

/// How sure the router was. p are the scores, divided by their sum where the gating is not a softmax.
struct RouterCertainty {
    std::optional<double> entropy;  ///< H(p) in nats; none for one expert
    double chosen_mass = 0;         ///< sum of p over the chosen experts
    std::optional<double>
        margin;  ///< k-th minus (k+1)-th largest of what was ranked; none if all were chosen
};

/// Of one token at one layer; none where the trace has neither scores nor logits. `position` is routed.
std::optional<RouterCertainty> router_certainty(const TraceSnapshot& trace, std::size_t position,
                                                std::size_t layer);

/// Each figure's mean over the tokens at positions [first, end) that have it; none if no token has.
std::optional<RouterCertainty> mean_router_certainty(const TraceSnapshot& trace, std::size_t layer,
                                                     std::size_t first, std::size_t end);

/// Those means over tokens that are added one after another.
class CertaintyTally {
  public:
    void add(const TraceSnapshot& trace, std::size_t position, std::size_t layer);
    std::optional<RouterCertainty> mean() const;

    /// What is needed again for every token.
    struct Workspace {
        std::vector<float> scores;
        std::vector<float> ranked;
    };

  private:
    /// A mean of what is there.
    struct Mean {
        double sum = 0.0;
        std::size_t n = 0;

        void add(std::optional<double> value);
        std::optional<double> value() const;
    };
    Workspace work_;
    Mean entropy_;
    Mean chosen_mass_;
    Mean margin_;
};

}  // namespace moe
