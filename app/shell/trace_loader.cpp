#include "app/shell/trace_loader.h"

#include <chrono>
#include <utility>

namespace moe::app {

namespace {

using Clock = std::chrono::steady_clock;

// Of a growing run: as often as numbers may change on the screen.
constexpr std::chrono::milliseconds kGrowthInterval(100);

}  // namespace

TraceLoader::TraceLoader(QObject* parent) : QObject(parent) { pool_.setMaxThreadCount(1); }

TraceLoader::~TraceLoader() {
    cancel();
    pool_.waitForDone();
}

void TraceLoader::cancel() { ++question_; }

TraceLoader::Question TraceLoader::ask(const std::filesystem::path& path) {
    return {.number = ++question_, .path = path};
}

// Carries a handler back to this thread, where it runs unless another question was asked meanwhile.
template <class Answer>
void TraceLoader::answer(const Question& question, Answer&& handler) {
    QMetaObject::invokeMethod(
        this,
        [this, question, handler = std::forward<Answer>(handler)] {
            if (!is_stale(question)) handler();
        },
        Qt::QueuedConnection);
}

void TraceLoader::open(const std::filesystem::path& path) {
    pool_.start([this, question = ask(path)] {
        if (is_stale(question)) return;
        const Result<void> result = read_first_run(question);
        if (!result) end(question, 0, result);
    });
}

Result<void> TraceLoader::read_first_run(const Question& question) {
    MOE_TRY(std::shared_ptr<const MoetraceReader> reader, MoetraceReader::open(question.path));
    const RunId first = reader->runs().front().id;
    answer(question, [this, reader, path = question.path] { Q_EMIT opened(path, reader->runs()); });
    end(question, first, read(question, *reader, first));
    return {};
}

void TraceLoader::read_run(const std::filesystem::path& path, RunId run) {
    pool_.start([this, run, question = ask(path)] {
        if (is_stale(question)) return;
        end(question, run, open_and_read(question, run));
    });
}

Result<void> TraceLoader::open_and_read(const Question& question, RunId run) {
    MOE_TRY(const std::unique_ptr<MoetraceReader> reader, MoetraceReader::open(question.path));
    return read(question, *reader, run);
}

Result<void> TraceLoader::read(const Question& question, const MoetraceReader& reader, RunId run) {
    bool has_begun = false;
    Clock::time_point told;
    const auto tell = [&](const std::shared_ptr<const TraceStore>& store) {
        if (!std::exchange(has_begun, true)) {
            answer(question, [this, run, store] { Q_EMIT run_begun(run, store); });
        } else {
            answer(question, [this, run] { Q_EMIT run_grew(run); });
        }
        told = Clock::now();
    };
    const auto watch = [&](const std::shared_ptr<const TraceStore>& store) {
        if (!has_begun || Clock::now() - told >= kGrowthInterval) tell(store);
        return !is_stale(question);
    };
    MOE_TRY(const std::shared_ptr<const TraceStore> store, reader.read_run(run, {.watch = watch}));
    tell(store);
    return {};
}

void TraceLoader::end(const Question& question, RunId run, const Result<void>& result) {
    answer(question, [this, question, run, result] {
        if (result) {
            Q_EMIT finished(run);
        } else {
            Q_EMIT failed(question.path, result.error());
        }
    });
}

}  // namespace moe::app
