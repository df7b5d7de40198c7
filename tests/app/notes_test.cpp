// Notes on tokens: the dock, the book and the window.
#include "tests/app/window_fixture.h"  // first: it includes Vulkan before Qt

#include <gtest/gtest.h>

#include <QDialogButtonBox>
#include <QDropEvent>
#include <QFileDialog>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>
#include <QTimer>

#include "app/docks/notes_dock.h"
#include "app/shell/note_book.h"
#include "app/viewport/assets.h"
#include "engine/trace_io/trace_marks.h"

namespace moe::app {
namespace {

constexpr RunKey kRun{.source = RunKey::Source::Engine, .id = 1};
constexpr RunKey kBranch{.source = RunKey::Source::Engine, .id = 2};

std::vector<QString> texts_of(const std::vector<Note>& notes) {
    std::vector<QString> texts;
    for (const Note& note : notes) texts.push_back(note.text);
    return texts;
}

TEST(NoteBookTest, TellsOfEveryChangeSoThatItCanBeTakenBack) {
    NoteBook book;
    std::vector<NoteChange> changes;
    QObject::connect(&book, &NoteBook::edited, [&](const NoteChange& change) { changes.push_back(change); });
    const auto undo = [&](std::size_t i) { book.put(changes[i].note().id, changes[i].before); };
    AppState state;
    state.runs[kRun].key = kRun;
    const auto texts = [&] { return texts_of(book.notes_of(state, kRun)); };
    const std::uint64_t first = book.add({.run = kRun, .position = 5, .text = "five"});
    book.add({.run = kRun, .position = 2, .text = "two"});
    EXPECT_EQ(texts(), (std::vector<QString>{"two", "five"})) << "by position";
    book.change(first, "FIVE");
    book.remove(first);
    EXPECT_EQ(texts(), (std::vector<QString>{"two"}));
    ASSERT_EQ(changes.size(), 4u);
    undo(3);
    EXPECT_EQ(texts(), (std::vector<QString>{"two", "FIVE"}));
    undo(2);
    undo(1);
    EXPECT_EQ(texts(), (std::vector<QString>{"five"}));
    book.put(changes[1].note().id, changes[1].after);
    EXPECT_EQ(texts(), (std::vector<QString>{"two", "five"}));
    EXPECT_EQ(changes.size(), 4u) << "taking back is no change";
}

TEST(NoteBookTest, ANoteComesBackBetweenThoseOfTheSameToken) {
    NoteBook book;
    AppState state;
    state.runs[kRun].key = kRun;
    std::vector<NoteChange> changes;
    QObject::connect(&book, &NoteBook::edited, [&](const NoteChange& change) { changes.push_back(change); });
    book.add({.run = kRun, .position = 5, .text = "first"});
    const std::uint64_t second = book.add({.run = kRun, .position = 5, .text = "second"});
    book.add({.run = kRun, .position = 5, .text = "third"});
    book.remove(second);
    book.put(second, changes.back().before);
    EXPECT_EQ(texts_of(book.notes_of(state, kRun)), (std::vector<QString>{"first", "second", "third"}));
}

TEST(NoteBookTest, ABranchHasItsParentsNotesBeforeTheFork) {
    NoteBook book;
    AppState state;
    state.runs[kRun].key = kRun;
    state.runs[kBranch].parent = kRun;
    state.runs[kBranch].fork_pos = 4;
    book.add({.run = kRun, .position = 3, .text = "shared"});
    book.add({.run = kRun, .position = 4, .text = "of the parent"});
    book.add({.run = kBranch, .position = 4, .text = "of the branch"});
    EXPECT_EQ(texts_of(book.notes_of(state, kBranch)), (std::vector<QString>{"shared", "of the branch"}));
    EXPECT_EQ(texts_of(book.notes_of(state, kRun)), (std::vector<QString>{"shared", "of the parent"}));
}

TEST(NotesDockTest, WritesEditsAndDeletesByKeys) {
    NotesDock dock;
    dock.set_theme({});
    dock.show();
    EXPECT_FALSE(dock.field()->isEnabled()) << "nothing is selected";
    dock.set_model({.notes = {{.id = 7, .run = kRun, .position = 3, .layer = 1, .expert = 2, .text = "old"}},
                    .tokens = {"a"},
                    .shape = {.n_layers = 2, .n_experts = 4, .top_k = 1, .layer_ids = {0, 1}},
                    .place = "token 3",
                    .kept = {}});
    QSignalSpy written(&dock, &NotesDock::note_written), changed(&dock, &NotesDock::note_changed),
        removed(&dock, &NotesDock::note_removed);
    QTest::keyClicks(dock.field(), "  a note ");
    QTest::keyClick(dock.field(), Qt::Key_Return);
    ASSERT_EQ(written.count(), 1);
    EXPECT_EQ(written[0][0].toString(), QStringLiteral("a note"));
    EXPECT_TRUE(dock.field()->text().isEmpty());
    dock.list()->setCurrentIndex(dock.list()->model()->index(0, 0));
    EXPECT_EQ(dock.list()->model()->index(0, 2).data().toString(), QStringLiteral("L1 E2"));
    dock.list()->setFocus();
    QTest::keyClick(dock.list(), Qt::Key_F2);
    EXPECT_EQ(dock.field()->text(), QStringLiteral("old"));
    dock.field()->setText("new");
    QTest::keyClick(dock.field(), Qt::Key_Return);
    ASSERT_EQ(changed.count(), 1);
    EXPECT_EQ(changed[0][1].toString(), QStringLiteral("new"));
    dock.list()->setFocus();
    QTest::keyClick(dock.list(), Qt::Key_Delete);
    EXPECT_EQ(removed.count(), 1);
}

class NotesWindowTest : public WindowTest {
  protected:
    void write(std::size_t token, const char* text) {
        controller().select_token(token);
        ASSERT_TRUE(settle());
        window_->notes_dock()->field()->setText(text);
        Q_EMIT window_->notes_dock()->field()->returnPressed();
        ASSERT_TRUE(settle());
    }
    QString listed(int row) const {
        return window_->notes_dock()->list()->model()->index(row, 3).data().toString();
    }
    QMessageBox* question() const {
        return window_->findChild<QMessageBox*>(QStringLiteral("notes_question"));
    }
    void answer(QMessageBox::StandardButton button) {
        ASSERT_NE(question(), nullptr);
        question()->button(button)->click();
        ASSERT_TRUE(wait_for([this] { return question() == nullptr; }));
    }
    void drop(const std::filesystem::path& path) {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(QString::fromStdString(path.string()))});
        QDropEvent event({400, 300}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        static_cast<QObject*>(window_.get())->event(&event);  // QApplication wants a drag before it
    }
    /// Answers the next dialog that asks for a file.
    static void choose_file(const std::filesystem::path& path) {
        QTimer::singleShot(0, [path] {
            auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
            ASSERT_NE(dialog, nullptr);
            dialog->findChild<QLineEdit*>()->setText(QString::fromStdString(path.string()));
            dialog->findChild<QDialogButtonBox*>()->button(dialog->acceptMode() == QFileDialog::AcceptSave
                                                               ? QDialogButtonBox::Save
                                                               : QDialogButtonBox::Open)->click();
        });
    }
    std::filesystem::path record(const char* name) {
        const std::filesystem::path path = folder_.path() / name;
        controller().start_recording(path, MoetraceWriter::IfExists::Refuse);
        controller().stop_recording();
        EXPECT_TRUE(wait_for([this] { return !state().recording.is_recording && window_->is_settled(); }));
        return path;
    }
};

TEST_F(NotesWindowTest, AreKeptInARecordingAndReadBackFromItsFile) {
    const std::filesystem::path path = folder_.path() / "notes.moetrace";
    generate(2);
    write(3, "before the recording");
    EXPECT_EQ(window_->picture()->model().noted_tokens, std::vector<std::size_t>{3});
    EXPECT_EQ(window_->text_dock()->view()->model().notes.at(3), QStringLiteral("before the recording"));
    controller().start_recording(path, MoetraceWriter::IfExists::Refuse);
    ASSERT_TRUE(wait_for([this] { return state().recording.is_recording && window_->is_settled(); }));
    write(1, "while it goes on");
    controller().stop_recording();
    ASSERT_TRUE(wait_for([this] { return !state().recording.is_recording && window_->is_settled(); }));

    controller().open_file(path);
    ASSERT_TRUE(wait_for([this] { return state().shows_trace() && window_->is_settled(); }));
    EXPECT_EQ(listed(0), QStringLiteral("while it goes on"));
    EXPECT_EQ(listed(1), QStringLiteral("before the recording"));
    write(5, "in the file");
    EXPECT_EQ(read_marks(path).value().size(), 3u);
    EXPECT_TRUE(window_->run_command(QStringLiteral("Undo")));
    ASSERT_TRUE(wait_for([&] { return window_->is_settled() && read_marks(path).value().size() == 2u; }));
    EXPECT_TRUE(failures_.empty());
}

TEST_F(NotesWindowTest, AreAskedAboutBeforeTheyAreLostWithTheWindow) {
    generate(1);
    write(1, "of a run in memory");
    EXPECT_FALSE(window_->close());
    ASSERT_NE(question(), nullptr);
    EXPECT_FALSE(window_->close()) << "it is asked once";
    answer(QMessageBox::Cancel);
    EXPECT_TRUE(window_->isVisible());

    EXPECT_FALSE(window_->close());
    answer(QMessageBox::Discard);
    EXPECT_TRUE(wait_for([this] { return !window_->isVisible(); }));
}

TEST_F(NotesWindowTest, AreNotAskedAboutOnceARecordingHasThem) {
    generate(1);
    write(1, "of a run in memory");
    controller().start_recording(folder_.path() / "kept.moetrace", MoetraceWriter::IfExists::Refuse);
    ASSERT_TRUE(wait_for([this] { return state().recording.is_recording && window_->is_settled(); }));
    controller().stop_recording();
    ASSERT_TRUE(wait_for([this] { return !state().recording.is_recording && window_->is_settled(); }));
    EXPECT_TRUE(window_->close());
}

TEST_F(NotesWindowTest, AreAskedAboutBeforeAnotherModelTakesTheirRunsPlace) {
    const std::filesystem::path model = embedded_model_path().value();
    generate(1);
    write(1, "of a run in memory");
    const RunKey run = *state().shown;
    const auto model_before = state().model->model;
    drop(model);
    answer(QMessageBox::Cancel);
    choose_file(model);
    window_->commands().action(CommandId::OpenFile)->trigger();
    answer(QMessageBox::Cancel);
    ASSERT_TRUE(settle());
    EXPECT_EQ(state().model->model, model_before);
    EXPECT_EQ(state().shown, run);
    EXPECT_EQ(listed(0), QStringLiteral("of a run in memory"));
    EXPECT_FALSE(window_->close()) << "still asked about";
    answer(QMessageBox::Cancel);

    drop(model);
    answer(QMessageBox::Discard);
    ASSERT_TRUE(wait_for([&] { return state().model->model != model_before && window_->is_settled(); }));
    EXPECT_FALSE(state().shown.has_value());
    EXPECT_TRUE(window_->close());
}

TEST_F(NotesWindowTest, AreRecordedBeforeAnotherModelOpens) {
    const std::filesystem::path path = folder_.path() / "kept.moetrace";
    generate(1);
    write(1, "of a run in memory");
    const auto model_before = state().model->model;
    drop(embedded_model_path().value());
    choose_file(path);
    answer(QMessageBox::Save);
    ASSERT_TRUE(wait_for([&] { return state().model->model != model_before && window_->is_settled(); }));
    ASSERT_EQ(read_marks(path).value().size(), 1u);
    EXPECT_EQ(read_marks(path).value()[0].text, "of a run in memory");
    EXPECT_TRUE(failures_.empty());
}

TEST_F(NotesWindowTest, AreNotAskedAboutWhereATraceOpensBesideTheirRun) {
    generate(1);
    const std::filesystem::path path = record("a.moetrace");
    write(1, "of a run in memory");
    drop(path);
    EXPECT_EQ(question(), nullptr);
    ASSERT_TRUE(wait_for([this] { return state().shows_trace() && window_->is_settled(); }));
    EXPECT_TRUE(window_->notes().has_unsaved(RunKey::Source::Engine)) << "the run is still there";
}

TEST_F(NotesWindowTest, OfATraceThatCannotBeWrittenAreAskedAboutBeforeAnotherOneOpens) {
    generate(1);
    const std::filesystem::path locked = record("locked.moetrace");
    const std::filesystem::path other = record("other.moetrace");
    window_->open_file(locked);
    ASSERT_TRUE(wait_for([this] { return state().shows_trace() && window_->is_settled(); }));
    std::ofstream(locked.string() + "-wal") << "somebody else's log";
    write(2, "a note");
    ASSERT_TRUE(wait_for([this] { return window_->notes().has_unsaved(RunKey::Source::Trace); }));
    drop(other);
    ASSERT_NE(question(), nullptr);
    EXPECT_EQ(question()->button(QMessageBox::Save), nullptr) << "a trace is recorded already";
    answer(QMessageBox::Cancel);
    ASSERT_TRUE(settle());
    EXPECT_EQ(state().trace_path, locked);
    EXPECT_EQ(listed(0), QStringLiteral("a note"));
    drop(other);
    answer(QMessageBox::Discard);
    EXPECT_TRUE(wait_for([&] { return state().trace_path == other && window_->is_settled(); }));
    EXPECT_TRUE(window_->close());
}

TEST_F(NotesWindowTest, StayInMemoryWithANoticeWhereTheFileCannotBeWritten) {
    const std::filesystem::path path = folder_.path() / "locked.moetrace";
    generate(1);
    controller().start_recording(path, MoetraceWriter::IfExists::Refuse);
    controller().stop_recording();
    ASSERT_TRUE(wait_for([this] { return !state().recording.is_recording && window_->is_settled(); }));
    controller().open_file(path);
    ASSERT_TRUE(wait_for([this] { return state().shows_trace() && window_->is_settled(); }));
    std::ofstream(path.string() + "-wal") << "somebody else's log";
    write(2, "a note");
    EXPECT_TRUE(wait_for([this] { return window_->banner()->isVisible(); }));
    EXPECT_EQ(listed(0), QStringLiteral("a note"));
    EXPECT_TRUE(window_->notes_dock()->kept().contains(QStringLiteral("memory")));
    std::filesystem::remove(path.string() + "-wal");
    EXPECT_TRUE(read_marks(path).value().empty());
}

}  // namespace
}  // namespace moe::app
