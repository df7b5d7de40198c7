#pragma once

#include <cstdint>

#include "app/docks/timeline_track.h"
#include "engine/trace/trace_store.h"

namespace moe::app {

/// The figures of the timeline for a run as it grows: how unsure its routers were and how narrow their choice
/// was, token by token, over all layers and for one of them. Worked out in slices, so that a long trace fills
/// in while the window stays quick.
class TimelineSeries {
  public:
    /// What to sum up. `identity` tells one run from another; a run only grows.
    struct Subject {
        TraceSnapshot trace;
        std::uint64_t identity = 0;
        std::size_t layer = 0;  ///< of the tracks for one layer
    };
    /// Keeps what is known of the same run and layer.
    void set_subject(const Subject& subject);
    /// Looks at up to `n_routers_max` routers more (a router is one layer at one token). True: all is done.
    bool advance(std::size_t n_routers_max);
    bool is_done() const;

    /// Entropy of the scores over ln n_experts, 0 to 1 (1 is uniform).
    const TimelineTrack& entropy() const { return entropy_; }
    const TimelineTrack& layer_entropy() const { return layer_entropy_; }
    /// Least chosen less best unchosen, of what was ranked.
    const TimelineTrack& margin() const { return margin_; }
    const TimelineTrack& layer_margin() const { return layer_margin_; }
    /// Tokens that all tracks know.
    std::size_t n_tokens() const;
    /// False where the trace has neither scores nor logits: then the tracks hold nothing.
    bool has_scores() const { return has_scores_; }

  private:
    void add_token(std::size_t position);
    void add_layer_token(std::size_t position);

    Subject subject_;
    bool has_scores_ = true;
    TimelineTrack entropy_, layer_entropy_, margin_, layer_margin_;
};

}  // namespace moe::app
