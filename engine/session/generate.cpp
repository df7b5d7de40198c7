#include "engine/session/generate.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "engine/base/check.h"
#include "engine/model/forward.h"

namespace moe {
namespace {

// Multiplications and additions a layer may take for one piece: some 25 ms on two cores.
constexpr std::size_t kPieceOperations = 5'000'000'000;

/// Weights of one layer that a token is multiplied with.
std::size_t active_weights(const LayerSpec& layer, std::size_t d_model) {
    const AttentionSpec& attention = layer.attention;
    std::size_t n = d_model * (attention.n_heads * attention.d_head + attention.n_heads * attention.d_value +
                               attention.n_kv_heads * (attention.d_head + attention.d_value));
    if (layer.moe) n += 3 * d_model * (layer.moe->top_k * layer.moe->d_ff + layer.moe->d_ff_shared);
    return n + 3 * d_model * layer.d_ff_dense;
}

std::size_t common_prefix(std::span<const TokenId> a, std::span<const TokenId> b) {
    return static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

}  // namespace

std::size_t piece_tokens(const ModelSpec& spec) {
    std::size_t n_weights = 1;
    for (const LayerSpec& layer : spec.layers)
        n_weights = std::max(n_weights, active_weights(layer, spec.d_model));
    return std::bit_floor(std::clamp<std::size_t>(kPieceOperations / (2 * n_weights), 1, kChunkTokens));
}

Result<Generation> Generation::create(Options options, ThreadPool& pool) {
    MOE_CHECK(options.model != nullptr && options.tokenizer != nullptr);
    const ModelSpec& spec = options.model->spec;
    MOE_TRY(SequenceState state,
            SequenceState::create(spec, options.n_ctx == 0 ? spec.n_ctx : options.n_ctx));
    return Generation(std::move(options), pool, std::move(state));
}

Generation::Generation(Options options, ThreadPool& pool, SequenceState state)
    : options_(std::move(options)),
      pool_(&pool),
      state_(std::move(state)),
      recorder_(trace_shape_of(options_.model->spec)),
      piece_tokens_(piece_tokens(options_.model->spec)) {}

Result<void> Generation::read(Run& run, std::size_t end, std::stop_token stop, const OnPiece& on_piece) {
    MOE_CHECK(1 <= end && end <= run.tokens.size() && end <= n_ctx());
    const std::size_t first = first_to_read(run, end);
    if (first == end) return {};
    cut(first);

    while (read_tokens_.size() < end) {
        const std::size_t piece_first = read_tokens_.size();
        MOE_TRY(read_piece(run, piece_end(run, end), stop));
        keep_piece(run, piece_first, read_tokens_.size());
        if (on_piece) on_piece(read_tokens_.size() - first, end - first);
    }
    return {};
}

Result<void> Generation::step(Run& run, RunNewest newest, std::stop_token stop) {
    MOE_CHECK(run.tokens.size() < n_ctx());
    MOE_TRY(read(run, run.tokens.size(), stop));
    return append(run, run.sampler.sample(logits_.row(0)), newest, stop);
}

Result<void> Generation::put(Run& run, TokenId token, RunNewest newest, std::stop_token stop) {
    MOE_CHECK(run.tokens.size() < n_ctx());
    MOE_TRY(read(run, run.tokens.size(), stop));
    const SampledToken chosen{.id = token, .logprob = log_probability(logits_.row(0), token)};
    run.sampler.seek(run.tokens.size() + 1);
    return append(run, chosen, newest, stop);
}

std::span<const float> Generation::next_logits(const Run& run) const {
    if (!has_logits_ || read_tokens_ != run.tokens) return {};
    return logits_.row(0);
}

RunEnd Generation::end_of(const Run& run, bool ignore_end) const {
    const bool last_was_chosen = run.tokens.size() > run.n_prompt;
    if (!ignore_end && last_was_chosen && tokenizer().is_end(run.tokens.back())) return RunEnd::EndToken;
    return run.tokens.size() >= n_ctx() ? RunEnd::ContextFull : RunEnd::Open;
}

/// Where the sequence and the run part, or the run's trace ends; `end` when there is nothing to do.
std::size_t Generation::first_to_read(const Run& run, std::size_t end) const {
    std::size_t first = common_prefix(read_tokens_, std::span(run.tokens).first(end));
    if (options_.watched) first = std::min(first, run.n_routed);
    if (first == end && read_tokens_.size() == end && has_logits_) return end;
    return std::min(first, end - 1);  // the last token again, for its logits
}

void Generation::cut(std::size_t n_tokens) {
    if (n_tokens == read_tokens_.size()) return;
    state_.cut(n_tokens);
    read_tokens_.resize(n_tokens);
    has_logits_ = false;
}

/// Pieces end at chunk borders and where the trace of the run ends, so that a piece is recorded whole or
/// not at all.
std::size_t Generation::piece_end(const Run& run, std::size_t end) const {
    const std::size_t first = read_tokens_.size();
    end = std::min({end, first + piece_tokens_, (first / kChunkTokens + 1) * kChunkTokens});
    return first < run.n_routed ? std::min(end, run.n_routed) : end;
}

Result<void> Generation::read_piece(const Run& run, std::size_t end, const std::stop_token& stop) {
    const std::size_t first = read_tokens_.size();
    const std::span<const TokenId> tokens = std::span(run.tokens).subspan(first, end - first);
    const bool is_recorded = options_.watched && first >= run.n_routed;
    if (is_recorded) recorder_.begin(first, tokens.size());
    has_logits_ = false;
    MOE_TRY(forward(model(), state_, tokens, LogitsOf::LastToken, is_recorded ? &recorder_ : nullptr, *pool_,
                    stop, logits_));
    read_tokens_.insert(read_tokens_.end(), tokens.begin(), tokens.end());
    has_logits_ = true;
    return {};
}

/// Adds to the trace what positions [first, end) have that is new to it.
void Generation::keep_piece(Run& run, std::size_t first, std::size_t end) {
    if (end > run.n_stored) {
        std::vector<TokenRecord> records;
        for (std::size_t position = run.n_stored; position < end; ++position) {
            records.push_back(record_of(run, position));
        }
        run.store->append_tokens(records);
        run.n_stored = end;
    }
    if (!options_.watched || first < run.n_routed) return;
    MOE_CHECK(first == run.n_routed);
    for (std::shared_ptr<const TraceChunk>& chunk : recorder_.finish())
        run.store->append_chunk(std::move(chunk));
    run.n_routed = end;
}

TokenRecord Generation::record_of(const Run& run, std::size_t position) const {
    const auto since_began = std::chrono::steady_clock::now() - run.began;
    const TokenId id = run.tokens[position];
    return {.id = id,
            .bytes = std::string(tokenizer().bytes(id)),
            .phase = position < run.n_prompt ? Phase::Prefill : Phase::Decode,
            .t_ns = std::chrono::nanoseconds(since_began).count(),
            .logprob = std::nullopt};
}

Result<void> Generation::append(Run& run, const SampledToken& token, RunNewest newest, std::stop_token stop) {
    run.tokens.push_back(token.id);
    TokenRecord record = record_of(run, run.tokens.size() - 1);
    record.logprob = token.logprob;
    run.store->append_tokens({&record, 1});
    run.n_stored = run.tokens.size();
    if (newest == RunNewest::Later) return {};
    return read(run, run.tokens.size(), stop);
}

}  // namespace moe
