#include "tests/support/tiny_model.h"

#include <algorithm>

#include "engine/base/check.h"
#include "engine/quant/block_types.h"

namespace moe::test {
namespace {

constexpr std::uint64_t kModel = 32, kHead = 16, kExperts = 4, kFf = 32, kVocab = 64;

std::string zeros(const std::vector<std::uint64_t>& dims, std::uint32_t type_id) {
    const std::optional<BlockLayout> layout = block_layout_from_id(type_id);
    MOE_CHECK(layout.has_value());
    std::uint64_t n_values = 1;
    for (const std::uint64_t dim : dims) n_values *= dim;
    return std::string(n_values / layout->values * layout->size_bytes, '\0');
}

}  // namespace

TinyModel::TinyModel() {
    set_text("general.architecture", "qwen3moe");
    const auto size = [this](const std::string& key, std::uint32_t value) {
        set("qwen3moe." + key, GgufType::U32, value);
    };
    size("block_count", 2);
    size("context_length", 128);
    size("embedding_length", kModel);
    size("attention.head_count", 2);
    size("attention.head_count_kv", 1);
    size("attention.key_length", kHead);
    size("attention.value_length", kHead);
    size("expert_count", kExperts);
    size("expert_used_count", 2);
    size("expert_feed_forward_length", kFf);
    set("qwen3moe.attention.layer_norm_rms_epsilon", GgufType::F32, 1e-6f);
    set("qwen3moe.rope.freq_base", GgufType::F32, 1e6f);

    add_tensor("token_embd.weight", {kModel, kVocab});
    add_tensor("output_norm.weight", {kModel});
    for (const std::string block : {"blk.0.", "blk.1."}) {
        add_tensor(block + "attn_norm.weight", {kModel});
        add_tensor(block + "attn_q.weight", {kModel, 2 * kHead});
        add_tensor(block + "attn_k.weight", {kModel, kHead});
        add_tensor(block + "attn_v.weight", {kModel, kHead});
        add_tensor(block + "attn_output.weight", {2 * kHead, kModel});
        add_tensor(block + "attn_q_norm.weight", {kHead});
        add_tensor(block + "attn_k_norm.weight", {kHead});
        add_tensor(block + "ffn_norm.weight", {kModel});
        add_tensor(block + "ffn_gate_inp.weight", {kModel, kExperts});
        add_tensor(block + "ffn_gate_exps.weight", {kModel, kFf, kExperts});
        add_tensor(block + "ffn_up_exps.weight", {kModel, kFf, kExperts});
        add_tensor(block + "ffn_down_exps.weight", {kFf, kModel, kExperts});
    }
}

void TinyModel::set_raw(const std::string& key, GgufType type, const std::string& raw) {
    const auto found = std::ranges::find(entries_, key, &Entry::key);
    if (found == entries_.end())
        entries_.push_back({key, type, raw});
    else
        *found = {key, type, raw};
}

void TinyModel::set_text(const std::string& key, const std::string& value) {
    std::string raw;
    append_text(raw, value);
    set_raw(key, GgufType::Text, raw);
}

void TinyModel::remove(const std::string& key) {
    std::erase_if(entries_, [&key](const Entry& entry) { return entry.key == key; });
}

GgufImage::Tensor& TinyModel::tensor(const std::string& name) {
    const auto found = std::ranges::find(tensors_, name, &GgufImage::Tensor::name);
    MOE_CHECK(found != tensors_.end());
    return *found;
}

void TinyModel::remove_tensor(const std::string& name) {
    std::erase_if(tensors_, [&name](const GgufImage::Tensor& tensor) { return tensor.name == name; });
}

void TinyModel::add_tensor(const std::string& name, std::vector<std::uint64_t> dims, std::uint32_t type_id) {
    std::string data = zeros(dims, type_id);
    tensors_.push_back({.name = name, .dims = std::move(dims), .type_id = type_id, .data = std::move(data)});
}

void TinyModel::reshape(const std::string& name, std::vector<std::uint64_t> dims, std::uint32_t type_id) {
    GgufImage::Tensor& changed = tensor(name);
    changed.data = zeros(dims, type_id);
    changed.dims = std::move(dims);
    changed.type_id = type_id;
}

std::string TinyModel::bytes() const {
    GgufImage image;
    for (const Entry& entry : entries_) image.raw(entry.key, entry.type, entry.raw);
    for (const GgufImage::Tensor& tensor : tensors_) image.tensor(tensor);
    return image.bytes();
}

}  // namespace moe::test
