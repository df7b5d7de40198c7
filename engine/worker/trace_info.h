#pragma once

#include <cstddef>
#include <optional>

#include "engine/session/run_tree.h"
#include "engine/trace_io/moetrace_writer.h"
#include "engine/worker/model_loader.h"

namespace moe {

/// The `model` row of a recording (FORMATS section 1).
TraceModelInfo trace_model_info(const OpenModel& model);

/// The `run` row of a recording. `parent` is the parent's id in the file.
TraceRunInfo trace_run_info(const Run& run, std::optional<RunId> parent, std::size_t n_threads);

}  // namespace moe
