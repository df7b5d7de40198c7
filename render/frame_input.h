#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/trace/trace_store.h"
#include "render/scene/pixel_rect.h"
#include "render/scene/theme.h"
#include "render/scene/view_state.h"

namespace moe::render {

/// Bytes R, G, B, A with premultiplied alpha, row after row.
struct RgbaImage {
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> rgba;  ///< width * height * 4
};

/// A piece of text painted by the application (any script, emoji) and laid over the picture.
struct LabelStrip {
    PixelRect rect;                          ///< where, as large as the image
    std::shared_ptr<const RgbaImage> image;  ///< shared: unchanged strips keep their pointer
};

/// The cards over the picture as triangles: what Dear ImGui draws, copied into plain values so that the
/// frame does not borrow from it. One texture, the glyph atlas.
struct OverlayMesh {
    struct Vertex {
        float x, y;          ///< device pixels
        float u, v;          ///< in the atlas, 0 to 1
        std::uint32_t rgba;  ///< bytes R, G, B, A, straight alpha
    };
    struct Draw {
        PixelRect clip;
        std::uint32_t first_index = 0;
        std::uint32_t n_indices = 0;
    };
    std::vector<Vertex> vertices;
    std::vector<std::uint32_t> indices;
    std::vector<Draw> draws;
    std::shared_ptr<const RgbaImage> atlas;  ///< white with straight alpha; same pointer, same content
};

/// Which panels a picture has.
enum class Panels {
    All,
    Load,  ///< header and load histogram only, over the whole height
};

/// Everything a frame depends on, as one value: the same input gives the same picture. Owns or shares
/// all of it, so that it can cross to the render thread.
struct FrameInput {
    int width = 0;  ///< device pixels
    int height = 0;
    double pixel_ratio = 1.0;  ///< device pixels a logical pixel
    Theme theme = kDarkTheme;
    TraceSnapshot trace;  ///< may be empty: then `planned_shape` draws the columns
    std::optional<TraceShape> planned_shape;
    std::size_t n_planned_tokens = 0;  ///< prompt tokens that were not run yet: empty rows
    std::shared_ptr<const std::vector<TokenRecord>> planned_tokens;  ///< their texts; may be null
    bool is_live = false;  ///< a token is being generated: a cursor row stands at the end
    ViewState view;
    Panels panels = Panels::All;
    std::shared_ptr<const std::vector<std::size_t>> noted_tokens;  ///< ascending; may be null
    std::optional<std::pair<std::size_t, std::size_t>>
        counted;  ///< a selected range of tokens, half-open, that the load panel counts; else the visible
                  ///< ones
    /// Values of the trace that one frame may read to sum up long runs; what is left out comes with the next
    /// frames. Without a limit the first picture of a long, folded run may take seconds.
    std::size_t most_values_read = std::numeric_limits<std::size_t>::max();
    std::vector<LabelStrip> label_strips;
    OverlayMesh overlay;
};

}  // namespace moe::render
