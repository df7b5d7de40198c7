// Docks that float, lie behind tabs, come and go.
#include "tests/app/window_fixture.h"  // first: it includes Vulkan before Qt

#include <gtest/gtest.h>

#include <QScreen>
#include <QToolButton>
#include <algorithm>
#include <array>
#include <map>

namespace moe::app {
namespace {

class WindowDocksTest : public WindowTest {
  protected:
    /// As a user leaves it: out of the window, with its left upper corner at `place`.
    void float_at(TitledDock* dock, const QPoint& place) {
        dock->setFloating(true);
        dock->move(place);
        ASSERT_TRUE(wait_for([&] { return dock->isFloating() && dock->pos() == place; }));
    }

    /// What is seen in each area, the picture in none. All docks behind one row of tabs have the same place.
    using Places = std::map<Qt::DockWidgetArea, std::vector<std::array<int, 4>>>;
    Places places() const {
        Places places;
        const auto add = [&places](Qt::DockWidgetArea area, const QRect& rect) {
            places[area].push_back({rect.x(), rect.y(), rect.width(), rect.height()});
        };
        add(Qt::NoDockWidgetArea, window_->picture()->geometry());
        for (TitledDock* dock : window_->findChildren<TitledDock*>()) {
            if (dock->is_seen() && !dock->isFloating()) add(window_->dockWidgetArea(dock), dock->geometry());
        }
        for (auto& [area, rects] : places) std::ranges::sort(rects);
        return places;
    }

    void come_to_rest() {
        ASSERT_TRUE(settle());
        QTest::qWait(1);  // a layout comes later
    }

