#include "engine/stats/cluster_order.h"

#include <algorithm>
#include <cmath>

#include "engine/base/matrix.h"

namespace moe {

namespace {

Matrix<double> cosines(MatrixView<const double> profiles) {
    std::vector<double> norms(profiles.rows);
    for (std::size_t a = 0; a < profiles.rows; ++a) {
        for (const double value : profiles.row(a)) norms[a] += value * value;
        norms[a] = std::sqrt(norms[a]);
    }
    Matrix<double> similarity(profiles.rows, profiles.rows);
    for (std::size_t a = 0; a < profiles.rows; ++a) {
        for (std::size_t b = a + 1; b < profiles.rows; ++b) {
            double product = 0;
            for (std::size_t i = 0; i < profiles.cols; ++i)
                product += profiles.row(a)[i] * profiles.row(b)[i];
            const double cosine = norms[a] > 0 && norms[b] > 0 ? product / (norms[a] * norms[b]) : 0.0;
            similarity.row(a)[b] = similarity.row(b)[a] = cosine;
        }
    }
    return similarity;
}

struct Pair {
    std::size_t a = 0;
    std::size_t b = 0;
};

// The most similar two of the clusters that are left; ties to the lower rows.
Pair most_similar(const Matrix<double>& similarity, const std::vector<std::vector<std::size_t>>& clusters) {
    Pair best;
    double largest = -2;
    for (std::size_t a = 0; a < clusters.size(); ++a) {
        if (clusters[a].empty()) continue;
        for (std::size_t b = a + 1; b < clusters.size(); ++b) {
            if (clusters[b].empty() || similarity.row(a)[b] <= largest) continue;
            largest = similarity.row(a)[b];
            best = {a, b};
        }
    }
    return best;
}

}  // namespace

std::vector<std::size_t> cluster_order(MatrixView<const double> profiles) {
    Matrix<double> similarity = cosines(profiles);
    std::vector<std::vector<std::size_t>> clusters(profiles.rows);
    for (std::size_t row = 0; row < profiles.rows; ++row) clusters[row] = {row};
    for (std::size_t merge = 1; merge < profiles.rows; ++merge) {
        const auto [a, b] = most_similar(similarity, clusters);
        const auto size_a = static_cast<double>(clusters[a].size());
        const auto size_b = static_cast<double>(clusters[b].size());
        for (std::size_t c = 0; c < clusters.size(); ++c) {
            const double mean =
                (size_a * similarity.row(a)[c] + size_b * similarity.row(b)[c]) / (size_a + size_b);
            similarity.row(a)[c] = similarity.row(c)[a] = mean;
        }
        clusters[a].insert(clusters[a].end(), clusters[b].begin(), clusters[b].end());
        clusters[b].clear();
    }
    return clusters.empty() ? std::vector<std::size_t>{} : clusters[0];
}

}  // namespace moe
