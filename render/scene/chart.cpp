#include "render/scene/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace moe::render {

void Chart::add(ChartItem item) {
    const auto* text = std::get_if<ChartText>(&item);
    if (text == nullptr || !text->text.empty()) items.push_back(std::move(item));
}

std::size_t label_step(double step_pixels, double label_pixels) {
    std::size_t decade = 1;
    while (true) {
        for (const std::size_t factor : {std::size_t{1}, std::size_t{2}, std::size_t{5}}) {
            const std::size_t step = factor * decade;
            if (static_cast<double>(step) * step_pixels >= label_pixels || decade > 1'000'000) return step;
        }
        decade *= 10;
    }
}

std::vector<double> round_ticks(double low, double high, std::size_t most) {
    if (!(high > low)) high = low + 1.0;
    const double rough = (high - low) / static_cast<double>(most);
    const double decade = std::pow(10.0, std::floor(std::log10(rough)));
    double step = 10.0 * decade;
    for (const double factor : {5.0, 2.5, 2.0, 1.0}) {
        if (factor * decade >= rough * (1.0 - 1e-9)) step = factor * decade;
    }
    std::vector<double> ticks;
    const double first = std::floor(low / step + 1e-9);
    for (double index = first; ticks.empty() || ticks.back() < high - step * 1e-6; index += 1.0)
        ticks.push_back(index * step);
    return ticks;
}

std::string tick_text(double value, double step) {
    int decimals = 0;
    for (double scaled = step; decimals < 9 && std::abs(scaled - std::round(scaled)) > 1e-6; scaled *= 10.0)
        ++decimals;
    return fmt::format("{:.{}f}", value == 0.0 ? 0.0 : value, decimals);
}

}  // namespace moe::render
