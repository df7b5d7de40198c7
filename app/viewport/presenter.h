#pragma once

#include <vulkan/vulkan.h>  // before any Qt header: qvulkaninstance.h would hide the prototypes

#include <QString>

#include "app/viewport/presenter_choice.h"

namespace moe::app {

/// How finished frames come to the screen. Belongs to the GUI thread.
class Presenter {
  public:
    virtual ~Presenter() = default;

    virtual QString name() const = 0;

    /// Where the render thread shows the next frame; null: it answers with an image, which the view paints.
    virtual VkSurfaceKHR surface() = 0;
};

/// Every frame is copied out and painted by the view, a plain widget.
class ReadBackPresenter : public Presenter {
  public:
    QString name() const override { return QStringLiteral("read-back"); }
    VkSurfaceKHR surface() override { return VK_NULL_HANDLE; }
};

}  // namespace moe::app
