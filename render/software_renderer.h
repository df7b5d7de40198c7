#pragma once

#include "render/frame_scene.h"
#include "render/renderer.h"

namespace moe::render {

/// Draws a scene on the calling thread, exactly and simply: what `create_software_renderer` makes.
class SoftwareRenderer : public Renderer {
  public:
    Result<void> render(const FrameInput& input, RgbaImage& image) override;
    bool work_ahead(std::size_t most_values) override { return scenes_.work_ahead(most_values); }
    const FrameReport& report() const override { return scenes_.report(); }
    std::string description() const override { return "Software"; }

  private:
    SceneBuilder scenes_;
};

}  // namespace moe::render
