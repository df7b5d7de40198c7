#include "engine/nn/attention.h"

#include <algorithm>
#include <vector>

#include "engine/kernels/exponential.h"
#include "engine/kernels/vector_ops.h"
#include "engine/nn/online_attention.h"

// A task takes a tile: some tokens, and the heads that share one head of keys and values, so that these are
// read once for all of them. Where there are few tiles, as when one token is generated, each tile's keys are
// split between tasks too, and what they mixed is put together at the end. How the work is divided depends on
// the shape alone, never on the number of threads: neither do the results.

namespace moe {
namespace {

constexpr std::size_t kRowsPerTile = 128;
constexpr std::size_t kKeysPerSplit = 512;            // their pages stay known from head to head
constexpr std::size_t kMostPartialFloats = 1u << 20;  // that wait to be put together

KeyRange seen_from(const AttentionShape& shape, std::size_t position) {
    KeyRange seen{.first = 0, .end = position + 1};
    if (shape.window > 0 && seen.end > shape.window) seen.first = seen.end - shape.window;
    if (shape.chunk > 0) seen.first = std::max(seen.first, position / shape.chunk * shape.chunk);
    return seen;
}

/// How the work is divided.
struct Plan {
    std::size_t group = 0;  ///< heads that share keys and values
    std::size_t tokens_per_tile = 0;
    std::size_t n_tiles = 0;
    std::size_t n_splits = 0;  ///< of a tile's keys
};

Plan plan_of(const AttentionShape& shape, std::size_t first_position, std::size_t n_tokens) {
    Plan plan;
    plan.group = shape.n_heads / shape.n_kv_heads;
    plan.tokens_per_tile = std::max<std::size_t>(1, kRowsPerTile / plan.group);
    plan.n_tiles = (n_tokens + plan.tokens_per_tile - 1) / plan.tokens_per_tile;
    const std::size_t n_keys = first_position + n_tokens - seen_from(shape, first_position).first;
    plan.n_splits = std::clamp<std::size_t>(kMostPartialFloats / (n_tokens * shape.n_heads * shape.d_value),
                                            1, (n_keys + kKeysPerSplit - 1) / kKeysPerSplit);
    return plan;
}

/// What one task has mixed, kept until the other keys of its tile have been seen.
struct Partial {
    std::vector<OnlineAttention::Share> shares;
    Matrix<float> mixed;
};

struct PartialView {
    std::span<const OnlineAttention::Share> shares;
    MatrixView<const float> mixed;
};

/// The arguments of `attention`, and its stages.
class AttentionPass {
  public:
    AttentionPass(const AttentionShape& shape, std::size_t first_position, MatrixView<const float> queries,
                  MatrixView<const float> keys, MatrixView<const float> values, MatrixView<float> out)
        : shape_(shape),
          plan_(plan_of(shape, first_position, queries.rows)),
          first_position_(first_position),
          queries_(queries),
          keys_(keys),
          values_(values),
          out_(out) {}

    void run(ThreadPool& pool, const std::stop_token& stop, std::vector<Partial>& partials) const {
        const std::size_t n_whole = plan_.n_tiles * shape_.n_kv_heads;
        partials.resize(std::max(partials.size(), n_whole * plan_.n_splits));
        pool.run(n_whole * plan_.n_splits, [&](std::size_t index, std::size_t /*thread*/) {
            if (stop.stop_requested()) return;
            thread_local OnlineAttention attention;
            const Tile tile = tile_of(index % n_whole);
            attend(tile, index / n_whole, attention);
            if (plan_.n_splits == 1) {
                const PartialView all{attention.shares(), attention.mixed()};
                return write(tile, std::span(&all, 1));
            }
            partials[index].shares.assign(attention.shares().begin(), attention.shares().end());
            copy(attention.mixed(), partials[index].mixed);
        });
        if (plan_.n_splits == 1 || stop.stop_requested()) return;
        pool.run(n_whole, [&](std::size_t index, std::size_t /*thread*/) {
            std::vector<PartialView> parts;
            for (std::size_t split = 0; split < plan_.n_splits; ++split) {
                const Partial& partial = partials[split * n_whole + index];
                parts.push_back({partial.shares, partial.mixed.view()});
            }
            write(tile_of(index), parts);
        });
    }

  private:
    /// Row r of a tile is head r % group of token r / group.
    struct Tile {
        std::size_t kv_head = 0;
        std::size_t first_token = 0;
        std::size_t n_tokens = 0;
    };

