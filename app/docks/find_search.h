#pragma once

#include <cstdint>
#include <vector>

#include "app/docks/find_query.h"

namespace moe::app {

/// The tokens of a run that a query means, found in slices and kept up with the run as it grows.
class FindSearch {
  public:
    /// Keeps what was found for the same query in the same run, perhaps longer.
    void set_subject(const FindQuery& query, const TraceSnapshot& trace, std::uint64_t identity);
    /// Looks at up to `n_routers_max` routers more (a router is one layer at one token). True: all was looked
    /// at.
    bool advance(std::size_t n_routers_max);
    bool is_done() const { return n_searched_ == n_searchable(); }

    const FindQuery& query() const { return query_; }
    const std::vector<std::size_t>& hits() const { return hits_; }  ///< positions, ascending
    std::size_t n_searched() const { return n_searched_; }
    /// The hit after or before a position, round the end.
    std::optional<std::size_t> next_hit(std::optional<std::size_t> position) const;
    std::optional<std::size_t> previous_hit(std::optional<std::size_t> position) const;

  private:
    /// Tokens that can be judged: those that wait for their routing come later.
    std::size_t n_searchable() const;

    FindQuery query_;
    TraceSnapshot trace_;
    std::uint64_t identity_ = 0;
    std::vector<std::size_t> hits_;
    std::size_t n_searched_ = 0;
};

}  // namespace moe::app
