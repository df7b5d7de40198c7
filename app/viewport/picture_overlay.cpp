#include "app/viewport/picture_overlay.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/viewport/label_strip.h"
#include "app/viewport/navigation.h"
#include "app/viewport/selection_chip.h"
#include "render/resolve/hidden_spikes.h"
#include "render/scene/token_label.h"
#include "render/scene/zoom.h"

namespace moe::app {
namespace {

constexpr double kFocusFrame = 2.0;

TokenRange visible_range(const OverlayModel& model, std::size_t n_tokens) {
    const auto range = render::visible_tokens(model.layout.tokens, model.layout.heatmap.height, n_tokens);
    return range.value_or(TokenRange{0, 0});
}

std::string tokens_text(const OverlayModel& model) {
    const std::size_t n_tokens = std::max(model.scene.trace.n_tokens(), model.scene.n_planned_tokens);
    const TokenRange range = visible_range(model, n_tokens);
    if (range.first == range.second) return {};
    return fmt::format("tokens {}\u2013{} of {}", render::with_thousands(range.first),
                       render::with_thousands(range.second - 1), render::with_thousands(n_tokens));
}

std::string scale_text(const render::PanelLayout& layout) {
    const std::int64_t tokens = layout.tokens.row_tokens;
    const int experts = layout.columns.axis.column_experts;
    if (tokens <= 1 && experts <= 1) return layout.is_transposed() ? "1 column = 1 token" : "1 row = 1 token";
    const std::string folded_tokens = fmt::format(
        "{} {}", render::with_thousands(static_cast<std::size_t>(tokens)), tokens == 1 ? "token" : "tokens");
    if (experts <= 1) return fmt::format("1 px = {}", folded_tokens);
    return fmt::format("1 {} = {} \u00D7 {} experts", tokens > 1 ? "px" : "cell", folded_tokens, experts);
}

std::string spikes_text(std::size_t n_hidden) {
    if (n_hidden == 0) return {};
    return fmt::format("{} hidden {}, N next", render::with_thousands(n_hidden),
                       n_hidden == 1 ? "spike" : "spikes");
}

std::string spike_formula() {
    return fmt::format("w \u2265 {} (1 \u2212 w) / (k \u2212 1), {} of 254 colour steps over the mean",
                       render::kSpikeRatio, render::kFarAbove);
}

render::CellMeaning meaning_of(const OverlayModel& model) {
    return render::cell_meaning(render::shown_value(model.scene.trace, model.options.value),
                                render::folds_by_choice(model.layout), model.options.fold);
}

LegendModel legend_model(const OverlayModel& model) {
    const render::HeatmapValue shown = render::shown_value(model.scene.trace, model.options.value);
    const render::HeatmapValueInfo& info = render::info_of(shown);
    LegendModel legend;
    legend.scale = model.options.scale;
    legend.meaning = meaning_of(model);
    legend.codes = model.report.shown_codes;
    legend.n_experts = model.layout.columns.n_experts;
    legend.name = info.name;
    legend.formula = info.formula;
    legend.unit =
        legend.meaning == render::CellMeaning::Load ? "multiples of the load if uniform" : info.unit;
    if (render::folds_by_choice(model.layout))
        legend.fold = render::fold_formula(legend.meaning, render::shown_fold(shown, model.options.fold));
    if (model.report.n_hidden_spikes > 0) legend.spike = spike_formula();
    return legend;
}

const void* newest_chunk(const TraceSnapshot& trace) {
    return trace.n_routed() > 0 ? &trace.chunk_of(trace.n_routed() - 1) : nullptr;
}

}  // namespace

void PictureOverlay::update_counts(const OverlayModel& model) {
    const bool is_shown = model.hover.kind == render::HitKind::LoadBar ||
                          (model.hover.kind == render::HitKind::Cell && !model.layout.tokens.is_folded());
    if (!is_shown) return;  // a long run takes a while
    const TraceSnapshot& trace = model.scene.trace;
    const TokenRange range = visible_range(model, trace.n_routed());
    const void* chunk = newest_chunk(trace);
    if (range == visible_.tokens && counted_routed_ == trace.n_routed() && counted_chunk_ == chunk) return;
    visible_.tokens = range;
    visible_.load =
        trace.n_routed() > 0 ? load_counter_.count(trace, range.first, range.second) : ExpertCounts{};
    counted_routed_ = trace.n_routed();
    counted_chunk_ = chunk;
}

ViewControlsModel PictureOverlay::controls_model(const OverlayModel& model) const {
    ViewControlsModel controls;
    const TraceSnapshot& trace = model.scene.trace;
    controls.strip = model.layout.on_picture(model.layout.strip);
    controls.bounds = {0, 0, model.scene.width, model.scene.height};
    controls.options = model.options;
    controls.shown = render::shown_value(trace, model.options.value);
    controls.is_folded = render::folds_by_choice(model.layout);
    controls.has_weights = trace.has_weights();
    controls.has_scores = trace.n_routed() > 0 && trace.has_scores();
    controls.tokens_text = tokens_text(model);
    controls.scale_text = scale_text(model.layout);
    controls.spikes_text = spikes_text(model.report.n_hidden_spikes);
    controls.legend = legend_model(model);
    controls.busy_text = model.picture.busy_text.toStdString();
    controls.busy_share = model.picture.busy_share;
    return controls;
}

void PictureOverlay::draw_hover_card(const CardLook& look, const OverlayModel& model) {
    if (!tooltip_) return;
    if (!tooltip_->token_text.empty()) {
        const int width =
            card_text_width(QString::fromStdString(tooltip_->token_text), model.scene.pixel_ratio);
        tooltip_->token_text_width = std::min(width, static_cast<int>(look.text_cell_size.x));
    }
    draw_tooltip(*ImGui::GetBackgroundDrawList(), look, *tooltip_);
}

PictureOverlay::Frame PictureOverlay::draw(const OverlayModel& model, double seconds_since_last) {
    update_counts(model);
    layer_.set_look(model.scene.theme, model.scene.pixel_ratio);
    tooltip_ = has_popup() ? std::nullopt : tooltip_for(model.scene, model.layout, model.hover, visible_);
    if (tooltip_) layer_.set_cell_text(QString::fromStdString(tooltip_->token_text));

    Frame frame;
    const CardLook& look = layer_.begin_frame(model.scene.width, model.scene.height, seconds_since_last);
    frame.intents.options = draw_view_controls(look, controls_model(model));
    chip_.reset();
    if (!is_selection_in_view(model.scene)) {
        const std::size_t token = *model.scene.view.selection.token;
        const bool is_before = model.layout.tokens.pixel_from_token(static_cast<std::int64_t>(token)) < 0;
        const SelectionChipModel chip{
            .bounds = model.layout.on_picture(model.layout.heatmap),
            .token = render::with_thousands(token),
            .is_before = is_before,
            .is_across = model.layout.is_transposed()};
        chip_ = selection_chip_rect(look, chip);
        frame.intents.goes_to_selection = draw_selection_chip(look, chip);
    }
    if (model.picture.shows_frame_time)
        draw_frame_meter(*ImGui::GetBackgroundDrawList(), look, model.frame_times,
                         model.layout.on_picture(model.layout.heatmap));
    draw_hover_card(look, model);
    if (model.is_keyboard_focus) {
        const ImVec2 corner(static_cast<float>(model.scene.width), static_cast<float>(model.scene.height));
        draw_outline(*ImGui::GetForegroundDrawList(), {0, 0}, corner, model.scene.theme.accent,
                     look.px(kFocusFrame), 0.0f);
    }
    frame.mesh = layer_.end_frame();
    frame.has_waiting_events = !layer_.events().is_empty();
    return frame;
}

bool PictureOverlay::takes_click(int x, int y) const {
    return has_popup() || (chip_ && chip_->contains(x, y));
}

}  // namespace moe::app