    /// The last tokens, which see most, come first.
    Tile tile_of(std::size_t index) const {
        Tile tile;
        tile.kv_head = index % shape_.n_kv_heads;
        tile.first_token = (plan_.n_tiles - 1 - index / shape_.n_kv_heads) * plan_.tokens_per_tile;
        tile.n_tokens = std::min(plan_.tokens_per_tile, queries_.rows - tile.first_token);
        return tile;
    }

    std::span<const float> query_of(const Tile& tile, std::size_t row) const {
        const std::size_t head = tile.kv_head * plan_.group + row % plan_.group;
        return queries_.row(tile.first_token + row / plan_.group)
            .subspan(head * shape_.d_head, shape_.d_head);
    }

    /// The tile's queries over one split of the keys that they see.
    void attend(const Tile& tile, std::size_t split, OnlineAttention& attention) const {
        thread_local std::vector<KeyRange> seen;
        const std::size_t n_rows = tile.n_tokens * plan_.group;
        attention.start(n_rows, shape_.d_head, shape_.d_value);
        seen.clear();
        for (std::size_t row = 0; row < n_rows; ++row) {
            const std::span<float> query = attention.queries().row(row);
            std::ranges::copy(query_of(tile, row), query.begin());
            scale(query, shape_.score_scale);
            seen.push_back(seen_from(shape_, first_position_ + tile.first_token + row / plan_.group));
        }
        const std::size_t first_block = seen.front().first / kKeyBlock;
        const std::size_t end = seen.back().end;
        const std::size_t n_blocks = (end + kKeyBlock - 1) / kKeyBlock - first_block;
        for (std::size_t block = first_block + n_blocks * split / plan_.n_splits;
             block < first_block + n_blocks * (split + 1) / plan_.n_splits; ++block) {
            const std::size_t first = block * kKeyBlock;
            const std::size_t count = std::min(kKeyBlock, end - first);
            attention.add(first, block_of(keys_, first, count, tile.kv_head, shape_.d_head),
                          block_of(values_, first, count, tile.kv_head, shape_.d_value), seen,
                          shape_.score_cap);
        }
    }

    static MatrixView<const float> block_of(MatrixView<const float> rows, std::size_t first,
                                            std::size_t count, std::size_t head, std::size_t width) {
        return {rows.data + first * rows.stride + head * width, count, width, rows.stride};
    }

    static void copy(MatrixView<const float> from, Matrix<float>& to) {
        to.resize(from.rows, from.cols);
        for (std::size_t row = 0; row < from.rows; ++row)
            std::ranges::copy(from.row(row), to.row(row).begin());
    }

    /// Puts the parts of a tile together and divides by what all shares sum up to.
    void write(const Tile& tile, std::span<const PartialView> parts) const {
        for (std::size_t row = 0; row < tile.n_tokens * plan_.group; ++row) {
            const std::size_t head = tile.kv_head * plan_.group + row % plan_.group;
            const std::span<float> out =
                out_.row(tile.first_token + row / plan_.group).subspan(head * shape_.d_value, shape_.d_value);
            float largest = shape_.sinks.empty() ? parts.front().shares[row].largest : shape_.sinks[head];
            for (const PartialView& part : parts) largest = std::max(largest, part.shares[row].largest);
            double sum =
                shape_.sinks.empty() ? 0.0 : static_cast<double>(fast_exp(shape_.sinks[head] - largest));
            std::ranges::fill(out, 0.0f);
            for (const PartialView& part : parts) {
                const float factor = fast_exp(part.shares[row].largest - largest);
                sum += static_cast<double>(factor) * part.shares[row].sum;
                add_scaled(out, factor, part.mixed.row(row));
            }
            scale(out, static_cast<float>(1.0 / sum));
        }
    }

    const AttentionShape& shape_;
    const Plan plan_;
    const std::size_t first_position_;
    const MatrixView<const float> queries_, keys_, values_;
    const MatrixView<float> out_;
};

}  // namespace

void attention(const AttentionShape& shape, std::size_t first_position, MatrixView<const float> queries,
               MatrixView<const float> keys, MatrixView<const float> values, MatrixView<float> out,
               ThreadPool& pool, const std::stop_token& stop) {
    MOE_CHECK(shape.n_kv_heads > 0 && shape.n_heads % shape.n_kv_heads == 0);
    MOE_CHECK(keys.rows >= first_position + queries.rows && values.rows >= first_position + queries.rows);
    MOE_CHECK(shape.sinks.empty() || shape.sinks.size() == shape.n_heads);
    thread_local std::vector<Partial> partials;
    const AttentionPass pass(shape, first_position, queries, keys, values, out);
    pass.run(pool, stop, partials);
}

}  // namespace moe
