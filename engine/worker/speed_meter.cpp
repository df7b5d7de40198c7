#include "engine/worker/speed_meter.h"

namespace moe {

void SpeedMeter::count_token(Time now) {
    times_.push_back(now);
    while (times_.size() > 2 && now - times_[1] >= std::chrono::seconds(1)) times_.pop_front();
}

double SpeedMeter::tokens_per_second() const {
    if (times_.size() < 2) return 0;
    const double seconds = std::chrono::duration<double>(times_.back() - times_.front()).count();
    return seconds > 0 ? static_cast<double>(times_.size() - 1) / seconds : 0;
}

}  // namespace moe
