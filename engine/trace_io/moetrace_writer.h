#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/trace/trace_store.h"

namespace moe {

/// Which optional columns a recording keeps; experts always.
struct RecordColumns {
    bool weights = true;
    bool router_logits = true;
    bool branch_norm = false;
    bool derived = false;   ///< scores even where they follow from the logits: for what was not recorded here
    bool is_ranked = true;  ///< false notes that slots are in no order
};

/// A row of the file's `model` table (FORMATS section 1).
struct TraceModelInfo {
    std::string name;
    std::string family;         ///< general.architecture
    std::string config_json;    ///< an object
    std::int64_t file_bytes = 0;
    std::string fingerprint;    ///< tells two files apart; may be empty
    std::int64_t n_shared = 0;  ///< shared experts
    TraceGating gating = TraceGating::Softmax;
    TraceShape shape;
};

/// A row of the `run` table.
struct TraceRunInfo {
    std::optional<RunId> parent;
    std::size_t fork_pos = 0;    ///< with a parent: the first position of its own
    std::string name;
    std::string prompt;
    std::string params_json;     ///< an object: seed, sampling, threads
    std::string build_json;      ///< an object: version, isa
    std::int64_t started_ns = 0; ///< Unix time
};

enum class RunStatus { Recording, Complete, Stopped, Failed, Imported };
const char* run_status_name(RunStatus status);

/// Writes a `*.moetrace` while it happens. A thread of its own commits what was appended at most 250 ms
/// after it was (it aims at 100): token rows and the chunks that cover them in one transaction, so that a
/// killed process loses no token that was readable. Calls come from one thread and do not wait for the disk.
///
/// A failure of the disk is kept and returned by every later call; what was committed stays.
class MoetraceWriter {
  public:
    enum class IfExists { Refuse, Overwrite };
    static Result<std::unique_ptr<MoetraceWriter>> create(const std::filesystem::path& path, IfExists if_exists,
                                                          const TraceModelInfo& model, const RecordColumns& columns);
    ~MoetraceWriter();  ///< closes, without an answer
    MoetraceWriter(const MoetraceWriter&) = delete;
    MoetraceWriter& operator=(const MoetraceWriter&) = delete;

    /// Adds a run with status `recording`; ids count from 1.
    Result<RunId> begin_run(const TraceRunInfo& run);

    /// Tokens at `first_position`, after those that the run has.
    Result<void> append_tokens(RunId run, std::size_t first_position, std::span<const TokenRecord> tokens);

    /// Routing of the run's next tokens.
    Result<void> append_chunk(RunId run, std::shared_ptr<const TraceChunk> chunk);

    Result<void> set_status(RunId run, RunStatus status, const std::string& note = {});
    Result<void> set_name(RunId run, const std::string& name);

    /// Waits until everything appended so far is committed.
    Result<void> flush();

    /// Flushes and leaves one plain file (no -wal, no -shm).
    Result<void> close();

    const std::filesystem::path& path() const;
    std::int64_t committed_bytes() const;  ///< size of the file and its log at the last commit
    double commit_ms_max() const;          ///< the longest that anything appended waited for its commit

  private:
    struct Impl;
    explicit MoetraceWriter(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace moe
