#pragma once

#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/trace/trace_store.h"
#include "engine/trace_io/moetrace_writer.h"

namespace moe {

enum class ColumnKind;  // moetrace_schema.h

/// A run as a trace file lists it. Counts include what a branch inherits.
struct TraceRunSummary {
    RunId id = 0;
    std::optional<RunId> parent;
    std::size_t fork_pos = 0;
    std::string name;
    std::string prompt;
    std::string params_json;
    std::string build_json;
    std::int64_t started_ns = 0;  ///< Unix time, 0 where the file does not say
    std::string status;          ///< as in the file
    TraceModelInfo model;        ///< its shape's widths are the run's own
    std::size_t n_tokens = 0;
    std::size_t n_routed = 0;
    std::size_t n_prefill = 0;
    std::vector<std::string> columns;  ///< names, sorted
    bool is_ranked = true;             ///< slots go from the best to the worst
    bool was_interrupted = false;      ///< status `recording`, but nobody writes: its writer was killed
};

/// Looks at a run while it is read: the store grows, and any thread may take snapshots of it. False: no more
/// is wanted.
using ReadWatcher = std::function<bool(const std::shared_ptr<const TraceStore>& store)>;

/// How a whole run is read.
struct RunReading {
    /// Router logits, scores and selection are kept in memory up to this size. Larger ones stay in the file
    /// and are read from there when somebody looks; what cannot be read then is absent.
    std::size_t most_dense_bytes = std::size_t{256} << 20;
    ReadWatcher watch = nullptr;  ///< called after each chunk
};

/// Which part of a run is read.
struct RunPart {
    std::size_t first = 0;
    std::size_t end = std::numeric_limits<std::size_t>::max();  ///< half-open; behind the run's end is its end
    std::optional<std::vector<ColumnKind>> columns = std::nullopt;  ///< beside the experts; all by default
};

/// Sees a window of a run, at most kChunkTokens tokens; its position 0 is `position` of the run.
using WindowVisitor = std::function<Result<void>(const TraceSnapshot& window, std::size_t position)>;

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

    /// The whole run, with its inherited part; `run` 0 takes the lowest id. A reading that its watcher ended
    /// is a cancelled Error.
    Result<std::shared_ptr<const TraceStore>> read_run(RunId run, const RunReading& reading = {}) const;

    /// A part of a run in windows, by ascending positions: for runs of any length in little memory.
    Result<void> visit_run(RunId run, const RunPart& part, const WindowVisitor& visit) const;

    /// What a source of counts alone knows of the run (table `hist`): token-slots received, [layer, expert].
    /// Without `phase`, all of them. Empty if there are none.
    Result<std::vector<std::size_t>> read_loads(RunId run, std::optional<Phase> phase) const;

    /// The run with that id, 0 for the lowest; the answer lives as long as this.
    Result<const TraceRunSummary*> find_run(RunId run) const;

  private:
    struct Impl;
    explicit MoetraceReader(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// Whether the file begins like an SQLite database (a trace) rather than a GGUF model.
bool looks_like_trace(const std::filesystem::path& path);

}  // namespace moe
