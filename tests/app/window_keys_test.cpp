// What keys do in the window: mnemonics, where they act, what they reach.
#include "tests/app/window_fixture.h"  // first: it includes Vulkan before Qt

#include <gtest/gtest.h>

#include <QCheckBox>
#include <QComboBox>
#include <QMenuBar>
#include <QPushButton>
#include <QSpinBox>
#include <QTextBrowser>
#include <map>

#include "app/shell/explanations.h"
#include "app/shell/focus_mark.h"
#include "app/shell/preferences_dialog.h"

namespace moe::app {
namespace {

/// What each letter opens or does; two for one letter are a clash.
using Letters = std::map<QString, QStringList>;

void add(Letters& letters, const QString& text) {
    const QKeySequence key = QKeySequence::mnemonic(text);
    if (!key.isEmpty()) letters[key.toString()].push_back(text);
}

void expect_no_clash(const Letters& letters, const QString& where) {
    for (const auto& [key, texts] : letters)
        EXPECT_EQ(texts.size(), 1) << where.toStdString() << ": " << texts.join(" | ").toStdString();
}

void expect_no_clash_in(const QMenu& menu) {
    Letters letters;
    for (const QAction* action : menu.actions()) {
        add(letters, action->text());
        if (action->menu() != nullptr) expect_no_clash_in(*action->menu());
    }
    expect_no_clash(letters, menu.title());
}

class WindowKeysTest : public WindowTest {
  protected:
    void run_in_palette(const QString& typed) {
        window_->commands().action(CommandId::SearchCommands)->trigger();
        window_->palette()->field()->setText(typed);
        QTest::keyClick(window_->palette()->field(), Qt::Key_Return);
    }

    /// As a window manager does after a popup or a dialog.
    bool activate() {
        window_->activateWindow();
        return wait_for([this] { return window_->isActiveWindow(); });
    }

