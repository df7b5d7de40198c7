#include "app/shell/main_window.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QMenuBar>
#include <QSettings>
#include <QTest>
#include <cstdlib>
#include <fstream>
#include <set>

#include "app/shell/settings.h"
#include "render/renderer.h"
#include "tests/support/paths.h"

namespace moe::app {
namespace {

constexpr int kTimeoutMs = 60000;              // a software renderer on a busy machine
constexpr double kDifferentPixelShare = 0.02;  // fonts are rendered a little differently across releases
constexpr int kDifferentChannel = 24;

constexpr const char* kPrompt = "Once upon a time, a curious fox named Rusty";

/// The window with the embedded model and settings of its own, and a hand that uses it.
class WindowTest : public testing::Test {
  protected:
    void SetUp() override {
        QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope,
                           QString::fromStdString(folder_.path().string()));
        window_ = std::make_unique<MainWindow>(
            MainWindow::Options{.remembers_layout = true, .theme = ThemeChoice::Dark});
        window_->resize(1280, 800);
        window_->show();
        QObject::connect(&controller(), &AppController::failed,
                         [this](const Failure& failure) { failures_.push_back(failure); });
        ASSERT_TRUE(QTest::qWaitForWindowExposed(window_.get()));
        window_->activateWindow();
        controller().open_embedded_model();
        ASSERT_TRUE(wait_for([this] { return state().model.has_value() && window_->is_settled(); }));
    }

    void TearDown() override {
        window_.reset();
        EXPECT_EQ(render::n_validation_messages(), 0u);
    }

    static bool wait_for(const std::function<bool()>& condition) {
        return QTest::qWaitFor(condition, kTimeoutMs);
    }
    bool settle() {
        return wait_for([this] { return window_->is_settled(); });
    }

    AppController& controller() { return window_->controller(); }
    const AppState& state() { return controller().state(); }
    std::size_t n_tokens() {
        return state().shown_run() == nullptr ? 0 : state().shown_run()->snapshot.n_tokens();
    }

    void press(int key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
        window_->picture()->setFocus();
        QTest::keyClick(window_->picture(), static_cast<Qt::Key>(key), modifiers);
    }

    /// Reads the prompt and generates `n_steps` greedy tokens, one key press each.
    void generate(std::size_t n_steps) {
        window_->prompt_dock()->set_sampling({.seed = 7, .temperature = 0.0f});
        controller().set_sampling({.seed = 7, .temperature = 0.0f});
        for (std::size_t step = 0; step < n_steps; ++step) {
            press(Qt::Key_Right);
            ASSERT_TRUE(settle());
        }
    }

    std::string write_file(const std::string& name, const std::string& bytes) {
        const std::filesystem::path path = folder_.path() / name;
        std::ofstream(path, std::ios::binary) << bytes;
        return path.string();
    }

