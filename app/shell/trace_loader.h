#pragma once

#include <QObject>
#include <QThreadPool>
#include <atomic>
#include <filesystem>
#include <memory>

#include "engine/trace_io/moetrace_reader.h"

namespace moe::app {

/// Reads trace files on a thread of its own, so that the window never waits for a disk. A run is handed over
/// when its first part was read and grows from then on, a few times a second. One run is read at a time;
/// asking for another makes the answers of the one before stale: its reading ends and they are dropped.
class TraceLoader : public QObject {
    Q_OBJECT
  public:
    explicit TraceLoader(QObject* parent = nullptr);
    ~TraceLoader() override;

    /// Opens the file and reads the run with the lowest id.
    void open(const std::filesystem::path& path);
    /// Reads one run of the file, which is not told as `opened`.
    void read_run(const std::filesystem::path& path, RunId run);
    /// Ends what is being read and drops its answers.
    void cancel();

  Q_SIGNALS:
    /// A file was understood; its first run is about to begin.
    void opened(const std::filesystem::path& path, const std::vector<moe::TraceRunSummary>& runs);
    /// The first part of a run was read: `store` grows until it is `finished` or `failed`.
    void run_begun(moe::RunId run, std::shared_ptr<const moe::TraceStore> store);
    void run_grew(moe::RunId run);
    void finished(moe::RunId run);
    /// The file or the run cannot be read, at its beginning or on the way.
    void failed(const std::filesystem::path& path, const moe::Error& error);

  private:
    /// What answers are made of, on the reading thread.
    struct Question {
        std::uint64_t number = 0;
        std::filesystem::path path;
    };
    Question ask(const std::filesystem::path& path);
    bool is_stale(const Question& question) const { return question.number != question_; }
    Result<void> read_first_run(const Question& question);
    Result<void> open_and_read(const Question& question, RunId run);
    Result<void> read(const Question& question, const MoetraceReader& reader, RunId run);
    void end(const Question& question, RunId run, const Result<void>& result);
    template <class Answer>
    void answer(const Question& question, Answer&& handler);

    QThreadPool pool_;
    std::atomic<std::uint64_t> question_ = 0;
};

}  // namespace moe::app
