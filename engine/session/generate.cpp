#include "engine/session/generate.h"

#include <algorithm>
#include <utility>

#include "engine/base/check.h"
#include "engine/model/forward.h"

namespace moe {
namespace {

std::size_t common_prefix(std::span<const TokenId> a, std::span<const TokenId> b) {
    return static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

/// Takes down the routing of a piece and tells after each layer how far the piece is.
class PieceObserver : public RoutingObserver {
  public:
    PieceObserver(TraceRecorder& recorder, std::size_t n_tokens, const std::function<void(std::size_t)>& on_tokens)
        : recorder_(recorder), n_tokens_(n_tokens), on_tokens_(on_tokens) {}

    void on_routing(const RoutingEvent& event) override {
        recorder_.on_routing(event);
        if (on_tokens_) on_tokens_(n_tokens_ * (event.layer + 1) / (recorder_.shape().n_layers + 1));
    }

  private:
    TraceRecorder& recorder_;
    std::size_t n_tokens_;
    const std::function<void(std::size_t)>& on_tokens_;
};

}  // namespace

Result<Generation> Generation::create(Options options, ThreadPool& pool) {
    MOE_CHECK(options.model != nullptr && options.tokenizer != nullptr);
    const ModelSpec& spec = options.model->spec;
    if (options.n_ctx == 0)
        options.n_ctx = std::max<std::size_t>(1, std::min(spec.n_ctx, n_ctx_that_fits(spec)));
    MOE_TRY(SequenceState state, SequenceState::create(spec, options.n_ctx));
    return Generation(std::move(options), pool, std::move(state));
}

Generation::Generation(Options options, ThreadPool& pool, SequenceState state)
    : options_(std::move(options)),
      pool_(&pool),
      state_(std::move(state)),
      recorder_(trace_shape_of(options_.model->spec)) {}

Result<void> Generation::read(Run& run, std::size_t end, std::stop_token stop, const OnProgress& on_progress) {
    MOE_CHECK(1 <= end && end <= run.tokens.size() && end <= n_ctx());
    const std::size_t first = first_to_read(run, end);
    if (first == end) return {};
    cut(first);

    while (read_tokens_.size() < end) {
        const std::size_t piece_first = read_tokens_.size();
        std::function<void(std::size_t)> on_tokens;
        if (on_progress) on_tokens = [&](std::size_t n) { on_progress(piece_first + n - first, end - first); };
        MOE_TRY(read_piece(run, piece_end(run, end), stop, on_tokens));
        keep_piece(run, piece_first, read_tokens_.size());
        if (on_tokens) on_tokens(read_tokens_.size() - piece_first);
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

std::span<const float> Generation::logits_after(const Run& run, std::size_t n_tokens) const {
    MOE_CHECK(n_tokens <= run.tokens.size());
    if (!has_logits_ || !std::ranges::equal(read_tokens_, std::span(run.tokens).first(n_tokens))) return {};
    return logits_.row(0);
}

RunEnd Generation::end_of(const Run& run, bool ignore_end) const {
    if (!ignore_end && has_ended(run, tokenizer())) return RunEnd::EndToken;
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

/// Pieces end at multiples of their size and where the trace of the run ends, so that a piece is recorded
/// whole or not at all.
std::size_t Generation::piece_end(const Run& run, std::size_t end) const {
    const std::size_t first = read_tokens_.size();
    const std::size_t piece = options_.piece_tokens;
    end = std::min(end, (first / piece + 1) * piece);
    return first < run.n_routed ? std::min(end, run.n_routed) : end;
}

Result<void> Generation::read_piece(const Run& run, std::size_t end, const std::stop_token& stop,
                                    const std::function<void(std::size_t)>& on_tokens) {
    const std::size_t first = read_tokens_.size();
    const std::span<const TokenId> tokens = std::span(run.tokens).subspan(first, end - first);
    const bool is_recorded = options_.watched && first >= run.n_routed;
    if (is_recorded) recorder_.begin(first, tokens.size());
    has_logits_ = false;
    PieceObserver observer(recorder_, tokens.size(), on_tokens);
    MOE_TRY(forward(model(), state_, tokens, LogitsOf::LastToken, is_recorded ? &observer : nullptr, *pool_,
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
            records.push_back(record_of(run, position, Phase::Prefill));  // a chosen one is stored at once
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

TokenRecord Generation::record_of(const Run& run, std::size_t position, Phase phase) const {
    const auto since_began = std::chrono::steady_clock::now() - run.began;
    const TokenId id = run.tokens[position];
    return {.id = id,
            .bytes = std::string(tokenizer().bytes(id)),
            .phase = phase,
            .t_ns = std::chrono::nanoseconds(since_began).count(),
            .logprob = std::nullopt};
}

Result<void> Generation::append(Run& run, const SampledToken& token, RunNewest newest, std::stop_token stop) {
    run.tokens.push_back(token.id);
    run.last_was_chosen = true;
    TokenRecord record = record_of(run, run.tokens.size() - 1, Phase::Decode);
    record.logprob = token.logprob;
    run.store->append_tokens({&record, 1});
    run.n_stored = run.tokens.size();
    if (newest == RunNewest::Later) return {};
    return read(run, run.tokens.size(), stop);
}

}  // namespace moe
