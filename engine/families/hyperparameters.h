#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/gguf/gguf_reader.h"
#include "engine/model/model_spec.h"

namespace moe {

/// Largest numbers that a file may claim. Generous for every published model, and small enough that no
/// product of two of them overflows.
inline constexpr std::size_t kMaxLayers = 512;
inline constexpr std::size_t kMaxExperts = 1024;
inline constexpr std::size_t kMaxHeads = 4096;
inline constexpr std::size_t kMaxHeadLength = 1 << 16;
inline constexpr std::size_t kMaxWidth = 1 << 20;
inline constexpr std::size_t kMaxContext = 1 << 30;

/// The numbers that a file gives under its architecture's name: `size("block_count", ...)` reads
/// "qwen3moe.block_count". Borrows the file.
class Hyperparameters {
  public:
    Hyperparameters(const GgufReader& file, std::string_view architecture)
        : file_(file), architecture_(architecture) {}

    const GgufReader& file() const { return file_; }
    const std::string& architecture() const { return architecture_; }
    std::string key(std::string_view name) const { return architecture_ + "." + std::string(name); }
    bool contains(std::string_view name) const { return file_.metadata().contains(key(name)); }

    /// A size in [1, max] that must be there.
    Result<std::size_t> size(std::string_view name, std::size_t max) const {
        return file_.metadata().size(key(name), 1, max);
    }
    Result<std::size_t> size_or(std::string_view name, std::size_t fallback, std::size_t max) const {
        return file_.metadata().size_or(key(name), fallback, 1, max);
    }
    /// A size in [1, max] that the file gives once, or as an array with one a layer; `fallback` where it is
    /// absent.
    Result<std::size_t> layer_size_or(std::string_view name, std::size_t layer, std::size_t fallback,
                                      std::size_t max) const;
    Result<std::size_t> layer_size(std::string_view name, std::size_t layer, std::size_t max) const {
        if (!contains(name)) return size(name, max);
        return layer_size_or(name, layer, /*fallback=*/1, max);
    }
    /// A number in (0, max].
    Result<double> positive(std::string_view name, double max) const;
    Result<double> positive_or(std::string_view name, double fallback, double max) const {
        if (!contains(name)) return fallback;
        return positive(name, max);
    }

    Result<double> number_or(std::string_view name, double fallback) const {
        return file_.metadata().number_or(key(name), fallback);
    }
    Result<bool> flag_or(std::string_view name, bool fallback) const {
        return file_.metadata().flag_or(key(name), fallback);
    }
    /// A count in [0, max], 0 where the file does not say.
    Result<std::size_t> count(std::string_view name, std::size_t max) const {
        return file_.metadata().size_or(key(name), 0, 0, max);
    }
    bool has_tensor(const std::string& name) const { return file_.find_tensor(name) != nullptr; }
    /// Whether some layer has the tensor "blk.N.`name`".
    bool has_layer_tensor(std::string_view name) const;

  private:
    const GgufReader& file_;
    std::string architecture_;
};

/// What every family has, all but the layers.
Result<ModelSpec> read_model(const Hyperparameters& parameters, NormKind norm = NormKind::Rms);

/// Attention with the common keys: 1/sqrt(d_head) as scale, rotation of halves, no norm, biases where the
/// file has them. Rope scaling of an unknown kind is refused by name. `layer` matters where the file gives
/// numbers a layer.
Result<AttentionSpec> read_attention(const Hyperparameters& parameters, const ModelSpec& model,
                                     std::size_t layer = 0);

/// A constant factor above 0; `fallback` where the file does not say or says 0.
Result<float> read_factor(const Hyperparameters& parameters, std::string_view name, float fallback);

/// How many experts, how many of them a token takes, and the factor of their weights.
Result<MoeSpec> read_expert_counts(const Hyperparameters& parameters, std::size_t d_ff);

/// The router of a family that takes a softmax over all experts; `d_ff` is the width of an expert.
Result<MoeSpec> read_softmax_experts(const Hyperparameters& parameters, std::size_t d_ff);

/// The routed block of a family whose file tells gating function, groups, renormalizing and scale.
struct RouterDefaults {
    Gating gating = Gating::Softmax;
    bool renormalize = false;
};
Result<MoeSpec> read_experts(const Hyperparameters& parameters, std::size_t d_ff,
                             const RouterDefaults& defaults);

/// `expert_shared_count` experts of the routed ones' width, plain.
Result<void> read_shared_count(const Hyperparameters& parameters, MoeSpec& spec);

/// One shared expert of `expert_shared_feed_forward_length`; none where the file does not say.
Result<void> read_shared_width(const Hyperparameters& parameters, MoeSpec& spec);

/// The width of the shared expert in families that always have one: files may leave it out where it is the
/// dense width.
Result<std::size_t> read_required_shared_width(const Hyperparameters& parameters);

/// The first `leading_dense_block_count` layers take a feed-forward of `feed_forward_length`, and so do those
/// between every `interleave_moe_layer_step`-th; the others are like `layer`.
Result<ModelSpec> with_dense_layers(const Hyperparameters& parameters, ModelSpec model,
                                    const LayerSpec& layer);

/// `block_count` layers like `layer`, less those at the end that only guess tokens ahead.
Result<ModelSpec> with_equal_layers(const Hyperparameters& parameters, ModelSpec model,
                                    const LayerSpec& layer);

/// The width of an expert in files that may leave it out: the dense width shared among the chosen.
Result<std::size_t> read_expert_width(const Hyperparameters& parameters);

}  // namespace moe
