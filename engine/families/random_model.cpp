#include "engine/families/random_model.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "engine/base/rng.h"
#include "engine/quant/random_blocks.h"

namespace moe {
namespace {

// Names and metadata as bind_weights and the families read them.

constexpr float kBiasDeviation = 0.02f;
constexpr float kEmbeddingDeviation = 1.0f;

/// What quantizers take when a row is not a whole number of `type`'s blocks.
BlockType fitting_type(BlockType type, std::size_t n_in) {
    const auto fits = [n_in](BlockType other) { return n_in % block_layout(other).values == 0; };
    if (fits(type)) return type;
    BlockType smaller = BlockType::F16;
    switch (type) {
        case BlockType::Q2_K:
        case BlockType::Q3_K:
        case BlockType::IQ4_XS:
            smaller = BlockType::IQ4_NL;
            break;
        case BlockType::Q4_K:
            smaller = BlockType::Q5_0;
            break;
        case BlockType::Q5_K:
            smaller = BlockType::Q5_1;
            break;
        case BlockType::Q6_K:
            smaller = BlockType::Q8_0;
            break;
        default:
            break;
    }
    return fits(smaller) ? smaller : BlockType::F16;
}

/// The layers whose attn_v and ffn_down get more bits.
bool is_raised(std::size_t layer, std::size_t n_layers) {
    const std::size_t eighth = n_layers / 8;
    return layer < eighth || layer >= 7 * n_layers / 8 || (layer - eighth) % 3 == 2;
}

/// Collects the tensors of a file and what they are filled with.
class RandomTensors {
  public:
    explicit RandomTensors(GgufHeader header) : header_(std::move(header)) {}

    /// `dims` as in GGUF: n_in, n_out and, for a stack, the number of matrices.
    void matrix(const std::string& name, std::vector<std::size_t> dims, BlockType type) {
        const float deviation = 1.0f / std::sqrt(static_cast<float>(dims[0]));
        const BlockType fitting = fitting_type(type, dims[0]);
        add({.name = name, .dims = std::move(dims), .type = fitting}, deviation);
    }
    void embedding(std::size_t d_model, std::size_t n_vocab, BlockType type) {
        add({.name = "token_embd.weight", .dims = {d_model, n_vocab}, .type = fitting_type(type, d_model)},
            kEmbeddingDeviation);
    }
    void norm(const std::string& name, std::size_t n) { add({.name = name, .dims = {n}}, std::nullopt); }
    void bias(const std::string& name, std::size_t n) { add({.name = name, .dims = {n}}, kBiasDeviation); }

    const GgufHeader& header() const { return header_; }

    void fill(const TensorPiece& piece, std::uint64_t seed) const {
        const std::optional<float> deviation = deviations_[piece.tensor];
        if (!deviation) return fill_ones(piece.bytes);
        Rng rng(Rng(Rng(seed).next() + piece.tensor).next() + piece.offset);
        fill_random_blocks(header_.tensors()[piece.tensor].type, *deviation, rng, piece.bytes);
    }

  private:
    static void fill_ones(std::span<std::byte> bytes) {
        constexpr float kOne = 1.0f;
        for (std::size_t at = 0; at < bytes.size(); at += sizeof kOne)
            std::memcpy(bytes.data() + at, &kOne, sizeof kOne);
    }
    void add(PlannedTensor tensor, std::optional<float> deviation) {
        header_.tensor(std::move(tensor));
        deviations_.resize(header_.tensors().size());
        deviations_.back() = deviation;
    }

