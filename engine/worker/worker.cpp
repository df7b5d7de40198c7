#include "engine/worker/worker.h"

#include <sys/resource.h>

#include <thread>
#include <utility>

#include "engine/worker/work_in_progress.h"
#include "engine/worker/worker_engine.h"

namespace moe {
namespace {

constexpr int kNiceBesideWindow = 10;

/// Threads that this one starts inherit it (Linux has a nice value per thread). Best effort.
void lower_priority_of_this_thread() { (void)::setpriority(PRIO_PROCESS, 0, kNiceBesideWindow); }

}  // namespace

class Worker::Engine {
  public:
    explicit Engine(Options options)
        : options_(std::move(options)), thread_([this](const std::stop_token& stop) { work(stop); }) {}

    ~Engine() {
        work_.stop_all();  // first: a run that ends now was stopped, it is not complete
        thread_.request_stop();
        thread_.join();
    }

    RequestId post(CommandBody command) {
        const RequestId request = ++last_request_;
        work_.note_posted(request, command);
        commands_.post({.request = request, .body = std::move(command)});
        return request;
    }

    Mailbox<Event>& events() { return events_; }

  private:
    void work(const std::stop_token& stop) {
        if (options_.yields_to_window) lower_priority_of_this_thread();
        WorkerEngine engine(options_.n_threads, commands_, work_, EventSender(events_, options_.on_event));
        engine.loop(stop);
    }

    const Options options_;
    Mailbox<Command> commands_;
    Mailbox<Event> events_;
    WorkInProgress work_;
    RequestId last_request_ = 0;
    std::jthread thread_;  // last: it uses the others
};

Worker::Worker(Options options) : engine_(std::make_unique<Engine>(std::move(options))) {}
Worker::~Worker() = default;

RequestId Worker::post(CommandBody command) { return engine_->post(std::move(command)); }
std::optional<Event> Worker::take_event() { return engine_->events().take(); }
std::optional<Event> Worker::wait_event(std::stop_token stop) { return engine_->events().wait(stop); }

}  // namespace moe
