// Undo and redo in the window.
#include "tests/app/window_fixture.h"  // first: it includes Vulkan before Qt

#include <gtest/gtest.h>

#include <QComboBox>
#include <QMenuBar>
#include <QPlainTextEdit>
#include <algorithm>
#include <random>

namespace moe::app {
namespace {

/// All that undo brings back.
struct Undoable {
    PictureOptions picture;
    std::vector<Note> notes;
    std::map<RunKey, QString> runs;
    std::vector<int> choices;
    std::vector<bool> closed;
    bool operator==(const Undoable&) const = default;
};

class UndoWindowTest : public WindowTest {
  protected:
    QString text_of(CommandId id) { return window_->commands().action(id)->text().remove(QLatin1Char('&')); }
    bool is_allowed(CommandId id) { return window_->commands().action(id)->isEnabled(); }

    /// Chooses in the menus, at once.
    void choose(const QString& name) {
        for (const PaletteEntry& entry : palette_entries(*window_->menuBar())) {
            if (entry.name == name) return entry.run();
        }
        FAIL() << name.toStdString();
    }

    void write_note(std::size_t token, const QString& text) {
        controller().select_token(token);
        Q_EMIT window_->notes_dock()->note_written(text);
    }

    std::vector<QComboBox*> choices() {
        return {window_->matrices_dock()->kind(), window_->matrices_dock()->value(),
                window_->matrices_dock()->order(), window_->balance_dock()->phase(),
                window_->text_dock()->coloring()};
    }

    Undoable all() {
        Undoable all{.picture = window_->picture()->options(),
                     .notes = window_->notes().notes_of(state(), *state().shown),
                     .runs = {},
                     .choices = {},
                     .closed = {}};
        for (const auto& [key, run] : state().runs) all.runs[key] = run.name;
        for (const QComboBox* combo : choices()) all.choices.push_back(combo->currentIndex());
        all.choices.push_back(window_->path_dock()->scores()->isChecked());
        for (const QWidget* dock :
             {static_cast<QWidget*>(window_->runs_dock()), static_cast<QWidget*>(window_->find_dock()),
              static_cast<QWidget*>(window_->timeline_dock())})
            all.closed.push_back(dock->isHidden());
        return all;
    }

