#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/stats/coactivation.h"
#include "engine/stats/expert_load.h"
#include "engine/stats/load_balance.h"
#include "engine/stats/load_null.h"
#include "engine/stats/repetition.h"
#include "engine/stats/router_entropy.h"
#include "engine/trace/trace_store.h"

namespace moe {

/// What is known of a layer's routing; the formulas are those of FORMATS.md section 4. What the trace does
/// not tell is absent.
struct LayerStats {
    ExpertCounts counts;                     ///< [n_experts]
    std::optional<LoadBalance> balance;      ///< none if nothing was received
    std::optional<LoadNull> null;            ///< of `balance`, for as many slots as every token used
    std::optional<RouterCertainty> certainty;
    std::optional<Repetition> repetition;
    std::optional<Repetition> repetition_null;
};

/// Of loads alone: `tokens_by_slots[k]` tokens used k slots.
LayerStats stats_of_loads(ExpertCounts counts, std::vector<std::size_t> tokens_by_slots);

/// Counts a run while it is read, window after window: what it keeps does not grow with the tokens.
class RunTally {
  public:
    struct Options {
        bool coactivation = false;  ///< keeps n_experts² counts a layer
        bool flow = false;          ///< the same
    };
    RunTally(const TraceShape& shape, const Options& options);

    /// Adds tokens [first, end) of `window`, whose first token is the run's `position`. Windows come by
    /// ascending positions; tokens between them may be left out.
    void add(const TraceSnapshot& window, std::size_t position, std::size_t first, std::size_t end);

    std::size_t n_tokens() const { return n_tokens_; }
    LayerStats layer(std::size_t layer) const;
    const PairCounts& coactivation(std::size_t layer) const;  ///< only if it was asked for
    const PairCounts& flow(std::size_t layer) const;          ///< from `layer` to the next; the same

  private:
    struct Layer {
        ExpertCounts counts;
        std::vector<std::size_t> tokens_by_slots;
        std::vector<std::uint16_t> last_experts;  ///< of the newest token
        CertaintyTally certainty;
        RepetitionTally repetition;
        PairCounts coactivation;
        PairCounts flow;
    };
    void add_token(const TraceSnapshot& window, std::size_t token, bool has_neighbour);

    std::vector<Layer> layers_;
    Options options_;
    std::size_t n_experts_ = 0;
    std::size_t n_tokens_ = 0;
    std::optional<std::size_t> next_position_;  ///< behind the newest token
};

}  // namespace moe
