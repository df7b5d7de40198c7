#include <gtest/gtest.h>

#include <QMainWindow>
#include <QTest>

#include "app/docks/dock_title.h"
#include "app/docks/next_token_dock.h"
#include "app/docks/runs_dock.h"

namespace moe::app {
namespace {

TEST(DockTitleTest, IsNotRepeatedUnderATab) {
    QMainWindow window;
    auto* first = new RunsDock(&window);
    auto* second = new NextTokenDock(&window);
    window.addDockWidget(Qt::RightDockWidgetArea, first);
    window.addDockWidget(Qt::RightDockWidgetArea, second);
    window.resize(600, 500);
    window.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&window));
    EXPECT_GT(first->title_bar()->height(), 0);
    window.tabifyDockWidget(first, second);
    EXPECT_TRUE(QTest::qWaitFor([&] { return second->title_bar()->height() == 0; }));
    window.removeDockWidget(first);
    EXPECT_TRUE(QTest::qWaitFor([&] { return second->title_bar()->height() > 0; }));
}

TEST(DockTitleTest, KeepsItsControlsUnderATabAndMakesRoomForALateNote) {
    QMainWindow window;
    auto* plain = new NextTokenDock(&window);
    auto* controlled = new RunsDock(&window);
    controlled->title_bar()->add_control(new QLabel(QStringLiteral("legend")));
    for (TitledDock* dock : {static_cast<TitledDock*>(plain), static_cast<TitledDock*>(controlled)})
        window.addDockWidget(Qt::RightDockWidgetArea, dock);
    window.resize(180, 500);  // beside the tabs there is no room
    window.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&window));
    window.tabifyDockWidget(controlled, plain);
    controlled->raise();
    EXPECT_TRUE(QTest::qWaitFor([&] { return controlled->title_bar()->height() == 24; }));
    plain->raise();
    EXPECT_TRUE(QTest::qWaitFor([&] { return plain->title_bar()->height() == 0; }));
    plain->title_bar()->set_note(QStringLiteral("late"));
    EXPECT_TRUE(QTest::qWaitFor([&] { return plain->widget()->y() >= 24; })) << "not under the note";
}

TEST(DockTitleTest, StandsAtTheEndOfTheTabsWhereThereIsRoom) {
    QMainWindow window;
    auto* plain = new NextTokenDock(&window);
    auto* controlled = new RunsDock(&window);
    auto* legend = new QLabel(QStringLiteral("legend"));
    controlled->title_bar()->add_control(legend);
    for (TitledDock* dock : {static_cast<TitledDock*>(plain), static_cast<TitledDock*>(controlled)})
        window.addDockWidget(Qt::BottomDockWidgetArea, dock);
    window.resize(900, 500);
    window.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&window));
    window.tabifyDockWidget(plain, controlled);
    controlled->raise();
    ASSERT_TRUE(QTest::qWaitFor([&] { return controlled->title_bar()->height() == 0; }));
    const auto* tabs = window.findChild<QTabBar*>(QString(), Qt::FindDirectChildrenOnly);
    ASSERT_NE(tabs, nullptr);
    const auto place_of_legend = [&] { return QRect(legend->mapTo(&window, QPoint()), legend->size()); };
    EXPECT_TRUE(QTest::qWaitFor([&] { return tabs->geometry().contains(place_of_legend()); }));
    EXPECT_TRUE(legend->isVisible());
    EXPECT_GT(place_of_legend().left(), tabs->geometry().left() + tabs->tabRect(1).right());
    plain->raise();
    EXPECT_TRUE(QTest::qWaitFor([&] { return !legend->isVisible(); })) << "it is the other dock's";
    controlled->raise();
    EXPECT_TRUE(QTest::qWaitFor([&] { return legend->isVisible(); }));
    controlled->setFloating(true);
    EXPECT_TRUE(QTest::qWaitFor([&] { return controlled->isAncestorOf(legend) && legend->isVisible(); }));
}

TEST(ElidedLabelTest, TellsTheTextThatItCutsAndNoFormerOne) {
    ElidedLabel label;
    label.resize(40, 20);
    label.setText(QStringLiteral("generated, id 2781"));
    label.grab();
    EXPECT_EQ(label.toolTip(), QStringLiteral("generated, id 2781"));
    label.setText(QStringLiteral("generated, id 1351"));
    label.grab();
    EXPECT_EQ(label.toolTip(), QStringLiteral("generated, id 1351"));
    label.setText(QStringLiteral("id"));
    label.grab();
    EXPECT_TRUE(label.toolTip().isEmpty());
    label.setToolTip(QStringLiteral("Its own"));
    label.setText(QStringLiteral("generated, id 2781"));
    label.grab();
    EXPECT_EQ(label.toolTip(), QStringLiteral("Its own"));
}

}  // namespace
}  // namespace moe::app
