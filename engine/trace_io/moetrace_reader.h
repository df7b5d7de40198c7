#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/trace/trace_store.h"
#include "engine/trace_io/moetrace_writer.h"

namespace moe {

/// A run as a trace file lists it. Counts include what a branch inherits.
struct TraceRunSummary {
    RunId id = 0;
    std::optional<RunId> parent;
    std::size_t fork_pos = 0;
    std::string name;
    std::string prompt;
    std::string params_json;
    std::string status;          ///< as in the file
    TraceModelInfo model;        ///< its shape's widths are the run's own
    std::size_t n_tokens = 0;
    std::size_t n_routed = 0;
    std::size_t n_prefill = 0;
    std::vector<std::string> columns;  ///< names, sorted
    bool was_interrupted = false;      ///< status `recording`, but nobody writes: its writer was killed
};

/// Reads and validates a `*.moetrace` without changing it, also one that is being written or whose
/// writer was killed. A hostile file ends in one clear Error.
class MoetraceReader {
  public:
    static Result<std::unique_ptr<MoetraceReader>> open(const std::filesystem::path& path);
    ~MoetraceReader();
    MoetraceReader(const MoetraceReader&) = delete;
    MoetraceReader& operator=(const MoetraceReader&) = delete;

    /// By ascending id; a file without runs is an Error of `open`.
    const std::vector<TraceRunSummary>& runs() const;

    /// The whole run, with its inherited part; `run` 0 takes the lowest id.
    Result<std::shared_ptr<const TraceStore>> read_run(RunId run) const;

  private:
    struct Impl;
    explicit MoetraceReader(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// Whether the file begins like an SQLite database (a trace) rather than a GGUF model.
bool looks_like_trace(const std::filesystem::path& path);

}  // namespace moe
