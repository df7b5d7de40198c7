#pragma once

namespace moe::render {

/// Which way the picture lies. Everything is laid out, counted and resolved as if tokens ran down. A picture
/// whose tokens run across is that one mirrored at its diagonal, so that x and y change places only at its
/// edges: marks and codes where a scene is done (SceneBuilder), a pointer in pick, rectangles for others in
/// PanelLayout::on_picture. Text alone is placed for each way, because it does not mirror.
enum class Orientation {
    TokensDown,    ///< experts run across
    TokensAcross,  ///< experts run down
};

}  // namespace moe::render
