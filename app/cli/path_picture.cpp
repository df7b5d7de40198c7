#include "app/cli/path_picture.h"

#include <fmt/format.h>

#include "app/cli/output.h"
#include "render/scene/token_label.h"

namespace moe::app {
namespace {

constexpr std::size_t kMostCharacters = 40;

}  // namespace

Result<render::PathChartModel> path_picture(const MoetraceReader& trace, const std::string& path,
                                            const SelectionArgument& argument,
                                            std::optional<std::size_t> token) {
    MOE_TRY(const Selection selection, argument.in(trace, path));
    const TraceRunSummary& run = *selection.run;
    if (run.n_routed == 0) return make_error("{}: run {} has no routed tokens; choose another one", path, run.id);
    const std::size_t position = token.value_or(run.n_routed - 1);
    if (position >= run.n_routed) {
        return make_error("{}: token {} has no routing; choose one from 0 to {}", path, position,
                          run.n_routed - 1);
    }
    render::PathChartModel model;
    const RunPart part{.first = position, .end = position + 1};
    const auto visit = [&](const TraceSnapshot& window, std::size_t first) -> Result<void> {
        const TokenRecord& record = window.token(position - first);
        model.path = render::token_path(window, position - first);
        model.subtitle = fmt::format("{}   \u00B7   run {}, token {} \u201C{}\u201D, {}",
                                     printable_utf8(run.model.name), run.id, position,
                                     render::token_label(record.bytes, kMostCharacters),
                                     record.phase == Phase::Prefill ? "prompt" : "generated");
        return {};
    };
    MOE_TRY(trace.visit_run(run.id, part, visit));
    model.title = fmt::format("Path of token {} through the layers", position);
    return model;
}

}  // namespace moe::app
