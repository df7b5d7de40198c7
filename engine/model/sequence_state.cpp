#include "engine/model/sequence_state.h"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <string_view>

namespace moe {
namespace {

MatrixView<const float> filled(MatrixView<float> rows, std::size_t n_tokens) {
    return rows.rows_from(0, n_tokens);
}

std::vector<float> copy_of(MatrixView<const float> rows) {
    return {rows.data, rows.data + rows.rows * rows.cols};
}

/// Bytes that the kernel could give to this process now; no limit where it does not say.
std::uint64_t available_bytes() {
    constexpr std::string_view kLabel = "MemAvailable:";
    std::ifstream file("/proc/meminfo");
    std::uint64_t kibibytes = 0;
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with(kLabel)) continue;
        if (std::istringstream(line.substr(kLabel.size())) >> kibibytes) return kibibytes * 1024;
    }
    return std::numeric_limits<std::uint64_t>::max();
}

/// Of all recurrent layers: now, before the last pass and during the next one.
std::size_t memory_bytes(const ModelSpec& spec) {
    std::size_t n_floats = 0;
    for (const LayerSpec& layer : spec.layers)
        if (layer.attention.delta_net) n_floats += 3 * layer.attention.delta_net->state_size();
    return n_floats * sizeof(float);
}

double gigabytes(std::uint64_t bytes) { return static_cast<double>(bytes) * 1e-9; }

/// An error if `n_ctx` positions are more than there is memory for, though the kernel would promise them.
Result<void> check_size(const ModelSpec& spec, std::size_t n_ctx) {
    const std::size_t bytes_per_token = std::max<std::size_t>(1, kv_bytes_per_token(spec));
    if (n_ctx == 0 || n_ctx > (std::size_t{1} << 47) / bytes_per_token) {
        return make_error("key-value cache: {} tokens of {} bytes each; ask for fewer tokens", n_ctx,
                          bytes_per_token);
    }
    const std::uint64_t needed = n_ctx * bytes_per_token + memory_bytes(spec);
    const std::uint64_t available = available_bytes();
    if (needed <= available) return {};
    return make_error(
        "key-value cache of {} tokens: needs {:.1f} GB, {:.1f} GB of memory are free; ask for at most {} "
        "tokens, or close other programs",
        n_ctx, gigabytes(needed), gigabytes(available), n_ctx_that_fits(spec));
}

}  // namespace

std::size_t n_ctx_that_fits(const ModelSpec& spec) {
    const std::uint64_t available = available_bytes();
    const std::uint64_t fixed = memory_bytes(spec);
    return available <= fixed ? 0 : (available - fixed) / std::max<std::size_t>(1, kv_bytes_per_token(spec));
}

/// The keys of all positions, then their values. Owns the mapping.
struct SequenceState::Pages {
    Pages() = default;
    Pages(const Pages&) = delete;
    Pages& operator=(const Pages&) = delete;
    ~Pages() {
        if (data != nullptr) munmap(data, size_bytes);
    }

    float* data = nullptr;
    std::size_t size_bytes = 0;
    MatrixView<float> keys;
    MatrixView<float> values;
};

