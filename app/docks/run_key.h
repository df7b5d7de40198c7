#pragma once

#include <compare>

#include "engine/trace/trace_shape.h"

namespace moe::app {

/// Names a run among those of the engine and those of the open trace file, whose ids overlap.
struct RunKey {
    enum class Source { Engine, Trace };
    Source source = Source::Engine;
    RunId id = 0;  ///< 0: no run

    auto operator<=>(const RunKey&) const = default;
};

}  // namespace moe::app
