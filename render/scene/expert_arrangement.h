#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <utility>
#include <vector>

#include "engine/trace/trace_store.h"

namespace moe::render {

enum class ExpertSort {
    ById,
    ByLoad,        ///< most used first, over the run
    BySimilarity,  ///< experts used for the same tokens side by side
};

/// What the user wants to see of layers and experts. An expert is (layer, expert).
struct ArrangementChoice {
    ExpertSort sort = ExpertSort::ById;
    std::set<std::pair<std::size_t, std::size_t>> pinned = {};  ///< stand first in their layer
    std::set<std::pair<std::size_t, std::size_t>> hidden =
        {};                                ///< have no column; a pinned one is never hidden
    std::set<std::size_t> collapsed = {};  ///< layers that are one column

    bool is_plain() const { return *this == ArrangementChoice{}; }
    bool operator==(const ArrangementChoice&) const = default;
};

/// Which experts have a column and in which order, layer by layer. Immutable; views share it, and two are the
/// same only if they are one object.
class ExpertArrangement {
  public:
    /// `experts` of each layer from left to right: each at most once, at least one. `n_pinned` of a layer are
    /// its first ones.
    ExpertArrangement(std::vector<std::vector<std::uint16_t>> experts, std::vector<bool> is_collapsed,
                      std::size_t n_experts, std::vector<std::size_t> n_pinned = {});

    std::size_t n_layers() const { return experts_.size(); }
    std::size_t n_experts() const { return n_experts_; }  ///< of a layer, hidden ones too
    std::size_t n_shown(std::size_t layer) const { return experts_[layer].size(); }
    std::size_t n_collapsed() const { return n_collapsed_; }
    bool is_collapsed(std::size_t layer) const { return is_collapsed_[layer]; }
    std::size_t n_pinned(std::size_t layer) const { return layer < n_pinned_.size() ? n_pinned_[layer] : 0; }
    std::size_t expert_at(std::size_t layer, std::size_t position) const { return experts_[layer][position]; }
    /// Nothing for a hidden expert.
    std::optional<std::size_t> position_of(std::size_t layer, std::size_t expert) const;

  private:
    std::size_t n_experts_;
    std::size_t n_collapsed_ = 0;
    std::vector<std::vector<std::uint16_t>> experts_;
    std::vector<std::vector<std::uint16_t>> positions_;  // of each expert; kNoExpert = hidden
    std::vector<bool> is_collapsed_;
    std::vector<std::size_t> n_pinned_;
};

/// The arrangement of a run, as it is now: what comes later does not move columns. Null where nothing is
/// special. Loads are those of the whole run. A layer of which everything is hidden shows everything. Sorting
/// takes tenths of a second for 10^5 tokens; null where it was stopped.
std::shared_ptr<const ExpertArrangement> arranged(const TraceSnapshot& trace, const TraceShape& shape,
                                                  const ArrangementChoice& choice, std::stop_token stop = {});

}  // namespace moe::render
