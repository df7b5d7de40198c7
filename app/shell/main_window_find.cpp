// The window's part about finding: the Find dock, places in the palette, going back.
#include "app/docks/text_pattern.h"
#include "app/docks/token_display.h"
#include "app/shell/main_window.h"
#include "engine/trace/layer_number.h"

namespace moe::app {

using Kind = FindQuery::Kind;

void MainWindow::connect_find_commands() {
    commands_->on(CommandId::Find, [this] {
        show_find();
        find_dock_->field()->setFocus(Qt::ShortcutFocusReason);
        find_dock_->field()->selectAll();
    });
    commands_->on(CommandId::NextHit, [this] { find_dock_->go_to_next(); });
    commands_->on(CommandId::PreviousHit, [this] { find_dock_->go_to_previous(); });
    commands_->on(CommandId::NextSpike, [this] {
        if (const auto cell = picture_->next_hidden_spike()) controller_.select(*cell);
    });
    commands_->on(CommandId::PreviousSpike, [this] {
        if (const auto cell = picture_->previous_hidden_spike()) controller_.select(*cell);
    });
    commands_->on(CommandId::FindExpert, [this] {
        const auto expert = expert_in_question();
        if (!expert) return;
        const TraceShape& shape = controller_.state().shown_run()->snapshot.shape();
        find(QStringLiteral("L%1 E%2").arg(layer_number(shape, expert->first)).arg(expert->second));
    });
    commands_->on(CommandId::PauseOnHit, [this] {
        if (commands_->action(CommandId::PauseOnHit)->isChecked())
            return pause_on(find_dock_->search().query());
        controller_.set_pause_rule({});
    });
    commands_->on(CommandId::GoBack, [this] { controller_.travel(-1); });
    commands_->on(CommandId::GoForward, [this] { controller_.travel(1); });
    connect(find_dock_, &FindDock::token_chosen, &controller_,
            [this](std::size_t position) { go_to_hit(position); });
    connect(find_dock_, &FindDock::layer_chosen, &controller_,
            [this](std::size_t layer) { controller_.select({.token = {}, .layer = layer, .expert = {}}); });
    connect(find_dock_, &FindDock::pause_toggled, commands_->action(CommandId::PauseOnHit),
            &QAction::trigger);
    connect(find_dock_, &FindDock::query_changed, &controller_, [this] {
        if (controller_.state().pause_rule) controller_.set_pause_rule(find_dock_->search().query());
        refresh_commands();
    });
    // The docks outlive the controller: it is the context of what needs its state.
    connect(find_dock_, &FindDock::hits_changed, &controller_, [this] {
        refresh_timeline();
        refresh_commands();
    });
    connect(find_dock_, &QDockWidget::visibilityChanged, &controller_, [this] { refresh_timeline(); });
    connect(&controller_, &AppController::paused_by_rule, this, [this] {
        layout_watch_->pause();  // the user did not ask for the dock
        show_find();
        if (!is_presenting_) layout_watch_->accept();
    });
    palette_->set_places([this](const QString& typed) { return places(typed); });
}

void MainWindow::show_find() {
    find_dock_->show();
    find_dock_->raise();
}

void MainWindow::find(const QString& typed) {
    show_find();
    find_dock_->find(typed);
    find_dock_->go_to_next();
}

void MainWindow::pause_on(const FindQuery& query) {
    show_find();
    controller_.set_pause_rule(query);
}

// The layer and the expert that were looked for are selected with the token.
void MainWindow::go_to_hit(std::size_t position) {
    const FindQuery& query = find_dock_->search().query();
    const RunEntry* run = controller_.state().shown_run();
    controller_.select_token(position);
    if (run == nullptr || !run->snapshot.has_shape() || !query.layer) return;
    const std::optional<std::size_t> layer = layer_with_number(run->snapshot.shape(), *query.layer);
    if (!layer) return;
    const bool has_expert = query.kind == Kind::ExpertFires && query.expert < run->snapshot.shape().n_experts;
    controller_.select({.token = position,
                        .layer = layer,
                        .expert = has_expert ? std::optional(query.expert) : std::nullopt});
}

// The selected expert, else the favourite of the selected token and layer.
std::optional<std::pair<std::size_t, std::size_t>> MainWindow::expert_in_question() const {
    const render::CellRef& cell = controller_.state().selection;
    const RunEntry* run = controller_.state().shown_run();
    if (run == nullptr || !cell.layer) return std::nullopt;
    if (cell.expert) return std::pair{*cell.layer, *cell.expert};
    if (!cell.token || *cell.token >= run->snapshot.n_routed()) return std::nullopt;
    const std::uint16_t favourite = run->snapshot.experts(*cell.token, *cell.layer)[0];
    if (favourite == kNoExpert) return std::nullopt;
    return std::pair{*cell.layer, static_cast<std::size_t>(favourite)};
}

// What can be gone to or looked for by what was typed into the palette.
std::vector<PaletteEntry> MainWindow::places(const QString& typed) {
    const FindQuery query = parse_find_query(typed);
    if (query.kind == Kind::Unclear && !query.nearest.isEmpty()) return places(query.nearest);
    const RunEntry* run = controller_.state().shown_run();
    const std::size_t n_tokens = run != nullptr ? run->snapshot.n_tokens() : 0;
    const QString words = find_query_in_words(query);
    const QString nothing = n_tokens > 0 ? QString() : tr("Nothing was generated yet");
    std::vector<PaletteEntry> entries;
    if (query.kind == Kind::Nothing || query.kind == Kind::Unclear) return entries;
    if (query.kind == Kind::Position) {
        const bool exists = query.number < n_tokens;
        entries.push_back({.name = tr("Go to %1").arg(words),
                           .hint = exists ? token_by_itself(run->snapshot.token(query.number).bytes)
                                          : tr("This run has %1").arg(tokens_text(n_tokens)),
                           .is_enabled = exists,
                           .run = [this, position = query.number] {
                               controller_.select_token(position);
                               picture_->setFocus(Qt::ShortcutFocusReason);
                           }});
        return entries;
    }
    if (query.kind == Kind::Layer) {
        const bool has_shape = n_tokens > 0 && run->snapshot.has_shape();
        const auto layer = has_shape ? layer_with_number(run->snapshot.shape(), *query.layer) : std::nullopt;
        entries.push_back({.name = tr("Go to %1").arg(words),
                           .hint = has_shape ? why_no_place(query, run->snapshot) : nothing,
                           .is_enabled = layer.has_value(),
                           .run = [this, layer] {
                               controller_.select({.token = {}, .layer = layer, .expert = {}});
                               picture_->setFocus(Qt::ShortcutFocusReason);
                           }});
        return entries;
    }
    const QString no_layer = n_tokens > 0 ? why_no_place(query, run->snapshot) : nothing;
    const QString pattern = query.kind == Kind::Text ? pattern_meant_by(typed) : QString();
    if (!pattern.isEmpty()) {
        entries.push_back({.name = tr("Find the pattern %1").arg(pattern),
                           .hint = no_layer.isEmpty() ? tr("Every token that it matches") : no_layer,
                           .is_enabled = no_layer.isEmpty(),
                           .run = [this, pattern] {
                               find(pattern);
                               picture_->setFocus(Qt::ShortcutFocusReason);
                           }});
    }
    entries.push_back({.name = tr("Find %1").arg(words),
                       .hint = no_layer.isEmpty() ? tr("Goes to the next one and lists them all") : no_layer,
                       .is_enabled = no_layer.isEmpty(),
                       .run = [this, typed] {
                           find(typed);
                           picture_->setFocus(Qt::ShortcutFocusReason);
                       }});
    entries.push_back({.name = tr("Pause at %1").arg(words),
                       .hint = tr("Generating pauses at the next new one"),
                       .run = [this, typed, query] {
                           find_dock_->find(typed);
                           pause_on(query);
                       }});
    return entries;
}

void MainWindow::refresh_find() {
    const AppState& state = controller_.state();
    FindModel model;
    if (const RunEntry* run = state.shown_run()) {
        model.trace = run->snapshot;
        model.identity = reinterpret_cast<std::uintptr_t>(run->store.get());
        model.selected = state.selection.token;
    }
    model.range = state.range;
    model.pauses = state.pause_rule.has_value();
    model.why_paused = why_paused(state);
    find_dock_->set_model(model);
}

void MainWindow::refresh_find_commands() {
    const FindSearch& search = find_dock_->search();
    const QString no_hit =
        search.query().finds_tokens() ? tr("Nothing was found") : tr("Find something first");
    commands_->allow(CommandId::NextHit, !search.hits().empty(), no_hit);
    commands_->allow(CommandId::PreviousHit, !search.hits().empty(), no_hit);
    commands_->allow(CommandId::FindExpert, expert_in_question().has_value(), tr("Select a token first"));
    commands_->allow(CommandId::PauseOnHit, search.query().finds_tokens(),
                     tr("Say in Find what to pause at (Ctrl+F)"));
    commands_->action(CommandId::PauseOnHit)->setChecked(controller_.state().pause_rule.has_value());
    commands_->allow(CommandId::GoBack, controller_.can_travel(-1), tr("There is no place before"));
    commands_->allow(CommandId::GoForward, controller_.can_travel(1), tr("There is no place after"));
}

}  // namespace moe::app
