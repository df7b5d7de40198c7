// Writes a synthetic trace of any size, to measure on: tokens that draw their experts with a preference that
// wanders along the run, weights a softmax over the chosen logits.
//
//   make_trace FILE [TOKENS LAYERS EXPERTS TOP_K [SEED]] [--logits] [--spikes]
//
// Without numbers 163840 48 128 8 1, 10^9 cells. --spikes gives a few cells nearly all of their token.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

#include "engine/base/rng.h"
#include "engine/trace_io/moetrace_writer.h"

namespace moe {
namespace {

constexpr std::size_t kTokensPerDrift = 4096;
constexpr std::size_t kCellsPerSpike = 20'000;  // of a token and layer
constexpr float kSpikeLogit = 7.5f;

struct Options {
    const char* path = nullptr;
    std::size_t n_tokens = 163'840;
    TraceShape shape{.n_layers = 48, .n_experts = 128, .top_k = 8, .layer_ids = {}};
    std::uint64_t seed = 1;
    bool has_logits = false;
    bool has_spikes = false;
};

/// A token and layer: experts far enough from each other to be different, the first the best.
void append_cell(const Options& options, std::size_t token, Rng& rng, TraceChunk& chunk) {
    const TraceShape& shape = options.shape;
    const std::size_t stride = shape.n_experts / shape.top_k;
    const std::size_t shift = token / kTokensPerDrift + rng.below(2);
    std::vector<float>& logits = chunk.router_logits;
    const std::size_t begin = logits.size();
    if (options.has_logits) logits.resize(begin + shape.n_experts, -2.0f);
    for (std::size_t i = begin; i < logits.size(); ++i) logits[i] += static_cast<float>(rng.uniform());
    const bool is_spike = options.has_spikes && rng.below(kCellsPerSpike) == 0;
    double powers[256];
    double sum = 0;
    for (std::size_t slot = 0; slot < shape.top_k; ++slot) {
        const std::size_t expert = (slot * stride + rng.below(stride) + shift) % shape.n_experts;
        auto logit = static_cast<float>(3.0 - 0.3 * (static_cast<double>(slot) + 0.9 * rng.uniform()));
        if (is_spike && slot == 0) logit = kSpikeLogit;
        chunk.experts.push_back(static_cast<std::uint16_t>(expert));
        if (options.has_logits) logits[begin + expert] = logit;
        sum += powers[slot] = std::exp(static_cast<double>(logit));
    }
    for (std::size_t slot = 0; slot < shape.top_k; ++slot)
        chunk.weights.push_back(static_cast<float>(powers[slot] / sum));
}

Result<void> write(const Options& options) {
    const TraceModelInfo model{.name = "synthetic",
                               .family = "none",
                               .config_json = "{}",
                               .fingerprint = "",
                               .shape = options.shape};
    const RecordColumns columns{.router_logits = options.has_logits};
    MOE_TRY(const std::unique_ptr<MoetraceWriter> writer,
            MoetraceWriter::create(options.path, MoetraceWriter::IfExists::Refuse, model, columns));
    MOE_TRY(const RunId run,
            writer->begin_run(
                {.parent = {}, .name = "synthetic", .prompt = "", .params_json = "{}", .build_json = "{}"}));
    Rng rng(options.seed);
    for (std::size_t first = 0; first < options.n_tokens; first += kChunkTokens) {
        auto chunk = std::make_shared<TraceChunk>();
        chunk->first_token = first;
        chunk->n_tokens = std::min(kChunkTokens, options.n_tokens - first);
        std::vector<TokenRecord> tokens(chunk->n_tokens);
        for (std::size_t i = 0; i < chunk->n_tokens; ++i) {
            tokens[i].id = static_cast<TokenId>(rng.below(50'000));
            tokens[i].bytes = (first + i) % 16 == 15 ? "\n" : " w" + std::to_string(tokens[i].id % 997);
            tokens[i].phase = first + i < 32 ? Phase::Prefill : Phase::Decode;
            tokens[i].t_ns = static_cast<std::int64_t>(first + i) * 1'000'000;
            for (std::size_t layer = 0; layer < options.shape.n_layers; ++layer)
                append_cell(options, first + i, rng, *chunk);
        }
        MOE_TRY(writer->append_tokens(run, first, tokens));
        MOE_TRY(writer->append_chunk(run, std::move(chunk)));
    }
    MOE_TRY(writer->set_status(run, RunStatus::Complete));
    return writer->close();
}

}  // namespace
}  // namespace moe

int main(int argc, char** argv) {
    moe::Options options;
    std::vector<std::size_t> numbers;
    for (int i = 1; i < argc; ++i) {
        if (std::string_view(argv[i]) == "--logits") {
            options.has_logits = true;
        } else if (std::string_view(argv[i]) == "--spikes") {
            options.has_spikes = true;
        } else if (options.path == nullptr) {
            options.path = argv[i];
        } else {
            numbers.push_back(std::strtoul(argv[i], nullptr, 10));
        }
    }
    if (numbers.size() >= 4) {
        options.n_tokens = numbers[0];
        options.shape.n_layers = numbers[1];
        options.shape.n_experts = numbers[2];
        options.shape.top_k = numbers[3];
    }
    if (numbers.size() == 5) options.seed = numbers[4];
    moe::TraceShape& shape = options.shape;
    for (std::size_t layer = 0; layer < shape.n_layers; ++layer)
        shape.layer_ids.push_back(static_cast<std::int32_t>(layer));
    const bool is_possible = 0 < shape.top_k && shape.top_k <= std::min<std::size_t>(shape.n_experts, 256);
    if (options.path == nullptr || !is_possible) {
        std::fprintf(stderr, "make_trace FILE [TOKENS LAYERS EXPERTS TOP_K [SEED]] [--logits] [--spikes]\n");
        return 2;
    }
    const moe::Result<void> written = moe::write(options);
    if (!written) std::fprintf(stderr, "make_trace: %s\n", written.error().message.c_str());
    return written ? 0 : 1;
}
