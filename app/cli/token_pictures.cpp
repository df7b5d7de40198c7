#include "app/cli/token_pictures.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/cli/output.h"
#include "engine/stats/margin_sample.h"
#include "engine/stats/router_entropy.h"
#include "engine/stats/runner_up.h"
#include "engine/trace/layer_number.h"
#include "render/scene/token_label.h"

namespace moe::app {
namespace {

constexpr std::size_t kMostCharacters = 40;

/// A token that has routing, in a window of its own.
struct RoutedToken {
    TraceSnapshot window;  ///< position 0
    MarginSample margins;  ///< of its run
    std::size_t position = 0;
    std::string words;  ///< which token it is
};

Result<RoutedToken> read_token(const MoetraceReader& trace, const std::string& path,
                               const SelectionArgument& argument, std::optional<std::size_t> token) {
    MOE_TRY(const Selection selection, argument.in(trace, path));
    const TraceRunSummary& run = *selection.run;
    if (run.n_routed == 0)
        return make_error("{}: run {} has no routed tokens; choose another one", path, run.id);
    RoutedToken found;
    found.position = token.value_or(run.n_routed - 1);
    if (found.position >= run.n_routed) {
        return make_error("{}: token {} has no routing; choose one from 0 to {}", path, found.position,
                          run.n_routed - 1);
    }
    const auto keep = [&](const TraceSnapshot& window, std::size_t) -> Result<void> {
        found.window = window;
        return {};
    };
    MOE_TRY(trace.visit_run(run.id, {.first = found.position, .end = found.position + 1}, keep));
    const auto measure = [&](const TraceSnapshot& window, std::size_t) -> Result<void> {
        found.margins.add(window, 0);
        return {};
    };
    for (const std::size_t position : MarginSample::spread(run.n_routed, MarginSample::kTokens))
        MOE_TRY(trace.visit_run(run.id, {.first = position, .end = position + 1}, measure));
    const TokenRecord& record = found.window.token(0);
    found.words =
        fmt::format("{}   \u00B7   run {}, token {} \u201C{}\u201D, {}", printable_utf8(run.model.name),
                    run.id, found.position, render::token_label(record.bytes, kMostCharacters),
                    record.phase == Phase::Prefill ? "prompt" : "generated");
    return found;
}

}  // namespace

Result<render::PathChartModel> path_picture(const MoetraceReader& trace, const std::string& path,
                                            const SelectionArgument& argument,
                                            std::optional<std::size_t> token) {
    MOE_TRY(const RoutedToken found, read_token(trace, path, argument, token));
    render::PathChartModel model;
    model.title = fmt::format("Path of token {} through the layers", found.position);
    model.subtitle = found.words;
    model.path = render::token_path(found.window, 0, found.margins);
    return model;
}

Result<render::RouterChartModel> router_picture(const MoetraceReader& trace, const std::string& path,
                                                const SelectionArgument& argument,
                                                std::optional<std::size_t> token,
                                                std::optional<std::size_t> layer) {
    MOE_TRY(const RoutedToken found, read_token(trace, path, argument, token));
    const TraceShape& shape = found.window.shape();
    const auto index = layer ? layer_with_number(shape, *layer) : std::optional<std::size_t>(0);
    if (!index || shape.n_layers == 0)
        return make_error("{}: has no router in layer {}; choose one of moescope info", path,
                          layer.value_or(0));
    render::RouterChartModel model;
    model.title = fmt::format("Router of layer {} for token {}", layer_number(shape, *index), found.position);
    model.subtitle = found.words;
    model.ranking = router_ranking(found.window, 0, *index);
    if (const auto next = runner_up(found.window, 0, *index)) model.margin = next->margin;
    const auto certainty = router_certainty(found.window, 0, *index);
    model.is_near_miss =
        certainty && certainty->margin && found.margins.is_near_miss(*index, *certainty->margin);
    return model;
}

}  // namespace moe::app
