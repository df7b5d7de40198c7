#include "tests/app/window_fixture.h"  // first: it includes Vulkan before Qt

#include <gtest/gtest.h>

#include <QApplication>
#include <QSettings>
#include <QTest>
#include <cstdlib>
#include <fstream>
#include <set>

#include "tests/support/paths.h"

namespace moe::app {
namespace {

constexpr double kDifferentPixelShare = 0.02;  // fonts are rendered a little differently across releases
constexpr int kDifferentChannel = 24;

constexpr const char* kPrompt = "Once upon a time, a curious fox named Rusty";

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

TEST_F(WindowTest, SaysOnceThatAPromptIsTooLong) {
    controller().set_prompt(QString(QStringLiteral("many words ")).repeated(600));
    for (const AppController::Then then : {AppController::Then::Run, AppController::Then::Step}) {
        failures_.clear();
        controller().run_prompt(then);
        ASSERT_TRUE(settle());
        ASSERT_EQ(failures_.size(), 1u) << "what was to follow is no failure of its own";
        EXPECT_EQ(failures_[0].title, QStringLiteral("Could not run the prompt"));
    }
    EXPECT_TRUE(state().runs.empty());
}

TEST_F(WindowTest, ContinuesFromTheSelectedTokenInABranchAndKeepsTheParent) {
    generate(3);
    const RunKey parent = *state().shown;
    const std::size_t n_parent = n_tokens();
    press(Qt::Key_Left);
    press(Qt::Key_Left);
    const std::size_t selected = *state().selection.token;

    controller().set_speed(100);
    press(Qt::Key_B, Qt::ControlModifier);
    ASSERT_TRUE(wait_for([&] { return state().shown != parent && n_tokens() > selected + 2; })) << "it goes on";
    press(Qt::Key_Space);
    ASSERT_TRUE(settle());
    EXPECT_EQ(state().shown_run()->parent, parent);
    EXPECT_EQ(state().shown_run()->fork_pos, selected + 1) << "the selected token stays";
    EXPECT_EQ(state().selection.token, n_tokens() - 1) << "the cursor rides on";
    EXPECT_EQ(state().runs.at(parent).snapshot.n_tokens(), n_parent);

    const QAbstractItemModel* tree = window_->runs_dock()->tree()->model();
    ASSERT_EQ(tree->rowCount(), 1);
    EXPECT_EQ(tree->rowCount(tree->index(0, 0)), 1) << "the branch stands under its parent";

    controller().show_run(parent);
    ASSERT_TRUE(settle());
    EXPECT_EQ(n_tokens(), n_parent);
}

TEST_F(WindowTest, OffersToRunAPromptThatIsTooLongWithoutItsBeginning) {
    QString prompt;
    for (int i = 0; i < 1000; ++i) prompt += QStringLiteral("Rusty ran. ");
    controller().set_prompt(prompt + QStringLiteral("And then"));
    controller().run_prompt(AppController::Then::Pause);
    ASSERT_TRUE(settle());
    ASSERT_EQ(failures_.size(), 1u);
    EXPECT_EQ(failures_[0].retry_words, "Cut its beginning off");
    EXPECT_FALSE(state().shown_run());
    failures_[0].retry();
    ASSERT_TRUE(settle());
    EXPECT_EQ(failures_.size(), 1u);
    ASSERT_TRUE(state().shown_run());
    EXPECT_LT(n_tokens(), state().model->n_ctx);
    EXPECT_EQ(state().shown_run()->snapshot.token(n_tokens() - 1).bytes, " then");
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
    EXPECT_TRUE(rows.row_at(3)->is_runner_up);
}

TEST_F(WindowTest, TheRouterIsWorkedOutOnlyWhereItIsSeen) {
    generate(1);
    const RouterModel& shown = window_->router_dock()->table()->rows().model();
    ASSERT_EQ(shown.position, n_tokens() - 1);
    window_->expert_dock()->raise();
    ASSERT_TRUE(wait_for([this] { return !window_->router_dock()->is_seen(); }));
    controller().select({.token = 3, .layer = 2, .expert = {}});
    ASSERT_TRUE(settle());
    EXPECT_EQ(shown.position, n_tokens() - 1) << "nobody looks";
    window_->router_dock()->raise();
    ASSERT_TRUE(wait_for([this] { return window_->router_dock()->is_seen(); }));
    EXPECT_EQ(shown.position, 3u);
    EXPECT_EQ(shown.layer, 2u);
    window_->router_dock()->close();
    controller().select_token(5);
    ASSERT_TRUE(settle());
    EXPECT_EQ(shown.position, 3u);
    press(Qt::Key_1, Qt::ControlModifier);
    EXPECT_EQ(shown.position, 5u);
}

TEST_F(WindowTest, ThePathIsWorkedOutOnlyWhereItIsSeen) {
    generate(1);
    const PathView* const path = window_->path_dock()->view();
    const auto first_expert = [this](std::size_t token) {
        return static_cast<double>(state().shown_run()->snapshot.experts(token, 0)[0]);
    };
    ASSERT_EQ(path->path().layers[0].chosen[0].expert, first_expert(n_tokens() - 1));
    window_->find_dock()->raise();
    ASSERT_TRUE(wait_for([this] { return !window_->path_dock()->is_seen(); }));
    const auto other = [&] {
        std::size_t token = 0;
        while (first_expert(token) == first_expert(n_tokens() - 1)) ++token;
        return token;
    }();
    controller().select_token(other);
    ASSERT_TRUE(settle());
    EXPECT_EQ(path->path().layers[0].chosen[0].expert, first_expert(n_tokens() - 1)) << "nobody looks";
    EXPECT_TRUE(window_->commands().action(CommandId::SavePath)->isEnabled());
    window_->path_dock()->raise();
    ASSERT_TRUE(wait_for([this] { return window_->path_dock()->is_seen(); }));
    EXPECT_EQ(path->path().layers[0].chosen[0].expert, first_expert(other));
    ASSERT_TRUE(settle());
    EXPECT_EQ(path->path().knows_near_misses, n_tokens() >= 20);
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
    branch_and_pause();
    const RunKey second = *state().shown;
    controller().generate(2);
    ASSERT_TRUE(settle());
    controller().select_token(n_tokens() - 1);
    branch_and_pause();
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

TEST_F(WindowTest, AfterAPromptWasRunSpacePauses) {
    window_->prompt_dock()->bring_forward();
    controller().set_speed(1);
    window_->commands().action(CommandId::Run)->trigger();
    EXPECT_TRUE(window_->picture()->hasFocus());
    ASSERT_TRUE(wait_for([this] { return state().is_generating(); }));
    QTest::keyClick(window_->focusWidget(), Qt::Key_Space);
    EXPECT_TRUE(settle());
    EXPECT_FALSE(state().is_generating());
}

TEST_F(WindowTest, TheEmbeddedModelCanBeHadAgain) {
    controller().open_file(write_file("empty.gguf", ""));
    ASSERT_TRUE(wait_for([this] { return !failures_.empty(); }));
    EXPECT_FALSE(window_->banner()->isHidden());
    press(Qt::Key_Escape);
    EXPECT_TRUE(window_->banner()->isHidden());
    window_->commands().action(CommandId::OpenEmbedded)->trigger();
    ASSERT_TRUE(settle());
    EXPECT_TRUE(state().model && state().model->is_embedded);
}

}  // namespace
}  // namespace moe::app
