#include "engine/trace_io/moetrace_reader.h"

#include <array>
#include <fstream>
#include <string_view>
#include <utility>

#include "engine/trace_io/load_counts.h"
#include "engine/trace_io/run_loader.h"
#include "engine/trace_io/trace_connection.h"
#include "engine/trace_io/trace_file.h"
#include "engine/trace_io/trace_index.h"

namespace moe {
namespace {

Error no_such_run(const std::filesystem::path& path, RunId run, RunId first, RunId last) {
    return make_error("{}: has no run {}; its first is {}, its last {}", path.string(), run, first, last);
}

Result<RunId> known_run(const std::filesystem::path& path, const TraceIndex& index, RunId run) {
    const RunId wanted = run == 0 ? index.begin()->first : run;
    if (index.contains(wanted)) return wanted;
    return no_such_run(path, wanted, index.begin()->first, index.rbegin()->first);
}

}  // namespace

// No connection is kept between calls: it would keep a writer in this or another process from leaving one
// plain file.
struct MoetraceReader::Impl {
    std::filesystem::path path;
    std::vector<TraceRunSummary> runs;
};

Result<std::unique_ptr<MoetraceReader>> MoetraceReader::open(const std::filesystem::path& path) {
    MOE_TRY(const TraceConnection connection, TraceConnection::open(path));
    MOE_TRY(const TraceIndex index, index_runs(connection));
    auto impl = std::make_unique<Impl>();
    impl->path = path;
    for (const auto& [id, run] : index) impl->runs.push_back(run.summary);
    return std::unique_ptr<MoetraceReader>(new MoetraceReader(std::move(impl)));
}

MoetraceReader::MoetraceReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
MoetraceReader::~MoetraceReader() = default;

const std::vector<TraceRunSummary>& MoetraceReader::runs() const { return impl_->runs; }

Result<std::shared_ptr<const TraceStore>> MoetraceReader::read_run(RunId run,
                                                                   const RunReading& reading) const {
    MOE_TRY(const TraceConnection connection, TraceConnection::open(impl_->path));
    MOE_TRY(TraceIndex index, index_runs(connection));
    MOE_TRY(const RunId wanted, known_run(impl_->path, index, run));
    return load_run(connection, std::make_shared<const TraceIndex>(std::move(index)), wanted, reading);
}

Result<void> MoetraceReader::visit_run(RunId run, const RunPart& part, const WindowVisitor& visit) const {
    MOE_TRY(const TraceConnection connection, TraceConnection::open(impl_->path));
    MOE_TRY(const TraceIndex index, index_runs(connection));
    MOE_TRY(const RunId wanted, known_run(impl_->path, index, run));
    return moe::visit_run(connection, index, wanted, part, visit);
}

Result<std::vector<std::size_t>> MoetraceReader::read_loads(RunId run, std::optional<Phase> phase) const {
    MOE_TRY(const TraceConnection connection, TraceConnection::open(impl_->path));
    MOE_TRY(const TraceRunSummary* const summary, find_run(run));
    return load_counts(connection, summary->id, summary->model.shape, phase);
}

Result<const TraceRunSummary*> MoetraceReader::find_run(RunId run) const {
    for (const TraceRunSummary& summary : impl_->runs) {
        if (run == 0 || summary.id == run) return &summary;
    }
    return no_such_run(impl_->path, run, impl_->runs.front().id, impl_->runs.back().id);
}

bool looks_like_trace(const std::filesystem::path& path) {
    // Closing a file of one's own would drop the locks that SQLite holds on it for a writer in this process
    // (POSIX: the locks are the process's), so such a file is not opened.
    if (is_being_written_here(path)) return true;
    constexpr std::string_view kSqliteMagic("SQLite format 3\0", 16);
    std::array<char, kSqliteMagic.size()> begin = {};
    std::ifstream file(path, std::ios::binary);
    file.read(begin.data(), begin.size());
    return file.good() && std::string_view(begin.data(), begin.size()) == kSqliteMagic;
}

}  // namespace moe
