#include "app/cli/compare_picture.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/cli/output.h"
#include "engine/stats/run_comparison.h"

namespace moe::app {
namespace {

std::string name_of(const TraceRunSummary& run) {
    return run.name.empty() ? fmt::format("run {}", run.id) : printable_utf8(run.name);
}

/// The run's first `end` positions.
Result<TraceSnapshot> read_head(const MoetraceReader& trace, RunId run, std::size_t end) {
    MOE_TRY(const std::shared_ptr<const TraceStore> store, trace.read_run(run));
    const TraceSnapshot all = store->snapshot();
    return end < all.n_tokens() ? TraceStore::branch(all, end)->snapshot() : all;
}

}  // namespace

Result<render::CompareChartModel> compare_picture(const MoetraceReader& trace, const std::string& path,
                                                  const SelectionArgument& argument, RunId other) {
    MOE_TRY(const Selection selection, argument.in(trace, path));
    MOE_TRY(const TraceRunSummary* const b, trace.find_run(other));
    const TraceRunSummary& a = *selection.run;
    render::CompareChartModel model;
    model.first = selection.first;
    model.end = argument.has_range() ? selection.end : std::max(a.n_tokens, b->n_tokens);
    if (model.first >= model.end) return make_error("{}: the range holds no token; give a larger one", path);
    MOE_TRY(model.a, read_head(trace, a.id, model.end));
    MOE_TRY(model.b, read_head(trace, b->id, model.end));
    if (!model.a.has_shape() || !model.b.has_shape() || model.a.shape() != model.b.shape()) {
        return make_error("{}: runs {} and {} have other layers or experts; choose two of one model", path, a.id,
                          b->id);
    }
    const RunComparison comparison = compare_runs(model.a, model.b);
    model.title = fmt::format("Run {} and run {}, and what differs", a.id, b->id);
    model.subtitle = fmt::format("{}   \u00B7   positions {}\u2013{}, {} tokens of the same text",
                                 printable_utf8(a.model.name), model.first, model.end - 1, comparison.n_same_text);
    model.compared.shape = model.a.shape();
    model.compared.name_a = name_of(a);
    model.compared.name_b = name_of(*b);
    for (const TraceSnapshot* run : {&model.a, &model.b}) {
        if (run->n_routed() > 0 && run->chunk_of(0).weights.empty()) model.compared.has_weights = false;
    }
    if (comparison.first_different_route)
        model.compared.first_different_route = comparison.first_different_route->position;
    model.compared.first_different_token = comparison.first_different_token;
    model.compared.end_of_a = comparison.end_of_a;
    model.compared.end_of_b = comparison.end_of_b;
    return model;
}

}  // namespace moe::app
