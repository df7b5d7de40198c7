#include "tests/render/render_fixture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/rng.h"
#include "engine/trace/trace_store.h"

namespace moe::test {
namespace {

constexpr std::array<const char*, 12> kWords{"Once",   " upon",  " a", " time", ",",      " fox",
                                             " named", " Rusty", ".",  "\n",    " lived", " behind"};

// Some experts are liked by a layer, every eighth is not liked at all.
std::vector<double> preferences(const SyntheticTrace& options, Rng& rng) {
    std::vector<double> liking(options.n_layers * options.n_experts);
    for (double& value : liking) {
        const double u = rng.uniform();
        value = u < 0.12 ? 0.0005 : u > 0.9 ? 4.0 : 1.0;
    }
    return liking;
}

// Draws top_k experts without replacement in proportion to liking times chance; writes their weights.
void draw_slots(const SyntheticTrace& options, const double* liking, Rng& rng, TraceChunk& chunk) {
    std::vector<std::pair<double, std::uint16_t>> keys;
    std::vector<float> scores(options.n_experts);
    double total = 0.0;
    for (std::size_t expert = 0; expert < options.n_experts; ++expert) {
        const double key = liking[expert] * -std::log(1.0 - rng.uniform());
        keys.emplace_back(key, static_cast<std::uint16_t>(expert));
        total += key;
    }
    for (std::size_t expert = 0; expert < options.n_experts; ++expert) {
        scores[expert] = static_cast<float>(keys[expert].first / total);
    }
    std::sort(keys.begin(), keys.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    double chosen = 0.0;
    for (std::size_t k = 0; k < options.top_k; ++k) chosen += keys[k].first;
    for (std::size_t k = 0; k < options.top_k; ++k) {
        chunk.experts.push_back(keys[k].second);
        if (options.has_weights) chunk.weights.push_back(static_cast<float>(keys[k].first / chosen));
    }
    if (options.has_scores) chunk.scores.insert(chunk.scores.end(), scores.begin(), scores.end());
}

std::vector<TokenRecord> synthetic_tokens(std::size_t n_tokens, Rng& rng) {
    std::vector<TokenRecord> tokens(n_tokens);
    for (TokenRecord& token : tokens) {
        token.id = static_cast<TokenId>(rng.below(kWords.size()));
        token.bytes = kWords[static_cast<std::size_t>(token.id)];
    }
    return tokens;
}

}  // namespace

TraceSnapshot synthetic_trace(const SyntheticTrace& options) {
    Rng rng(options.seed);
    TraceShape shape{.n_layers = options.n_layers,
                     .n_experts = options.n_experts,
                     .top_k = options.top_k,
                     .layer_ids = {}};
    for (std::size_t i = 0; i < options.n_layers; ++i)
        shape.layer_ids.push_back(static_cast<std::int32_t>(i));
    const std::vector<double> liking = preferences(options, rng);
    TraceStore store(shape, TraceGating::Softmax);
    store.append_tokens(synthetic_tokens(options.n_tokens, rng));
    for (std::size_t first = 0; first < options.n_tokens; first += kChunkTokens) {
        auto chunk = std::make_shared<TraceChunk>();
        chunk->first_token = first;
        chunk->n_tokens = std::min(kChunkTokens, options.n_tokens - first);
        for (std::size_t token = 0; token < chunk->n_tokens; ++token) {
            for (std::size_t layer = 0; layer < options.n_layers; ++layer) {
                draw_slots(options, liking.data() + layer * options.n_experts, rng, *chunk);
            }
        }
        store.append_chunk(std::move(chunk));
    }
    return store.snapshot();
}

render::FrameInput synthetic_frame(const SyntheticTrace& options, int width, int height, double pixel_ratio) {
    render::FrameInput input;
    input.width = width;
    input.height = height;
    input.pixel_ratio = pixel_ratio;
    input.trace = synthetic_trace(options);
    input.view.tokens.row_pixels = static_cast<int>(15 * pixel_ratio + 0.5);
    return input;
}

}  // namespace moe::test