    /// One change by a user of any kind.
    void change_something(std::mt19937& random, int number) {
        static const std::vector<QString> kCommands{"Show: Score",
                                                    "Show: Rank",
                                                    "Show: Applied weight",
                                                    "Folded pixels: Mean",
                                                    "Colour map: Magma",
                                                    "Colour map: Logarithmic",
                                                    "Experts: Sorted by load",
                                                    "Experts: Sorted by id",
                                                    "Transpose",
                                                    "Experts: Hide selected expert",
                                                    "Experts: Pin or release selected expert",
                                                    "Experts: Show all experts",
                                                    "Experts: Collapse or expand selected layer",
                                                    "Experts: Collapse all layers",
                                                    "Experts: Expand all layers",
                                                    "Colour map: Reset range"};
        const RunKey run = *state().shown;
        const std::vector<Note> notes = window_->notes().notes_of(state(), run);
        switch (random() % 9) {
            case 0:
                return write_note(random() % 5, QStringLiteral("note %1").arg(number));
            case 1:
                if (!notes.empty())
                    window_->notes().change(notes[0].id, QStringLiteral("edited %1").arg(number));
                return;
            case 2:
                if (!notes.empty()) window_->notes().remove(notes[random() % notes.size()].id);
                return;
            case 3:
                Q_EMIT window_->runs_dock()->run_renamed(run, QStringLiteral("name %1").arg(number));
                return;
            case 4: {
                QComboBox* const combo = choices()[random() % choices().size()];
                combo->setFocus();
                QTest::keyClick(combo, combo->currentIndex() > 0 ? Qt::Key_Up : Qt::Key_Down);
                return;
            }
            case 5:
                window_->path_dock()->scores()->trigger();
                return;
            case 6: {
                const std::vector<TitledDock*> docks{window_->runs_dock(), window_->find_dock(),
                                                     window_->timeline_dock()};
                TitledDock* const dock = docks[random() % docks.size()];
                dock->setVisible(dock->isHidden());
                QCoreApplication::processEvents();  // noticed
                return;
            }
            default:
                controller().select({.token = 2, .layer = random() % 4, .expert = random() % 8});
                settle();
                choose(kCommands[random() % kCommands.size()]);
        }
    }
};

TEST_F(UndoWindowTest, UndoesAndRedoesEverythingStepByStep) {
    generate(4);
    for (const unsigned seed : {1u, 2u}) {
        std::mt19937 random(seed);
        UndoStack& stack = window_->undo_stack();
        stack.clear();
        std::vector<Undoable> states{all()};
        int n_steps = 0;
        QObject counter;
        QObject::connect(&stack, &UndoStack::changed, &counter, [&] { ++n_steps; });
        for (int number = 0; number < 60; ++number) {
            stack.close_step();
            const int n_before = n_steps;
            change_something(random, number);
            ASSERT_TRUE(settle());
            ASSERT_LE(n_steps, n_before + 1) << "one change, one step";
            if (n_steps == n_before) {
                ASSERT_EQ(all(), states.back()) << number << ": a change that nobody can take back";
            } else {
                states.push_back(all());
            }
        }
        ASSERT_GT(states.size(), 30u);
        for (std::size_t i = states.size(); i-- > 1;) {
            const QString name = text_of(CommandId::Undo);
            press(Qt::Key_Z, Qt::ControlModifier);
            ASSERT_EQ(all(), states[i - 1]) << name.toStdString();
            ASSERT_EQ(text_of(CommandId::Redo), QStringLiteral("Redo") + name.mid(4));
            ASSERT_EQ(window_->statusBar()->currentMessage(), QStringLiteral("Undone: ") + name.mid(5));
        }
        EXPECT_FALSE(is_allowed(CommandId::Undo));
        EXPECT_EQ(text_of(CommandId::Undo), QStringLiteral("Undo"));
        for (std::size_t i = 1; i < states.size(); ++i) {
            press(i % 2 == 0 ? Qt::Key_Z : Qt::Key_Y,
                  i % 2 == 0 ? Qt::ControlModifier | Qt::ShiftModifier : Qt::ControlModifier);
            ASSERT_EQ(all(), states[i]) << i;
        }
        EXPECT_FALSE(is_allowed(CommandId::Redo));
        EXPECT_TRUE(window_->statusBar()->currentMessage().startsWith(QStringLiteral("Redone: ")));
        ASSERT_TRUE(settle());
    }
}

TEST_F(UndoWindowTest, TheMenuNamesWhatItWouldTakeBack) {
    generate(2);
    EXPECT_EQ(text_of(CommandId::Undo), QStringLiteral("Undo"));
    choose(QStringLiteral("Experts: Sorted by load"));
    EXPECT_EQ(text_of(CommandId::Undo), QStringLiteral("Undo Sort by load"));
    write_note(1, QStringLiteral("a note"));
    EXPECT_EQ(text_of(CommandId::Undo), QStringLiteral("Undo Add note"));
    window_->runs_dock()->close();
    QCoreApplication::processEvents();
    EXPECT_EQ(text_of(CommandId::Undo), QStringLiteral("Undo Close Runs"));
    EXPECT_TRUE(window_->run_command(QStringLiteral("undo"))) << "by its name, whatever it says";
    ASSERT_TRUE(wait_for([this] { return !window_->runs_dock()->isHidden(); }));
    EXPECT_EQ(text_of(CommandId::Undo), QStringLiteral("Undo Add note"));
    EXPECT_EQ(text_of(CommandId::Redo), QStringLiteral("Redo Close Runs"));
    const auto entries = matching_entries(palette_entries(*window_->menuBar()), QStringLiteral("undo"), {});
    ASSERT_FALSE(entries.empty());
    EXPECT_EQ(entries[0].name, QStringLiteral("Undo Add note"));
    EXPECT_EQ(entries[0].key, QStringLiteral("Undo")) << "what is remembered says the same later";
    press(Qt::Key_K, Qt::ControlModifier);
    ASSERT_TRUE(window_->palette()->isVisible());
    QTest::keyClick(window_->palette()->field(), Qt::Key_Z, Qt::ControlModifier);
    window_->palette()->hide();
    EXPECT_EQ(text_of(CommandId::Undo), QStringLiteral("Undo Add note")) << "the palette lets no key through";
}

TEST_F(UndoWindowTest, WhatIsSeenAndSelectedIsNoStep) {
    generate(5);
    controller().select({.token = 1, .layer = 2, .expert = 3});
    controller().set_range({.first = 1, .end = 3});
    press(Qt::Key_Plus);
    window_->picture()->fit_columns();
    press(Qt::Key_F);
    press(Qt::Key_Home);
    window_->path_dock()->raise();
    window_->runs_dock()->raise();
    window_->resizeDocks({window_->router_dock()}, {400}, Qt::Horizontal);
    ASSERT_TRUE(settle());
    QCoreApplication::processEvents();
    EXPECT_FALSE(is_allowed(CommandId::Undo)) << text_of(CommandId::Undo).toStdString();
}

TEST_F(UndoWindowTest, ATextFieldKeepsItsOwnUndo) {
    choose(QStringLiteral("Show: Score"));
    auto* const editor = window_->prompt_dock()->findChild<QPlainTextEdit*>();
    editor->setFocus();
    const auto shown = [this] { return window_->picture()->options().value; };
    QTest::keyClick(editor, Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(shown(), render::HeatmapValue::AppliedWeight) << "nothing was written: it is the window's key";
    QTest::keyClick(editor, Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_EQ(shown(), render::HeatmapValue::Score);
    const QString before = editor->toPlainText();
    QTest::keyClicks(editor, "word");
    const QString after = editor->toPlainText();
    for (int i = 0; i < 6; ++i) QTest::keyClick(editor, Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(editor->toPlainText(), before);
    EXPECT_EQ(shown(), render::HeatmapValue::Score) << "one press too many does no harm";
    QTest::keyClick(editor, Qt::Key_Y, Qt::ControlModifier);
    EXPECT_EQ(editor->toPlainText(), after);

    QTest::keyClick(editor, Qt::Key_E, Qt::AltModifier);
    ASSERT_TRUE(wait_for([] { return QApplication::activePopupWidget() != nullptr; }));
    EXPECT_EQ(text_of(CommandId::Undo), QStringLiteral("Undo Typing")) << "the Edit menu is about the field";
    QTest::keyClick(QApplication::activePopupWidget(), Qt::Key_U);
    EXPECT_EQ(editor->toPlainText(), before);
    ASSERT_TRUE(wait_for([this] { return text_of(CommandId::Undo) == QStringLiteral("Undo Show score"); }));
    EXPECT_EQ(shown(), render::HeatmapValue::Score);
}

TEST_F(UndoWindowTest, AWrittenNoteIsTakenBackFromItsField) {
    generate(2);
    QLineEdit* const field = window_->notes_dock()->field();
    window_->notes_dock()->raise();
    field->setFocus();
    QTest::keyClicks(field, "hm");
    QTest::keyClick(field, Qt::Key_Return);
    ASSERT_TRUE(settle());
    EXPECT_EQ(all().notes.size(), 1u);
    QTest::keyClick(field, Qt::Key_Z, Qt::ControlModifier);
    EXPECT_TRUE(all().notes.empty());
    EXPECT_TRUE(field->text().isEmpty());
}

TEST_F(UndoWindowTest, TheColourRangeOfADragIsOneStep) {
    generate(2);
    PictureOptions options = window_->picture()->options();
    for (const float high : {0.9f, 0.7f, 0.5f}) {
        options.scale.high = high;
        window_->picture()->set_options(options);
    }
    EXPECT_EQ(text_of(CommandId::Undo), QStringLiteral("Undo Colour range"));
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(window_->picture()->options(), PictureOptions());
    EXPECT_FALSE(is_allowed(CommandId::Undo));
}

TEST_F(UndoWindowTest, NotesGoWithTheirTraceAndOptionsStay) {
    const std::filesystem::path path = folder_.path() / "undo.moetrace";
    controller().start_recording(path, MoetraceWriter::IfExists::Refuse);
    generate(2);
    controller().stop_recording();
    ASSERT_TRUE(wait_for([this] { return !state().recording.is_recording && window_->is_settled(); }));
    const auto open = [&] {
        controller().open_file(path);
        return wait_for(
            [this] { return state().shows_trace() && state().busy.text.isEmpty() && window_->is_settled(); });
    };
    ASSERT_TRUE(open());
    choose(QStringLiteral("Show: Score"));
    write_note(1, QStringLiteral("kept"));
    choose(QStringLiteral("Show: Rank"));
    Q_EMIT window_->runs_dock()->run_renamed(*state().shown, QStringLiteral("mine"));
    ASSERT_TRUE(settle());
    ASSERT_TRUE(open());
    EXPECT_EQ(all().notes.size(), 1u) << "from the file";
    EXPECT_EQ(text_of(CommandId::Undo), QStringLiteral("Undo Show rank"));
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(window_->picture()->options().value, render::HeatmapValue::Score);
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(window_->picture()->options(), PictureOptions());
    EXPECT_FALSE(is_allowed(CommandId::Undo));
    EXPECT_EQ(all().notes.size(), 1u);
}

TEST_F(UndoWindowTest, ANameAndItsUndoAreInTheRecording) {
    const std::filesystem::path path = folder_.path() / "names.moetrace";
    generate(2);
    const QString name_before = state().shown_run()->name;
    controller().start_recording(path, MoetraceWriter::IfExists::Refuse);
    Q_EMIT window_->runs_dock()->run_renamed(*state().shown, QStringLiteral("mine"));
    ASSERT_TRUE(settle());
    const auto name_in_file = [&] {
        controller().stop_recording();
        EXPECT_TRUE(wait_for([this] { return !state().recording.is_recording && window_->is_settled(); }));
        return QString::fromStdString(MoetraceReader::open(path).value()->runs()[0].name);
    };
    EXPECT_EQ(name_in_file(), QStringLiteral("mine"));
    controller().start_recording(path, MoetraceWriter::IfExists::Overwrite);
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(state().shown_run()->name, name_before);
    EXPECT_EQ(name_in_file(), name_before);
}

TEST_F(UndoWindowTest, ADeletedRunComesBackWithItsBranchesAndTheCursor) {
    generate(3);
    const RunKey first = *state().shown;
    controller().select_token(4);
    branch_and_pause();
    const RunKey second = *state().shown;
    controller().select_token(2);
    branch_and_pause();
    const RunKey third = *state().shown;
    controller().show_run(second);
    ASSERT_TRUE(settle());
    press(Qt::Key_Right);
    press(Qt::Key_Right);
    ASSERT_TRUE(settle());
    controller().select({.token = 3, .layer = 1, .expert = 2});
    ASSERT_TRUE(settle());
    const auto tree = [this] {
        std::vector<std::tuple<RunKey, RunKey, std::size_t, std::size_t>> runs;
        for (const auto& [key, run] : state().runs)
            runs.emplace_back(key, run.parent.value_or(RunKey{}), run.fork_pos, run.snapshot.n_tokens());
        return runs;
    };
    const auto before = tree();
    const render::CellRef selection = state().selection;
    Q_EMIT window_->runs_dock()->deletion_requested(second);  // nobody is asked
    ASSERT_TRUE(settle());
    EXPECT_EQ(state().runs.at(third).parent, first);
    const auto after = tree();
    for (int i = 0; i < 2; ++i) {
        press(Qt::Key_Z, Qt::ControlModifier);
        ASSERT_TRUE(settle());
        EXPECT_EQ(tree(), before);
        EXPECT_EQ(state().shown, second);
        EXPECT_EQ(state().selection, selection);
        if (i == 1) break;
        press(Qt::Key_Y, Qt::ControlModifier);
        ASSERT_TRUE(settle());
        EXPECT_EQ(tree(), after);
    }
    const std::size_t n_before = n_tokens();
    press(Qt::Key_End);
    press(Qt::Key_Right);
    ASSERT_TRUE(settle());
    EXPECT_EQ(n_tokens(), n_before + 1) << "the engine goes on with it";
    EXPECT_TRUE(failures_.empty());
}

TEST_F(UndoWindowTest, ARunThatIsBeingGeneratedCannotBeRestored) {
    generate(1);
    const RunKey run = *state().shown;
    EXPECT_TRUE(controller().can_restore_run(run));
    controller().set_speed(1);
    press(Qt::Key_Space);
    ASSERT_TRUE(wait_for([this] { return state().is_generating(); }));
    EXPECT_FALSE(controller().can_restore_run(run));
    press(Qt::Key_Space);
    ASSERT_TRUE(settle());
    EXPECT_TRUE(controller().can_restore_run(run));
}

TEST_F(UndoWindowTest, LayoutsAreUndoneAlsoFromAPresentation) {
    window_->runs_dock()->hide();
    QCoreApplication::processEvents();
    window_->commands().action(CommandId::ResetLayout)->trigger();
    EXPECT_EQ(text_of(CommandId::Undo), QStringLiteral("Undo Reset layout"));
    EXPECT_FALSE(window_->runs_dock()->isHidden());
    press(Qt::Key_F11);
    ASSERT_TRUE(settle());
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_TRUE(window_->router_dock()->isHidden()) << "it goes on";
    press(Qt::Key_F11);
    ASSERT_TRUE(settle());
    EXPECT_TRUE(window_->runs_dock()->isHidden());
    EXPECT_FALSE(window_->router_dock()->isHidden());
    EXPECT_EQ(text_of(CommandId::Redo), QStringLiteral("Redo Reset layout"));
    EXPECT_EQ(text_of(CommandId::Undo), QStringLiteral("Undo Close Runs"));
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_FALSE(window_->runs_dock()->isHidden());
    window_->runs_dock()->setFloating(true);
    QCoreApplication::processEvents();
    EXPECT_EQ(text_of(CommandId::Undo), QStringLiteral("Undo Undock Runs"));
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_FALSE(window_->runs_dock()->isFloating());
    EXPECT_TRUE(window_->tabifiedDockWidgets(window_->path_dock()).contains(window_->runs_dock()));
}

}  // namespace
}  // namespace moe::app
