#include "app/shell/layout_watch.h"

#include <QEvent>
#include <algorithm>
#include <chrono>
#include <utility>

namespace moe::app {

namespace {

using namespace std::chrono_literals;

constexpr auto kDragPause = 100ms;  // while a dock is dragged, which grabs the mouse

}  // namespace

LayoutWatch::LayoutWatch(QMainWindow* window, std::vector<TitledDock*> docks, int version)
    : QObject(window), window_(window), docks_(std::move(docks)), version_(version) {
    soon_.setSingleShot(true);
    connect(&soon_, &QTimer::timeout, this, &LayoutWatch::look);
    for (TitledDock* dock : docks_) {
        connect(dock, &QDockWidget::visibilityChanged, this, &LayoutWatch::look_soon);
        connect(dock, &QDockWidget::topLevelChanged, this, &LayoutWatch::look_soon);
        connect(dock, &QDockWidget::dockLocationChanged, this, [this, dock] {
            dropped_ = dock;
            look_soon();
        });
        dock->installEventFilter(this);
    }
}

// A dock that stands still, in a window that is not shown, tells nothing of being closed but this.
bool LayoutWatch::eventFilter(QObject* watched, QEvent* event) {
    const bool may_be_change = event->type() == QEvent::Resize || event->type() == QEvent::ShowToParent ||
                               event->type() == QEvent::HideToParent;
    if (may_be_change) look_soon();
    return QObject::eventFilter(watched, event);
}

void LayoutWatch::look_soon() {
    if (is_watching_ && !soon_.isActive()) soon_.start(0ms);
}

void LayoutWatch::pause() {
    if (is_watching_) tell_changes();
    is_watching_ = false;
}

void LayoutWatch::accept() {
    is_watching_ = true;
    take(places_now());
}

void LayoutWatch::take(std::vector<Place> places) {
    soon_.stop();
    dropped_ = nullptr;
    places_ = std::move(places);
    state_ = window_->saveState(version_);
}

void LayoutWatch::look() {
    if (QWidget::mouseGrabber() != nullptr) return soon_.start(kDragPause);
    tell_changes();
}

void LayoutWatch::tell_changes() {
    std::vector<Place> now = places_now();
    const bool is_change = now != places_ || dropped_ != nullptr;
    const QString name = is_change ? name_of_change(now) : QString();
    const QByteArray before = state_;
    take(std::move(now));
    if (is_change) Q_EMIT changed(before, state_, name);
}

void LayoutWatch::change_as(const QString& name, const std::function<void()>& change) {
    if (!is_watching_) return change();
    tell_changes();
    change();
    const QByteArray before = state_;
    accept();
    if (state_ != before) Q_EMIT changed(before, state_, name);
}

std::vector<LayoutWatch::Place> LayoutWatch::places_now() const {
    std::vector<Place> places;
    for (TitledDock* dock : docks_) {
        Place place{.is_closed = dock->isHidden(), .is_floating = dock->isFloating()};
        if (!place.is_closed && !place.is_floating) {
            place.area = window_->dockWidgetArea(dock);
            for (const QDockWidget* other : window_->tabifiedDockWidgets(dock)) {
                if (!other->isHidden()) place.tabs.push_back(other->objectName());
            }
            std::ranges::sort(place.tabs);
        }
        places.push_back(std::move(place));
    }
    return places;
}

// Docks that lose or gain a neighbour among their tabs are not those that were moved.
QString LayoutWatch::name_of_change(const std::vector<Place>& now) const {
    std::vector<std::size_t> closed, opened, undocked, docked;
    for (std::size_t i = 0; i < now.size(); ++i) {
        if (now[i].is_closed && !places_[i].is_closed) closed.push_back(i);
        if (!now[i].is_closed && places_[i].is_closed) opened.push_back(i);
        if (now[i].is_floating && !places_[i].is_floating) undocked.push_back(i);
        if (!now[i].is_floating && places_[i].is_floating) docked.push_back(i);
    }
    const auto title = [this](std::size_t dock) { return docks_[dock]->windowTitle(); };
    if (closed.size() == 1 && opened.empty()) return tr("Close %1").arg(title(closed[0]));
    if (opened.size() == 1 && closed.empty()) return tr("Show %1").arg(title(opened[0]));
    if (undocked.size() == 1) return tr("Undock %1").arg(title(undocked[0]));
    if (docked.size() == 1) return tr("Dock %1").arg(title(docked[0]));
    if (dropped_ != nullptr && closed.empty() && opened.empty())
        return tr("Move %1").arg(dropped_->windowTitle());
    return tr("Change the layout");
}

}  // namespace moe::app
