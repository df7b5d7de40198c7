// Finding, going back, ranges, layouts and sessions in the window.
#include "tests/app/window_fixture.h"  // first: it includes Vulkan before Qt

#include <gtest/gtest.h>

#include <QComboBox>
#include <QInputDialog>
#include <QMenuBar>
#include <QTimer>
#include <algorithm>

#include "app/shell/session_picture.h"
#include "app/shell/settings.h"

namespace moe::app {
namespace {

class WindowPlacesTest : public WindowTest {};

TEST_F(WindowPlacesTest, PlaysTheRangeRoundAndRoundUntilPaused) {
    generate(6);
    controller().set_speed(0);
    controller().set_range({.first = 2, .end = 5});
    controller().set_loops(true);
    controller().select_token(3);
    std::vector<std::size_t> played;
    QObject::connect(&controller(), &AppController::selection_moved, &controller(),
                     [&] { played.push_back(*state().selection.token); });
    const std::size_t n_before = n_tokens();
    press(Qt::Key_Space);
    ASSERT_TRUE(wait_for([&] { return played.size() >= 6; }));
    press(Qt::Key_Space);
    ASSERT_TRUE(settle());
    played.resize(6);
    EXPECT_EQ(played, (std::vector<std::size_t>{4, 2, 3, 4, 2, 3}));
    EXPECT_EQ(n_tokens(), n_before) << "nothing is generated";
}

TEST_F(WindowPlacesTest, FindsWhereAnExpertFiresAndWalksTheHits) {
    generate(5);
    controller().select_first();
    press(Qt::Key_F, Qt::ControlModifier);
    FindDock* dock = window_->find_dock();
    EXPECT_TRUE(dock->isVisible());
    EXPECT_EQ(window_->focusWidget(), dock->field());
    const TraceSnapshot trace = state().shown_run()->snapshot;
    const std::size_t expert = trace.experts(n_tokens() - 1, 3)[0];
    QTest::keyClicks(dock->field(), QStringLiteral("L3 E%1").arg(expert));
    ASSERT_TRUE(settle());
    ASSERT_FALSE(dock->search().hits().empty());
    for (std::size_t i = 0; i + 1 < dock->search().hits().size(); ++i) press(Qt::Key_F3);
    press(Qt::Key_F3, Qt::ShiftModifier);
    EXPECT_TRUE(std::ranges::count(dock->search().hits(), *state().selection.token) == 1);
    EXPECT_EQ(state().selection.layer, 3u);
    EXPECT_EQ(state().selection.expert, expert);
}

TEST_F(WindowPlacesTest, PausesWhereARuleIsMet) {
    generate(1);
    const std::size_t n_before = n_tokens();
    window_->find_dock()->find(".");
    ASSERT_TRUE(settle());
    window_->commands().action(CommandId::PauseOnHit)->trigger();
    ASSERT_TRUE(state().pause_rule.has_value());
    std::optional<std::size_t> paused_at;
    QObject::connect(&controller(), &AppController::paused_by_rule, &controller(),
                     [&](std::size_t position) { paused_at = position; });
    controller().set_speed(100);
    press(Qt::Key_Space);
    ASSERT_TRUE(wait_for([&] { return paused_at.has_value() && window_->is_settled(); }));
    EXPECT_FALSE(state().is_generating());
    EXPECT_EQ(state().selection.token, paused_at);
    EXPECT_EQ(state_word(state()).toStdString(), "Paused at a hit");
    EXPECT_TRUE(why_paused(state()).endsWith(QString::fromUtf8("a hit of the text “.”")));
    const TraceSnapshot trace = state().shown_run()->snapshot;
    for (std::size_t position = n_before; position < *paused_at; ++position)
        EXPECT_EQ(trace.token(position).bytes.find('.'), std::string::npos) << position;
    EXPECT_NE(trace.token(*paused_at).bytes.find('.'), std::string::npos);
    EXPECT_TRUE(std::ranges::count(window_->find_dock()->search().hits(), *paused_at) == 1);
}

TEST_F(WindowPlacesTest, GoesBackToWhereTheCursorWasAndForwardAgain) {
    generate(3);
    const std::size_t last = n_tokens() - 1;
    const RunKey run = *state().shown;
    controller().select_token(2);
    press(Qt::Key_Right);  // a step is no new place
    controller().select_token(9);
    ASSERT_TRUE(settle());
    press(Qt::Key_Left, Qt::AltModifier);
    EXPECT_EQ(state().selection.token, 3u);
    press(Qt::Key_Left, Qt::AltModifier);
    EXPECT_EQ(state().selection.token, last);
    EXPECT_FALSE(controller().can_travel(-1));
    ASSERT_TRUE(settle());
    press(Qt::Key_Right, Qt::AltModifier);
    press(Qt::Key_Right, Qt::AltModifier);
    EXPECT_EQ(state().selection.token, 9u);
    EXPECT_FALSE(controller().can_travel(1));

    branch_and_pause();
    press(Qt::Key_Left, Qt::AltModifier);
    ASSERT_TRUE(settle());
    EXPECT_EQ(state().shown, run) << "a branch is left the same way";
}

TEST_F(WindowPlacesTest, GoesToPlacesFromThePalette) {
    generate(3);
    press(Qt::Key_K, Qt::ControlModifier);
    ASSERT_TRUE(window_->palette()->isVisible());
    QTest::keyClicks(window_->palette()->field(), "#4");
    QTest::keyClick(window_->palette()->field(), Qt::Key_Return);
    EXPECT_TRUE(wait_for([this] { return state().selection.token == 4u; }));
    window_->commands().action(CommandId::SearchCommands)->trigger();
    QTest::keyClicks(window_->palette()->field(), "#4000");
    ASSERT_NE(window_->palette()->current(), nullptr);
    EXPECT_FALSE(window_->palette()->current()->is_enabled);
    window_->palette()->hide();
}

TEST_F(WindowPlacesTest, ListsEveryCommandInThePalette) {
    const std::vector<PaletteEntry> entries = palette_entries(*window_->menuBar());
    for (const CommandInfo& info : all_commands()) {
        const QString key = window_->commands().action(info.id)->objectName();
        const QString name = QString::fromUtf8(info.text).remove(QLatin1Char('&'));
        const auto is_it = [&](const PaletteEntry& entry) { return entry.key == key && entry.name.endsWith(name); };
        EXPECT_EQ(std::ranges::count_if(entries, is_it), 1) << name.toStdString();
    }
}

TEST_F(WindowPlacesTest, ThePaletteOffersThePatternThatWasMeant) {
    generate(2);
    window_->commands().action(CommandId::SearchCommands)->trigger();
    window_->palette()->field()->setText(QStringLiteral("digits"));
    ASSERT_NE(window_->palette()->current(), nullptr);
    EXPECT_EQ(window_->palette()->current()->name, QStringLiteral("Find the pattern /\\d/"));
    QTest::keyClick(window_->palette()->field(), Qt::Key_Return);
    EXPECT_TRUE(wait_for([this] { return window_->find_dock()->field()->text() == QStringLiteral("/\\d/"); }));
}

TEST_F(WindowPlacesTest, WhoLooksForAPaneInThePaletteIsShownIt) {
    const std::vector<PaletteEntry> entries = palette_entries(*window_->menuBar());
    const auto runs = std::ranges::find_if(
        entries, [](const PaletteEntry& entry) { return entry.name == QStringLiteral("Show pane: Runs"); });
    ASSERT_NE(runs, entries.end());
    for (int time = 0; time < 2; ++time) {
        runs->run();
        ASSERT_TRUE(wait_for([this] { return window_->runs_dock()->is_seen(); })) << time;
    }
}

TEST_F(WindowPlacesTest, ADockBehindAnotherTabIsShownBeforeItIsClosed) {
    TitledDock* const dock = window_->runs_dock();
    window_->path_dock()->raise();
    ASSERT_TRUE(wait_for([&] { return dock->visibleRegion().isEmpty(); }));
    EXPECT_TRUE(dock->menu_action()->isChecked());
    dock->menu_action()->trigger();
    EXPECT_TRUE(wait_for([&] { return !dock->isHidden() && !dock->visibleRegion().isEmpty(); }));
    EXPECT_TRUE(dock->menu_action()->isChecked());
    dock->menu_action()->trigger();
    EXPECT_TRUE(dock->isHidden());
    EXPECT_FALSE(dock->menu_action()->isChecked());
    dock->menu_action()->trigger();
    EXPECT_TRUE(wait_for([&] { return !dock->isHidden() && !dock->visibleRegion().isEmpty(); }));
    EXPECT_TRUE(dock->menu_action()->isChecked());
}

TEST_F(WindowPlacesTest, KeepsLayoutsUnderNamesAndUndoesLoadingAndDeletingThem) {
    const auto choose = [this](const char* name) {
        ASSERT_TRUE(window_->run_command(QString::fromUtf8(name))) << name;
        QCoreApplication::processEvents();
    };
    const auto is_hidden = [this] { return window_->runs_dock()->isHidden(); };
    const QString name = QStringLiteral("no runs / ü");
    window_->runs_dock()->hide();
    QTimer::singleShot(0, window_.get(), [name] {
        auto* const dialog = qobject_cast<QInputDialog*>(QApplication::activeModalWidget());
        ASSERT_NE(dialog, nullptr);
        dialog->setTextValue(name);
        dialog->accept();
    });
    window_->commands().action(CommandId::SaveLayout)->trigger();
    EXPECT_EQ(settings::layout_names(), QStringList(name));
    choose("Reset layout");
    EXPECT_FALSE(is_hidden());
    choose("Layouts: no runs / ü");
    EXPECT_TRUE(is_hidden());
    choose("Undo Layout no runs / ü");
    EXPECT_FALSE(is_hidden());
    choose("Redo");
    EXPECT_TRUE(is_hidden());
    choose("Layouts: Delete no runs / ü");
    EXPECT_TRUE(settings::layout_names().isEmpty());
    choose("Undo Delete layout no runs / ü");
    EXPECT_EQ(settings::layout_names(), QStringList(name));
    choose("Undo");
    choose("Undo Reset layout");
    EXPECT_TRUE(is_hidden());
    choose("Layouts: Delete no runs / ü");
    EXPECT_TRUE(settings::layout_names().isEmpty());
}

TEST_F(WindowPlacesTest, PresentsThePictureAndTheTextAloneAndComesBack) {
    generate(1);
    press(Qt::Key_F11);
    ASSERT_TRUE(settle());
    EXPECT_TRUE(window_->router_dock()->isHidden());
    EXPECT_TRUE(window_->timeline_dock()->isHidden());
    EXPECT_FALSE(window_->text_dock()->isHidden());
    EXPECT_TRUE(window_->isFullScreen());
    EXPECT_GT(window_->picture()->model().ui_scale, 1.0);
    press(Qt::Key_Escape);
    ASSERT_TRUE(settle());
    EXPECT_FALSE(window_->router_dock()->isHidden());
    EXPECT_FALSE(window_->isFullScreen());
    EXPECT_EQ(window_->picture()->model().ui_scale, 1.0);
    EXPECT_EQ(state().shown_run()->snapshot.n_tokens(), n_tokens()) << "the keys work without a menu bar";
}

TEST_F(WindowPlacesTest, TheChoicesOfThePresentedTextGrowWithItAndShrinkAgain) {
    const QList<QComboBox*> choices = window_->text_dock()->findChildren<QComboBox*>();
    ASSERT_EQ(choices.size(), 2);
    const int height = choices[0]->height(), letters = choices[0]->font().pixelSize();
    press(Qt::Key_F11);
    ASSERT_TRUE(settle());
    for (const QComboBox* choice : choices) {
        EXPECT_GT(choice->maximumHeight(), height);
        EXPECT_GT(choice->font().pixelSize(), letters);
    }
    press(Qt::Key_F11);
    ASSERT_TRUE(settle());
    for (const QComboBox* choice : choices) {
        EXPECT_EQ(choice->maximumHeight(), height);
        EXPECT_EQ(choice->font().pixelSize(), letters);
    }
}

TEST_F(WindowPlacesTest, OpensTheLastSessionAgainWhereItStood) {
    const std::filesystem::path path = folder_.path() / "last.moetrace";
    controller().start_recording(path, MoetraceWriter::IfExists::Refuse);
    generate(3);
    controller().stop_recording();
    ASSERT_TRUE(wait_for([this] { return !state().recording.is_recording && window_->is_settled(); }));
    controller().open_file(path);
    ASSERT_TRUE(wait_for([this] { return state().shows_trace() && window_->is_settled(); }));
    controller().select({.token = 6, .layer = 2, .expert = {}});
    PictureOptions options = window_->picture()->options();
    options.orientation = render::Orientation::TokensAcross;
    options.value = render::HeatmapValue::Rank;
    options.scale.map = render::ColorMap::Magma;
    options.arrangement.pinned = {{1, 7}};
    options.arrangement.collapsed = {3};
    window_->picture()->set_options(options);
    window_->path_dock()->runner_ups()->setChecked(false);
    window_->path_dock()->scores()->setChecked(true);
    EXPECT_TRUE(window_->close());
    EXPECT_EQ(settings::session().file.toStdString(), path.string());

    window_ = std::make_unique<MainWindow>(MainWindow::Options{.theme = ThemeChoice::Dark});
    window_->show();
    EXPECT_FALSE(window_->path_dock()->runner_ups()->isChecked());
    EXPECT_FALSE(window_->path_dock()->view()->shows_runner_ups());
    EXPECT_TRUE(window_->path_dock()->scores()->isChecked());
    EXPECT_TRUE(window_->start_page()->subtitle().contains("token becomes a column")) << "transposed";
    window_->resume_session();
    ASSERT_TRUE(wait_for([this] { return state().shows_trace() && window_->is_settled(); }));
    EXPECT_EQ(state().selection.token, 6u);
    EXPECT_EQ(state().selection.layer, 2u);
    EXPECT_EQ(window_->picture()->options(), options);
    press(Qt::Key_T);
    options.orientation = render::Orientation::TokensDown;
    EXPECT_EQ(window_->picture()->options(), options) << "the command knew how the picture lay";
}

TEST(SessionPictureTest, WhatMakesNoSenseReadsAsTheDefaults) {
    for (const char* text : {"", "no json", "[1,2]", R"({"value":"no such","low":2,"high":-1,"pinned":[[-1,"x"],5]})"})
        EXPECT_EQ(picture_from_text(text, true), PictureOptions{}) << text;
    PictureOptions options;
    options.fold = render::Fold::Count;
    options.scale = {.map = render::ColorMap::Grey, .low = 0.25f, .high = 0.75f, .is_log = true};
    options.arrangement = {.sort = render::ExpertSort::ByLoad, .pinned = {{0, 3}}, .hidden = {{2, 1}}, .collapsed = {4}};
    options.orientation = render::Orientation::TokensAcross;
    EXPECT_EQ(picture_from_text(text_from_picture(options), true), options);
    EXPECT_TRUE(picture_from_text(text_from_picture(options), false).arrangement.is_plain());
}

TEST_F(WindowTest, TransposedTimeRunsToTheRight) {
    generate(4);
    PictureView& view = *window_->picture();
    const auto turn_to = [&](render::Orientation orientation) {
        return window_->run_command(QStringLiteral("Transpose")) &&
               wait_for([&] { return view.options().orientation == orientation && window_->is_settled(); });
    };
    ASSERT_TRUE(turn_to(render::Orientation::TokensAcross));
    std::vector<render::CellRef> cells;
    QObject::connect(&view, &PictureView::selected, [&](const render::CellRef& cell) { cells.push_back(cell); });
    const int y = view.height() / 2;
    for (int x = 130; x < 330; x += 10)  // too far apart for a double click
        QTest::mouseClick(&view, Qt::LeftButton, {}, {x, y});
    ASSERT_GE(cells.size(), 10u);
    for (std::size_t i = 1; i < cells.size(); ++i) {
        EXPECT_GE(cells[i].token.value(), cells[i - 1].token.value()) << "time runs to the right";
        EXPECT_EQ(cells[i].layer, cells[0].layer) << "and nothing else does";
        EXPECT_EQ(cells[i].expert, cells[0].expert);
    }
    EXPECT_LT(cells.front().token.value(), cells.back().token.value());
    EXPECT_TRUE(turn_to(render::Orientation::TokensDown));
}

}  // namespace
}  // namespace moe::app
