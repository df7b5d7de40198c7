#pragma once

#include <string>
#include <vector>

#include "render/frame_input.h"
#include "render/scene/load_counter.h"

namespace moe::render {

/// Which font a text uses; the application maps it to Inter, JetBrains Mono and sizes (SPEC section 3).
enum class TextRole { LayerHead, Caption, AxisDigits, Token, Number, SmallNumber };

enum class TextAlign { Left, Center, Right };

/// Up: turned by a quarter, from the box's bottom to its top; left is the bottom then.
enum class TextDirection { Right, Up };

/// A text that the picture needs at a place. The application paints it; text that does not fit its box is
/// cut with an ellipsis.
struct TextMark {
    PixelRect box{};        ///< device pixels; the text is centred across its direction
    std::string text{};     ///< UTF-8, valid
    TextRole role = TextRole::Caption;
    TextAlign align = TextAlign::Left;
    Color color{};
    bool bold = false;
    TextDirection direction = TextDirection::Right;
};

/// A part of the picture whose texts change together, painted into one LabelStrip.
struct TextStrip {
    PixelRect rect;               ///< the strip; boxes are relative to the whole picture
    std::vector<TextMark> marks;  ///< clipped to the strip
};

/// Every text of the picture: the gutter's token indices and pieces, layer heads, expert digits, the load
/// panel's captions and numbers. `input.label_strips` and `input.overlay` are not looked at.
std::vector<TextStrip> text_strips(const FrameInput& input);
/// The same, with a counter that is kept from frame to frame: cheap on long runs.
std::vector<TextStrip> text_strips(const FrameInput& input, LoadCounter& counter);

}  // namespace moe::render
