#include "engine/trace_io/moetrace_writer.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <variant>

#include "engine/trace_io/row_writer.h"
#include "engine/trace_io/trace_file.h"

namespace moe {
namespace {

using Clock = std::chrono::steady_clock;

/// What was appended waits this long for more of the same, so that a transaction holds several tokens. The
/// commit itself takes a few milliseconds, more on a loaded machine: the rest up to 250 ms is for that.
constexpr auto kCommitAfter = std::chrono::milliseconds(80);
/// With this much waiting, a transaction is worth it at once.
constexpr std::size_t kCommitBytes = std::size_t{8} << 20;
/// From this size on, the log's content is moved into the file.
constexpr std::int64_t kLogBytes = std::int64_t{4} << 20;
/// A disk that is slower than the model: beyond this the appending thread waits.
constexpr std::size_t kMostQueuedBytes = std::size_t{256} << 20;

struct BeginRun {
    RunId run;
    TraceRunInfo info;
};
struct AppendTokens {
    RunId run;
    std::size_t first_position;
    std::vector<TokenRecord> tokens;
};
struct AppendChunk {
    RunId run;
    std::shared_ptr<const TraceChunk> chunk;
};
struct SetStatus {
    RunId run;
    RunStatus status;
    std::string note;
};
struct SetName {
    RunId run;
    std::string name;
};
using Change = std::variant<BeginRun, AppendTokens, AppendChunk, SetStatus, SetName>;

struct QueuedChange {
    Change change;
    std::size_t size_bytes = 0;
    Clock::time_point appended;
};

std::size_t bytes_of(const TraceChunk& chunk) {
    return chunk.experts.size() * sizeof(std::uint16_t) +
           sizeof(float) * (chunk.weights.size() + chunk.router_logits.size() + chunk.scores.size() +
                            chunk.selection.size() + chunk.branch_norm.size());
}

struct ApplyChange {
    RowWriter& rows;

    Result<void> operator()(const BeginRun& change) const { return rows.begin_run(change.run, change.info); }
    Result<void> operator()(const AppendTokens& change) const {
        rows.append_tokens(change.run, change.first_position, change.tokens);
        return {};
    }
    Result<void> operator()(const AppendChunk& change) const {
        return rows.append_chunk(change.run, *change.chunk);
    }
    Result<void> operator()(const SetStatus& change) const {
        return rows.set_status(change.run, change.status, change.note);
    }
    Result<void> operator()(const SetName& change) const { return rows.set_name(change.run, change.name); }
};

std::int64_t size_on_disk(const std::filesystem::path& path) {
    std::error_code missing;
    const std::uintmax_t size = std::filesystem::file_size(path, missing);
    return missing ? 0 : static_cast<std::int64_t>(size);
}

}  // namespace

// The queue is shared by the appending thread and the IO thread under `mutex`; database and rows belong to
// the IO thread from its start to its join.
struct MoetraceWriter::Impl {
    Impl(std::filesystem::path file, SqliteDatabase opened)
        : path(std::move(file)), written_here(path), database(std::move(opened)) {}

    Result<void> append(Change change, std::size_t size_bytes);
    void work();
    bool take(std::deque<QueuedChange>& batch);
    Result<void> commit(const std::deque<QueuedChange>& batch);
    void report(const std::deque<QueuedChange>& batch, const Result<void>& result);
    void move_log();
    Result<void> finish();

    std::filesystem::path path;
    WrittenHere written_here;
    SqliteDatabase database;
    std::optional<RowWriter> rows;
    RunId next_run = 1;
    bool is_closed = false;

    std::mutex mutex;
    std::condition_variable appended_signal;
    std::condition_variable committed_signal;
    std::deque<QueuedChange> queue;
    std::size_t queued_bytes = 0;
    std::uint64_t n_appended = 0;
    std::uint64_t n_committed = 0;
    std::uint64_t n_wanted = 0;  ///< changes that a flush waits for
    bool is_closing = false;
    std::optional<Error> failure;

