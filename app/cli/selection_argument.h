#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "engine/base/result.h"
#include "engine/trace_io/moetrace_reader.h"

namespace moe::app {

/// What a verb looks at: positions [first, end) of a run, those of one phase or all.
struct Selection {
    const TraceRunSummary* run = nullptr;
    std::size_t first = 0;
    std::size_t end = 0;
    std::optional<Phase> phase;
};

/// `--run R --range A:B --phase prefill|decode`, alike for every verb that reads a trace. Either side of
/// the range may be left out.
class SelectionArgument {
  public:
    enum class Phases { Offered, Absent };
    void add_to(CLI::App& command, Phases phases);

    bool has_range() const { return !range_.empty(); }
    RunId run() const { return run_; }

    /// The selection in that trace, which must outlive it. A range that ends behind the run is an Error.
    Result<Selection> in(const MoetraceReader& trace, const std::string& path) const;

  private:
    RunId run_ = 0;
    std::string range_;
    std::string phase_;
};

/// Opens a trace; a model under that name is an Error that says so.
Result<std::unique_ptr<MoetraceReader>> open_trace(const std::string& path);

/// "A:B" with A <= B; a side that is left out is 0 or the largest number. None if the text is anything else.
std::optional<std::pair<std::size_t, std::size_t>> parse_range(const std::string& text);

}  // namespace moe::app
