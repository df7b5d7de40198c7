// Joins groups along chains of nearest neighbours: for average linkage that gives the tree of joining the
// most similar pair first, in n^2 steps instead of n^3 (Murtagh 1983).

#include "render/scene/expert_clusters.h"

#include <algorithm>
#include <cmath>

namespace moe::render {
namespace {

using Group = std::vector<std::uint16_t>;  // experts in their order

class Clusters {
  public:
    explicit Clusters(const PairCounts& counts)
        : n_(counts.rows()), similarity_(n_ * n_, 0.0), groups_(n_), is_alive_(n_, false) {
        for (std::size_t a = 0; a < n_; ++a) {
            groups_[a] = {static_cast<std::uint16_t>(a)};
            is_alive_[a] = counts.row(a)[a] > 0;
            for (std::size_t b = 0; b < n_; ++b) {
                const double both =
                    std::sqrt(static_cast<double>(counts.row(a)[a]) * static_cast<double>(counts.row(b)[b]));
                if (both > 0.0) similarity_[a * n_ + b] = static_cast<double>(counts.row(a)[b]) / both;
            }
        }
    }

    /// All used experts as one group; empty if none is.
    Group joined() {
        std::vector<std::size_t> chain;
        for (auto n_left = std::ranges::count(is_alive_, true); n_left > 1; --n_left) {
            if (chain.empty()) chain.push_back(first_alive());
            for (;;) {
                const std::size_t last = chain.back();
                // The one before is preferred among equals: only so the chain ends.
                const std::size_t before = chain.size() > 1 ? chain[chain.size() - 2] : n_;
                const std::size_t nearest = nearest_to(last, before);
                if (nearest == before) break;
                chain.push_back(nearest);
            }
            const std::size_t a = chain[chain.size() - 1];
            const std::size_t b = chain[chain.size() - 2];
            chain.resize(chain.size() - 2);
            join(std::min(a, b), std::max(a, b));
        }
        const std::size_t root = first_alive();
        return root == n_ ? Group{} : groups_[root];
    }

  private:
    std::size_t first_alive() const {
        return static_cast<std::size_t>(std::ranges::find(is_alive_, true) - is_alive_.begin());
    }

    std::size_t nearest_to(std::size_t group, std::size_t preferred) const {
        std::size_t nearest = preferred;
        double largest = preferred < n_ ? similarity_[group * n_ + preferred] : -1.0;
        for (std::size_t other = 0; other < n_; ++other) {
            if (other == group || !is_alive_[other] || similarity_[group * n_ + other] <= largest) continue;
            largest = similarity_[group * n_ + other];
            nearest = other;
        }
        return nearest;
    }

    void join(std::size_t a, std::size_t b) {
        const auto size_a = static_cast<double>(groups_[a].size());
        const auto size_b = static_cast<double>(groups_[b].size());
        for (std::size_t other = 0; other < n_; ++other) {
            const double mean =
                (size_a * similarity_[a * n_ + other] + size_b * similarity_[b * n_ + other]) /
                (size_a + size_b);
            similarity_[a * n_ + other] = similarity_[other * n_ + a] = mean;
        }
        Group& first = groups_[a];
        Group& second = groups_[b];
        if (std::ranges::min(second) < std::ranges::min(first)) std::swap(first, second);
        first.insert(first.end(), second.begin(), second.end());
        is_alive_[b] = false;
    }

    std::size_t n_;
    std::vector<double> similarity_;  // [n, n]
    std::vector<Group> groups_;
    std::vector<bool> is_alive_;
};

}  // namespace

std::vector<std::uint16_t> clustered_order(const PairCounts& counts) {
    Group order = Clusters(counts).joined();
    for (std::size_t expert = 0; expert < counts.rows(); ++expert) {
        if (counts.row(expert)[expert] == 0) order.push_back(static_cast<std::uint16_t>(expert));
    }
    return order;
}

}  // namespace moe::render
