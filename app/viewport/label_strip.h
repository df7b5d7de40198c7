#pragma once

#include <QString>
#include <vector>

#include "render/frame_input.h"
#include "render/scene/text_mark.h"

namespace moe::app {

/// Paints one strip: every mark inside its box, whatever the script, cut with an ellipsis where it does not
/// fit. Premultiplied alpha, as large as the strip.
render::RgbaImage paint_strip(const render::TextStrip& strip, double scale);

/// White text with straight alpha for a card (colour glyphs keep their colours); `width` by `height` pixels.
render::RgbaImage paint_card_text(const QString& text, int width, int height, double scale);

/// The width of a token's text in a card, device pixels.
int card_text_width(const QString& text, double scale);

/// Paints strips and keeps them: a strip that did not change keeps its image pointer, so that it is not
/// uploaded again.
class LabelStripCache {
  public:
    std::vector<render::LabelStrip> paint(std::vector<render::TextStrip> strips, double scale);
    std::size_t n_painted() const { return n_painted_; }  ///< strips painted so far, for tests

  private:
    struct Entry {
        render::TextStrip strip;
        std::shared_ptr<const render::RgbaImage> image;
    };
    std::vector<Entry> entries_;  // of the last frame
    double scale_ = 0;
    std::size_t n_painted_ = 0;
};

}  // namespace moe::app
