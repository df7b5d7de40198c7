#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/base/matrix_view.h"

namespace moe {

/// What one MoE layer decided for a batch of neighbouring tokens. Every view borrows the model's
/// memory and dies with the call: copy what you keep.
struct RoutingEvent {
    std::size_t first_token = 0;            ///< position of row 0
    std::size_t layer = 0;                  ///< index on the trace's layer axis (MoE layers only)
    MatrixView<const float> router_logits;  ///< [n_tokens, n_experts] before the gating function
    MatrixView<const float> scores;         ///< [n_tokens, n_experts] after it
    MatrixView<const float>
        selection;  ///< [n_tokens, n_experts] what was ranked; no rows where equal to scores
    MatrixView<const std::uint16_t> experts;  ///< [n_tokens, top_k] best first
    MatrixView<const float> weights;          ///< [n_tokens, top_k] as applied
    MatrixView<const float>
        branch_norm;  ///< [n_tokens, 3] norms of routed, shared, dense branch output (0: absent)
};

/// Watches a forward pass and takes no part in it: the logits of a watched and an unwatched run
/// are bit-identical. The event borrows the model's memory: copy what you keep.
class RoutingObserver {
  public:
    virtual ~RoutingObserver() = default;
    virtual void on_routing(const RoutingEvent& event) = 0;
};

}  // namespace moe