    /// The text of the modal window that is open after `act`, which Esc closes then.
    QString read_dialog(const std::function<void()>& act) {
        QString text;
        QTimer timer;
        QObject::connect(&timer, &QTimer::timeout, [&] {
            QWidget* const dialog = QApplication::activeModalWidget();
            if (dialog == nullptr) return;
            text = dialog->windowTitle();
            for (const QTextBrowser* browser : dialog->findChildren<QTextBrowser*>())
                text += QLatin1Char('\n') + browser->toPlainText();
            QTest::keyClick(dialog, Qt::Key_Escape);
        });
        timer.start(10);
        act();
        EXPECT_TRUE(wait_for([&] { return !text.isEmpty() && QApplication::activeModalWidget() == nullptr; }));
        return text;
    }
};

TEST_F(WindowKeysTest, NoTwoCommandsOfAMenuHaveOneLetter) {
    Letters bar;
    for (const QAction* action : window_->menuBar()->actions()) {
        add(bar, action->text());
        expect_no_clash_in(*action->menu());
    }
    expect_no_clash(bar, "menu bar");
}

TEST_F(WindowKeysTest, NoTwoThingsInTheWindowHaveOneLetter) {
    Letters letters;
    for (const QAction* action : window_->menuBar()->actions()) add(letters, action->text());
    for (const auto* button : window_->findChildren<QAbstractButton*>()) add(letters, button->text());
    for (const auto* label : window_->findChildren<QLabel*>()) {
        if (label->buddy() != nullptr) add(letters, label->text());
    }
    expect_no_clash(letters, "window");
}

TEST_F(WindowKeysTest, ARingShowsWhichListHasTheFocusAndItsRowWhereKeysBegin) {
    generate(2);
    const auto mark_over = [this](const QWidget* view) {
        const auto marks = window_->findChildren<FocusMark*>();
        return marks.size() == 1 && marks[0]->isVisible() && marks[0]->parentWidget() == view &&
               marks[0]->geometry().topLeft() == QPoint() && marks[0]->height() == view->height() &&
               marks[0]->width() > view->width() - 20;  // beside a bar
    };
    QWidget* const text = window_->text_dock()->view();
    text->setFocus(Qt::TabFocusReason);
    EXPECT_TRUE(mark_over(text));
    auto* const list = qobject_cast<QAbstractItemView*>(window_->next_token_dock()->focus_target());
    ASSERT_NE(list, nullptr);
    window_->next_token_dock()->bring_forward();
    EXPECT_TRUE(mark_over(list));
    EXPECT_EQ(list->currentIndex().row(), 0);
    EXPECT_TRUE(list->selectionModel()->isRowSelected(0)) << "it can be seen";
    QTest::keyClick(list, Qt::Key_Down);
    EXPECT_EQ(list->currentIndex().row(), 1);
    press(Qt::Key_Escape);
    EXPECT_FALSE(window_->findChildren<FocusMark*>()[0]->isVisible());
}

TEST_F(WindowKeysTest, EscapeFramesTheViewHoweverItHadTheFocus) {
    generate(2);
    PictureView& view = *window_->picture();
    const auto edge = [&view] { return view.picture().pixelColor(1, view.picture().height() / 2); };
    QTest::mouseClick(&view, Qt::LeftButton, {}, view.rect().center());
    ASSERT_TRUE(settle());
    const QColor without = edge();
    QTest::keyClick(&view, Qt::Key_Escape);
    EXPECT_TRUE(wait_for([&] { return window_->is_settled() && edge() != without; }));
    QTest::mouseClick(&view, Qt::LeftButton, {}, view.rect().center());
    EXPECT_TRUE(wait_for([&] { return window_->is_settled() && edge() == without; }));
    view.setFocus(Qt::OtherFocusReason);
    press(Qt::Key_F6);
    press(Qt::Key_Escape);
    EXPECT_TRUE(wait_for([&] { return window_->is_settled() && edge() != without; }));
}

TEST_F(WindowKeysTest, GoingToATokenLeavesTheFocusInTheView) {
    generate(3);
    window_->prompt_dock()->bring_forward();
    run_in_palette("#4");
    ASSERT_TRUE(wait_for([this] { return state().selection.token == 4u; }));
    EXPECT_EQ(window_->focusWidget(), window_->picture());
    const std::size_t layer = state().selection.layer.value_or(0);
    ASSERT_TRUE(activate());
    press(Qt::Key_Down);
    EXPECT_EQ(state().selection.layer, layer + 1);
}

TEST_F(WindowKeysTest, ADocksEntryInTheMenuGivesItTheFocus) {
    generate(1);
    window_->path_dock()->raise();
    press(Qt::Key_Escape);
    window_->runs_dock()->menu_action()->trigger();
    EXPECT_TRUE(window_->runs_dock()->is_seen());
    EXPECT_TRUE(window_->runs_dock()->isAncestorOf(window_->focusWidget()));
}

TEST_F(WindowKeysTest, ShiftAndArrowsExtendTheRange) {
    generate(1);
    const std::size_t last = n_tokens() - 1;
    controller().select_token(4);
    const auto range = [this] {
        return std::pair{state().range ? state().range->first : 0, state().range ? state().range->end : 0};
    };
    using Range = std::pair<std::size_t, std::size_t>;
    press(Qt::Key_Right, Qt::ShiftModifier);
    EXPECT_EQ(range(), Range(4, 6));
    EXPECT_EQ(state().selection.token, 5u);
    press(Qt::Key_Right, Qt::ShiftModifier);
    EXPECT_EQ(range(), Range(4, 7));
    for (int i = 0; i < 2; ++i) press(Qt::Key_Left, Qt::ShiftModifier);
    EXPECT_EQ(range(), Range(4, 5)) << "back to where it began";
    for (int i = 0; i < 2; ++i) press(Qt::Key_Left, Qt::ShiftModifier);
    EXPECT_EQ(range(), Range(2, 5)) << "and to the other side";
    EXPECT_EQ(state().selection.token, 2u);
    controller().clear_range();
    controller().select_token(last);
    press(Qt::Key_Right, Qt::ShiftModifier);
    EXPECT_EQ(range(), Range(last, last + 1));
    EXPECT_EQ(n_tokens(), last + 1) << "nothing is generated";
}

TEST_F(WindowKeysTest, EnterPressesTheButtonThatHasTheFocus) {
    generate(1);
    window_->expert_dock()->bring_forward();
    for (QPushButton* button : window_->expert_dock()->findChildren<QPushButton*>()) {
        int n_clicks = 0;
        QObject::connect(button, &QPushButton::clicked, [&] { ++n_clicks; });
        button->setFocus();
        QTest::keyClick(button, Qt::Key_Return);
        QTest::keyClick(button, Qt::Key_Space);
        EXPECT_EQ(n_clicks, 2) << button->text().toStdString();
        button->disconnect();
    }
}

TEST_F(WindowKeysTest, ChatIsACommandAsWell) {
    QAction* const chat = window_->commands().action(CommandId::Chat);
    const auto* box = window_->prompt_dock()->findChild<QCheckBox*>("prompt_chat");
    EXPECT_FALSE(chat->isChecked());
    press(Qt::Key_T, Qt::ControlModifier);
    EXPECT_TRUE(state().is_chat);
    ASSERT_TRUE(settle());
    EXPECT_TRUE(chat->isChecked());
    EXPECT_TRUE(box->isChecked());
    run_in_palette("chat");
    EXPECT_TRUE(wait_for([&] { return !state().is_chat && !chat->isChecked() && !box->isChecked(); }));
}

TEST_F(WindowKeysTest, ExplainsTheFiguresOfThePaneThatHasTheFocus) {
    generate(2);
    QAction* const explain = window_->commands().action(CommandId::Explain);
    window_->router_dock()->bring_forward();
    const QString router = read_dialog([&] { explain->trigger(); });
    EXPECT_TRUE(router.startsWith("Router")) << router.toStdString();
    for (const char* words : {"Entropy", "−Σ p ln p over all experts", "Chosen mass", "Margin",
                              "uniform routing gives", "Gating weight as applied"})
        EXPECT_TRUE(router.contains(words)) << words;
    window_->balance_dock()->bring_forward();
    ASSERT_TRUE(settle());
    const QString balance = read_dialog([&] { explain->trigger(); });
    for (const char* words : {"largest load / mean load − 1", "Gini", "Monte Carlo"})
        EXPECT_TRUE(balance.contains(words)) << words << balance.toStdString();
    window_->timeline_dock()->bring_forward();
    EXPECT_TRUE(read_dialog([&] { explain->trigger(); }).contains("tokens generated per second"));
    ASSERT_TRUE(activate());
    press(Qt::Key_Escape);
    const QString picture = read_dialog([&] { press(Qt::Key_F1, Qt::ShiftModifier); });
    EXPECT_TRUE(picture.contains("Applied weight") && picture.contains("0 to 1")) << picture.toStdString();
    for (const char* typed : {"explain", "formula"}) {
        window_->palette()->open_with(palette_entries(*window_->menuBar()), typed);
        ASSERT_NE(window_->palette()->current(), nullptr) << typed;
        EXPECT_EQ(window_->palette()->current()->name, "Explain what is shown");
        window_->palette()->hide();
    }
}

TEST_F(WindowKeysTest, PreferencesBeginWithTheFirstField) {
    PreferencesDialog dialog(window_.get());
    dialog.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&dialog));
    ASSERT_NE(dialog.focusWidget(), nullptr);
    const auto top = [&dialog](const QWidget* field) { return field->mapTo(&dialog, QPoint()).y(); };
    for (const auto* field : dialog.findChildren<QComboBox*>()) EXPECT_LE(top(dialog.focusWidget()), top(field));
}

TEST_F(WindowKeysTest, AFileThatCannotBeOpenedLeadsToAnotherOne) {
    const auto primary = [this] {
        QStringList texts;
        for (const QPushButton* button : window_->banner()->findChildren<QPushButton*>()) {
            if (!button->isHidden() && button->property("primary").toBool()) texts << button->text();
        }
        return texts;
    };
    for (const std::string& path : {write_file("empty.gguf", ""), write_file("text.txt", "Hello"),
                                    folder_.path().string(), write_file("half.moetrace", "SQLite format 3")}) {
        const std::size_t n_before = failures_.size();
        controller().open_file(path);
        ASSERT_TRUE(wait_for([&] { return failures_.size() > n_before && window_->is_settled(); })) << path;
        EXPECT_EQ(primary(), QStringList{"Open another file…"}) << path;
    }
    window_->banner()->show_failure(
        {.title = "a", .reason = "b", .advice = {}, .details = {}, .retry = [] {}, .remedy = Remedy::None});
    EXPECT_EQ(primary(), QStringList{"Try again"});
}

}  // namespace
}  // namespace moe::app