    std::atomic<std::int64_t> committed_bytes{0};
    std::atomic<double> commit_ms_max{0.0};
    std::thread thread;
};

Result<void> MoetraceWriter::Impl::append(Change change, std::size_t size_bytes) {
    std::unique_lock lock(mutex);
    MOE_CHECK(!is_closing);
    committed_signal.wait(lock, [this] { return failure.has_value() || queued_bytes < kMostQueuedBytes; });
    if (failure.has_value()) return *failure;
    queue.push_back({.change = std::move(change), .size_bytes = size_bytes, .appended = Clock::now()});
    queued_bytes += size_bytes;
    ++n_appended;
    appended_signal.notify_one();
    return {};
}

void MoetraceWriter::Impl::work() {
    std::deque<QueuedChange> batch;
    while (take(batch)) {
        report(batch, commit(batch));
        if (size_on_disk(log_path(path)) >= kLogBytes) move_log();
    }
}

/// Moves what the log holds into the file. SQLite would do it as a part of a commit; here it falls into the
/// time in which the thread waits for more. A reader may hold it up: then it is done after the next commit.
void MoetraceWriter::Impl::move_log() { (void)database.execute("PRAGMA wal_checkpoint(PASSIVE)"); }

/// Waits for the next transaction's changes. False: closing, and nothing is left.
bool MoetraceWriter::Impl::take(std::deque<QueuedChange>& batch) {
    batch.clear();
    std::unique_lock lock(mutex);
    appended_signal.wait(lock, [this] { return is_closing || !queue.empty(); });
    if (queue.empty()) return false;
    appended_signal.wait_until(lock, queue.front().appended + kCommitAfter, [this] {
        return is_closing || n_committed < n_wanted || queued_bytes >= kCommitBytes;
    });
    batch.swap(queue);
    return true;
}

Result<void> MoetraceWriter::Impl::commit(const std::deque<QueuedChange>& batch) {
    MOE_TRY(database.execute("BEGIN IMMEDIATE"));
    for (const QueuedChange& queued : batch) MOE_TRY(std::visit(ApplyChange{*rows}, queued.change));
    MOE_TRY(rows->write_open());
    return database.execute("COMMIT");
}

void MoetraceWriter::Impl::report(const std::deque<QueuedChange>& batch, const Result<void>& result) {
    if (!result.has_value()) {
        // What is in memory no longer matches the file, so nothing may follow.
        (void)database.execute("ROLLBACK");
        const std::lock_guard lock(mutex);
        failure = result.error();
        queue.clear();
        queued_bytes = 0;
        committed_signal.notify_all();
        return;
    }
    const std::chrono::duration<double, std::milli> age = Clock::now() - batch.front().appended;
    commit_ms_max = std::max(commit_ms_max.load(), age.count());
    committed_bytes = size_on_disk(path) + size_on_disk(log_path(path));
    const std::lock_guard lock(mutex);
    n_committed += batch.size();
    for (const QueuedChange& queued : batch) queued_bytes -= queued.size_bytes;
    committed_signal.notify_all();
}

Result<void> MoetraceWriter::Impl::finish() {
    if (!std::exchange(is_closed, true)) {
        {
            const std::lock_guard lock(mutex);
            is_closing = true;
            appended_signal.notify_one();
        }
        if (thread.joinable()) thread.join();
        rows.reset();  // an unfinished statement would keep the file open
        const Result<void> finished = finish_trace_file(database);
        if (!finished.has_value() && !failure.has_value()) failure = finished.error();
        { const SqliteDatabase closing = std::move(database); }
        committed_bytes = size_on_disk(path);
    }
    if (failure.has_value()) return *failure;
    return {};
}

Result<std::unique_ptr<MoetraceWriter>> MoetraceWriter::create(const std::filesystem::path& path,
                                                               IfExists if_exists,
                                                               const TraceModelInfo& model,
                                                               const RecordColumns& columns) {
    std::error_code unknown;
    if (if_exists == IfExists::Refuse && std::filesystem::exists(path, unknown)) {
        return make_error(
            "{}: exists already; choose another name or allow it to be overwritten (--overwrite)",
            path.string());
    }
    MOE_TRY(SqliteDatabase database, create_trace_file(path, model));
    auto impl = std::make_unique<Impl>(path, std::move(database));
    MOE_TRY(impl->rows, RowWriter::create(impl->database, model, columns));
    impl->committed_bytes = size_on_disk(path);
    impl->thread = std::thread([state = impl.get()] { state->work(); });
    return std::unique_ptr<MoetraceWriter>(new MoetraceWriter(std::move(impl)));
}

MoetraceWriter::MoetraceWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

MoetraceWriter::~MoetraceWriter() { (void)impl_->finish(); }

Result<RunId> MoetraceWriter::begin_run(const TraceRunInfo& run) {
    const RunId id = impl_->next_run;
    MOE_CHECK(!run.parent.has_value() || (0 < *run.parent && *run.parent < id));
    MOE_TRY(impl_->append(BeginRun{.run = id, .info = run}, run.prompt.size()));
    ++impl_->next_run;
    return id;
}

Result<void> MoetraceWriter::append_tokens(RunId run, std::size_t first_position,
                                           std::span<const TokenRecord> tokens) {
    return impl_->append(AppendTokens{.run = run,
                                      .first_position = first_position,
                                      .tokens = std::vector<TokenRecord>(tokens.begin(), tokens.end())},
                         tokens.size_bytes());
}

Result<void> MoetraceWriter::append_chunk(RunId run, std::shared_ptr<const TraceChunk> chunk) {
    const std::size_t size_bytes = bytes_of(*chunk);
    return impl_->append(AppendChunk{.run = run, .chunk = std::move(chunk)}, size_bytes);
}

Result<void> MoetraceWriter::set_status(RunId run, RunStatus status, const std::string& note) {
    return impl_->append(SetStatus{.run = run, .status = status, .note = note}, note.size());
}

Result<void> MoetraceWriter::set_name(RunId run, const std::string& name) {
    return impl_->append(SetName{.run = run, .name = name}, name.size());
}

Result<void> MoetraceWriter::flush() {
    std::unique_lock lock(impl_->mutex);
    impl_->n_wanted = impl_->n_appended;
    impl_->appended_signal.notify_one();
    impl_->committed_signal.wait(
        lock, [this] { return impl_->failure.has_value() || impl_->n_committed >= impl_->n_wanted; });
    if (impl_->failure.has_value()) return *impl_->failure;
    return {};
}

Result<void> MoetraceWriter::close() { return impl_->finish(); }

const std::filesystem::path& MoetraceWriter::path() const { return impl_->path; }
std::int64_t MoetraceWriter::committed_bytes() const { return impl_->committed_bytes; }
double MoetraceWriter::commit_ms_max() const { return impl_->commit_ms_max; }

}  // namespace moe