    /// Of the widgets in a dock, its title included.
    static bool shows_name(const TitledDock& dock) {
        const QList<QLabel*> labels = dock.title_bar()->findChildren<QLabel*>();
        return std::ranges::any_of(
            labels, [&](const QLabel* label) { return label->text() == dock.windowTitle() && !label->isHidden(); });
    }
};

TEST_F(WindowDocksTest, ResettingTheLayoutDocksWhatFloats) {
    float_at(window_->prompt_dock(), {300, 200});
    float_at(window_->router_dock(), {500, 300});
    window_->commands().action(CommandId::ResetLayout)->trigger();
    for (TitledDock* dock : {static_cast<TitledDock*>(window_->prompt_dock()),
                             static_cast<TitledDock*>(window_->router_dock())}) {
        EXPECT_FALSE(dock->isFloating());
        EXPECT_FALSE(dock->isHidden());
    }
    EXPECT_EQ(window_->dockWidgetArea(window_->prompt_dock()), Qt::LeftDockWidgetArea);
    EXPECT_TRUE(window_->tabifiedDockWidgets(window_->router_dock()).contains(window_->expert_dock()));
}

TEST_F(WindowDocksTest, OneCommandDocksAllThatFloatWhereItWas) {
    QAction* const dock_all = window_->commands().action(CommandId::DockAll);
    EXPECT_FALSE(dock_all->isEnabled());
    float_at(window_->prompt_dock(), {300, 200});
    float_at(window_->notes_dock(), {500, 300});
    ASSERT_TRUE(dock_all->isEnabled());
    dock_all->trigger();
    EXPECT_FALSE(window_->prompt_dock()->isFloating());
    EXPECT_TRUE(window_->tabifiedDockWidgets(window_->text_dock()).contains(window_->notes_dock()));
    EXPECT_FALSE(dock_all->isEnabled());
    window_->commands().action(CommandId::Undo)->trigger();
    EXPECT_TRUE(window_->prompt_dock()->isFloating());
    EXPECT_TRUE(window_->notes_dock()->isFloating());
}

TEST_F(WindowDocksTest, WhatFloatsComesBackWhereItWas) {
    float_at(window_->prompt_dock(), {310, 220});
    const QSize size = window_->prompt_dock()->size();
    open_again();
    const TitledDock* dock = window_->prompt_dock();
    EXPECT_TRUE(dock->isFloating());
    EXPECT_TRUE(dock->isVisible());
    EXPECT_EQ(dock->pos(), QPoint(310, 220));
    EXPECT_EQ(dock->size(), size);
    EXPECT_TRUE(dock->menu_action()->isChecked());
}

TEST_F(WindowDocksTest, WhatFloatedOutsideOfTheScreenComesBackOnIt) {
    float_at(window_->prompt_dock(), {5000, 4000});
    open_again();
    const TitledDock* dock = window_->prompt_dock();
    EXPECT_TRUE(dock->isFloating());
    EXPECT_TRUE(window_->screen()->availableGeometry().contains(dock->frameGeometry()))
        << dock->x() << " " << dock->y() << " " << dock->width() << " " << dock->height();
}

TEST_F(WindowDocksTest, AFloatingDockHasAButtonThatClosesIt) {
    TitledDock* const dock = window_->router_dock();
    float_at(dock, {310, 220});
    EXPECT_TRUE(shows_name(*dock)) << "no tab says it";
    const QToolButton* close = nullptr;
    for (const QToolButton* button : dock->title_bar()->findChildren<QToolButton*>()) {
        if (button->accessibleName() == "Close Router") close = button;
    }
    ASSERT_NE(close, nullptr);
    EXPECT_TRUE(close->isVisible());
    const_cast<QToolButton*>(close)->click();
    EXPECT_TRUE(dock->isHidden());
    EXPECT_FALSE(dock->menu_action()->isChecked());
    dock->menu_action()->trigger();
    EXPECT_TRUE(dock->isFloating());
    window_->commands().action(CommandId::DockAll)->trigger();
    EXPECT_TRUE(wait_for([&] { return !close->isVisible(); }));
}

TEST_F(WindowDocksTest, ADockSaysItsNameWhereNoTabDoes) {
    const auto are_right = [this] {
        for (const TitledDock* dock : window_->findChildren<TitledDock*>()) {
            if (dock->isHidden()) continue;
            const bool has_tab = !dock->isFloating() &&
                                 !window_->tabifiedDockWidgets(const_cast<TitledDock*>(dock)).isEmpty();
            if (shows_name(*dock) == has_tab) return false;
        }
        return true;
    };
    EXPECT_TRUE(wait_for(are_right));
    float_at(window_->notes_dock(), {300, 200});
    EXPECT_TRUE(wait_for(are_right)) << "Text is alone now";
    window_->commands().action(CommandId::Undo)->trigger();
    EXPECT_TRUE(wait_for(are_right));
    window_->commands().action(CommandId::Redo)->trigger();
    window_->commands().action(CommandId::ResetLayout)->trigger();
    EXPECT_TRUE(wait_for(are_right));
    window_->difference_dock()->close();
    EXPECT_TRUE(wait_for(are_right)) << "Timeline is alone now";
}

TEST_F(WindowDocksTest, TabVisitsOnlyWhatIsSeen) {
    generate(3);
    window_->path_dock()->raise();
    window_->router_dock()->raise();
    press(Qt::Key_F6);
    int n_stops = 0;
    for (QWidget* const first = window_->focusWidget(); n_stops < 200; ++n_stops) {
        QTest::keyClick(window_->focusWidget(), Qt::Key_Tab);
        const QWidget* focus = window_->focusWidget();
        ASSERT_FALSE(focus->visibleRegion().isEmpty()) << focus->objectName().toStdString() << " after " << n_stops;
        for (const TitledDock* dock : window_->findChildren<TitledDock*>())
            ASSERT_TRUE(!dock->isAncestorOf(focus) || dock->is_seen()) << dock->objectName().toStdString();
        if (focus == first) break;
    }
    EXPECT_GT(n_stops, 15);
    EXPECT_LT(n_stops, 200) << "it comes round";
}

TEST_F(WindowDocksTest, WhatIsHiddenByAnotherTabTakesNoMoreKeys) {
    generate(1);
    press(Qt::Key_F, Qt::ControlModifier);
    QTest::keyClicks(window_->focusWidget(), "fox");
    window_->path_dock()->raise();
    EXPECT_EQ(window_->focusWidget(), window_->picture());
    EXPECT_FALSE(window_->find_dock()->field()->isVisible());
    press(Qt::Key_F, Qt::ControlModifier);
    EXPECT_EQ(window_->focusWidget(), window_->find_dock()->field());
    EXPECT_EQ(window_->find_dock()->field()->text(), "fox");
}

TEST_F(WindowDocksTest, ShowingADockAndWhatItShowsMovesNoSplitter) {
    generate(2);
    branch_and_pause();  // Difference has something to show
    for (const QSize& size : {QSize(800, 500), QSize(1024, 640), QSize(1280, 800), QSize(1920, 1080)}) {
        window_->resize(size);
        window_->commands().action(CommandId::ResetLayout)->trigger();
        come_to_rest();
        const Places before = places();
        for (const CommandId id :
             {CommandId::ShowCompare, CommandId::ShowBalance, CommandId::ShowExpert, CommandId::ShowMatrices,
              CommandId::ShowRouter, CommandId::ShowArithmetic, CommandId::Find, CommandId::ShowPath,
              CommandId::ShowCandidates}) {
            window_->commands().action(id)->trigger();
            come_to_rest();
            EXPECT_EQ(places(), before) << static_cast<int>(id) << " at " << size.width();
        }
        for (const TitledDock* dock : window_->findChildren<TitledDock*>()) {
            if (dock->is_seen()) continue;
            dock->menu_action()->trigger();
            come_to_rest();
            EXPECT_EQ(places(), before) << dock->objectName().toStdString() << " at " << size.width();
        }
        controller().set_chat(true);
        window_->find_dock()->find("/[/");
        window_->commands().action(CommandId::Find)->trigger();
        come_to_rest();
        EXPECT_EQ(places(), before) << "at " << size.width();
        controller().set_chat(false);
    }
}

TEST_F(WindowDocksTest, ShowingADockMovesNoSplitterOfTheLastSession) {
    window_->resizeDocks({window_->timeline_dock(), window_->prompt_dock()}, {240, 100}, Qt::Vertical);
    window_->resizeDocks({window_->prompt_dock(), window_->router_dock()}, {300, 340}, Qt::Horizontal);
    come_to_rest();
    const Places before = places();
    open_again();
    come_to_rest();
    EXPECT_EQ(places(), before);
    for (const TitledDock* dock : window_->findChildren<TitledDock*>()) {
        if (dock->is_seen()) continue;
        dock->menu_action()->trigger();
        come_to_rest();
        EXPECT_EQ(places(), before) << dock->objectName().toStdString();
    }
}

TEST_F(WindowDocksTest, ADockThatComesAndGoesChangesOnlyItsOwnArea) {
    window_->resize(1280, 960);  // Next token has a place of its own
    window_->commands().action(CommandId::ResetLayout)->trigger();
    come_to_rest();
    for (TitledDock* dock : window_->findChildren<TitledDock*>()) {
        const Qt::DockWidgetArea area = window_->dockWidgetArea(dock);
        Places others = places();
        others.erase(area);
        dock->close();
        come_to_rest();
        const auto are_others_there = [&] {
            Places now = places();
            now.erase(area);
            return now == others;
        };
        EXPECT_TRUE(are_others_there()) << dock->objectName().toStdString();
        dock->menu_action()->trigger();
        come_to_rest();
        EXPECT_TRUE(are_others_there()) << dock->objectName().toStdString();
    }
}

}  // namespace
}  // namespace moe::app
