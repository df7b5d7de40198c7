#pragma once

#include <deque>

#include "app/viewport/card_look.h"

namespace moe::app {

/// How long the last frames took, milliseconds.
struct FrameTimes {
    double last_ms = 0;
    double median_ms = 0;
    double worst_ms = 0;
    std::size_t n = 0;
};

/// Remembers the last 120 frames.
class FrameClock {
  public:
    void add(double milliseconds);
    FrameTimes times() const;

  private:
    std::deque<double> recent_;
};

/// A small card in the upper right corner of `bounds`.
void draw_frame_meter(ImDrawList& list, const CardLook& look, const FrameTimes& times,
                      const render::PixelRect& bounds);

}  // namespace moe::app
