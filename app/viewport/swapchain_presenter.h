#pragma once

#include "app/viewport/presenter.h"

#include <QObject>
#include <QVulkanInstance>
#include <QWidget>
#include <QWindow>
#include <functional>
#include <memory>

#include "engine/base/result.h"
#include "render/gpu/instance.h"

namespace moe::app {

/// Frames are shown by the GPU in a native window that covers the view. The window takes no input: mouse,
/// drops, cursors and focus stay the view's, as with read-back. While another widget lies over the view, or
/// the window is hidden, there is no surface and frames are read back. Qt owns the surface.
class SwapchainPresenter : public QObject, public Presenter {
  public:
    struct Events {
        std::function<void()> changed;   ///< there is a surface now, or none any more: draw again
        std::function<void()> released;  ///< called before the surface goes: nothing may use it after
    };
    /// Fails with the reason where the platform has no such windows. The view must outlive it.
    static Result<std::unique_ptr<SwapchainPresenter>> create(
        QWidget* view, std::shared_ptr<const render::Instance> instance, const Events& events);
    ~SwapchainPresenter() override;

    QString name() const override { return QStringLiteral("swapchain"); }
    VkSurfaceKHR surface() override;

    const QWindow* window() const { return window_; }

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    SwapchainPresenter(QWidget* view, std::shared_ptr<const render::Instance> instance, const Events& events);
    void watch_children();
    void place();

    QWidget* view_;
    std::shared_ptr<const render::Instance> instance_;  // outlives Qt's view of it
    QVulkanInstance qt_instance_;
    Events events_;
    QWindow* window_ = nullptr;     // owned by its container
    QWidget* container_ = nullptr;  // a child of the view
};

}  // namespace moe::app
