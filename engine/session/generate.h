#pragma once

#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "engine/base/matrix.h"
#include "engine/base/result.h"
#include "engine/base/thread_pool.h"
#include "engine/model/model.h"
#include "engine/model/sequence_state.h"
#include "engine/session/run_tree.h"
#include "engine/session/trace_recorder.h"
#include "engine/tokenizer/tokenizer.h"

namespace moe {

/// Whether `step` runs the token it has chosen through the model at once, so that its routing and the
/// candidates after it are known, or leaves that to the next step.
enum class RunNewest { Now, Later };

/// Why a run cannot go on. EndToken: its last token was chosen and ends a text or an answer.
enum class RunEnd { Open, EndToken, ContextFull };

/// Most tokens of a prompt that go through the model at once; enough that each expert of a large model has
/// work for a matrix product. Not a matter of the clock: the split changes the last bits of float sums, and
/// the same prompt shall give the same trace.
inline constexpr std::size_t kPieceTokens = 8 * kChunkTokens;

/// The one sequence of a model that is alive: its keys and values, and the logits that follow. It brings
/// any run of the model to life, going back to what that has in common with the sequence and reading the
/// rest again. One thread at a time.
class Generation {
  public:
    struct Options {
        std::shared_ptr<const Model> model;
        std::shared_ptr<const Tokenizer> tokenizer;
        std::size_t n_ctx = 0;  ///< positions; 0: as many as the model was made for and the memory holds
        std::size_t piece_tokens = kPieceTokens;
        bool watched = true;    ///< false: no routing is taken down (to measure what that costs)
    };
    /// Fails when this machine has no memory for `n_ctx` positions.
    static Result<Generation> create(Options options, ThreadPool& pool);

    /// After each MoE layer of a piece that is watched, and after each piece: positions read since the
    /// beginning of `read`, of how many. A piece that is half through its layers counts half.
    using OnProgress = std::function<void(std::size_t done, std::size_t total)>;

    /// Makes the first `end` tokens of `run` the sequence, so that the logits after them are known. What
    /// is new to the run's trace is added to it, piece by piece. On `stop` the Error is `cancelled`; what
    /// was read until then stays. 1 <= end <= run.tokens.size() and n_ctx().
    Result<void> read(Run& run, std::size_t end, std::stop_token stop, const OnProgress& on_progress = {});

    /// Draws the next token of `run`, which must have room. An Error may leave the new token unrouted.
    Result<void> step(Run& run, RunNewest newest, std::stop_token stop);

    /// Puts `token` at the end of `run`, as `step` does with the one it draws. The id must exist.
    Result<void> put(Run& run, TokenId token, RunNewest newest, std::stop_token stop);

    /// Logits of the token after the run's last, [n_vocab]; empty where that was not run yet.
    std::span<const float> next_logits(const Run& run) const { return logits_after(run, run.tokens.size()); }
    /// The same after the run's first `n_tokens`; empty unless these were read last.
    std::span<const float> logits_after(const Run& run, std::size_t n_tokens) const;

    /// With `ignore_end`, end tokens are tokens like others.
    RunEnd end_of(const Run& run, bool ignore_end = false) const;
    std::size_t n_ctx() const { return state_.n_ctx(); }
    const Model& model() const { return *options_.model; }
    const Tokenizer& tokenizer() const { return *options_.tokenizer; }

  private:
    Generation(Options options, ThreadPool& pool, SequenceState state);

    std::size_t first_to_read(const Run& run, std::size_t end) const;
    void cut(std::size_t n_tokens);
    Result<void> read_piece(const Run& run, std::size_t end, const std::stop_token& stop,
                            const std::function<void(std::size_t)>& on_tokens);
    void keep_piece(Run& run, std::size_t first, std::size_t end);
    std::size_t piece_end(const Run& run, std::size_t end) const;
    TokenRecord record_of(const Run& run, std::size_t position, Phase phase) const;
    Result<void> append(Run& run, const SampledToken& token, RunNewest newest, std::stop_token stop);

    Options options_;
    ThreadPool* pool_;
    SequenceState state_;
    std::vector<TokenId> read_tokens_;  // what state_ holds
    Matrix<float> logits_;              // [1, n_vocab] after the last of read_tokens_
    bool has_logits_ = false;
    TraceRecorder recorder_;
};

}  // namespace moe
