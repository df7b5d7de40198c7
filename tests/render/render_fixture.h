#pragma once

#include <cstddef>
#include <cstdint>

#include "render/frame_input.h"

namespace moe::test {

/// A trace that the seed decides: skewed routing, so that some experts are over and some unused.
struct SyntheticTrace {
    std::size_t n_layers = 6;
    std::size_t n_experts = 16;
    std::size_t top_k = 2;
    std::size_t n_tokens = 203;
    std::uint64_t seed = 1;
    bool has_weights = true;
    bool has_scores = false;
};

TraceSnapshot synthetic_trace(const SyntheticTrace& options);

/// A frame of a synthetic trace, as the program would draw it.
render::FrameInput synthetic_frame(const SyntheticTrace& options, int width, int height,
                                   double pixel_ratio = 1.0);

}  // namespace moe::test
