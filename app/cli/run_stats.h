#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/selection_argument.h"
#include "engine/stats/run_tally.h"

namespace moe::app {

/// The figures of a selection, layer by layer.
struct RunStats {
    Selection selection;
    std::size_t n_tokens = 0;         ///< routed tokens of the selection
    std::vector<LayerStats> layers;
    std::shared_ptr<const RunTally> pairs;  ///< null in a source of counts alone

    const TraceShape& shape() const { return selection.run->model.shape; }
};

/// Reads the selection once, window by window: memory does not grow with its tokens. `trace` must outlive
/// the answer.
Result<RunStats> read_stats(const MoetraceReader& trace, const std::string& path,
                            const SelectionArgument& argument, const RunTally::Options& options);

/// A figure of a layer by its key in FORMATS section 4; `null_` names its value under uniform routing.
struct Figure {
    const char* key = "";
    std::optional<double> value{};
};

/// All scalar figures of a layer in the order of FORMATS section 4, without `dead_experts`, a count.
std::vector<Figure> figures_of(const RunStats& stats, const LayerStats& layer);

/// Their means over the layers that have them.
std::vector<Figure> mean_figures(const RunStats& stats);

}  // namespace moe::app
