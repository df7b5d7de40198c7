#pragma once

#include <QString>
#include <optional>

#include "engine/trace/trace_store.h"

namespace moe::app {

/// What the text is coloured by.
enum class TextColoring { None, TopExpert, Entropy, Margin, Logprob };

/// A token's number with its place on the colour scale, 0 to 1, where 1 is what one looks for: a router that
/// is unsure, a choice that was close, a token that surprised.
struct TokenShade {
    double value = 0;
    double place = 0;
};

/// Nothing for colorings without a number, and where the trace has none: a prompt's token has no probability,
/// a trace of ids no entropy. position < n_tokens().
std::optional<TokenShade> token_shade(const TraceSnapshot& trace, std::size_t position, std::size_t layer,
                                      TextColoring coloring);

/// The ends of a coloring's scale, for the legend.
struct ShadeScale {
    double at_0 = 0;
    double at_1 = 0;
    QString unit = {};
    QString explanation = {};   ///< formula and source
    bool is_open_at_0 = false;  ///< values beyond the end have its colour
    bool is_open_at_1 = false;
};
std::optional<ShadeScale> shade_scale(const TraceSnapshot& trace, TextColoring coloring);

/// The number in words, for a tooltip: "entropy 1.941 nats".
QString shade_words(const TokenShade& shade, TextColoring coloring);

}  // namespace moe::app
