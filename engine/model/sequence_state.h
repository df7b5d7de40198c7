#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "engine/base/matrix_view.h"
#include "engine/base/result.h"
#include "engine/model/model_spec.h"

namespace moe {

/// What a model remembers of one sequence: the keys and values of every layer, as float, [position, width].
/// Sized once for `n_ctx` positions; pages are touched as the sequence grows. One thread at a time.
class SequenceState {
  public:
    /// Fails with the size asked for when the memory is not to be had.
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
        std::vector<std::vector<float>> keys;    ///< per layer [n_tokens, key_width]
        std::vector<std::vector<float>> values;  ///< per layer [n_tokens, value_width]
    };
    Snapshot snapshot() const;
    void restore(const Snapshot& snapshot);  ///< of a state with the same spec

    /// Room for the keys of `layer`: [n_ctx, key_width]. For `forward` and the attention blocks.
    MatrixView<float> keys(std::size_t layer);
    MatrixView<float> values(std::size_t layer);
    void advance(std::size_t n_tokens);  ///< the next positions are filled

  private:
    struct Pages;  // one anonymous mapping a layer, so that untouched positions cost no memory
    std::vector<std::shared_ptr<Pages>> layers_;
    std::size_t n_tokens_ = 0;
    std::size_t n_ctx_ = 0;

    void swap(SequenceState& other) noexcept {
        layers_.swap(other.layers_);
        std::swap(n_tokens_, other.n_tokens_);
        std::swap(n_ctx_, other.n_ctx_);
    }
};

/// Bytes a position takes in a SequenceState.
std::size_t kv_bytes_per_token(const ModelSpec& spec);

}  // namespace moe
