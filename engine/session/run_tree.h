#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/token_id.h"
#include "engine/session/sampler.h"
#include "engine/tokenizer/tokenizer.h"
#include "engine/trace/trace_shape.h"
#include "engine/trace/trace_store.h"

namespace moe {

/// One sequence of tokens of a model, with its trace. It only grows: what was chosen stays.
struct Run {
    RunId id = 0;
    std::optional<RunId> parent;
    std::size_t fork_pos = 0;  ///< with a parent: the first position of its own
    std::string name;          ///< "Run 1", for a branch "Run 2 from 57"
    std::string prompt;
    std::vector<TokenId> tokens;        ///< all positions, the inherited ones included
    std::size_t n_prompt = 0;           ///< the first of them, read and not chosen
    bool last_was_chosen = false;       ///< the last of them is no prompt
    bool is_chat = false;               ///< a conversation in the model's chat format
    bool answers_are_lines = false;     ///< of a chat: a line break ends an answer, as an end token does
    Sampler sampler{SamplingParams{}};  ///< the next draw is that of position tokens.size()
    std::shared_ptr<TraceStore> store;
    std::size_t n_stored = 0;  ///< tokens in the store; a prompt comes into it as it is read
    std::size_t n_routed = 0;  ///< of these, with routing
    std::chrono::steady_clock::time_point began;
    std::int64_t began_unix_ns = 0;
};

/// Puts `tokens` at the end of `run` as more of its prompt. Whatever goes on with the run reads them first.
void append_prompt(Run& run, std::span<const TokenId> tokens);

/// Whether the last token was chosen and ends a text, or an answer of a chat.
bool has_ended(const Run& run, const Tokenizer& tokenizer);

/// The runs of one model. Ids count from 1 and are never used twice.
class RunTree {
  public:
    RunTree(TraceShape shape, TraceGating gating) : shape_(std::move(shape)), gating_(gating) {}

    /// A run that has read nothing yet. `tokens` is its prompt, `prompt` the text of that.
    Run& add(std::string prompt, std::vector<TokenId> tokens, const SamplingParams& sampling);

    /// A run that shares the first `fork_pos` positions of `parent`, all of them routed;
    /// 1 <= fork_pos <= parent.tokens.size(). Without `sampling` it draws as its parent does, from a seed
    /// of its own (the parent's plus its number of branches), so that it goes another way.
    Run& add_branch(const Run& parent, std::size_t fork_pos, const std::optional<SamplingParams>& sampling);

    /// Forgets a run that came to nothing; it must have no branches.
    void remove(RunId run);

    Run* find(RunId run);                                                    ///< null when there is none
    const std::vector<std::unique_ptr<Run>>& runs() const { return runs_; }  ///< by ascending id

  private:
    Run& add_new();
    std::size_t n_branches(RunId parent) const;

    TraceShape shape_;
    TraceGating gating_;
    std::vector<std::unique_ptr<Run>> runs_;
    RunId last_id_ = 0;
};

}  // namespace moe
