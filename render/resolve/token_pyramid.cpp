#include "render/resolve/token_pyramid.h"

#include <algorithm>

#include "engine/base/check.h"

namespace moe::render {
namespace {

constexpr std::size_t kRadix = 4;

}  // namespace

std::size_t values_of_chunk(const TraceShape& shape, HeatmapValue value) {
    return kChunkTokens * shape.n_layers * (is_of_slots(value) ? shape.top_k : shape.n_experts);
}

void TokenPyramid::use(const TraceSnapshot& trace) {
    if (trace_.has_same_routing(trace)) return;
    const std::size_t n_unchanged = trace_.n_shared_routed(trace);
    const std::size_t n_chunks = trace.n_routed() / kChunkTokens;
    for (std::size_t level = 0; level < kLevels; ++level) {
        std::vector<ColumnSums>& nodes = levels_[level];
        nodes.resize(std::min(nodes.size(), n_unchanged / tokens_of(level)));
        n_made_[level] = std::min(n_made_[level], nodes.size());
        nodes.resize(n_chunks * kChunkTokens / tokens_of(level));
    }
    trace_ = trace;
}

bool TokenPyramid::split(IndexRange tokens, ReadBudget& budget, std::vector<SumPart>& parts) {
    MOE_CHECK(tokens.end <= trace_.n_routed());
    parts.clear();
    for (std::size_t token = tokens.first; token < tokens.end;) {
        const std::size_t level = level_at(token, tokens.end);
        if (level == kLevels) {  // less than a chunk
            const std::size_t chunk_end = (token / kChunkTokens + 1) * kChunkTokens;
            parts.push_back({.tokens = {token, std::min(tokens.end, chunk_end)}});
        } else {
            const std::size_t index = token / tokens_of(level);
            finest_asked_ = std::min(finest_asked_, level);
            if (!make(level, index, budget)) return false;
            parts.push_back({.tokens = {token, token + tokens_of(level)}, .kept = &levels_[level][index]});
        }
        token = parts.back().tokens.end;
    }
    return true;
}

bool TokenPyramid::sum_up(IndexRange tokens, ReadBudget& budget, RowSums& sums) {
    if (!split(tokens, budget, parts_)) return false;
    sums.begin(trace_, question_);
    for (const SumPart& part : parts_) sums.add(trace_, part);
    return true;
}

// The coarsest level that has a sum beginning at `token` and ending before `end`; kLevels if none has.
std::size_t TokenPyramid::level_at(std::size_t token, std::size_t end) const {
    std::size_t found = kLevels;
    for (std::size_t level = 0; level < kLevels; ++level) {
        if (token % tokens_of(level) != 0 || token + tokens_of(level) > end) break;
        found = level;
    }
    return found;
}

bool TokenPyramid::make(std::size_t level, std::size_t index, ReadBudget& budget) {
    if (!levels_[level][index].is_empty()) return true;
    if (level == 0) {
        if (budget.n_values_left == 0) return false;
        const std::size_t cost = values_of_chunk(trace_.shape(), question_.value);
        budget.n_values_left -= std::min(budget.n_values_left, cost);
    }
    for (std::size_t child = 0; level > 0 && child < kRadix; ++child) {
        if (!make(level - 1, index * kRadix + child, budget)) return false;
    }
    levels_[level][index] = made(level, index);
    // Sums are three times as large as maxima: what only led to this one goes.
    const bool keeps_children = !question_.is_sum || level > finest_asked_ || level == 0;
    for (std::size_t child = 0; !keeps_children && child < kRadix; ++child)
        levels_[level - 1][index * kRadix + child] = {};
    return true;
}

ColumnSums TokenPyramid::made(std::size_t level, std::size_t index) {
    RowSums& sums = scratch_;
    sums.begin(trace_, question_);
    const std::size_t first = index * tokens_of(level);
    if (level == 0) sums.add_tokens(trace_, first, first + kChunkTokens);
    for (std::size_t child = 0; level > 0 && child < kRadix; ++child)
        sums.add(levels_[level - 1][index * kRadix + child]);
    return sums.kept();
}

bool TokenPyramid::make_ahead(ReadBudget& budget) {
    if (!is_of_slots(question_.value)) return true;
    for (std::size_t level = question_.is_sum ? finest_asked_ : 0; level < kLevels; ++level) {
        for (std::size_t& index = n_made_[level]; index < levels_[level].size(); ++index) {
            if (!make(level, index, budget)) return false;
        }
    }
    return true;
}

bool TokenPyramids::make_ahead(ReadBudget& budget) {
    return std::ranges::all_of(entries_, [&](Entry& entry) { return entry.pyramid->make_ahead(budget); });
}

TokenPyramid& TokenPyramids::of(const SumQuestion& question, const TraceSnapshot& trace) {
    auto entry = std::ranges::find(entries_, question, &Entry::question);
    if (entry == entries_.end()) {
        entries_.push_back({question, std::make_unique<TokenPyramid>(question), true});
        entry = entries_.end() - 1;
    }
    entry->is_used = true;
    entry->pyramid->use(trace);
    return *entry->pyramid;
}

void TokenPyramids::forget_unused() {
    std::erase_if(entries_, [](const Entry& entry) { return !entry.is_used; });
    for (Entry& entry : entries_) entry.is_used = false;
}

}  // namespace moe::render
