#include "render/scene/heatmap_value.h"

#include <algorithm>
#include <cmath>

namespace moe::render {

bool is_signed(CellMeaning meaning) {
    return meaning == CellMeaning::Margin || meaning == CellMeaning::LoadDifference;
}

const std::array<HeatmapValueInfo, kHeatmapValues>& heatmap_values() {
    static constexpr std::array<HeatmapValueInfo, kHeatmapValues> kValues{{
        {HeatmapValue::AppliedWeight, "Applied weight", "weight",
         "factor of the expert's output in the token's mix", "weight, 0 to 1"},
        {HeatmapValue::Score, "Score", "score", "gating function of the router's logits, over all experts",
         "score, 0 to 1"},
        {HeatmapValue::Selected, "Selected", "selected", "among the token's top k or not", "yes or no"},
        {HeatmapValue::Rank, "Rank", "rank",
         "1 + experts that were ranked higher; colour 1 \u2212 ln rank / ln E", "rank, 1 is the best"},
        {HeatmapValue::Margin, "Margin to the cut", "margin",
         "chosen: ranked value \u2212 best not chosen; else ranked value \u2212 last chosen",
         "score; above 0 chosen"},
        {HeatmapValue::LoadDifference, "Load difference", "difference",
         "share of the token's choices \u2212 the expert's share over the run",
         "multiples of the fair share 1 / E"},
        {HeatmapValue::Entropy, "Router entropy", "entropy",
         "\u2212\u03A3 p ln p / ln E of the layer's scores p, on all of its experts", "0 sure, 1 uniform"},
    }};
    return kValues;
}

const HeatmapValueInfo& info_of(HeatmapValue value) {
    return heatmap_values()[static_cast<std::size_t>(value)];
}

const char* fold_formula(CellMeaning meaning, Fold fold) {
    if (meaning == CellMeaning::LoadDifference) return "mean over all cells of the pixel";
    if (meaning == CellMeaning::Rank) return "best rank of the pixel's cells";
    if (fold == Fold::Mean) return "mean over all cells of the pixel / mean if uniform";
    if (fold == Fold::Count) return "chosen cells of the pixel / as many if uniform";
    return "largest of the pixel's cells";
}

float value_from_rank(std::size_t rank, std::size_t n_experts) {
    if (n_experts < 2) return 1.0f;
    const double place = std::log(static_cast<double>(rank)) / std::log(static_cast<double>(n_experts));
    return static_cast<float>(1.0 - place);
}

std::size_t rank_from_value(float value, std::size_t n_experts) {
    const double place = 1.0 - static_cast<double>(std::clamp(value, 0.0f, 1.0f));
    const double rank = std::exp(place * std::log(static_cast<double>(std::max<std::size_t>(n_experts, 1))));
    return static_cast<std::size_t>(std::lround(rank));
}

}  // namespace moe::render
