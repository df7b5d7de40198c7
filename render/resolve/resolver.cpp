#include "render/resolve/resolver.h"

namespace moe::render {

SumQuestion question_of(const ResolveRequest& request) {
    if (request.value == HeatmapValue::LoadDifference)
        return {.value = HeatmapValue::Selected, .is_sum = true};
    return {.value = request.value, .is_sum = request.fold == Fold::Mean};
}

UniformLoad uniform_load(const ResolveRequest& request, const TraceShape& shape) {
    const bool counts_choices =
        request.value == HeatmapValue::Selected || request.value == HeatmapValue::LoadDifference;
    return {.n_experts = shape.n_experts, .shared_out = counts_choices ? shape.top_k : 1};
}

}  // namespace moe::render
