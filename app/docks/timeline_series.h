#pragma once

#include <cstdint>

#include "app/docks/timeline_work.h"

namespace moe::app {

/// The figures of the timeline for a run as it grows: how unsure its routers were or, where that is not in the
/// trace, how evenly they used the experts of late, how many experts were kept from token to token, and how
/// narrow the choice was; token by token, over all layers and for one of them. Says what is to be worked out next and keeps the
/// answers, in whatever order they come: the whole length coarsely first, then what is in view, then the
/// rest.
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

    /// The most urgent of what is missing, of this subject's trace; nothing where all is known.
    std::vector<TimelineTask> next_tasks(const std::optional<TokenRange>& visible) const;
    /// Parts of this subject's trace. Those of a layer that was left are not needed any more, and a stretch
    /// may come again.
    void take(std::span<const TimelinePart> parts);

    /// Tokens that all tracks know.
    std::size_t n_known() const { return std::min(all_.n_known, one_.n_known); }
    /// Tokens of which something is missing yet.
    std::size_t n_missing() const { return n_wanted() - n_known(); }

    const TimelineTrack& entropy() const { return all_.entropy; }
    const TimelineTrack& layer_entropy() const { return one_.entropy; }
    const TimelineTrack& overlap() const { return all_.overlap; }
    const TimelineTrack& layer_overlap() const { return one_.overlap; }
    const TimelineTrack& margin() const { return all_.margin; }
    const TimelineTrack& layer_margin() const { return one_.margin; }
    /// False where the trace has neither scores nor logits: then the entropy is that of recent loads, and there
    /// is no margin.
    bool has_scores() const { return has_scores_; }

  private:
    /// The figures over some layers, and of which tokens they are known.
    struct Figures {
        TimelineTrack entropy, overlap, margin;
        std::vector<std::uint8_t> n_known_in;  // of each chunk, from its first token on
        std::size_t n_known = 0;
    };
    std::size_t n_wanted() const;
    std::size_t layer() const;
    void add_first_token_of(std::size_t chunk, std::vector<TimelineTask>& tasks) const;
    void add_rest_of(std::size_t chunk, std::vector<TimelineTask>& tasks) const;

    Subject subject_;
    bool has_scores_ = true;
    Figures all_, one_;  // over all layers; of the subject's
};

}  // namespace moe::app