    GgufHeader header_;
    std::vector<std::optional<float>> deviations_;  ///< nothing: all ones
};

void add_metadata(const RandomModelSpec& spec, GgufHeader& header) {
    const auto size = [&](const std::string& key, std::size_t value) {
        header.size(spec.architecture + "." + key, value);
    };
    header.text("general.architecture", spec.architecture);
    header.text("general.name", spec.name + " (random weights)");
    header.size("general.quantization_version", 2);
    size("block_count", spec.n_layers);
    size("context_length", spec.n_ctx);
    size("embedding_length", spec.d_model);
    size("feed_forward_length", spec.d_ff);
    size("attention.head_count", spec.n_heads);
    size("attention.head_count_kv", spec.n_kv_heads);
    size("attention.key_length", spec.d_head);
    size("attention.value_length", spec.d_head);
    size("rope.dimension_count", spec.d_head);
    size("expert_count", spec.n_experts);
    size("expert_used_count", spec.top_k);
    size("expert_feed_forward_length", spec.d_ff);
    if (spec.d_ff_shared > 0) size("expert_shared_feed_forward_length", spec.d_ff_shared);
    header.number(spec.architecture + ".attention.layer_norm_rms_epsilon", spec.norm_epsilon);
    header.number(spec.architecture + ".rope.freq_base", spec.rope_base);
}

void add_attention(const RandomModelSpec& spec, const std::string& block, bool raised,
                   RandomTensors& tensors) {
    const std::size_t n_query = spec.n_heads * spec.d_head;
    const std::size_t n_key = spec.n_kv_heads * spec.d_head;
    tensors.norm(block + "attn_norm.weight", spec.d_model);
    tensors.matrix(block + "attn_q.weight", {spec.d_model, n_query}, spec.types.most);
    tensors.matrix(block + "attn_k.weight", {spec.d_model, n_key}, spec.types.most);
    tensors.matrix(block + "attn_v.weight", {spec.d_model, n_key},
                   raised ? spec.types.raised : spec.types.most);
    tensors.matrix(block + "attn_output.weight", {n_query, spec.d_model}, spec.types.most);
    if (spec.architecture == "qwen2moe") {
        tensors.bias(block + "attn_q.bias", n_query);
        tensors.bias(block + "attn_k.bias", n_key);
        tensors.bias(block + "attn_v.bias", n_key);
    }
    if (spec.architecture == "olmoe" || spec.architecture == "qwen3moe") {
        const bool whole = spec.architecture == "olmoe";
        tensors.norm(block + "attn_q_norm.weight", whole ? n_query : spec.d_head);
        tensors.norm(block + "attn_k_norm.weight", whole ? n_key : spec.d_head);
    }
}

void add_experts(const RandomModelSpec& spec, const std::string& block, bool raised, RandomTensors& tensors) {
    const BlockType most = spec.types.most;
    const BlockType down = raised ? spec.types.raised : most;
    const std::size_t n = spec.n_experts;
    tensors.norm(block + "ffn_norm.weight", spec.d_model);
    tensors.matrix(block + "ffn_gate_inp.weight", {spec.d_model, n}, BlockType::F32);
    tensors.matrix(block + "ffn_gate_exps.weight", {spec.d_model, spec.d_ff, n}, most);
    tensors.matrix(block + "ffn_up_exps.weight", {spec.d_model, spec.d_ff, n}, most);
    tensors.matrix(block + "ffn_down_exps.weight", {spec.d_ff, spec.d_model, n}, down);
    if (spec.d_ff_shared == 0) return;
    tensors.matrix(block + "ffn_gate_inp_shexp.weight", {spec.d_model}, BlockType::F32);
    tensors.matrix(block + "ffn_gate_shexp.weight", {spec.d_model, spec.d_ff_shared}, most);
    tensors.matrix(block + "ffn_up_shexp.weight", {spec.d_model, spec.d_ff_shared}, most);
    tensors.matrix(block + "ffn_down_shexp.weight", {spec.d_ff_shared, spec.d_model}, down);
}

RandomTensors plan(const RandomModelSpec& spec, GgufHeader header) {
    add_metadata(spec, header);
    RandomTensors tensors(std::move(header));
    tensors.embedding(spec.d_model, spec.n_vocab, spec.types.most);
    for (std::size_t layer = 0; layer < spec.n_layers; ++layer) {
        const std::string block = fmt::format("blk.{}.", layer);
        const bool raised = is_raised(layer, spec.n_layers);
        add_attention(spec, block, raised, tensors);
        add_experts(spec, block, raised, tensors);
    }
    tensors.norm("output_norm.weight", spec.d_model);
    tensors.matrix("output.weight", {spec.d_model, spec.n_vocab}, spec.types.output);
    return tensors;
}

}  // namespace

Result<void> write_random_model(const std::filesystem::path& path, const RandomModelSpec& spec,
                                GgufHeader header, ThreadPool& pool, const WriteProgress& on_progress,
                                const std::stop_token& stop) {
    MOE_TRY(check_random_model(spec));
    const RandomTensors tensors = plan(spec, std::move(header));
    const auto fill = [&](const TensorPiece& piece) { tensors.fill(piece, spec.seed); };
    return write_gguf(path, tensors.header(), fill, pool, on_progress, stop);
}

Result<std::size_t> count_parameters(const RandomModelSpec& spec) {
    MOE_TRY(check_random_model(spec));
    const RandomTensors tensors = plan(spec, {});
    std::size_t n_values = 0;
    for (const PlannedTensor& tensor : tensors.header().tensors()) n_values += tensor.n_values();
    return n_values;
}

}  // namespace moe
