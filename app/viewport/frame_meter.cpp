#include "app/viewport/frame_meter.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "app/viewport/number_text.h"

namespace moe::app {
namespace {

constexpr std::size_t kFrames = 120;
constexpr double kRow = 16.0;
constexpr double kPadding = 8.0;
constexpr double kWidth = 128.0;
constexpr double kInset = 8.0;

}  // namespace

void FrameClock::add(double milliseconds) {
    recent_.push_back(milliseconds);
    if (recent_.size() > kFrames) recent_.pop_front();
}

FrameTimes FrameClock::times() const {
    if (recent_.empty()) return {};
    std::vector<double> sorted(recent_.begin(), recent_.end());
    std::ranges::sort(sorted);
    return {.last_ms = recent_.back(),
            .median_ms = sorted[sorted.size() / 2],
            .worst_ms = sorted.back(),
            .n = sorted.size()};
}

void draw_frame_meter(ImDrawList& list, const CardLook& look, const FrameTimes& times,
                      const render::PixelRect& bounds) {
    struct Row {
        const char* label;
        double milliseconds;
    };
    const std::array<Row, 3> rows{Row{"frame", times.last_ms}, Row{"median", times.median_ms},
                                  Row{"worst", times.worst_ms}};
    const auto width = static_cast<int>(look.px(kWidth));
    const auto height =
        static_cast<int>(look.px(kRow) * static_cast<float>(rows.size()) + 2 * look.px(kPadding));
    const auto inset = static_cast<int>(look.px(kInset));
    const render::PixelRect card{bounds.right() - inset - width, bounds.y + inset, width, height};
    if (card.x < bounds.x || card.bottom() > bounds.bottom()) return;
    draw_card(list, look, card);
    const float left = static_cast<float>(card.x) + look.px(kPadding);
    const float right = static_cast<float>(card.right()) - look.px(kPadding);
    float middle = static_cast<float>(card.y) + look.px(kPadding) + look.px(kRow) / 2.0f;
    for (const Row& row : rows) {
        draw_text(list, look.caption, left, middle, look.theme.text_2, row.label);
        const std::string text = times.n == 0 ? "\u2013" : decimals_text(row.milliseconds, 1) + " ms";
        draw_text_right(list, look.small_number, right, middle, look.theme.text_1, text);
        middle += look.px(kRow);
    }
}

}  // namespace moe::app
