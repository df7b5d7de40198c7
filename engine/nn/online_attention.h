#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/base/matrix.h"
#include "engine/base/matrix_view.h"

namespace moe {

/// Positions [first, end) of the keys.
struct KeyRange {
    std::size_t first = 0;
    std::size_t end = 0;
};

/// Keys that are scored at a time.
inline constexpr std::size_t kKeyBlock = 128;

/// The softmax of some rows of queries over keys that come block by block, and the values mixed by it. Each
/// row keeps the largest score so far, and what it has is scaled down when a larger one comes: no more than a
/// block of scores is ever held (Milakov and Gimelshein 2018, arXiv:1805.02867, algorithm 3; Dao et al. 2022,
/// arXiv:2205.14135, algorithm 1). One thread.
class OnlineAttention {
  public:
    /// What a row has so far, beside what it mixed.
    struct Share {
        float largest = 0.0f;  ///< score
        double sum = 0.0;      ///< Σ exp(score - largest)
    };

    /// Forgets what was there. The caller fills `queries`, already scaled.
    void start(std::size_t n_rows, std::size_t d_head, std::size_t d_value);
    MatrixView<float> queries() { return queries_.view().rows_from(0, n_rows_); }

    /// Takes in up to kKeyBlock keys, which stand at positions `first` and on.
    ///
    ///   seen       [n_rows] what each row sees of all positions
    ///   score_cap  as in AttentionShape
    void add(std::size_t first, MatrixView<const float> keys, MatrixView<const float> values,
             std::span<const KeyRange> seen, float score_cap);

    std::span<const Share> shares() const { return shares_; }
    /// [n_rows, d_value]  Σ exp(score - largest) value
    MatrixView<const float> mixed() const { return mixed_.view().rows_from(0, n_rows_); }

  private:
    void weigh(std::size_t row, std::span<float> scores, KeyRange seen, float score_cap);

    Matrix<float>
        queries_;           // [rows, d_head], n_rows_ and then zeros up to a number that is good for products
    Matrix<float> scores_;  // [rows, kKeyBlock]
    Matrix<float> mixed_;   // [rows, d_value]
    Matrix<float> padded_keys_, padded_values_;  // a block that is not full
    std::vector<Share> shares_;
    std::size_t n_rows_ = 0;
    bool has_many_rows_ = false;  // enough for oneDNN
};

}  // namespace moe
