#pragma once

#include <QObject>
#include <QThreadPool>
#include <filesystem>
#include <memory>

#include "engine/trace_io/moetrace_reader.h"

namespace moe::app {

/// Reads trace files on a thread of its own, so that the window never waits for a disk. One file is open
/// at a time; opening another makes the answers of the one before stale, and they are dropped.
class TraceLoader : public QObject {
    Q_OBJECT
  public:
    explicit TraceLoader(QObject* parent = nullptr);
    ~TraceLoader() override;

    void open(const std::filesystem::path& path);
    /// Reads a run of the file that was opened last.
    void read_run(RunId run);
    /// Drops the answer that is on its way.
    void cancel();

  Q_SIGNALS:
    /// `first` is the run with the lowest id, read already.
    void opened(const std::filesystem::path& path, const std::vector<moe::TraceRunSummary>& runs,
                std::shared_ptr<const moe::TraceStore> first);
    void run_read(moe::RunId run, std::shared_ptr<const moe::TraceStore> store);
    void failed(const std::filesystem::path& path, const moe::Error& error);

  private:
    template <class Answer>
    void answer(std::uint64_t question, Answer&& handler);

    QThreadPool pool_;
    std::uint64_t question_ = 0;
    std::filesystem::path path_;
    std::shared_ptr<const MoetraceReader> reader_;
};

}  // namespace moe::app