Result<SequenceState> SequenceState::create(const ModelSpec& spec, std::size_t n_ctx) {
    MOE_TRY(check_size(spec, n_ctx));
    SequenceState state;
    state.n_ctx_ = n_ctx;
    for (const LayerSpec& layer : spec.layers) {
        const std::size_t n_key = layer.attention.key_width();
        const std::size_t n_value = layer.attention.value_width();
        auto pages = std::make_shared<Pages>();
        pages->size_bytes = std::max<std::size_t>(1, n_ctx * (n_key + n_value) * sizeof(float));
        void* const memory = mmap(nullptr, pages->size_bytes, PROT_READ | PROT_WRITE,
                                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (memory == MAP_FAILED) {
            return make_error(
                "key-value cache of {} tokens: needs {:.1f} GB, which cannot be had: {}; ask for fewer "
                "tokens",
                n_ctx, gigabytes(n_ctx * kv_bytes_per_token(spec)), std::strerror(errno));
        }
        pages->data = static_cast<float*>(memory);
        pages->keys = {pages->data, n_ctx, n_key};
        pages->values = {pages->data + n_ctx * n_key, n_ctx, n_value};
        state.layers_.push_back(std::move(pages));
    }
    const bool is_recurrent = std::ranges::any_of(
        spec.layers, [](const LayerSpec& layer) { return layer.attention.delta_net.has_value(); });
    if (!is_recurrent) return state;
    for (const LayerSpec& layer : spec.layers) {
        const auto& delta_net = layer.attention.delta_net;
        state.now_.layers.emplace_back(delta_net ? delta_net->state_size() : 0, 0.0f);
    }
    state.before_ = state.now_;
    return state;
}

void SequenceState::cut(std::size_t n_tokens) {
    MOE_CHECK(n_tokens <= n_tokens_);
    n_tokens_ = n_tokens;
    if (now_.layers.empty()) return;
    tokens_.resize(n_tokens);
    if (now_.n_tokens <= n_tokens) return;
    if (before_.n_tokens <= n_tokens) {
        now_ = before_;
        return;
    }
    for (Memories* memories : {&now_, &before_}) {
        memories->n_tokens = 0;
        for (std::vector<float>& layer : memories->layers) std::ranges::fill(layer, 0.0f);
    }
}

SequenceState::Snapshot SequenceState::snapshot() const {
    Snapshot snapshot;
    snapshot.n_tokens = n_tokens_;
    for (const std::shared_ptr<Pages>& layer : layers_) {
        snapshot.keys.push_back(copy_of(filled(layer->keys, n_tokens_)));
        snapshot.values.push_back(copy_of(filled(layer->values, n_tokens_)));
    }
    snapshot.tokens = tokens_;
    snapshot.memory_tokens = now_.n_tokens;
    snapshot.memories = now_.layers;
    return snapshot;
}

void SequenceState::restore(const Snapshot& snapshot) {
    MOE_CHECK(snapshot.n_tokens <= n_ctx_ && snapshot.keys.size() == layers_.size());
    for (std::size_t layer = 0; layer < layers_.size(); ++layer) {
        MOE_CHECK(snapshot.keys[layer].size() == snapshot.n_tokens * layers_[layer]->keys.cols);
        MOE_CHECK(snapshot.values[layer].size() == snapshot.n_tokens * layers_[layer]->values.cols);
        std::ranges::copy(snapshot.keys[layer], layers_[layer]->keys.data);
        std::ranges::copy(snapshot.values[layer], layers_[layer]->values.data);
    }
    n_tokens_ = snapshot.n_tokens;
    MOE_CHECK(snapshot.memories.size() == now_.layers.size());
    tokens_ = snapshot.tokens;
    now_ = {snapshot.memory_tokens, snapshot.memories};
    before_ = now_;
}

MatrixView<float> SequenceState::keys(std::size_t layer) {
    MOE_CHECK(layer < layers_.size());
    return layers_[layer]->keys;
}

MatrixView<float> SequenceState::values(std::size_t layer) {
    MOE_CHECK(layer < layers_.size());
    return layers_[layer]->values;
}

void SequenceState::advance(std::size_t n_tokens) {
    MOE_CHECK(n_tokens <= n_ctx_ - n_tokens_);
    n_tokens_ += n_tokens;
}

void SequenceState::advance(std::span<const TokenId> tokens) {
    advance(tokens.size());
    if (now_.layers.empty()) return;
    MOE_CHECK(next_.n_tokens == tokens_.size());
    tokens_.insert(tokens_.end(), tokens.begin(), tokens.end());
    next_.n_tokens = n_tokens_;
    std::swap(before_, now_);
    std::swap(now_, next_);
}

void SequenceState::begin_pass() { next_ = now_; }

std::span<float> SequenceState::next_memory(std::size_t layer) {
    MOE_CHECK(layer < next_.layers.size());
    return next_.layers[layer];
}

SequenceState::Rewind::Rewind(SequenceState& state) : state_(state), tokens_(state.tokens_) {
    MOE_CHECK(state.now_.n_tokens <= state.n_tokens_);
    state.n_tokens_ = state.now_.n_tokens;
    state.tokens_.resize(state.n_tokens_);
}

SequenceState::Rewind::~Rewind() {
    state_.n_tokens_ = tokens_.size();
    state_.tokens_ = std::move(tokens_);
}

std::size_t kv_bytes_per_token(const ModelSpec& spec) {
    std::size_t n_floats = 0;
    for (const LayerSpec& layer : spec.layers)
        n_floats += layer.attention.key_width() + layer.attention.value_width();
    return n_floats * sizeof(float);
}

}  // namespace moe
