#include "app/docks/prompt_dock.h"

#include <gtest/gtest.h>

#include <QSignalSpy>
#include <QTest>
#include <utility>

namespace moe::app {
namespace {

TEST(PromptDockTest, RunsOnCtrlEnterOnlyWhenItCan) {
    PromptDock dock(std::vector<PromptSample>{{.name = "Story", .text = "Once", .explanation = {}}});
    QSignalSpy runs(&dock, &PromptDock::run_requested);
    QTest::keyClick(dock.focus_target(), Qt::Key_Return, Qt::ControlModifier);
    EXPECT_EQ(runs.size(), 0);
    dock.set_model({.n_tokens = 3, .can_run = true, .run_hint = {}, .was_run = false});
    QTest::keyClick(dock.focus_target(), Qt::Key_Return, Qt::ControlModifier);
    EXPECT_EQ(runs.size(), 1);
    QTest::keyClick(dock.focus_target(), Qt::Key_Space);
    EXPECT_EQ(dock.prompt(), QStringLiteral(" ")) << "Space types in the editor";
}

TEST(PromptDockTest, SendsToTheChatThatIsShownAndBeginsANewOneOtherwise) {
    PromptDock dock(std::vector<PromptSample>{});
    QSignalSpy runs(&dock, &PromptDock::run_requested);
    QSignalSpy sends(&dock, &PromptDock::send_requested);
    PromptModel model{
        .n_tokens = 3, .can_run = true, .run_hint = {}, .chat = {.is_on = true, .is_known = true}};
    dock.set_model(model);
    QTest::keyClick(dock.focus_target(), Qt::Key_Return, Qt::ControlModifier);
    EXPECT_EQ(runs.size(), 1) << "the first message begins the chat";
    model.chat.goes_on = true;
    dock.set_model(model);
    QTest::keyClick(dock.focus_target(), Qt::Key_Return, Qt::ControlModifier);
    EXPECT_EQ(sends.size(), 1);
    auto* new_chat = dock.findChild<QPushButton*>(QStringLiteral("prompt_new_chat"));
    new_chat->click();
    EXPECT_EQ(runs.size(), 2);
    model.chat.why_not_send = QStringLiteral("Wait");
    dock.set_model(model);
    QTest::keyClick(dock.focus_target(), Qt::Key_Return, Qt::ControlModifier);
    EXPECT_EQ(sends.size(), 1);
    EXPECT_EQ(dock.findChild<QPushButton*>(QStringLiteral("prompt_run"))->toolTip(), QStringLiteral("Wait"));
}

TEST(PromptDockTest, TellsOfAnUnknownFormatWhereItMatters) {
    PromptDock dock(std::vector<PromptSample>{});
    const auto* notice = dock.findChild<QLabel*>(QStringLiteral("prompt_notice"));
    const auto* system = dock.findChild<QLineEdit*>(QStringLiteral("prompt_system"));
    const auto shown = [&](bool is_on, bool is_known) {
        dock.set_model({.n_tokens = {}, .run_hint = {}, .chat = {.is_on = is_on, .is_known = is_known}});
        return std::pair(!system->isHidden(), !notice->isHidden());
    };
    EXPECT_EQ(shown(false, false), std::pair(false, false));
    EXPECT_EQ(shown(true, false), std::pair(true, true));
    EXPECT_EQ(shown(true, true), std::pair(true, false));
}

const std::vector<Thinking> kSwitch{Thinking::On, Thinking::Off};

TEST(PromptDockTest, AsksForThinkingOnlyWhereTheTemplateKnowsIt) {
    PromptDock dock(std::vector<PromptSample>{});
    auto* thinking = dock.findChild<QComboBox*>(QStringLiteral("prompt_thinking"));
    std::vector<Thinking> chosen;
    QObject::connect(&dock, &PromptDock::thinking_chosen, [&](Thinking value) { chosen.push_back(value); });
    const auto is_shown = [&](bool is_on, bool knows_thinking) {
        PromptModel model;
        model.chat = {.is_on = is_on, .is_known = true};
        if (knows_thinking) model.chat.thinking_choices = kSwitch;
        dock.set_model(model);
        return !thinking->isHidden();
    };
    EXPECT_FALSE(is_shown(false, true));
    EXPECT_FALSE(is_shown(true, false));
    EXPECT_TRUE(is_shown(true, true));
    PromptModel model;
    model.chat = {.is_on = true, .thinking_choices = kSwitch, .thinking = Thinking::Off};
    dock.set_model(model);
    EXPECT_EQ(thinking->currentText(), QStringLiteral("Think: off"));
    EXPECT_TRUE(chosen.empty()) << "only by hand";
    QTest::keyClick(thinking, Qt::Key_Up);
    EXPECT_EQ(chosen, std::vector<Thinking>{Thinking::On});
}

TEST(PromptDockTest, OffersTheEffortsThatTheTemplateKnows) {
    PromptDock dock(std::vector<PromptSample>{});
    auto* thinking = dock.findChild<QComboBox*>(QStringLiteral("prompt_thinking"));
    std::vector<Thinking> chosen;
    QObject::connect(&dock, &PromptDock::thinking_chosen, [&](Thinking value) { chosen.push_back(value); });
    const auto offered = [&](const std::vector<Thinking>& choices, Thinking current) {
        PromptModel model;
        model.chat = {.is_on = true, .thinking_choices = choices, .thinking = current};
        dock.set_model(model);
        QStringList texts;
        for (int i = 0; i < thinking->count(); ++i) texts << thinking->itemText(i);
        return QStringLiteral("%1 > %2").arg(texts.join(QStringLiteral(", ")), thinking->currentText());
    };
    const std::vector<Thinking> efforts{Thinking::Low, Thinking::Medium, Thinking::High};
    EXPECT_EQ(offered(efforts, Thinking::Medium),
              QStringLiteral("Effort: auto, Effort: low, Effort: medium, Effort: high > Effort: medium"));
    EXPECT_EQ(offered({Thinking::On, Thinking::Off, Thinking::High}, Thinking::High),
              QStringLiteral("Think: auto, Think: on, Think: off, Effort: high > Effort: high"));
    EXPECT_EQ(offered(kSwitch, Thinking::High), QStringLiteral("Think: auto, Think: on, Think: off > Think: auto"))
        << "chosen for another model";
    EXPECT_TRUE(chosen.empty());
    QTest::keyClick(thinking, Qt::Key_Down);
    EXPECT_EQ(chosen, std::vector<Thinking>{Thinking::On});
}

TEST(PromptDockTest, TogglesTheChatOnlyByHand) {
    PromptDock dock(std::vector<PromptSample>{});
    QSignalSpy toggles(&dock, &PromptDock::chat_toggled);
    dock.set_model({.n_tokens = {}, .run_hint = {}, .chat = {.is_on = true}});
    EXPECT_EQ(toggles.size(), 0);
    dock.findChild<QCheckBox*>(QStringLiteral("prompt_chat"))->click();
    ASSERT_EQ(toggles.size(), 1);
    EXPECT_FALSE(toggles[0][0].toBool());
}

TEST(PromptDockTest, ShowsARecordedPromptAndGivesTheUsersBack) {
    PromptDock dock({});
    auto* editor = dock.findChild<QPlainTextEdit*>(QStringLiteral("prompt_editor"));
    ASSERT_NE(editor, nullptr);
    dock.set_prompt(QStringLiteral("mine"));
    int n_edited = 0;
    QObject::connect(&dock, &PromptDock::prompt_edited, [&] { ++n_edited; });

    PromptModel model;
    model.recorded = QStringLiteral("theirs");
    dock.set_model(model);
    dock.set_model(model);
    EXPECT_EQ(editor->toPlainText(), QStringLiteral("theirs"));
    EXPECT_TRUE(editor->isReadOnly());
    EXPECT_EQ(dock.prompt(), QStringLiteral("mine")) << "what would be run";
    EXPECT_EQ(n_edited, 0);

    dock.set_model({});
    EXPECT_EQ(editor->toPlainText(), QStringLiteral("mine"));
    EXPECT_FALSE(editor->isReadOnly());
}

TEST(PromptDockTest, APromptThatIsSetMeanwhileIsTheUsers) {
    PromptDock dock({});
    PromptModel model;
    model.recorded = QString();
    dock.set_model(model);
    dock.set_prompt(QStringLiteral("later"));
    EXPECT_EQ(dock.prompt(), QStringLiteral("later"));
    dock.set_model({});
    EXPECT_EQ(dock.prompt(), QStringLiteral("later"));
}

}  // namespace
}  // namespace moe::app
