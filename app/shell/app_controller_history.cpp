// Where the cursor was before: AppController's part about going back.
#include <algorithm>

#include "app/shell/app_controller.h"

namespace moe::app {

namespace {

constexpr std::size_t kPlacesMax = 200;

bool is_near(std::optional<std::size_t> a, std::optional<std::size_t> b) {
    const auto x = static_cast<std::ptrdiff_t>(a.value_or(0));
    const auto y = static_cast<std::ptrdiff_t>(b.value_or(0));
    return x - y <= 1 && y - x <= 1;
}

}  // namespace

/// Keeps the present place to come back to. Steps to a neighbour are one way, not many places.
void AppController::remember_place() {
    if (!state_.shown || !state_.selection.token || is_travelling_ || state_.is_replaying) return;
    const Place now{.run = *state_.shown, .cell = state_.selection, .rides = cursor_rides()};
    if (places_.empty()) {
        places_.push_back(now);
        return;
    }
    Place& current = places_[place_];
    if (current == now) return;
    const bool is_growth = current.rides && now.rides;
    const bool is_step = current.run == now.run &&
                         (is_growth || is_near(current.cell.token, now.cell.token)) &&
                         is_near(current.cell.layer, now.cell.layer);
    if (is_step) {
        current = now;
        return;
    }
    places_.resize(place_ + 1);
    places_.push_back(now);
    if (places_.size() > kPlacesMax) places_.erase(places_.begin());
    place_ = places_.size() - 1;
}

void AppController::forget_places() {
    places_.clear();
    place_ = 0;
}

std::optional<std::size_t> AppController::place_beside(int direction) const {
    auto index = static_cast<std::ptrdiff_t>(place_) + direction;
    for (; index >= 0 && index < static_cast<std::ptrdiff_t>(places_.size()); index += direction) {
        if (state_.runs.contains(places_[static_cast<std::size_t>(index)].run))
            return static_cast<std::size_t>(index);
    }
    return std::nullopt;
}

void AppController::travel(int direction) {
    remember_place();  // the cursor may have moved with the newest token
    const std::optional<std::size_t> index = place_beside(direction);
    if (!index) return;
    place_ = *index;
    const Place place = places_[place_];
    is_travelling_ = true;
    state_.follows = false;
    state_.selection = place.cell;
    if (state_.shown != place.run) {
        show_run(place.run);
    } else {
        select(place.cell);
    }
    is_travelling_ = false;
    Q_EMIT selection_moved();
}

}  // namespace moe::app
