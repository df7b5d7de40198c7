// Before runs that no file has are lost.
#include "tests/app/window_fixture.h"  // first: it includes Vulkan before Qt

#include <gtest/gtest.h>

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QTimer>

#include "app/shell/settings.h"
#include "engine/trace_io/moetrace_reader.h"

namespace moe::app {
namespace {

class RunsQuestionTest : public WindowTest {
  protected:
    /// Runs of the sample prompt, one after another.
    void generate_tokens(std::size_t n_tokens) {
        controller().set_speed(0);
        std::size_t n_made = 0;
        while (n_made < n_tokens) {
            controller().run_prompt(AppController::Then::Pause);
            ASSERT_TRUE(settle());
            controller().generate(100);
            ASSERT_TRUE(settle());
            n_made += state().shown_run()->n_tokens;
        }
    }
    QMessageBox* question() const { return window_->findChild<QMessageBox*>(QStringLiteral("runs_question")); }
    void answer(QMessageBox::StandardButton button) {
        ASSERT_NE(question(), nullptr);
        question()->button(button)->click();
        ASSERT_TRUE(wait_for([this] { return question() == nullptr; }));
    }
};

TEST_F(RunsQuestionTest, WhatWasOnlyTriedOutIsNotWorthIt) {
    generate(4);
    EXPECT_TRUE(window_->close());
}

TEST_F(RunsQuestionTest, CancelLeavesAllAsItWasAndDiscardGoesOn) {
    generate_tokens(300);
    EXPECT_FALSE(window_->close());
    ASSERT_NE(question(), nullptr);
    EXPECT_TRUE(question()->informativeText().contains(QStringLiteral("memory only")));
    answer(QMessageBox::Cancel);
    EXPECT_TRUE(window_->isVisible());
    EXPECT_TRUE(settings::asks_about_runs());
    const std::size_t n_runs = state().runs.size();
    window_->commands().action(CommandId::OpenEmbedded)->trigger();
    ASSERT_NE(question(), nullptr) << "another model takes them away too";
    EXPECT_EQ(state().runs.size(), n_runs);
    answer(QMessageBox::Cancel);
    EXPECT_FALSE(window_->close());
    question()->checkBox()->setChecked(true);
    answer(QMessageBox::Discard);
    EXPECT_TRUE(wait_for([this] { return !window_->isVisible(); }));
    EXPECT_FALSE(settings::asks_about_runs());
}

TEST_F(RunsQuestionTest, RecordKeepsThemAndThenCloses) {
    generate_tokens(300);
    const std::size_t n_runs = state().runs.size();
    const std::filesystem::path path = folder_.path() / "kept.moetrace";
    EXPECT_FALSE(window_->close());
    QTimer::singleShot(0, window_.get(), [path] {
        auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
        ASSERT_NE(dialog, nullptr);
        dialog->findChild<QLineEdit*>()->setText(QString::fromStdString(path.string()));
        dialog->findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Save)->click();
    });
    answer(QMessageBox::Save);
    EXPECT_TRUE(wait_for([this] { return !window_->isVisible(); }));
    window_.reset();  // ends the recording
    const auto reader = MoetraceReader::open(path);
    ASSERT_TRUE(reader) << reader.error().message;
    EXPECT_EQ((*reader)->runs().size(), n_runs);
    for (const TraceRunSummary& run : (*reader)->runs()) EXPECT_GT(run.n_tokens, 0u);
}

TEST_F(RunsQuestionTest, AsksOnlyAboutWhatARecordingThatEndedDoesNotHold) {
    controller().start_recording(folder_.path() / "part.moetrace", MoetraceWriter::IfExists::Refuse);
    ASSERT_TRUE(wait_for([this] { return state().recording.is_recording; }));
    generate_tokens(300);
    controller().stop_recording();
    ASSERT_TRUE(wait_for([this] { return !state().recording.is_recording; }));
    const std::size_t n_recorded = state().runs.size();
    generate_tokens(300);
    EXPECT_FALSE(window_->close());
    ASSERT_NE(question(), nullptr);
    EXPECT_TRUE(question()->informativeText().startsWith(QString::number(state().runs.size() - n_recorded)))
        << question()->informativeText().toStdString();
    answer(QMessageBox::Cancel);
}

TEST_F(RunsQuestionTest, AFinishedRecordingIsEnough) {
    controller().start_recording(folder_.path() / "whole.moetrace", MoetraceWriter::IfExists::Refuse);
    ASSERT_TRUE(wait_for([this] { return state().recording.is_recording; }));
    generate_tokens(300);
    controller().stop_recording();
    ASSERT_TRUE(wait_for([this] { return !state().recording.is_recording; }));
    EXPECT_TRUE(window_->close());
}

TEST_F(RunsQuestionTest, WhoRecordsIsNotAsked) {
    controller().start_recording(folder_.path() / "all.moetrace", MoetraceWriter::IfExists::Refuse);
    ASSERT_TRUE(wait_for([this] { return state().recording.is_recording; }));
    generate_tokens(300);
    EXPECT_TRUE(window_->close());
}

}  // namespace
}  // namespace moe::app
