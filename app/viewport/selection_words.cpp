#include "app/viewport/selection_words.h"

#include <fmt/format.h>

#include <string_view>
#include <vector>

#include "app/viewport/number_text.h"
#include "engine/stats/runner_up.h"
#include "engine/trace/layer_number.h"

namespace moe::app {
namespace {

/// "a", "a and b", "a, b and c".
std::string listed(const std::vector<std::string>& items) {
    std::string text;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (i > 0) text += i + 1 == items.size() ? " and " : ", ";
        text += items[i];
    }
    return text;
}

/// The token's text for the ear: blanks have no sound, so a token of nothing else is named.
std::string spoken_token(const TokenRecord& token) {
    const std::string_view bytes = token.bytes;
    const std::size_t begin = bytes.find_first_not_of(" \t\r\n");
    if (begin != std::string_view::npos)
        return token_text(bytes.substr(begin, bytes.find_last_not_of(" \t\r\n") - begin + 1));
    if (bytes.find('\n') != std::string_view::npos) return "line end";
    return bytes.empty() ? "no text" : "space";
}

std::string routing_in_words(const TraceSnapshot& trace, std::size_t token, std::size_t layer) {
    std::vector<std::string> names;
    std::vector<std::string> weights;
    const auto experts = trace.experts(token, layer);
    const auto applied = trace.weights(token, layer);
    for (std::size_t slot = 0; slot < experts.size(); ++slot) {
        if (experts[slot] == kNoExpert) continue;
        names.push_back(fmt::format("{}", experts[slot]));
        if (!applied.empty()) weights.push_back(decimals_text(static_cast<double>(applied[slot]), 2));
    }
    if (names.empty()) return "no expert";
    std::string words = fmt::format("{} {}", names.size() == 1 ? "expert" : "experts", listed(names));
    if (!weights.empty())
        words += fmt::format(", {} {}", weights.size() == 1 ? "weight" : "weights", listed(weights));
    if (const auto next = runner_up(trace, token, layer)) {
        words +=
            fmt::format(", runner-up expert {}, margin {}", next->expert, decimals_text(next->margin, 3));
    }
    return words;
}

}  // namespace

std::string selection_in_words(const TraceSnapshot& trace, const render::CellRef& cell) {
    std::string words;
    if (cell.token) {
        words = fmt::format("token {}", *cell.token);
        if (*cell.token < trace.n_tokens()) words += ", " + spoken_token(trace.token(*cell.token));
    }
    const TraceShape shape = trace.has_shape() ? trace.shape() : TraceShape{};
    if (cell.layer)
        words += fmt::format("{}layer {}", words.empty() ? "" : ", ", layer_number(shape, *cell.layer));
    if (words.empty()) return "nothing selected";
    if (!cell.token || !cell.layer || !trace.has_shape() || *cell.layer >= trace.shape().n_layers)
        return words;
    if (*cell.token >= trace.n_routed()) return words + ": not routed yet";
    return words + ": " + routing_in_words(trace, *cell.token, *cell.layer);
}

}  // namespace moe::app
