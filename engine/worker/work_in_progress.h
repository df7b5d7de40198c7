#pragma once

#include <array>
#include <mutex>
#include <optional>
#include <stop_token>

#include "engine/worker/command.h"

namespace moe {

/// What the worker is at, by what puts an end to it. Reading: a prefill, or bringing back an earlier run.
/// Token: the forward pass of one token, which only Cancel does not wait for. Run: the sequence of tokens
/// of a Step or RunFreely, of which an interrupting command waits for the present token.
enum class WorkKind { Load, Reading, Token, Run };

/// Whether a command of this kind, when it is posted, ends work of that kind.
bool ends(const CommandBody& command, WorkKind kind);

/// Lets the posting thread stop what the worker is at, and only that: a command ends the work of commands
/// that were posted before it, also of those that still wait.
class WorkInProgress {
  public:
    /// In the posting thread, for every command, before it can be taken.
    void note_posted(RequestId request, const CommandBody& command);
    /// In the posting thread: the worker is being destroyed, everything ends.
    void stop_all();

    /// In the worker's thread: work for `request` begins; a token that its end was already asked for is
    /// stopped from the start. One work at a time; the next `begin` ends it.
    std::stop_token begin(RequestId request, WorkKind kind);
    /// Whether a command that ends work of this kind was posted after `request`.
    bool is_ended(RequestId request, WorkKind kind) const;
    /// Whether a Pause or Cancel was posted after `request`.
    bool is_called_off(RequestId request) const;

  private:
    bool is_ended_locked(RequestId request, WorkKind kind) const;

    mutable std::mutex mutex_;
    std::array<RequestId, 4> newest_end_{};  // by WorkKind: the newest command that ends it
    RequestId newest_call_off_ = 0;
    bool is_stopping_ = false;
    RequestId present_ = 0;
    WorkKind present_kind_ = WorkKind::Run;
    std::stop_source source_;
};

}  // namespace moe
