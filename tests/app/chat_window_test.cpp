#include "app/shell/main_window.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <QSettings>
#include <QTest>

#include "app/shell/preferences_dialog.h"
#include "app/shell/settings.h"
#include "tests/support/chat_model.h"
#include "tests/support/paths.h"

namespace moe::app {
namespace {

constexpr int kTimeoutMs = 60000;  // a software renderer on a busy machine

/// Of DeepSeek V2, whose frames are plain words.
constexpr const char* kKnownTemplate =
    "{{ 'User: ' + message['content'] }}{{ 'Assistant: ' + message['content'] + eos_token }}";

/// The window with settings of its own and a model that the test opens.
class ChatWindowTest : public testing::Test {
  protected:
    void SetUp() override {
        QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope,
                           QString::fromStdString(folder_.path().string()));
        window_ = std::make_unique<MainWindow>(
            MainWindow::Options{.remembers_layout = false, .theme = ThemeChoice::Dark});
        window_->resize(1280, 800);
        window_->show();
        QObject::connect(&controller(), &AppController::failed,
                         [this](const Failure& failure) { failures_.push_back(failure); });
        ASSERT_TRUE(QTest::qWaitForWindowExposed(window_.get()));
        controller().set_sampling({.seed = 7, .temperature = 0.0f});
    }
    void TearDown() override {
        window_.reset();
        for (const Failure& failure : failures_) ADD_FAILURE() << failure.details.toStdString();
    }

    void open_embedded() {
        controller().open_embedded_model();
        ASSERT_TRUE(wait_for([this] { return state().model.has_value() && window_->is_settled(); }));
    }
    void open_chat_model() {
        const std::filesystem::path path = folder_.path() / "chat.gguf";
        test::write_model_with_chat(test::asset_file("models/early-d192-l6.gguf"), path, kKnownTemplate);
        controller().open_file(path);
        ASSERT_TRUE(wait_for([this] { return state().model.has_value() && window_->is_settled(); }));
    }
    static bool wait_for(const std::function<bool()>& condition) {
        return QTest::qWaitFor(condition, kTimeoutMs);
    }
    bool settle() {
        return wait_for([this] { return window_->is_settled(); });
    }
    AppController& controller() { return window_->controller(); }
    const AppState& state() { return controller().state(); }
    std::string shown_text() {
        const TraceSnapshot& trace = state().shown_run()->snapshot;
        std::string text;
        for (std::size_t position = 0; position < trace.n_tokens(); ++position)
            text += trace.token(position).bytes;
        return text;
    }
    void write(const QString& message) {
        window_->prompt_dock()->set_prompt(message);
        ASSERT_TRUE(settle());
    }
    void press_send() {
        QTest::keyClick(window_->prompt_dock()->focus_target(), Qt::Key_Return, Qt::ControlModifier);
    }
    /// The first message, and `n_tokens` of its answer.
    void begin_chat(const QString& message, std::size_t n_tokens) {
        write(message);
        controller().run_prompt(AppController::Then::Pause);
        controller().generate(n_tokens);
        ASSERT_TRUE(settle());
    }

