#pragma once

#include <cstdint>
#include <vector>

#include "engine/model/routing_observer.h"

namespace moe::test {

/// Keeps what a forward pass reports, in the order of reports: one vector a layer, tokens one after the
/// other.
class RoutingLog : public RoutingObserver {
  public:
    struct Layer {
        std::vector<float> router_logits, scores, selection, weights, branch_norm;
        std::vector<std::int32_t> experts;
        std::size_t n_tokens = 0;
    };

    void on_routing(const RoutingEvent& event) override {
        if (layers.size() <= event.layer) layers.resize(event.layer + 1);
        Layer& layer = layers[event.layer];
        is_in_order = is_in_order && event.first_token == layer.n_tokens;
        layer.n_tokens += event.experts.rows;
        append(event.router_logits, layer.router_logits);
        append(event.scores, layer.scores);
        append(event.selection, layer.selection);
        append(event.weights, layer.weights);
        append(event.branch_norm, layer.branch_norm);
        append(event.experts, layer.experts);
    }

    std::vector<Layer> layers;
    bool is_in_order = true;  ///< every event began where the layer's last one ended

  private:
    template <class From, class To>
    static void append(MatrixView<From> rows, std::vector<To>& to) {
        for (std::size_t row = 0; row < rows.rows; ++row) {
            to.insert(to.end(), rows.row(row).begin(), rows.row(row).end());
        }
    }
};

}  // namespace moe::test
