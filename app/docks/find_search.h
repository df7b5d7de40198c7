#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "app/docks/find_rule.h"
#include "app/docks/run_view.h"

namespace moe::app {

/// The tokens of a run that a query means, found in slices and kept up with the run as it grows.
class FindSearch {
  public:
    /// Keeps what was found for the same query in the same run, perhaps longer. With a range, looks at that
    /// alone.
    void set_subject(const FindQuery& query, const TraceSnapshot& trace, std::uint64_t identity,
                     const std::optional<TokenRange>& range = {});
    /// Looks at up to `n_routers_max` routers more (a router is one layer at one token). True: all was looked
    /// at.
    bool advance(std::size_t n_routers_max);
    bool is_done() const { return next_ >= end(); }

    const FindQuery& query() const { return query_; }
    const std::vector<std::size_t>& hits() const { return hits_; }  ///< positions, ascending
    /// Of a rule about margins or entropies, what meets it at each hit; empty for other queries.
    const std::vector<RuleValue>& values() const { return values_; }
    std::size_t n_searched() const { return next_ - first(); }
    /// The hit after or before a position, round the end.
    std::optional<std::size_t> next_hit(std::optional<std::size_t> position) const;
    std::optional<std::size_t> previous_hit(std::optional<std::size_t> position) const;

  private:
    void look_at(std::size_t position);
    /// Tokens that can be judged: those that wait for their routing come later.
    std::size_t n_searchable() const;
    std::size_t first() const { return range_ ? range_->first : 0; }
    std::size_t end() const;

    FindQuery query_;
    TraceSnapshot trace_;
    std::uint64_t identity_ = 0;
    std::vector<std::size_t> hits_;
    std::vector<RuleValue> values_;
    std::optional<TokenRange> range_;
    std::size_t next_ = 0;  // to be looked at
};

}  // namespace moe::app