    test::TemporaryFolder folder_;
    std::unique_ptr<MainWindow> window_;
    std::vector<Failure> failures_;
};

TEST_F(ChatWindowTest, IsOnForAModelWithAFormatAndOffForTheTeachingModel) {
    open_chat_model();
    EXPECT_TRUE(state().is_chat);
    EXPECT_TRUE(window_->text_dock()->view()->model().shows_turns);
    open_embedded();
    ASSERT_TRUE(wait_for([this] { return state().model->is_embedded && window_->is_settled(); }));
    EXPECT_FALSE(state().is_chat);
}

TEST_F(ChatWindowTest, TheFirstMessageIsWrittenAsTheFormatHasIt) {
    open_chat_model();
    controller().set_system_message(QStringLiteral("Be kind."));
    begin_chat(QStringLiteral("Hello!"), 3);
    EXPECT_THAT(shown_text(), testing::StartsWith("<|endoftext|>Be kind.\n\nUser: Hello!\n\nAssistant:"));
    EXPECT_TRUE(state().shown_run()->is_chat);
    EXPECT_TRUE(state().shown_run()->has_system);
    EXPECT_TRUE(window_->prompt_dock()->prompt().isEmpty()) << "the next one can be written";
    EXPECT_EQ(state().runs.size(), 1u);
}

TEST_F(ChatWindowTest, ThinkingIsChosenForTheNextAnswer) {
    const std::filesystem::path path = folder_.path() / "thinking.gguf";
    test::write_model_with_chat(test::asset_file("models/early-d192-l6.gguf"), path,
                                "{% for m in messages %}{{ m.content }};{% endfor %}"
                                "{% if not enable_thinking|default(true) %}quick {% endif %}");
    controller().open_file(path);
    ASSERT_TRUE(wait_for([this] { return state().model.has_value() && window_->is_settled(); }));
    auto* thinking = window_->prompt_dock()->findChild<QComboBox*>(QStringLiteral("prompt_thinking"));
    EXPECT_FALSE(thinking->isHidden());
    write(QStringLiteral("Hello"));
    const std::size_t n_tokens = state().prompt_tokens.size();
    controller().set_thinking(Thinking::Off);
    EXPECT_GT(state().prompt_tokens.size(), n_tokens) << "the count is of what will be read";
    begin_chat(QStringLiteral("Hello"), 1);
    EXPECT_THAT(shown_text(), testing::StartsWith("<|endoftext|>Hello;quick "));
    controller().set_thinking(Thinking::Unsaid);
    begin_chat(QStringLiteral("Hi"), 1);
    EXPECT_THAT(shown_text(), testing::StartsWith("<|endoftext|>Hi;"));
    EXPECT_THAT(shown_text(), testing::Not(testing::HasSubstr("quick ")));
}

TEST_F(ChatWindowTest, TheNextMessageGoesToTheEndOfTheSameRunAndIsAnswered) {
    open_chat_model();
    begin_chat(QStringLiteral("Hello!"), 4);
    const std::size_t n_before = state().shown_run()->snapshot.n_tokens();
    EXPECT_FALSE(why_not_send(state()).isEmpty()) << "nothing is written yet";
    write(QStringLiteral("And you?"));
    const std::size_t n_message = state().prompt_tokens.size();
    EXPECT_TRUE(why_not_send(state()).isEmpty()) << why_not_send(state()).toStdString();
    press_send();
    const auto n_tokens = [this] { return state().shown_run()->snapshot.n_tokens(); };
    ASSERT_TRUE(wait_for([&] { return n_tokens() > n_before + n_message + 2; }));
    if (state().is_generating()) controller().play_or_pause();
    ASSERT_TRUE(settle());
    EXPECT_EQ(state().runs.size(), 1u);
    EXPECT_TRUE(window_->prompt_dock()->prompt().isEmpty());
    EXPECT_THAT(shown_text(), testing::HasSubstr("User: And you?\n\nAssistant:"));
    const TraceSnapshot& trace = state().shown_run()->snapshot;
    for (std::size_t position = n_before; position < trace.n_tokens(); ++position) {
        EXPECT_EQ(trace.token(position).phase,
                  position < n_before + n_message ? Phase::Prefill : Phase::Decode)
            << position << ": what is counted beforehand is what is read";
    }
}

TEST_F(ChatWindowTest, AMessageThatIsTooLongIsNotSentAndSaysWhy) {
    open_chat_model();
    begin_chat(QStringLiteral("Hello!"), 2);
    write(QString(QStringLiteral("many words ")).repeated(400));
    EXPECT_TRUE(why_not_send(state()).contains(QStringLiteral("512"))) << why_not_send(state()).toStdString();
    const std::size_t n_before = state().shown_run()->snapshot.n_tokens();
    press_send();
    ASSERT_TRUE(settle());
    EXPECT_EQ(state().shown_run()->snapshot.n_tokens(), n_before);
    EXPECT_FALSE(window_->prompt_dock()->prompt().isEmpty());
}

TEST_F(ChatWindowTest, WithoutAFormatItCanBeTurnedOnAndTellsHowTurnsAreWritten) {
    open_embedded();
    window_->prompt_dock()->findChild<QCheckBox*>(QStringLiteral("prompt_chat"))->click();
    ASSERT_TRUE(settle());
    EXPECT_TRUE(state().is_chat);
    EXPECT_TRUE(window_->prompt_dock()->findChild<QLabel*>(QStringLiteral("prompt_notice"))->isVisible());
    begin_chat(QStringLiteral("Hello!"), 60);
    EXPECT_EQ(state().shown_run()->state, RunState::AtEnd) << "an answer is a line";
    write(QStringLiteral("And you?"));
    press_send();
    ASSERT_TRUE(wait_for([this] { return state().shown_run()->state == RunState::AtEnd && window_->is_settled() &&
                                         shown_text().find("User: And you?") != std::string::npos; }));
    EXPECT_TRUE(why_not_generate(state()).contains(QStringLiteral("next message")));
}

TEST_F(ChatWindowTest, ABranchOfAChatGoesOnAsOne) {
    open_chat_model();
    begin_chat(QStringLiteral("Hello!"), 6);
    controller().step_back();
    controller().set_speed(0.01);
    controller().continue_from_selection();
    ASSERT_TRUE(wait_for([this] { return state().runs.size() == 2 && state().is_generating(); }));
    controller().play_or_pause();
    ASSERT_TRUE(wait_for([this] { return window_->is_settled(); }));
    write(QStringLiteral("And you?"));
    EXPECT_TRUE(why_not_send(state()).isEmpty()) << why_not_send(state()).toStdString();
}

TEST_F(ChatWindowTest, ARecordedChatIsShownInTurns) {
    open_chat_model();
    const std::filesystem::path path = folder_.path() / "chat.moetrace";
    controller().start_recording(path, MoetraceWriter::IfExists::Refuse);
    begin_chat(QStringLiteral("Hello!"), 4);
    const std::size_t n_first = state().shown_run()->snapshot.n_tokens();
    write(QStringLiteral("And you?"));
    press_send();
    ASSERT_TRUE(wait_for([&] { return state().shown_run()->snapshot.n_tokens() > n_first + 12; }));
    if (state().is_generating()) controller().play_or_pause();
    ASSERT_TRUE(settle());
    controller().stop_recording();
    ASSERT_TRUE(wait_for([this] { return !state().recording.is_recording && window_->is_settled(); }));
    controller().open_file(path);
    ASSERT_TRUE(wait_for([this] { return state().shows_trace() && window_->is_settled(); }));
    EXPECT_TRUE(window_->text_dock()->view()->model().shows_turns);
    EXPECT_FALSE(goes_on_with_chat(state()));
}

TEST_F(ChatWindowTest, TheNumberOfThreadsChangesAtOnceAndIsRemembered) {
    open_embedded();
    PreferencesDialog dialog(window_.get());
    auto* threads = dialog.findChild<QSpinBox*>(QStringLiteral("preferences_threads"));
    EXPECT_EQ(threads->value(), 0);
    EXPECT_TRUE(threads->text().startsWith(QStringLiteral("Automatic")));
    std::size_t chosen = 0;
    QObject::connect(&dialog, &PreferencesDialog::threads_chosen, [&chosen](std::size_t n) { chosen = n; });
    threads->setValue(1);
    EXPECT_EQ(chosen, 1u);
    settings::set_threads(chosen);
    EXPECT_EQ(settings::threads(), 1u);
    controller().set_threads(chosen);
    controller().run_prompt(AppController::Then::Step);
    ASSERT_TRUE(settle());
    EXPECT_EQ(state().shown_run()->snapshot.n_tokens(), state().prompt_tokens.size() + 1);
}

TEST(ThreadsBesideWindowTest, LeavesOneCoreToTheWindowWhereThereAreMoreThanTwo) {
    EXPECT_EQ(threads_beside_window(1), 1u);
    EXPECT_EQ(threads_beside_window(2), 2u);
    EXPECT_EQ(threads_beside_window(3), 2u);
    EXPECT_EQ(threads_beside_window(16), 15u);
}

}  // namespace
}  // namespace moe::app
