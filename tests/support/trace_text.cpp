#include "tests/support/trace_text.h"

#include <algorithm>
#include <numeric>
#include <sstream>
#include <string>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/rng.h"

namespace moe::test {
namespace {

std::vector<std::uint16_t> experts_from_text(const std::string& cell) {
    std::vector<std::uint16_t> experts;
    std::istringstream slots(cell);
    for (std::string slot; std::getline(slots, slot, '.');) {
        experts.push_back(slot == "-" ? kNoExpert : static_cast<std::uint16_t>(std::stoul(slot)));
    }
    return experts;
}

void append_random(std::vector<float>& column, Rng& rng, std::size_t count, double low, double high) {
    for (std::size_t i = 0; i < count; ++i) {
        column.push_back(static_cast<float>(low + (high - low) * rng.uniform()));
    }
}

void append_random_experts(std::vector<std::uint16_t>& column, Rng& rng, const TraceShape& shape) {
    std::vector<std::uint16_t> experts(shape.n_experts);
    std::iota(experts.begin(), experts.end(), std::uint16_t{0});
    for (std::size_t slot = 0; slot < shape.top_k; ++slot) {
        std::swap(experts[slot], experts[slot + rng.below(shape.n_experts - slot)]);
    }
    experts.resize(shape.top_k);
    if (shape.top_k > 1 && rng.below(16) == 0) experts.back() = kNoExpert;
    column.insert(column.end(), experts.begin(), experts.end());
}

}  // namespace

TraceShape make_shape(std::size_t n_layers, std::size_t n_experts, std::size_t top_k) {
    TraceShape shape{.n_layers = n_layers, .n_experts = n_experts, .top_k = top_k, .layer_ids = {}};
    for (std::size_t layer = 0; layer < n_layers; ++layer) {
        shape.layer_ids.push_back(static_cast<std::int32_t>(layer));
    }
    return shape;
}

TraceSnapshot trace_of(const ShapedChunk& shaped, TraceGating gating) {
    TraceStore store(shaped.shape, gating);
    const std::size_t n_tokens = shaped.chunk.n_tokens;
    store.append_tokens(random_tokens(/*seed=*/1, 0, n_tokens, n_tokens));
    store.append_chunk(std::make_shared<const TraceChunk>(shaped.chunk));
    return store.snapshot();
}

TraceSnapshot trace_from_text(std::string_view text, const TextTraceOptions& options) {
    TraceChunk chunk;
    std::size_t n_layers = 0;
    std::size_t top_k = 0;
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream cells(line);
        std::size_t n_cells = 0;
        for (std::string cell; cells >> cell; ++n_cells) {
            const std::vector<std::uint16_t> experts = experts_from_text(cell);
            MOE_CHECK(top_k == 0 || experts.size() == top_k);
            top_k = experts.size();
            chunk.experts.values().insert(chunk.experts.values().end(), experts.begin(), experts.end());
        }
        if (n_cells == 0) continue;
        MOE_CHECK(n_layers == 0 || n_cells == n_layers);
        n_layers = n_cells;
        ++chunk.n_tokens;
    }
    return trace_of({.shape = make_shape(n_layers, options.n_experts, top_k), .chunk = chunk},
                    options.gating);
}

TraceChunk random_chunk(std::uint64_t seed, const TraceShape& shape, std::size_t first_token,
                        std::size_t n_tokens, const RandomColumns& columns) {
    TraceChunk chunk;
    chunk.first_token = first_token;
    chunk.n_tokens = n_tokens;
    const std::size_t slots = shape.n_layers * shape.top_k;
    const std::size_t experts = shape.n_layers * shape.n_experts;
    for (std::size_t position = first_token; position < first_token + n_tokens; ++position) {
        Rng rng(seed * 1'000'003 + position);
        for (std::size_t layer = 0; layer < shape.n_layers; ++layer) {
            append_random_experts(chunk.experts.values(), rng, shape);
        }
        if (columns.weights) append_random(chunk.weights.values(), rng, slots, 0.0, 1.0);
        if (columns.router_logits) append_random(chunk.router_logits, rng, experts, -8.0, 8.0);
        if (columns.scores) append_random(chunk.scores, rng, experts, 0.0, 1.0);
        if (columns.selection) append_random(chunk.selection, rng, experts, -1.0, 2.0);
        if (columns.branch_norm) append_random(chunk.branch_norm, rng, shape.n_layers * 3, 0.0, 50.0);
    }
    return chunk;
}

std::vector<ShapedChunk> random_chunks(std::uint64_t seed, std::size_t count) {
    Rng rng(seed);
    std::vector<ShapedChunk> chunks;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t n_experts = 2 + rng.below(30);
        const std::size_t top_k = 1 + rng.below(std::min<std::size_t>(n_experts, 8));
        const TraceShape shape = make_shape(1 + rng.below(4), n_experts, top_k);
        const std::size_t n_tokens = 1 + rng.below(kChunkTokens);
        chunks.push_back({.shape = shape, .chunk = random_chunk(rng.next(), shape, 0, n_tokens)});
    }
    return chunks;
}

std::vector<TokenRecord> random_tokens(std::uint64_t seed, std::size_t first, std::size_t count,
                                       std::size_t n_prefill) {
    std::vector<TokenRecord> tokens;
    for (std::size_t position = first; position < first + count; ++position) {
        Rng rng(seed * 2'000'003 + position);
        TokenRecord token;
        token.id = static_cast<TokenId>(rng.below(150'000));
        for (std::uint64_t n = rng.below(6); n > 0; --n) token.bytes += static_cast<char>(rng.below(256));
        token.phase = position < n_prefill ? Phase::Prefill : Phase::Decode;
        token.t_ns = static_cast<std::int64_t>(position) * 1'000'000;
        if (token.phase == Phase::Decode) token.logprob = static_cast<float>(-4.0 * rng.uniform());
        tokens.push_back(std::move(token));
    }
    return tokens;
}

std::vector<float> router_logits_of(const TraceSnapshot& trace, std::size_t position, std::size_t layer) {
    std::vector<float> logits(trace.shape().n_experts);
    if (!trace.router_logits(position, layer, logits)) logits.clear();
    return logits;
}

TraceSnapshot random_trace(std::uint64_t seed, const TraceShape& shape, std::size_t n_tokens,
                           const RandomColumns& columns, TraceGating gating) {
    TraceStore store(shape, gating);
    store.append_tokens(random_tokens(seed, 0, n_tokens, n_tokens / 2));
    store.append_chunk(std::make_shared<const TraceChunk>(random_chunk(seed, shape, 0, n_tokens, columns)));
    return store.snapshot();
}

TraceSnapshot spiky_trace(std::uint64_t seed, const TraceShape& shape, std::size_t n_tokens) {
    TraceChunk chunk = random_chunk(seed, shape, 0, n_tokens);
    auto& weights = chunk.weights.values();
    Rng rng(seed);
    for (std::size_t i = 0; i < weights.size(); ++i) {
        weights[i] *= 0.3f;
        if (i % shape.top_k == 0 && rng.below(40) == 0) weights[i] = 0.98f;
    }
    TraceStore store(shape, TraceGating::Softmax);
    store.append_tokens(random_tokens(seed, 0, n_tokens, n_tokens / 2));
    store.append_chunk(std::make_shared<const TraceChunk>(std::move(chunk)));
    return store.snapshot();
}

}  // namespace moe::test
