#include "app/viewport/swapchain_presenter.h"

#include <QChildEvent>
#include <QGuiApplication>
#include <QPlatformSurfaceEvent>

namespace moe::app {

Result<std::unique_ptr<SwapchainPresenter>> SwapchainPresenter::create(
    QWidget* view, std::shared_ptr<const render::Instance> instance, const Events& events) {
    if (!instance->has_surfaces()) return make_error("the Vulkan driver knows no windows");
    std::unique_ptr<SwapchainPresenter> presenter(new SwapchainPresenter(view, std::move(instance), events));
    presenter->qt_instance_.setVkInstance(presenter->instance_->handle());
    if (!presenter->qt_instance_.create()) {
        return make_error("the platform {} has no windows for Vulkan",
                          QGuiApplication::platformName().toStdString());
    }
    presenter->window_ = new QWindow;
    presenter->window_->setSurfaceType(QSurface::VulkanSurface);
    presenter->window_->setVulkanInstance(&presenter->qt_instance_);
    presenter->window_->setFlag(Qt::WindowTransparentForInput);
    presenter->window_->installEventFilter(presenter.get());
    presenter->container_ = QWidget::createWindowContainer(presenter->window_, view);
    presenter->container_->setAttribute(Qt::WA_TransparentForMouseEvents);
    presenter->container_->setFocusPolicy(Qt::NoFocus);
    presenter->container_->setAcceptDrops(false);
    view->installEventFilter(presenter.get());
    presenter->watch_children();
    presenter->place();
    return presenter;
}

SwapchainPresenter::SwapchainPresenter(QWidget* view, std::shared_ptr<const render::Instance> instance,
                                       const Events& events)
    : view_(view), instance_(std::move(instance)), events_(events) {}

SwapchainPresenter::~SwapchainPresenter() {
    view_->removeEventFilter(this);
    if (window_ != nullptr) window_->removeEventFilter(this);
    events_.released();
    delete container_;  // with the window and its surface, while Qt knows the instance
}

VkSurfaceKHR SwapchainPresenter::surface() {
    if (!container_->isVisible() || !window_->isExposed()) return VK_NULL_HANDLE;
    return QVulkanInstance::surfaceForWindow(window_);
}

bool SwapchainPresenter::eventFilter(QObject* watched, QEvent* event) {
    if (watched == window_) {
        if (event->type() == QEvent::Expose) events_.changed();
        if (event->type() == QEvent::PlatformSurface &&
            static_cast<QPlatformSurfaceEvent*>(event)->surfaceEventType() ==
                QPlatformSurfaceEvent::SurfaceAboutToBeDestroyed)
            events_.released();
        return false;
    }
    if (watched == view_) {
        if (event->type() == QEvent::ChildAdded) watch_children();
        if (event->type() == QEvent::Resize || event->type() == QEvent::ChildRemoved) place();
    } else if (event->type() == QEvent::Show || event->type() == QEvent::Hide) {
        QMetaObject::invokeMethod(
            this, [this] { place(); }, Qt::QueuedConnection);  // once it is so
    }
    return false;
}

void SwapchainPresenter::watch_children() {
    for (QObject* child : view_->children()) {
        child->removeEventFilter(this);
        if (child != container_) child->installEventFilter(this);
    }
}

// A native window is above all widgets: where one lies over the view, the window gives way.
void SwapchainPresenter::place() {
    bool is_covered = false;
    for (const QObject* child : view_->children()) {
        const auto* widget = qobject_cast<const QWidget*>(child);
        is_covered = is_covered || (widget != nullptr && widget != container_ && !widget->isWindow() &&
                                    widget->isVisibleTo(view_));
    }
    container_->setGeometry(view_->rect());
    if (container_->isVisibleTo(view_) != is_covered) return;
    container_->setVisible(!is_covered);
    events_.changed();
}

}  // namespace moe::app
