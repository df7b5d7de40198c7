#include "app/docks/token_coloring.h"

#include <QObject>
#include <algorithm>
#include <cmath>

#include "app/docks/token_display.h"
#include "engine/base/check.h"
#include "engine/stats/router_entropy.h"

namespace moe::app {

namespace {

constexpr double kLeastLogprob = -8.0;     // a probability of 1 in 3,000
constexpr double kWideMarginInShares = 2;  // of 1 / n_experts

std::optional<double> value_of(const TraceSnapshot& trace, std::size_t position, std::size_t layer,
                               TextColoring coloring) {
    if (coloring == TextColoring::Logprob) {
        const std::optional<float> logprob = trace.token(position).logprob;
        return logprob ? std::optional(static_cast<double>(*logprob)) : std::nullopt;
    }
    if (position >= trace.n_routed() || layer >= trace.shape().n_layers) return std::nullopt;
    const std::optional<RouterCertainty> certainty = router_certainty(trace, position, layer);
    if (!certainty) return std::nullopt;
    return coloring == TextColoring::Entropy ? certainty->entropy : certainty->margin;
}

}  // namespace

std::optional<ShadeScale> shade_scale(const TraceSnapshot& trace, TextColoring coloring) {
    if (!trace.has_shape() || trace.shape().n_experts < 2) return std::nullopt;
    const auto n_experts = static_cast<double>(trace.shape().n_experts);
    switch (coloring) {
        case TextColoring::Entropy:
            return ShadeScale{
                .at_0 = 0,
                .at_1 = std::log(n_experts),
                .unit = QObject::tr("nats"),
                .explanation = QObject::tr(
                    "Entropy of the router in this layer: −Σ p ln p over all experts, p being the "
                    "scores scaled to sum 1.\nDerived here; the right end is ln of the number of "
                    "experts, which uniform scores have.")};
        case TextColoring::Margin:
            return ShadeScale{
                .at_0 = std::min(1.0, kWideMarginInShares / n_experts),
                .at_1 = 0,
                .unit = {},
                .explanation = QObject::tr(
                    "Margin of the choice in this layer: score of the last chosen expert less that "
                    "of the first one left out.\nDerived here; 0 is a tie. The left end is 2 / "
                    "number of experts and more."),
                .is_open_at_0 = true};
        case TextColoring::Logprob:
            return ShadeScale{
                .at_0 = 0,
                .at_1 = kLeastLogprob,
                .unit = QObject::tr("nats"),
                .explanation = QObject::tr(
                    "Natural log of the token's probability, as the model gave it before "
                    "temperature and cuts.\nMeasured here or read from the file; a prompt's tokens "
                    "have none."),
                .is_open_at_1 = true};
        default:
            return std::nullopt;
    }
}

std::optional<TokenShade> token_shade(const TraceSnapshot& trace, std::size_t position, std::size_t layer,
                                      TextColoring coloring) {
    MOE_CHECK(position < trace.n_tokens());
    const std::optional<ShadeScale> scale = shade_scale(trace, coloring);
    if (!scale) return std::nullopt;
    const std::optional<double> value = value_of(trace, position, layer, coloring);
    if (!value) return std::nullopt;
    const double place = (*value - scale->at_0) / (scale->at_1 - scale->at_0);
    return TokenShade{.value = *value, .place = std::clamp(place, 0.0, 1.0)};
}

QString shade_words(const TokenShade& shade, TextColoring coloring) {
    const QString number = fixed_number(shade.value, 3);
    if (coloring == TextColoring::Entropy) return QObject::tr("entropy %1 nats").arg(number);
    if (coloring == TextColoring::Margin) return QObject::tr("margin %1").arg(number);
    return QObject::tr("log-probability %1 nats, probability %2")
        .arg(number, fixed_number(std::exp(shade.value), 3));
}

}  // namespace moe::app
