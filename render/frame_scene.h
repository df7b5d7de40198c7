#pragma once

#include <utility>

#include "render/frame_input.h"
#include "render/frame_report.h"
#include "render/resolve/cpu_resolve.h"
#include "render/resolve/hidden_spikes.h"
#include "render/scene/load_panel.h"
#include "render/scene/picture_marks.h"

namespace moe::render {

/// An image of codes (which may lie on the GPU, see CodeImage), where it goes and what colours its codes
/// have.
struct ColoredCodes {
    PixelRect rect;
    bool is_transposed = false;  ///< the image's rows are the rectangle's columns
    CodeImage image;
    ColorTable table{};

    /// Of a pixel of the rectangle, counted from its corner.
    std::uint8_t code_at(int x, int y) const {
        if (is_transposed) std::swap(x, y);
        return image.codes[static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) +
                           static_cast<std::size_t>(x)];
    }
};

/// A frame, decided to the pixel, in drawing order: marks below, codes, marks above; then come the input's
/// label strips and overlay. Renderers only carry it out.
struct FrameScene {
    Marks below;
    ColoredCodes heatmap;
    ColoredCodes overview;
    Marks above;
    FrameReport report;
};

/// Who makes the codes of the panels; null: the builder itself, on the processor.
struct PanelResolvers {
    Resolver* heatmap = nullptr;
    Resolver* overview = nullptr;
};

/// Composes scenes; keeps what the next frame can use again.
class SceneBuilder {
  public:
    SceneBuilder();
    const FrameScene& build(const FrameInput& input, const PanelResolvers& resolvers = {});
    const FrameReport& report() const { return scene_.report; }  ///< of the scene built last
    /// See Renderer::work_ahead.
    bool work_ahead(std::size_t most_values);

  private:
    FrameScene scene_;
    void resolve(const FrameInput& input, const ResolveRequest& request, Resolver& resolver,
                 ReadBudget& budget, ColoredCodes& codes);
    void find_spikes(const FrameInput& input, const PanelLayout& layout, const ResolveRequest& heatmap,
                     const ResolveRequest& overview, ReadBudget& budget);

    ThreadPool pool_;
    TokenPyramids pyramids_;
    CpuResolve heatmap_resolve_{&pool_};
    CpuResolve overview_resolve_{&pool_};
    SpikeFinder heatmap_spikes_{&pool_};
    SpikeFinder overview_spikes_{&pool_};
    std::int64_t spiked_row_tokens_ = 0;  // the scale of the last frame that could hide spikes
    std::vector<IndexRange> spiked_columns_;
    std::size_t n_frames_of_scale_ = 0;  // before this one
    LoadCounter counter_;
};

}  // namespace moe::render
