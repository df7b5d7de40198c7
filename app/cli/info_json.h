#pragma once

#include <span>
#include <string>

#include "app/cli/output.h"
#include "engine/gguf/gguf_reader.h"
#include "engine/trace_io/moetrace_reader.h"
#include "engine/trace_io/trace_marks.h"

namespace moe::app {

/// What `info --json` says of a model (FORMATS section 2). A file that can be read but not run says why in
/// `reason`, and what its metadata does not tell is null.
Result<Json> model_info(GgufReader file, const std::string& path);

/// What `info --json` says of a trace (FORMATS section 2), and how many notes each run has.
Json trace_info(const MoetraceReader& trace, std::span<const TraceMark> marks);

/// Parameters of a model file, and those that work on one token: all but the routed experts', of which
/// top_k in n_experts do.
struct ParameterCount {
    std::size_t total = 0;
    std::size_t active = 0;
};
ParameterCount count_parameters(const GgufReader& file, std::size_t n_experts, std::size_t top_k);

}  // namespace moe::app
