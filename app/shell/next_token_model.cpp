#include "app/shell/next_token_model.h"

#include <algorithm>
#include <cmath>

#include "app/docks/token_display.h"

namespace moe::app {

namespace {

constexpr std::size_t kMostShown = 12;

/// Of the run or of what it inherited: a branch has its parent's past.
const std::vector<Candidate>* candidates_at(const AppState& state, const RunEntry& run,
                                            std::size_t position) {
    for (const RunEntry* each = &run; each != nullptr;) {
        if (const auto* known = each->candidates.at(position)) return known;
        const auto parent =
            each->parent && position <= each->fork_pos ? state.runs.find(*each->parent) : state.runs.end();
        each = parent == state.runs.end() ? nullptr : &parent->second;
    }
    return nullptr;
}

NextToken shown_as(const Candidate& candidate, const Tokenizer& tokenizer) {
    const std::string_view bytes = tokenizer.bytes(candidate.id);
    return {.id = candidate.id,
            .text = token_by_itself(bytes),
            .details = token_details(bytes),
            .probability = candidate.probability};
}

/// The run's own token stands out, below the others where it was a less likely one.
void mark_taken(const TokenRecord& token, const Tokenizer& tokenizer, std::vector<NextToken>& candidates) {
    auto own = std::ranges::find(candidates, token.id, &NextToken::id);
    if (own == candidates.end() && token.logprob) {
        const auto probability = static_cast<float>(std::exp(static_cast<double>(*token.logprob)));
        candidates.push_back(shown_as({.id = token.id, .probability = probability}, tokenizer));
        own = std::prev(candidates.end());
    }
    if (own != candidates.end()) own->is_taken = true;
}

}  // namespace

std::size_t position_of_candidates(const RunEntry& run, std::optional<std::size_t> selected) {
    const std::size_t n_tokens = run.snapshot.n_tokens();
    const bool has_next = run.state != RunState::AtEnd && run.state != RunState::ContextFull;
    if (!selected || (has_next && *selected + 1 >= n_tokens)) return n_tokens;
    return *selected;
}

NextTokenModel next_token_model(const AppState& state) {
    NextTokenModel model;
    if (state.shows_trace()) {
        model.why_none = QObject::tr(
            "A trace keeps the routing, not the candidates for a token. Open the model that made it and run "
            "the prompt to see them.");
        return model;
    }
    const RunEntry* run = state.shown_run();
    if (run == nullptr || !state.model) return model;
    model.position = position_of_candidates(*run, state.selection.token);
    model.can_take = !state.is_generating();
    model.hint = QObject::tr("Pause first");
    const Tokenizer& tokenizer = *state.model->tokenizer;
    if (const auto* known = candidates_at(state, *run, model.position)) {
        for (const Candidate& candidate : *known) {
            if (model.candidates.size() == kMostShown) break;
            model.candidates.push_back(shown_as(candidate, tokenizer));
        }
    }
    const bool is_past = model.position < run->snapshot.n_tokens();
    if (is_past) {
        const TokenRecord& own = run->snapshot.token(model.position);
        model.in_place_of = token_by_itself(own.bytes);
        if (!model.candidates.empty()) mark_taken(own, tokenizer, model.candidates);
    }
    if (!model.candidates.empty()) return model;
    if (model.position == 0 && is_past) {
        model.why_none =
            QObject::tr("The first token follows no text, so the model gives it no probability.");
    } else if (run->was_read && model.position > 0) {
        model.why_none = QObject::tr("What the model would have said at position %1 is not known yet.")
                             .arg(grouped(model.position));
        model.can_ask = model.can_take;
    }
    return model;
}

}  // namespace moe::app
