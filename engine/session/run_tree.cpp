#include "engine/session/run_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/check.h"

namespace moe {

void append_prompt(Run& run, std::span<const TokenId> tokens) {
    if (tokens.empty()) return;
    run.tokens.insert(run.tokens.end(), tokens.begin(), tokens.end());
    run.last_was_chosen = false;
    run.sampler.seek(run.tokens.size());
}

bool has_ended(const Run& run, const Tokenizer& tokenizer) {
    if (!run.last_was_chosen) return false;
    const TokenId last = run.tokens.back();
    const bool ends_line = tokenizer.bytes(last).ends_with('\n');
    return tokenizer.is_end(last) || (run.answers_are_lines && ends_line);
}

Run& RunTree::add(std::string prompt, std::vector<TokenId> tokens, const SamplingParams& sampling) {
    MOE_CHECK(!tokens.empty());
    Run& run = add_new();
    run.name = fmt::format("Run {}", run.id);
    run.prompt = std::move(prompt);
    run.tokens = std::move(tokens);
    run.n_prompt = run.tokens.size();
    run.sampler = Sampler(sampling);
    run.sampler.seek(run.tokens.size());
    run.store = std::make_shared<TraceStore>(shape_, gating_);
    return run;
}

Run& RunTree::add_branch(const Run& parent, std::size_t fork_pos,
                         const std::optional<SamplingParams>& sampling) {
    MOE_CHECK(1 <= fork_pos && fork_pos <= parent.tokens.size());
    MOE_CHECK(fork_pos <= parent.n_stored);
    SamplingParams params = parent.sampler.params();
    if (sampling) {
        params = *sampling;
    } else {
        params.seed += n_branches(parent.id) + 1;
    }
    Run& run = add_new();
    run.parent = parent.id;
    run.fork_pos = fork_pos;
    run.name = fmt::format("Run {} from {}", run.id, fork_pos);
    run.prompt = parent.prompt;
    run.tokens.assign(parent.tokens.begin(), parent.tokens.begin() + static_cast<std::ptrdiff_t>(fork_pos));
    run.n_prompt = std::min(parent.n_prompt, fork_pos);
    run.last_was_chosen = parent.store->snapshot().token(fork_pos - 1).phase == Phase::Decode;
    run.is_chat = parent.is_chat;
    run.answers_are_lines = parent.answers_are_lines;
    run.sampler = Sampler(params);
    run.sampler.seek(fork_pos);
    run.store = TraceStore::branch(parent.store->snapshot(), fork_pos);
    run.n_stored = fork_pos;
    run.n_routed = std::min(parent.n_routed, fork_pos);
    return run;
}

void RunTree::remove(RunId run) {
    MOE_CHECK(n_branches(run) == 0);
    std::erase_if(runs_, [run](const std::unique_ptr<Run>& each) { return each->id == run; });
}

Run* RunTree::find(RunId run) {
    for (const std::unique_ptr<Run>& each : runs_) {
        if (each->id == run) return each.get();
    }
    return nullptr;
}

Run& RunTree::add_new() {
    auto run = std::make_unique<Run>();
    run->id = ++last_id_;
    run->began = std::chrono::steady_clock::now();
    run->began_unix_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(
                             std::chrono::system_clock::now().time_since_epoch())
                             .count();
    runs_.push_back(std::move(run));
    return *runs_.back();
}

std::size_t RunTree::n_branches(RunId parent) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        runs_, [parent](const std::unique_ptr<Run>& run) { return run->parent == parent; }));
}

}  // namespace moe
