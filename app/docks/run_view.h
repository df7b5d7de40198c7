#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "engine/trace/trace_store.h"

namespace moe::app {

/// Positions [first, end).
struct TokenRange {
    std::size_t first = 0;
    std::size_t end = 0;
    std::size_t size() const { return end - first; }
    bool operator==(const TokenRange&) const = default;
};

/// Whether the run has tokens but, of a dense model, no routing.
inline bool is_dense(const TraceSnapshot& trace) {
    return trace.n_tokens() > 0 && trace.has_shape() && trace.shape().n_layers == 0;
}

/// What docks that analyse a run are shown: the run, the rows in view and the selection.
struct RunView {
    std::uint64_t identity = 0;  ///< the same number: the same run, perhaps longer; 0: no run
    TraceSnapshot trace = {};
    std::size_t first_visible = 0;  ///< half-open, routed
    std::size_t end_visible = 0;
    std::optional<TokenRange> range = {};  ///< the selected one
    std::optional<std::size_t> token = {};
    std::size_t layer = 0;
    std::optional<std::size_t> expert = {};

    bool has_routing() const {
        return identity != 0 && trace.has_shape() && trace.n_routed() > 0 && trace.shape().n_layers > 0;
    }
};

}  // namespace moe::app
