#include "engine/moe/gating.h"

#include <algorithm>

#include "engine/kernels/sigmoid.h"
#include "engine/kernels/softmax.h"

namespace moe {

void gate(Gating gating, std::span<const float> router_logits, std::span<float> scores) {
    switch (gating) {
        case Gating::Softmax:
        case Gating::SoftmaxTopK:
            softmax(router_logits, scores);
            return;
        case Gating::Sigmoid:
            std::ranges::transform(router_logits, scores.begin(), sigmoid);
            return;
    }
}

}  // namespace moe
