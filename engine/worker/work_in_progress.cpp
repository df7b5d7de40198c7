#include "engine/worker/work_in_progress.h"

#include <algorithm>

namespace moe {
namespace {

constexpr std::array kWorkKinds = {WorkKind::Load, WorkKind::Reading, WorkKind::Token, WorkKind::Run};

template <class Wanted>
bool is(const CommandBody& command) {
    return std::holds_alternative<Wanted>(command);
}

std::size_t index_of(WorkKind kind) { return static_cast<std::size_t>(kind); }

}  // namespace

bool ends(const CommandBody& command, WorkKind kind) {
    if (is<Cancel>(command)) return true;
    switch (kind) {
        case WorkKind::Load:
            return is<LoadModel>(command);
        case WorkKind::Reading:
            return is<LoadModel>(command) || is<StartRun>(command);
        case WorkKind::Token:
            return false;
        case WorkKind::Run:
            return is<LoadModel>(command) || is<StartRun>(command) || is<AppendMessage>(command) ||
                   is<ContinueFrom>(command) || is<SelectRun>(command) || is<Pause>(command);
    }
    return false;
}

void WorkInProgress::note_posted(RequestId request, const CommandBody& command) {
    const std::lock_guard lock(mutex_);
    for (const WorkKind kind : kWorkKinds) {
        if (ends(command, kind)) newest_end_[index_of(kind)] = request;
    }
    if (is<Pause>(command) || is<Cancel>(command)) newest_call_off_ = request;
    if (is_ended_locked(present_, present_kind_)) source_.request_stop();
}

void WorkInProgress::stop_all() {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    source_.request_stop();
}

std::stop_token WorkInProgress::begin(RequestId request, WorkKind kind) {
    const std::lock_guard lock(mutex_);
    present_ = request;
    present_kind_ = kind;
    source_ = std::stop_source();
    if (is_ended_locked(request, kind)) source_.request_stop();
    return source_.get_token();
}

bool WorkInProgress::is_ended(RequestId request, WorkKind kind) const {
    const std::lock_guard lock(mutex_);
    return is_ended_locked(request, kind);
}

bool WorkInProgress::is_called_off(RequestId request) const {
    const std::lock_guard lock(mutex_);
    return is_stopping_ || newest_call_off_ > request;
}

bool WorkInProgress::is_ended_locked(RequestId request, WorkKind kind) const {
    return is_stopping_ || newest_end_[index_of(kind)] > request;
}

}  // namespace moe
