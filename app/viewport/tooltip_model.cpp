#include "app/viewport/tooltip_model.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/viewport/number_text.h"
#include "engine/trace/layer_number.h"
#include "render/scene/token_label.h"

namespace moe::app {
namespace {

constexpr std::string_view kDash = "\u2013";

using Rows = std::vector<TooltipModel::Row>;

render::PixelRect rect_of(const render::PanelLayout& layout, const render::Hit& hit) {
    render::PixelRect rect = layout.heatmap;
    if (hit.kind == render::HitKind::GutterToken) rect = layout.gutter;
    if (hit.kind == render::HitKind::LoadBar) rect = layout.load_bars;
    if (hit.cell.token) {
        rect.y +=
            static_cast<int>(layout.tokens.pixel_from_token(static_cast<std::int64_t>(*hit.cell.token)));
        rect.height = layout.tokens.row_pixels;
    }
    if (hit.cell.expert) {
        rect.x += static_cast<int>(*layout.columns.pixel_from_expert(*hit.cell.layer, *hit.cell.expert));
        rect.width = layout.columns.column_pixels(*hit.cell.layer);
    }
    return layout.on_picture(rect);
}

std::string range_text(std::size_t first, std::size_t n) {
    if (n <= 1) return render::with_thousands(first);
    return render::with_thousands(first) + std::string(kDash) + render::with_thousands(first + n - 1);
}

/// The experts that share the pixel.
std::vector<std::size_t> experts_of(const render::PanelLayout& layout, const render::Hit& hit) {
    const std::size_t first = layout.columns.position_of(*hit.cell.layer, *hit.cell.expert).value_or(0);
    std::vector<std::size_t> experts;
    for (std::size_t i = 0; i < hit.n_experts; ++i)
        experts.push_back(layout.columns.expert_at(*hit.cell.layer, first + i));
    return experts;
}

/// "expert 7", "experts 4–7", "experts 9, 2, 11 and 5 more".
std::string experts_text(const std::vector<std::size_t>& experts) {
    constexpr std::size_t kMostNamed = 4;
    if (experts.size() == 1) return "expert " + render::with_thousands(experts.front());
    const auto is_not_next = [](std::size_t a, std::size_t b) { return a + 1 != b; };
    if (std::ranges::adjacent_find(experts, is_not_next) == experts.end())
        return "experts " + range_text(experts.front(), experts.size());
    std::string text = "experts";
    for (std::size_t i = 0; i < std::min(experts.size(), kMostNamed); ++i)
        text += fmt::format("{} {}", i > 0 ? "," : "", experts[i]);
    return experts.size() <= kMostNamed ? text
                                        : text + fmt::format(" and {} more", experts.size() - kMostNamed);
}

std::string cell_title(const TraceShape& shape, const render::PanelLayout& layout, const render::Hit& hit) {
    return fmt::format("{} {}, layer {}, {}", hit.n_tokens > 1 ? "tokens" : "token",
                       range_text(*hit.cell.token, hit.n_tokens), layer_number(shape, *hit.cell.layer),
                       experts_text(experts_of(layout, hit)));
}

void add_load(Rows& rows, const render::FrameInput& scene, const render::CellRef& cell,
              const VisibleCounts& visible) {
    if (visible.load.empty()) return;
    const std::size_t column = *cell.layer * scene.trace.shape().n_experts + *cell.expert;
    rows.push_back(
        {.label = fmt::format("Load of E{}, visible", *cell.expert),
         .value = fmt::format("{} of {}", render::with_thousands(visible.load[column]),
                              render::with_thousands(visible.tokens.second - visible.tokens.first))});
}

Rows cell_rows(const render::FrameInput& scene, const render::CellRef& cell, const VisibleCounts& visible) {
    const CellFacts facts = cell_facts(scene.trace, *cell.token, *cell.layer, *cell.expert);
    const std::string rank =
        facts.rank ? fmt::format("{} of {}", *facts.rank, scene.trace.shape().n_experts) : std::string(kDash);
    Rows rows{{.label = "Applied weight", .value = decimals_text(facts.applied_weight, 3), .is_strong = true},
              {.label = "Probability", .value = decimals_text(facts.probability, 3)},
              {.label = "Logit", .value = decimals_text(facts.logit, 3)},
              {.label = "Rank", .value = rank}};
    add_load(rows, scene, cell, visible);
    return rows;
}

Rows folded_rows(const render::FrameInput& scene, const render::PanelLayout& layout, const render::Hit& hit) {
    const render::CellRef& cell = hit.cell;
    const FoldedFacts facts = folded_facts(scene.trace, {*cell.token, *cell.token + hit.n_tokens},
                                           *cell.layer, experts_of(layout, hit));
    Rows rows{{.label = "Largest weight, folded away",
               .value = decimals_text(facts.largest_weight, 3),
               .is_strong = true}};
    if (facts.largest_weight) {
        rows.push_back({.label = "It belongs to",
                        .value = fmt::format("token {}, E{}", render::with_thousands(facts.largest_token),
                                             facts.largest_expert)});
    }
    rows.push_back({.label = "Chosen",
                    .value = fmt::format("{} of {} cells", render::with_thousands(facts.n_chosen),
                                         render::with_thousands(facts.n_cells))});
    return rows;
}

TooltipModel cell_card(const render::FrameInput& scene, const render::PanelLayout& layout,
                       const render::Hit& hit, const VisibleCounts& visible) {
    TooltipModel model;
    model.title = cell_title(render::shape_of(scene), layout, hit);
    model.hint = "Click selects";
    const bool is_folded = hit.n_tokens > 1 || hit.n_experts > 1;
    const TokenRecord* token = token_at(scene, *hit.cell.token);
    if (token != nullptr && hit.n_tokens <= 1) model.token_text = token_text(token->bytes);
    if (*hit.cell.token >= scene.trace.n_routed()) {
        model.hint = token == nullptr ? "Being generated" : "Not routed yet";
    } else {
        model.rows = is_folded ? folded_rows(scene, layout, hit) : cell_rows(scene, hit.cell, visible);
        if (is_folded) model.hint = "Click selects, zoom in to see each cell";
    }
    return model;
}

TooltipModel load_card(const render::FrameInput& scene, const render::PanelLayout& layout,
                       const render::Hit& hit, const VisibleCounts& visible) {
    TooltipModel model;
    const TraceShape& shape = scene.trace.shape();
    model.title = fmt::format("layer {}, {}", layer_number(shape, *hit.cell.layer),
                              experts_text(experts_of(layout, hit)));
    model.hint = "Click selects the expert";
    const std::size_t n_tokens = visible.tokens.second - visible.tokens.first;
    std::size_t load = 0;
    for (const std::size_t e : experts_of(layout, hit))
        load += visible.load[*hit.cell.layer * shape.n_experts + e];
    const double fair =
        static_cast<double>(n_tokens * shape.top_k * hit.n_experts) / static_cast<double>(shape.n_experts);
    model.rows = {
        {.label = "Load, visible",
         .value = fmt::format("{} of {}", render::with_thousands(load), render::with_thousands(n_tokens)),
         .is_strong = true},
        {.label = "If uniform", .value = decimals_text(fair, 1)}};
    return model;
}

std::string hex_text(std::string_view bytes) {
    constexpr std::size_t kMost = 12;
    std::string text;
    for (const char byte : bytes.substr(0, kMost))
        text += fmt::format("{}{:02X}", text.empty() ? "" : " ", static_cast<unsigned char>(byte));
    return bytes.size() > kMost ? text + "\u2026" : text;
}

TooltipModel token_card(const TokenRecord& token, const render::Hit& hit) {
    TooltipModel model;
    model.token_text = token_text(token.bytes);
    model.title = "token " + render::with_thousands(*hit.cell.token);
    model.rows = {{.label = "Id", .value = fmt::format("{}", token.id)},
                  {.label = "Bytes", .value = hex_text(token.bytes)},
                  {.label = "Comes from", .value = token.phase == Phase::Prefill ? "prompt" : "generated"}};
    if (token.logprob)
        model.rows.push_back({.label = "Log probability", .value = decimals_text(token.logprob, 3)});
    model.hint = "Click selects";
    return model;
}

}  // namespace

const TokenRecord* token_at(const render::FrameInput& scene, std::size_t position) {
    if (position < scene.trace.n_tokens()) return &scene.trace.token(position);
    if (scene.planned_tokens != nullptr && position < scene.planned_tokens->size())
        return &(*scene.planned_tokens)[position];
    return nullptr;
}

std::optional<TooltipModel> tooltip_for(const render::FrameInput& scene, const render::PanelLayout& layout,
                                        const render::Hit& hit, const VisibleCounts& visible) {
    std::optional<TooltipModel> model;
    if (hit.kind == render::HitKind::Cell) model = cell_card(scene, layout, hit, visible);
    if (hit.kind == render::HitKind::LoadBar && !visible.load.empty())
        model = load_card(scene, layout, hit, visible);
    if (hit.kind == render::HitKind::GutterToken && hit.n_tokens <= 1) {
        if (const TokenRecord* token = token_at(scene, *hit.cell.token)) model = token_card(*token, hit);
    }
    if (!model) return std::nullopt;
    model->cell = rect_of(layout, hit);
    const int top = layout.on_picture(layout.strip).bottom();
    model->bounds = {0, top, scene.width, scene.height - top};
    return model;
}

}  // namespace moe::app
