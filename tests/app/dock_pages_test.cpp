// Docks that are one page to scroll, in the room that they have in a window of 1280 × 800.
#include "tests/app/window_fixture.h"

#include <QApplication>
#include <QClipboard>
#include <QScrollBar>
#include <QWheelEvent>
#include <algorithm>

#include "app/docks/dock_body.h"
#include "app/shell/explanations.h"
#include "app/shell/focus_mark.h"

namespace moe::app {
namespace {

class DockPagesTest : public WindowTest {
  protected:
    static DockBody* page_of(TitledDock* dock) { return dock->findChild<DockBody*>(); }

    void trigger(CommandId id) {
        window_->commands().action(id)->trigger();
        ASSERT_TRUE(settle());
    }

    /// The experts of a search, all of them with a card under them.
    void find_experts() {
        generate(12);
        trigger(CommandId::ShowExpert);
        window_->expert_dock()->find("/\\w/");
        ASSERT_TRUE(
            wait_for([&] { return settle() && window_->expert_dock()->found()->rows().rowCount() > 6; }));
    }

    bool is_in_sight(const DockBody* page, const QAbstractItemView* list) {
        const QRect row = list->visualRect(list->currentIndex());
        const QPoint top = list->viewport()->mapTo(page->viewport(), row.topLeft());
        return top.y() >= 0 && top.y() + row.height() <= page->viewport()->height();
    }
};

TEST_F(DockPagesTest, TheExpertsPageScrollsAsOneWithoutABarAcross) {
    find_experts();
    ExpertDock* dock = window_->expert_dock();
    Q_EMIT dock->found()->activated(dock->found()->model()->index(0, 0));
    ASSERT_TRUE(wait_for([&] { return settle() && dock->contexts()->tokens().rowCount() > 0; }));
    const DockBody* page = page_of(dock);
    EXPECT_LE(dock->width(), 310);
    EXPECT_EQ(page->horizontalScrollBar()->maximum(), 0);
    ASSERT_GT(page->verticalScrollBar()->maximum(), 0);
    for (QAbstractItemView* list : std::initializer_list<QAbstractItemView*>{
             dock->found(), dock->vocabulary(), dock->contexts(), dock->partners()}) {
        EXPECT_FALSE(list->verticalScrollBar()->isVisible()) << list->accessibleName().toStdString();
        EXPECT_GE(list->viewport()->height(), 20 * std::min(3, list->model()->rowCount()));
    }
    const QPoint middle = dock->found()->viewport()->rect().center();
    QWheelEvent wheel(middle, dock->found()->viewport()->mapToGlobal(middle), {}, {0, -120}, Qt::NoButton,
                      Qt::NoModifier, Qt::NoScrollPhase, false);
    QApplication::sendEvent(dock->found()->viewport(), &wheel);
    EXPECT_FALSE(wheel.isAccepted()) << "it is the page's";
    EXPECT_EQ(dock->found()->verticalScrollBar()->value(), 0);
    QFont mono("JetBrains Mono");
    mono.setPixelSize(12);
    for (int row = 0; row < dock->found()->rows().rowCount(); ++row) {
        const QString fired = dock->found()->rows().row(row).texts[2];
        EXPECT_GE(dock->found()->columnWidth(2) - 8, QFontMetrics(mono).horizontalAdvance(fired))
            << fired.toStdString();
    }
}

TEST_F(DockPagesTest, KeysGoFromTheFieldThroughAllTheRowsOfTheResult) {
    find_experts();
    ExpertDock* dock = window_->expert_dock();
    auto* field = static_cast<QLineEdit*>(dock->focus_target());
    field->setFocus();
    const auto layer = state().selection.layer;
    QTest::keyClick(field, Qt::Key_Down);
    EXPECT_EQ(window_->focusWidget(), dock->found());
    EXPECT_EQ(dock->found()->currentIndex().row(), 0);
    EXPECT_EQ(state().selection.layer, layer) << "the key is not the picture's";
    const int n_rows = dock->found()->rows().rowCount();
    for (int row = 1; row < n_rows; ++row) QTest::keyClick(dock->found(), Qt::Key_Down);
    EXPECT_EQ(dock->found()->currentIndex().row(), n_rows - 1) << "those behind “All” too";
    EXPECT_TRUE(wait_for([&] { return is_in_sight(page_of(dock), dock->found()); }));
    for (int row = n_rows; row > 0; --row) QTest::keyClick(dock->found(), Qt::Key_Up);
    EXPECT_EQ(window_->focusWidget(), field);
}

TEST_F(DockPagesTest, TheArithmeticGetsTheRoomOfTheRouter) {
    generate(3);
    RouterDock* dock = window_->router_dock();
    trigger(CommandId::ShowArithmetic);
    const DockBody* page = page_of(dock);
    auto* steps = dock->arithmetic()->findChild<QTextBrowser*>();
    const auto seen = [&] {
        const QPoint top = steps->mapTo(page->viewport(), QPoint());
        return page->viewport()->rect().intersected(QRect(top, steps->size())).height();
    };
    EXPECT_TRUE(wait_for([&] { return seen() > page->viewport()->height() * 4 / 5; }))
        << seen() << " of " << page->viewport()->height();
    EXPECT_GT(page->viewport()->height(), 300);
    EXPECT_EQ(steps->verticalScrollBar()->maximum(), 0);
    EXPECT_EQ(dock->table()->viewport()->height(), 20 * 4) << "two experts, the cut and the runner-up";
    const int before = page->verticalScrollBar()->value();
    const auto layer = state().selection.layer;
    steps->setFocus();
    QTest::keyClick(steps, Qt::Key_PageUp);
    EXPECT_LT(page->verticalScrollBar()->value(), before);
    QTest::keyClick(steps, Qt::Key_Down);
    EXPECT_EQ(state().selection.layer, layer);
    trigger(CommandId::ShowArithmetic);
    EXPECT_TRUE(wait_for([&] { return dock->table()->viewport()->height() > 20 * 6; }));
}

TEST_F(DockPagesTest, TheComparisonHasNoBarAcrossAndNoRowsOfZeros) {
    generate(8);
    controller().select_token(n_tokens() - 4);
    branch_and_pause();
    for (int i = 0; i < 3; ++i) {
        press(Qt::Key_Right);
        ASSERT_TRUE(settle());
    }
    trigger(CommandId::ShowCompare);
    CompareDock* dock = window_->compare_dock();
    ASSERT_TRUE(wait_for([&] { return settle() && dock->comparison().n_tokens_b > 0; }));
    EXPECT_EQ(page_of(dock)->horizontalScrollBar()->maximum(), 0);
    EXPECT_FALSE(dock->comparison().first_different_route.has_value()) << "a branch of the run";
    EXPECT_FALSE(dock->layers()->isVisible());
    EXPECT_FALSE(dock->route_button()->isVisible());
    EXPECT_TRUE(dock->note()->model().text.contains("with the same experts"));
}

TEST_F(DockPagesTest, CtrlEnterSavesTheNoteAndRunsNothing) {
    generate(2);
    trigger(CommandId::AddNote);
    const auto shown = state().shown;
    const std::size_t n_before = n_tokens();
    QLineEdit* field = window_->notes_dock()->field();
    field->setFocus();
    QTest::keyClicks(field, "look");
    QTest::keyClick(field, Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(settle());
    EXPECT_EQ(window_->notes_dock()->list()->model()->rowCount(), 1);
    EXPECT_TRUE(field->text().isEmpty());
    EXPECT_EQ(state().shown, shown);
    EXPECT_EQ(n_tokens(), n_before);
    EXPECT_FALSE(state().is_generating());
}

TEST_F(DockPagesTest, TheRingOfAListStandsBesideItsBar) {
    generate(3);
    trigger(CommandId::ShowRouter);
    auto* table = static_cast<QAbstractScrollArea*>(window_->router_dock()->focus_target());
    table->setFocus();
    ASSERT_TRUE(wait_for([&] { return table->verticalScrollBar()->isVisible(); }));
    const auto* ring = table->findChild<FocusMark*>();
    ASSERT_NE(ring, nullptr);
    EXPECT_EQ(ring->geometry().left(), 0);
    EXPECT_EQ(ring->geometry().right(), table->viewport()->geometry().right());
    EXPECT_EQ(ring->geometry().height(), table->height());
}

TEST_F(DockPagesTest, TheExplanationsSayWhichProbabilitiesAndWhatCanBeFound) {
    generate(2);
    const auto explains = [](TitledDock* dock, const char* words) {
        return std::ranges::any_of(explanations_of(*dock), [&](const Explanation& explanation) {
            return explanation.text.contains(QString::fromUtf8(words));
        });
    };
    trigger(CommandId::ShowCandidates);
    EXPECT_TRUE(explains(window_->next_token_dock(), "before temperature, top-k and top-p"));
    trigger(CommandId::Find);
    EXPECT_TRUE(explains(window_->find_dock(), "margin < 0.03 L3"));
}

}  // namespace
}  // namespace moe::app
