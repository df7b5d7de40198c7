#include "app/docks/find_search.h"

#include <algorithm>

namespace moe::app {

void FindSearch::set_subject(const FindQuery& query, const TraceSnapshot& trace, std::uint64_t identity,
                             const std::optional<TokenRange>& range) {
    trace_ = trace;
    const bool goes_on =
        query == query_ && identity == identity_ && range == range_ && n_searchable() >= next_;
    query_ = query;
    identity_ = identity;
    range_ = range;
    if (goes_on) return;
    hits_.clear();
    values_.clear();
    next_ = first();
}

std::size_t FindSearch::end() const {
    return range_ ? std::min(range_->end, n_searchable()) : n_searchable();
}

std::size_t FindSearch::n_searchable() const {
    if (!query_.finds_tokens()) return 0;
    const bool needs_routing = query_.kind == FindQuery::Kind::ExpertFires || query_.is_rule();
    return needs_routing ? trace_.n_routed() : trace_.n_tokens();
}

bool FindSearch::advance(std::size_t n_routers_max) {
    const std::size_t n_layers = trace_.has_shape() && !query_.layer ? trace_.shape().n_layers : 1;
    const std::size_t n_tokens_max =
        std::max<std::size_t>(1, n_routers_max / std::max<std::size_t>(1, n_layers));
    const std::size_t slice_end = std::min(end(), next_ + n_tokens_max);
    for (; next_ < slice_end; ++next_) look_at(next_);
    return is_done();
}

void FindSearch::look_at(std::size_t position) {
    if (query_.is_rule()) {
        const std::optional<RuleValue> value = rule_value(query_, trace_, position);
        if (!value) return;
        values_.push_back(*value);
        hits_.push_back(position);
    } else if (matches(query_, trace_, position)) {
        hits_.push_back(position);
    }
}

std::optional<std::size_t> FindSearch::next_hit(std::optional<std::size_t> position) const {
    if (hits_.empty()) return std::nullopt;
    const auto found = position ? std::upper_bound(hits_.begin(), hits_.end(), *position) : hits_.begin();
    return found == hits_.end() ? hits_.front() : *found;
}

std::optional<std::size_t> FindSearch::previous_hit(std::optional<std::size_t> position) const {
    if (hits_.empty()) return std::nullopt;
    const auto found = position ? std::lower_bound(hits_.begin(), hits_.end(), *position) : hits_.end();
    return found == hits_.begin() ? hits_.back() : *std::prev(found);
}

}  // namespace moe::app
