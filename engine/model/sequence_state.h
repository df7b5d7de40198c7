#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "engine/base/matrix_view.h"
#include "engine/base/result.h"
#include "engine/base/token_id.h"
#include "engine/model/model_spec.h"

namespace moe {

/// What a model remembers of one sequence: the keys and values of every layer, as float, [position, width].
/// Sized once for `n_ctx` positions; pages are touched as the sequence grows. One thread at a time.
///
/// A recurrent layer has a memory of fixed size instead, which knows the whole text and cannot forget its
/// end. Two are kept, of now and before the last pass: a cut to the latter is at once, one further back
/// starts anew, and `forward` then reads the tokens before the cut again. (More of them would make such cuts
/// quicker; in the models there are, one takes some 75 MB.)
class SequenceState {
  public:
    /// Fails, and says how much is asked for and how much there is, when that is more than the machine has
    /// free now.
    static Result<SequenceState> create(const ModelSpec& spec, std::size_t n_ctx);

    SequenceState() = default;  ///< no room for anything, as after a move
    SequenceState(SequenceState&& other) noexcept { swap(other); }
    SequenceState& operator=(SequenceState other) noexcept {
        swap(other);
        return *this;
    }

    std::size_t n_tokens() const { return n_tokens_; }  ///< positions filled
    std::size_t n_ctx() const { return n_ctx_; }        ///< positions there is room for

    /// Forgets everything from `n_tokens` on.
    void cut(std::size_t n_tokens);

    /// A copy of the first n_tokens() positions: what a later `restore` brings back.
    struct Snapshot {
        std::size_t n_tokens = 0;
        std::vector<std::vector<float>> keys;      ///< per layer [n_tokens, key_width]
        std::vector<TokenId> tokens;               ///< where a layer is recurrent
        std::size_t memory_tokens = 0;             ///< positions that the memories know
        std::vector<std::vector<float>> memories;  ///< per layer
        std::vector<std::vector<float>> values;    ///< per layer [n_tokens, value_width]
    };
    Snapshot snapshot() const;
    void restore(const Snapshot& snapshot);  ///< of a state with the same spec

    /// Room for the keys of `layer`: [n_ctx, key_width]. For `forward` and the attention blocks.
    MatrixView<float> keys(std::size_t layer);
    MatrixView<float> values(std::size_t layer);
    void advance(std::size_t n_tokens);             ///< the next positions are filled
    void advance(std::span<const TokenId> tokens);  ///< with these: what recurrent layers need

    /// Copies the memories of recurrent layers, for a pass to change; `advance` makes them those of now.
    void begin_pass();
    std::span<float> next_memory(std::size_t layer);
    /// Whether recurrent layers know less than n_tokens() positions.
    bool is_behind() const { return !now_.layers.empty() && now_.n_tokens < n_tokens_; }

    /// Sets the end back to where recurrent layers are; unless the tokens have been read again by then, it is
    /// put forth again at the end of this object's life.
    class Rewind {
      public:
        explicit Rewind(SequenceState& state);
        ~Rewind();
        Rewind(const Rewind&) = delete;
        Rewind& operator=(const Rewind&) = delete;
        std::span<const TokenId> tokens() const { return tokens_; }

      private:
        SequenceState& state_;
        std::vector<TokenId> tokens_;
    };

  private:
    struct Pages;  // one anonymous mapping a layer, so that untouched positions cost no memory
    /// The memories of all layers after n_tokens positions; empty for layers that have none.
    struct Memories {
        std::size_t n_tokens = 0;
        std::vector<std::vector<float>> layers;
    };
    std::vector<std::shared_ptr<Pages>> layers_;
    Memories now_, before_, next_;  // no layers where none is recurrent
    std::vector<TokenId> tokens_;   // [n_tokens_] where some layer is
    std::size_t n_tokens_ = 0;
    std::size_t n_ctx_ = 0;

    void swap(SequenceState& other) noexcept {
        layers_.swap(other.layers_);
        std::swap(now_, other.now_);
        std::swap(before_, other.before_);
        std::swap(next_, other.next_);
        tokens_.swap(other.tokens_);
        std::swap(n_tokens_, other.n_tokens_);
        std::swap(n_ctx_, other.n_ctx_);
    }
};

/// Bytes a position takes in a SequenceState.
std::size_t kv_bytes_per_token(const ModelSpec& spec);

/// Positions for which there is memory now.
std::size_t n_ctx_that_fits(const ModelSpec& spec);

}  // namespace moe
