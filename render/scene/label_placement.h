#pragma once

#include "render/scene/load_panel.h"
#include "render/scene/panel_layout.h"
#include "render/scene/text_mark.h"

namespace moe::render {

// The strips that text_strips puts together. Text does not mirror: where tokens run across, header and load
// have strips of their own.

TextStrip header_strip(const FrameInput& input, const PanelLayout& layout);
TextStrip header_strip_across(const FrameInput& input, const PanelLayout& layout);
TextStrip gutter_strip(const FrameInput& input, const PanelLayout& layout);
TextStrip load_strip(const FrameInput& input, const PanelLayout& layout, const LoadPanel& panel);
TextStrip load_strip_across(const FrameInput& input, const PanelLayout& layout, const LoadPanel& panel);

// What they say in either.

/// A layer's number in the model.
std::string layer_name(const TraceShape& shape, std::size_t layer);
/// The router's mean entropy over the visible rows as a share of the largest possible. Nothing where a source
/// has no scores, and over so many rows that a frame would wait for it.
std::optional<double> entropy_share(const FrameInput& input, const PanelLayout& layout, std::size_t layer);
/// The text on the hovered expert's chip; nothing without one.
std::optional<TextMark> chip_text(const FrameInput& input, const PanelLayout& layout);
/// What the load panel counts, "tokens 3-9"; `visible` where that is what is in view.
std::string load_scope(const FrameInput& input, const char* visible);
/// The fair share as a number.
std::string fair_share_text(const LoadPanel& panel);
/// The end of the load axis as a number or a multiple of the fair share.
std::string axis_end_text(const LoadPanel& panel);
/// What the marks of over and unused experts mean.
struct LoadLegend {
    const char* over;
    const char* dead;
};
LoadLegend load_legend(const LoadPanel& panel);

/// Whether each row has its index and text; lower rows share marks of their position.
bool rows_have_text(const PanelLayout& layout);

/// The smallest of 1, 2, 5, 10, 20, 50 ... that is at least `least`.
std::int64_t round_step(std::int64_t least);

}  // namespace moe::render
