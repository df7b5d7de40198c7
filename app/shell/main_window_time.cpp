// The window's part about time: the timeline, the range, playing what is recorded.
#include "app/shell/main_window.h"

namespace moe::app {

void MainWindow::connect_time_commands() {
    commands_->on(CommandId::Replay, [this] { controller_.replay_or_pause(); });
    commands_->on(CommandId::ExtendRangeForward, [this] { controller_.extend_range(1); });
    commands_->on(CommandId::ExtendRangeBack, [this] { controller_.extend_range(-1); });
    commands_->on(CommandId::BeginRange, [this] { controller_.begin_range_here(); });
    commands_->on(CommandId::EndRange, [this] { controller_.end_range_here(); });
    commands_->on(CommandId::RangeFromView, [this] {
        if (const auto visible = picture_->visible_tokens())
            controller_.set_range({.first = visible->first, .end = visible->second});
    });
    commands_->on(CommandId::ClearRange, [this] { controller_.clear_range(); });
    commands_->on(CommandId::LoopRange,
                  [this] { controller_.set_loops(commands_->action(CommandId::LoopRange)->isChecked()); });
    const TimelineView* view = timeline_dock_->view();
    connect(view, &TimelineView::token_chosen, &controller_, &AppController::select_token);
    connect(view, &TimelineView::token_scrubbed, &controller_, &AppController::scrub_to);
    connect(view, &TimelineView::range_chosen, &controller_, &AppController::set_range);
    connect(view, &TimelineView::range_given_up, &controller_, &AppController::clear_range);
    connect(view, &TimelineView::view_dragged, this, [this](std::size_t middle) {
        controller_.set_follows(false);
        picture_->scroll_to_token(middle);
    });
    connect(picture_, &PictureView::visible_tokens_changed, this, &MainWindow::refresh_timeline);
}

void MainWindow::refresh_timeline() {
    const AppState& state = controller_.state();
    TimelineModel model;
    model.layer = state.selection.layer.value_or(0);
    if (const RunEntry* run = state.shown_run()) {
        model.trace = run->snapshot;
        model.identity = reinterpret_cast<std::uintptr_t>(run->store.get());
        model.is_live = !state.shows_trace();
        model.fork_pos = run->parent ? run->fork_pos : 0;
        model.selected = state.selection.token;
        model.range = state.range;
        model.loops = state.loops;
        if (find_dock_->isVisible()) model.hits = find_dock_->search().hits();
        if (const auto visible = picture_->visible_tokens(); visible && visible->first < visible->second)
            model.visible = TokenRange{.first = visible->first, .end = visible->second};
    }
    timeline_dock_->set_model(model);
}

void MainWindow::refresh_time_commands() {
    const AppState& state = controller_.state();
    const RunEntry* run = state.shown_run();
    const bool has_tokens = run != nullptr && run->snapshot.n_tokens() > 0;
    const QString nothing = tr("Nothing was generated yet");
    for (const CommandId id : {CommandId::Replay, CommandId::ExtendRangeForward, CommandId::ExtendRangeBack,
                               CommandId::BeginRange, CommandId::EndRange, CommandId::RangeFromView,
                               CommandId::LoopRange})
        commands_->allow(id, has_tokens, nothing);
    commands_->allow(CommandId::ClearRange, state.range.has_value(), tr("No range is chosen"));
    commands_->action(CommandId::LoopRange)->setChecked(state.loops);
}

}  // namespace moe::app
