#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>

#include "engine/base/result.h"
#include "engine/session/run_tree.h"
#include "engine/trace_io/moetrace_writer.h"
#include "engine/trace_io/trace_marks.h"
#include "engine/worker/command.h"
#include "engine/worker/model_loader.h"

namespace moe {

/// The runs of one model on their way to a trace file. It writes what a run has and the file lacks, so
/// that runs made before and runs that go on are the same to it. Never waits for the disk, but to close.
class Recording {
  public:
    static Result<Recording> start(const StartRecording& request, const OpenModel& model,
                                   std::size_t n_threads);

    /// Brings the file up to the run. A parent must have been followed up to the fork.
    Result<void> follow(const Run& run);

    /// What the file will say about the run; Complete where nothing else was said.
    void note_status(RunId run, RunStatus status);

    /// Gives the run in the file, if it is there, the name that it has now.
    Result<void> rename(const Run& run);

    /// Puts the notes on the runs that the file has in place of those in it. Waits for the disk, shortly.
    Result<void> put_marks(std::span<const TraceMark> marks);

    /// Writes what is left and leaves one plain file.
    Result<void> close();

    const std::filesystem::path& path() const { return writer_->path(); }
    std::int64_t size_bytes() const { return writer_->committed_bytes(); }

  private:
    /// A run as far as the file has it.
    struct Written {
        RunId id = 0;  ///< in the file, which counts on its own
        std::size_t n_tokens = 0;
        std::size_t n_routed = 0;
        RunStatus status = RunStatus::Complete;
    };
    Recording(std::unique_ptr<MoetraceWriter> writer, std::size_t n_threads)
        : writer_(std::move(writer)), n_threads_(n_threads) {}
    Result<void> begin(const Run& run);

    std::unique_ptr<MoetraceWriter> writer_;
    std::size_t n_threads_ = 0;
    std::map<RunId, Written> written_;
    bool has_marks_ = false;  // the file
};

}  // namespace moe