    test::TemporaryFolder folder_;
    std::unique_ptr<MainWindow> window_;
    std::vector<Failure> failures_;
};

std::string bytes_of(const std::filesystem::path& path, std::size_t count) {
    std::string bytes(count, '\0');
    std::ifstream(path, std::ios::binary).read(bytes.data(), static_cast<std::streamsize>(count));
    return bytes;
}

/// Share of pixels that differ by more than kDifferentChannel in any channel; 1 for different sizes.
double different_share(const QImage& a, const QImage& b) {
    if (a.size() != b.size()) return 1.0;
    std::size_t n_different = 0;
    for (int y = 0; y < a.height(); ++y) {
        for (int x = 0; x < a.width(); ++x) {
            const QColor p = a.pixelColor(x, y);
            const QColor q = b.pixelColor(x, y);
            const int largest = std::max({std::abs(p.red() - q.red()), std::abs(p.green() - q.green()),
                                          std::abs(p.blue() - q.blue())});
            n_different += largest > kDifferentChannel ? 1 : 0;
        }
    }
    return static_cast<double>(n_different) / static_cast<double>(a.width() * a.height());
}

TEST_F(WindowTest, OpensTheTeachingModelWithAPromptReady) {
    EXPECT_TRUE(state().model->is_embedded);
    EXPECT_EQ(window_->prompt_dock()->prompt(), kPrompt);
    EXPECT_GT(state().prompt_tokens.size(), 5u);
    EXPECT_TRUE(window_->start_page()->isVisible());
    EXPECT_TRUE(failures_.empty());
}

TEST_F(WindowTest, GeneratesAtTheLiveEndAndMovesThroughWhatIsThereElsewhere) {
    generate(3);
    const std::size_t n_prompt = state().prompt_tokens.size();
    ASSERT_EQ(n_tokens(), n_prompt + 3);
    EXPECT_FALSE(window_->start_page()->isVisible());
    EXPECT_EQ(state().selection.token, n_tokens() - 1);

    press(Qt::Key_Left);
    press(Qt::Key_Left);
    EXPECT_EQ(state().selection.token, n_tokens() - 3);
    press(Qt::Key_Right);
    ASSERT_TRUE(settle());
    EXPECT_EQ(state().selection.token, n_tokens() - 2);
    EXPECT_EQ(n_tokens(), n_prompt + 3) << "moving changes nothing";
    press(Qt::Key_Home);
    EXPECT_EQ(state().selection.token, 0u);
    press(Qt::Key_End);
    EXPECT_EQ(state().selection.token, n_tokens() - 1);
}

TEST_F(WindowTest, ContinuesFromTheSelectedTokenInABranchAndKeepsTheParent) {
    generate(3);
    const RunKey parent = *state().shown;
    const std::size_t n_parent = n_tokens();
    press(Qt::Key_Left);
    press(Qt::Key_Left);
    const std::size_t selected = *state().selection.token;

    press(Qt::Key_B, Qt::ControlModifier);
    ASSERT_TRUE(wait_for([&] { return state().shown != parent && window_->is_settled(); }));
    EXPECT_EQ(state().shown_run()->parent, parent);
    EXPECT_EQ(n_tokens(), selected + 1) << "the selected token stays";
    EXPECT_EQ(state().selection.token, selected);
    EXPECT_EQ(state().runs.at(parent).snapshot.n_tokens(), n_parent);

    const QAbstractItemModel* tree = window_->runs_dock()->tree()->model();
    ASSERT_EQ(tree->rowCount(), 1);
    EXPECT_EQ(tree->rowCount(tree->index(0, 0)), 1) << "the branch stands under its parent";

    controller().show_run(parent);
    ASSERT_TRUE(settle());
    EXPECT_EQ(n_tokens(), n_parent);
}

TEST_F(WindowTest, RunsWithSpaceAndPausesWithSpace) {
    controller().set_speed(200);  // slow enough to be paused before the story ends
    press(Qt::Key_Space);
    ASSERT_TRUE(wait_for([this] { return n_tokens() > state().prompt_tokens.size() + 3; }));
    press(Qt::Key_Space);
    ASSERT_TRUE(settle());
    EXPECT_FALSE(state().is_generating());
    EXPECT_TRUE(failures_.empty());
}

TEST_F(WindowTest, ShowsTheRouterOfTheSelectedTokenAndLayer) {
    generate(1);
    press(Qt::Key_Down);
    press(Qt::Key_Down);
    ASSERT_TRUE(settle());
    EXPECT_EQ(state().selection.layer, 2u);
    const RouterTableModel& rows = window_->router_dock()->table()->rows();
    EXPECT_EQ(rows.rowCount(), 16 + 1) << "every expert and the cut";
    EXPECT_EQ(rows.cut_row(), 2);
    EXPECT_EQ(rows.model().layer, 2u);
    EXPECT_EQ(rows.model().position, n_tokens() - 1);
    EXPECT_TRUE(rows.row_at(3)->is_near_miss);
}

TEST_F(WindowTest, SelectsTheTokenThatIsClickedInTheText) {
    generate(1);
    const std::optional<QRectF> rect = window_->text_dock()->view()->rect_of(4);
    ASSERT_TRUE(rect.has_value());
    QTest::mouseClick(window_->text_dock()->view()->viewport(), Qt::LeftButton, {}, rect->center().toPoint());
    EXPECT_EQ(state().selection.token, 4u);
}

TEST_F(WindowTest, ShowsTheGoldenPicture) {
    window_->picture()->setFixedSize(720, 560);  // whatever room the docks' fonts leave
    generate(2);
    const QImage picture = window_->picture()->picture().convertToFormat(QImage::Format_RGB32);
    const QString golden = QString::fromStdString(test::test_file("golden/window_live.png").string());
    if (std::getenv("MOE_UPDATE_GOLDEN") != nullptr) {
        ASSERT_TRUE(picture.save(golden));
    }
    const QImage expected(golden);
    ASSERT_FALSE(expected.isNull()) << golden.toStdString();
    const QString actual =
        QString::fromStdString((std::filesystem::current_path() / "window_live_drawn.png").string());
    const double share = different_share(picture, expected.convertToFormat(QImage::Format_RGB32));
    if (share > kDifferentPixelShare) picture.save(actual);
    EXPECT_LE(share, kDifferentPixelShare) << "look at " << actual.toStdString();
}

TEST_F(WindowTest, KeepsTheModelWhenAFileIsCutShort) {
    generate(1);
    const std::size_t n_before = n_tokens();
    const std::string path = write_file("cut.gguf", bytes_of(state().model->path, 100'000));
    controller().open_file(path);
    ASSERT_TRUE(wait_for([this] { return !failures_.empty() && window_->is_settled(); }));
    EXPECT_EQ(failures_.size(), 1u);
    EXPECT_TRUE(window_->banner()->isVisible());
    EXPECT_TRUE(window_->banner()->text().contains("cut.gguf")) << window_->banner()->text().toStdString();
    EXPECT_TRUE(window_->banner()->text().contains("unchanged"));
    EXPECT_TRUE(state().model->is_embedded);
    press(Qt::Key_Right);
    ASSERT_TRUE(settle());
    EXPECT_EQ(n_tokens(), n_before + 1) << "it goes on generating";
}

TEST_F(WindowTest, KeepsWhatIsOpenForAnyFileThatIsNoModelOrTrace) {
    const std::vector<std::string> paths{write_file("empty.gguf", ""), write_file("text.txt", "Hello"),
                                         (folder_.path() / "absent.gguf").string(), folder_.path().string(),
                                         write_file("half.moetrace", "SQLite format 3")};
    for (const std::string& path : paths) {
        const std::size_t n_failures = failures_.size();
        controller().open_file(path);
        ASSERT_TRUE(wait_for([&] { return failures_.size() > n_failures && window_->is_settled(); })) << path;
        EXPECT_EQ(failures_.size(), n_failures + 1) << path;
        EXPECT_TRUE(state().model->is_embedded) << path;
    }
}

TEST_F(WindowTest, ReadsATraceThatItRecorded) {
    const std::filesystem::path path = folder_.path() / "fox.moetrace";
    controller().start_recording(path, MoetraceWriter::IfExists::Refuse);
    generate(2);
    const std::size_t n_recorded = n_tokens();
    EXPECT_TRUE(state().recording.is_recording);
    controller().stop_recording();
    ASSERT_TRUE(wait_for([this] { return !state().recording.is_recording && window_->is_settled(); }));

    controller().open_file(path);
    ASSERT_TRUE(wait_for([this] { return state().shows_trace() && window_->is_settled(); }));
    EXPECT_EQ(n_tokens(), n_recorded);
    press(Qt::Key_Right);
    EXPECT_EQ(state().selection.token, 1u);
    controller().set_speed(0);
    press(Qt::Key_Space);
    EXPECT_TRUE(state().is_replaying) << "a trace is played, not generated";
    ASSERT_TRUE(settle());
    EXPECT_EQ(state().selection.token, n_recorded - 1);

    controller().run_prompt(AppController::Then::Pause);
    ASSERT_TRUE(wait_for([this] { return !state().shows_trace() && window_->is_settled(); }));
    EXPECT_TRUE(window_->commands().action(CommandId::PlayPause)->isEnabled());
    EXPECT_TRUE(failures_.empty());
}

TEST_F(WindowTest, PlaysTheRangeRoundAndRoundUntilPaused) {
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

TEST_F(WindowTest, FindsWhereAnExpertFiresAndWalksTheHits) {
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

TEST_F(WindowTest, PausesWhereARuleIsMet) {
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
    const TraceSnapshot trace = state().shown_run()->snapshot;
    for (std::size_t position = n_before; position < *paused_at; ++position)
        EXPECT_EQ(trace.token(position).bytes.find('.'), std::string::npos) << position;
    EXPECT_NE(trace.token(*paused_at).bytes.find('.'), std::string::npos);
    EXPECT_TRUE(std::ranges::count(window_->find_dock()->search().hits(), *paused_at) == 1);
}

TEST_F(WindowTest, GoesBackToWhereTheCursorWasAndForwardAgain) {
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

    press(Qt::Key_B, Qt::ControlModifier);
    ASSERT_TRUE(wait_for([&] { return state().shown != run && window_->is_settled(); }));
    press(Qt::Key_Left, Qt::AltModifier);
    ASSERT_TRUE(settle());
    EXPECT_EQ(state().shown, run) << "a branch is left the same way";
}

TEST_F(WindowTest, GoesToPlacesFromThePalette) {
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

TEST_F(WindowTest, ListsEveryCommandInThePalette) {
    const std::vector<PaletteEntry> entries = palette_entries(*window_->menuBar());
    for (const CommandInfo& info : all_commands()) {
        const QString name = QString::fromUtf8(info.text).remove(QLatin1Char('&'));
        EXPECT_TRUE(std::ranges::any_of(entries, [&](const PaletteEntry& e) { return e.name == name; }))
            << name.toStdString();
    }
}

TEST_F(WindowTest, KeepsLayoutsUnderNamesAndUndoesTheLastChange) {
    window_->runs_dock()->hide();
    settings::set_layout("no runs / ü", window_->saveState(2));
    EXPECT_EQ(settings::layout_names(), QStringList({"no runs / ü"}));
    window_->commands().action(CommandId::ResetLayout)->trigger();
    EXPECT_FALSE(window_->runs_dock()->isHidden());
    window_->commands().action(CommandId::UndoLayout)->trigger();
    EXPECT_TRUE(window_->runs_dock()->isHidden());
    window_->commands().action(CommandId::UndoLayout)->trigger();
    EXPECT_FALSE(window_->runs_dock()->isHidden());
    settings::remove_layout("no runs / ü");
    EXPECT_TRUE(settings::layout_names().isEmpty());
}

TEST_F(WindowTest, PresentsThePictureAndTheTextAloneAndComesBack) {
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

TEST_F(WindowTest, OpensTheLastSessionAgainWhereItStood) {
    const std::filesystem::path path = folder_.path() / "last.moetrace";
    controller().start_recording(path, MoetraceWriter::IfExists::Refuse);
    generate(3);
    controller().stop_recording();
    ASSERT_TRUE(wait_for([this] { return !state().recording.is_recording && window_->is_settled(); }));
    controller().open_file(path);
    ASSERT_TRUE(wait_for([this] { return state().shows_trace() && window_->is_settled(); }));
    controller().select({.token = 6, .layer = 2, .expert = {}});
    EXPECT_TRUE(window_->close());
    EXPECT_EQ(settings::session().file.toStdString(), path.string());

    window_ = std::make_unique<MainWindow>(MainWindow::Options{.theme = ThemeChoice::Dark});
    window_->show();
    window_->resume_session();
    ASSERT_TRUE(wait_for([this] { return state().shows_trace() && window_->is_settled(); }));
    EXPECT_EQ(state().selection.token, 6u);
    EXPECT_EQ(state().selection.layer, 2u);
}

TEST_F(WindowTest, ClosesWhileItGenerates) {
    press(Qt::Key_Space);
    ASSERT_TRUE(wait_for([this] { return n_tokens() > 0; }));
    EXPECT_TRUE(window_->close());
    window_.reset();
    SUCCEED();
}

TEST_F(WindowTest, LeavesTheArrowsToAListThatHasTheFocus) {
    generate(1);
    const render::CellRef before = state().selection;
    QTreeView* tree = window_->runs_dock()->tree();
    tree->setFocus();
    QTest::keyClick(tree, Qt::Key_Down);
    QTest::keyClick(tree, Qt::Key_Home);
    EXPECT_EQ(state().selection, before);
}

TEST_F(WindowTest, WalksThePanesInReadingOrder) {
    window_->prompt_dock()->focus_target()->setFocus();
    std::vector<const QWidget*> walked;
    for (int i = 0; i < 3; ++i) {
        QTest::keyClick(window_->focusWidget(), Qt::Key_F6);
        walked.push_back(window_->focusWidget());
    }
    EXPECT_EQ(walked[0], window_->text_dock()->view());
    EXPECT_EQ(walked[1], window_->picture());
    QTest::keyClick(window_->focusWidget(), Qt::Key_F6, Qt::ShiftModifier);
    EXPECT_EQ(window_->focusWidget(), window_->picture());
}

TEST_F(WindowTest, RenamesARunAndGivesTheBranchesOfADeletedOneToItsParent) {
    generate(3);
    const RunKey first = *state().shown;
    controller().select_token(n_tokens() - 2);
    controller().continue_from_selection();
    ASSERT_TRUE(settle());
    const RunKey second = *state().shown;
    controller().generate(2);
    ASSERT_TRUE(settle());
    controller().select_token(n_tokens() - 1);
    controller().continue_from_selection();
    ASSERT_TRUE(settle());
    const RunKey third = *state().shown;
    ASSERT_EQ(state().runs.at(third).parent, second);
    controller().rename_run(third, QStringLiteral("Other end"));
    controller().rename_run(second, {});
    ASSERT_TRUE(settle());
    EXPECT_EQ(state().runs.at(third).name, QStringLiteral("Other end"));
    EXPECT_FALSE(state().runs.at(second).name.isEmpty()) << "a run keeps a name";
    const std::size_t fork_of_second = state().runs.at(second).fork_pos;
    controller().remove_run(second);
    ASSERT_TRUE(settle());
    EXPECT_FALSE(state().runs.contains(second));
    EXPECT_EQ(state().shown, third);
    EXPECT_EQ(state().runs.at(third).parent, first);
    EXPECT_EQ(state().runs.at(third).fork_pos, fork_of_second) << "what all three share";
    controller().remove_run(third);
    ASSERT_TRUE(settle());
    EXPECT_EQ(state().shown, first);
    controller().remove_run(first);
    ASSERT_TRUE(settle());
    EXPECT_FALSE(state().shown);
    EXPECT_TRUE(window_->start_page()->isVisible());
    EXPECT_TRUE(failures_.empty());
}

TEST_F(WindowTest, ShowsTheSelectedExpertsCardAndTheTokensBehindAPair) {
    generate(3);
    controller().select({.token = 2, .layer = 3, .expert = 5});
    window_->commands().action(CommandId::ShowExpert)->trigger();
    ASSERT_TRUE(wait_for([this] {
        return window_->is_settled() && window_->expert_dock()->heading() == QStringLiteral("Layer 3, expert 5");
    }));
    window_->commands().action(CommandId::ShowMatrices)->trigger();
    ASSERT_TRUE(wait_for([this] {
        return window_->is_settled() && window_->matrices_dock()->matrix()->model() != nullptr;
    }));
    EXPECT_EQ(window_->matrices_dock()->matrix()->model()->layer, 3u);
    window_->commands().action(CommandId::ShowArithmetic)->trigger();
    ASSERT_TRUE(settle());
    EXPECT_TRUE(window_->router_dock()->arithmetic()->text().contains(QStringLiteral("Renormalization")));
}

TEST(CommandListTest, GivesEveryKeyToOneCommand) {
    std::set<QString> keys;
    for (const CommandInfo& info : all_commands()) {
        for (const QString& key :
             QString::fromLatin1(info.keys).split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
            EXPECT_TRUE(keys.insert(key).second) << key.toStdString();
            EXPECT_FALSE(QKeySequence::fromString(key).isEmpty()) << key.toStdString();
        }
        EXPECT_NE(std::string(info.help), "") << info.text;
    }
}

}  // namespace
}  // namespace moe::app
