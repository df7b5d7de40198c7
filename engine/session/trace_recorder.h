#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "engine/model/model_spec.h"
#include "engine/model/routing_observer.h"
#include "engine/trace/trace_chunk.h"
#include "engine/trace/trace_shape.h"
#include "engine/trace/trace_store.h"

namespace moe {

/// The axes of a trace of this model. A dense model has no layers in it.
TraceShape trace_shape_of(const ModelSpec& spec);
TraceGating trace_gating_of(const ModelSpec& spec);

/// Copies what a forward pass reports into chunks of a trace. Scores are left out: they are computed
/// again, digit by digit, from the logits (TraceSnapshot::scores).
///
/// Use: `begin`, the pass, then `finish`; a pass that failed is followed by the next `begin`. Allocates
/// nothing but the chunks themselves, in `begin`.
class TraceRecorder : public RoutingObserver {
  public:
    explicit TraceRecorder(TraceShape shape) : shape_(std::move(shape)) {}

    /// The events of positions [first_token, first_token + n_tokens) follow.
    void begin(std::size_t first_token, std::size_t n_tokens);

    void on_routing(const RoutingEvent& event) override;

    /// What was recorded, ascending without gaps; no chunk reaches over a multiple of kChunkTokens. Every
    /// token must have come in every layer, with a selection in all layers or in none; else it is a bug.
    std::vector<std::shared_ptr<const TraceChunk>> finish();

    const TraceShape& shape() const { return shape_; }

  private:
    void copy_row(const RoutingEvent& event, std::size_t row);

    TraceShape shape_;
    std::vector<std::shared_ptr<TraceChunk>> chunks_;
    std::size_t first_token_ = 0;
    std::size_t n_tokens_ = 0;
    std::size_t n_rows_seen_ = 0;  // token rows of all layers together
    std::size_t n_selection_rows_ = 0;
};

}  // namespace moe
