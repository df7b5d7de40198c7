#include "app/shell/trace_loader.h"

namespace moe::app {

namespace {

struct OpenedTrace {
    std::shared_ptr<const MoetraceReader> reader;
    std::shared_ptr<const TraceStore> first;
};

Result<OpenedTrace> open_trace(const std::filesystem::path& path) {
    MOE_TRY(std::unique_ptr<MoetraceReader> reader, MoetraceReader::open(path));
    MOE_TRY(std::shared_ptr<const TraceStore> first, reader->read_run(0));
    return OpenedTrace{.reader = std::move(reader), .first = std::move(first)};
}

}  // namespace

TraceLoader::TraceLoader(QObject* parent) : QObject(parent) { pool_.setMaxThreadCount(1); }

TraceLoader::~TraceLoader() { pool_.waitForDone(); }

// Carries a handler back to this thread, where it runs unless another question was asked meanwhile.
template <class Answer>
void TraceLoader::answer(std::uint64_t question, Answer&& handler) {
    QMetaObject::invokeMethod(
        this,
        [this, question, handler = std::forward<Answer>(handler)] {
            if (question == question_) handler();
        },
        Qt::QueuedConnection);
}

void TraceLoader::open(const std::filesystem::path& path) {
    const std::uint64_t question = ++question_;
    pool_.start([this, question, path] {
        Result<OpenedTrace> result = open_trace(path);
        answer(question, [this, path, result] {
            if (!result) {
                Q_EMIT failed(path, result.error());
                return;
            }
            reader_ = result->reader;
            path_ = path;
            Q_EMIT opened(path, reader_->runs(), result->first);
        });
    });
}

void TraceLoader::read_run(RunId run) {
    const std::uint64_t question = ++question_;
    pool_.start([this, question, run, reader = reader_, path = path_] {
        Result<std::shared_ptr<const TraceStore>> result = reader->read_run(run);
        answer(question, [this, run, path, result] {
            if (result) {
                Q_EMIT run_read(run, *result);
            } else {
                Q_EMIT failed(path, result.error());
            }
        });
    });
}

void TraceLoader::cancel() { ++question_; }

}  // namespace moe::app
