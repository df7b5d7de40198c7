// How a PictureView's frames come to the screen: see PictureView::Impl.
#include "app/viewport/picture_view_impl.h"

#include <QGuiApplication>

#include "app/viewport/swapchain_presenter.h"

namespace moe::app {

// Nothing of the render thread's may use the window's surface when it goes.
PictureView::Impl::~Impl() { presenter = std::make_unique<ReadBackPresenter>(); }

void PictureView::Impl::update_presenter() {
    if (!front.surface_failure.empty()) presenter_failure = front.surface_failure;
    const bool has_swapchain = dynamic_cast<SwapchainPresenter*>(presenter.get()) != nullptr;
    const std::string platform = QGuiApplication::platformName().toStdString();
    const bool wants = front.instance != nullptr && presenter_failure.empty() && !front.error &&
                       wants_swapchain(presenter_choice, platform.c_str(), front.is_cpu_device);
    if (wants == has_swapchain) return;
    presenter = std::make_unique<ReadBackPresenter>();
    if (wants) {
        Result<std::unique_ptr<SwapchainPresenter>> made = SwapchainPresenter::create(
            &view, front.instance,
            {.changed = [this] { changed(); }, .released = [this] { thread.release_surface(); }});
        if (made) presenter = std::move(*made);
        if (!made) presenter_failure = made.error().message;
    }
    changed();
    Q_EMIT view.backend_changed();
}

QString PictureView::Impl::backend_description() const {
    const QString backend = QString::fromStdString(front.backend);
    if (front.instance == nullptr) return backend;
    const QString text = QStringLiteral("%1, %2").arg(backend, presenter->name());
    return presenter_failure.empty()
               ? text
               : text + QStringLiteral(": ") + QString::fromStdString(presenter_failure);
}

const QImage& PictureView::Impl::current_image() {
    if (!front.is_presented) return front_image;
    render::RgbaImage image;
    thread.call([&image](render::VulkanRenderer* vulkan) {
        if (vulkan == nullptr || !vulkan->read_back(image)) image = {};
    });
    if (image.rgba.empty()) return front_image;
    front.image = std::move(image);
    set_front_image();
    return front_image;
}

void PictureView::Impl::lose_device(int count) {
    thread.call([count](render::VulkanRenderer* vulkan) {
        if (vulkan != nullptr) vulkan->lose_device(count);
    });
}

}  // namespace moe::app
