// Workspaces: what each shows, that it keeps what was changed in it, and how one goes back.
#include "tests/app/window_fixture.h"  // first: it includes Vulkan before Qt

#include <gtest/gtest.h>

#include <QComboBox>
#include <QToolButton>
#include <algorithm>

namespace moe::app {
namespace {

class WorkspaceTest : public WindowTest {
  protected:
    void choose(Workspace workspace) {
        window_->commands().action(command_of(workspace))->trigger();
        ASSERT_TRUE(settle());
        QCoreApplication::processEvents();
    }

    bool is_in(Workspace workspace) const { return window_->commands().action(command_of(workspace))->isChecked(); }

    TitledDock* main_dock(Workspace workspace) const {
        switch (workspace) {
            case Workspace::Live:
                return window_->router_dock();
            case Workspace::Balance:
                return window_->balance_dock();
            case Workspace::Experts:
                return window_->expert_dock();
            case Workspace::Matrices:
                return window_->matrices_dock();
            case Workspace::Compare:
                return window_->difference_dock();
        }
        return nullptr;
    }

    QList<TitledDock*> all_docks() const { return window_->findChildren<TitledDock*>(); }
};

TEST_F(WorkspaceTest, EachShowsWhatItIsForAndLeavesThePictureRoom) {
    for (const QSize size : {QSize(1024, 640), QSize(1280, 800), QSize(1920, 1080)}) {
        window_->resize(size);
        for (const Workspace workspace : kWorkspaces) {
            SCOPED_TRACE(testing::Message() << title_of(workspace).toStdString() << " at " << size.width());
            choose(workspace);
            window_->commands().action(CommandId::ResetLayout)->trigger();  // for this size
            ASSERT_TRUE(settle());
            EXPECT_TRUE(is_in(workspace));
            EXPECT_TRUE(main_dock(workspace)->is_seen());
            EXPECT_EQ(window_->size(), size) << "docks ask for no larger window";
            EXPECT_GE(window_->picture()->width(), 440);
            EXPECT_GE(window_->picture()->height(), 240);
        }
    }
}

TEST_F(WorkspaceTest, WhateverItHidesComesBackAmongItsDocks) {
    for (const Workspace workspace : kWorkspaces) {
        choose(workspace);
        for (TitledDock* dock : all_docks()) {
            SCOPED_TRACE(testing::Message() << dock->windowTitle().toStdString() << " in "
                                            << title_of(workspace).toStdString());
            if (!dock->is_seen()) dock->menu_action()->trigger();
            QCoreApplication::processEvents();
            EXPECT_TRUE(dock->is_seen());
            EXPECT_FALSE(dock->isFloating());
        }
    }
}

TEST_F(WorkspaceTest, KeepsWhatWasChangedInItAndResetsItAlone) {
    choose(Workspace::Balance);
    window_->runs_dock()->close();
    QCoreApplication::processEvents();
    choose(Workspace::Live);
    EXPECT_FALSE(window_->runs_dock()->isHidden());
    window_->path_dock()->close();
    QCoreApplication::processEvents();
    choose(Workspace::Balance);
    EXPECT_TRUE(window_->runs_dock()->isHidden());
    window_->commands().action(CommandId::ResetLayout)->trigger();
    EXPECT_FALSE(window_->runs_dock()->isHidden());
    EXPECT_TRUE(window_->balance_dock()->is_seen());
    choose(Workspace::Live);
    EXPECT_TRUE(window_->path_dock()->isHidden());
}

TEST_F(WorkspaceTest, IsThereAgainAfterARestartWithItsChanges) {
    choose(Workspace::Experts);
    window_->notes_dock()->close();
    QCoreApplication::processEvents();
    choose(Workspace::Matrices);
    open_again();
    EXPECT_TRUE(is_in(Workspace::Matrices));
    EXPECT_TRUE(window_->matrices_dock()->is_seen());
    choose(Workspace::Experts);
    EXPECT_TRUE(window_->notes_dock()->isHidden());
    EXPECT_FALSE(window_->text_dock()->isHidden());
}

TEST_F(WorkspaceTest, UndoGoesBackThroughWorkspacesAndTheirChanges) {
    choose(Workspace::Balance);
    window_->runs_dock()->close();
    QCoreApplication::processEvents();
    choose(Workspace::Compare);
    const auto undo_text = [this] { return window_->commands().action(CommandId::Undo)->text(); };
    EXPECT_TRUE(undo_text().endsWith(QStringLiteral("Workspace Compare"))) << undo_text().toStdString();
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_TRUE(is_in(Workspace::Balance));
    EXPECT_TRUE(window_->runs_dock()->isHidden());
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_FALSE(window_->runs_dock()->isHidden());
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_TRUE(is_in(Workspace::Live));
    EXPECT_TRUE(window_->router_dock()->is_seen());
    for (int step = 0; step < 3; ++step) press(Qt::Key_Y, Qt::ControlModifier);
    EXPECT_TRUE(is_in(Workspace::Compare));
    EXPECT_TRUE(window_->difference_dock()->is_seen());
}

TEST_F(WorkspaceTest, EndsAPresentationAndHasKeys) {
    press(Qt::Key_F11);
    ASSERT_TRUE(settle());
    press(Qt::Key_2, Qt::AltModifier);
    ASSERT_TRUE(settle());
    EXPECT_TRUE(is_in(Workspace::Balance));
    EXPECT_FALSE(window_->commands().action(CommandId::Presentation)->isChecked());
    EXPECT_TRUE(window_->balance_dock()->is_seen());
    EXPECT_FALSE(window_->menuBar()->isHidden());
}

TEST_F(WorkspaceTest, TheDifferenceIsShownWhereItHasRoom) {
    press(Qt::Key_7, Qt::ControlModifier);
    ASSERT_TRUE(settle());
    EXPECT_TRUE(is_in(Workspace::Compare));
    EXPECT_TRUE(window_->difference_dock()->is_seen());
    EXPECT_GE(window_->difference_dock()->height(), window_->height() / 3);
}

TEST_F(WorkspaceTest, TheToolBarUsesItsRoom) {
    auto* const tool_bar = window_->findChild<ToolBar*>();
    auto* const toggle = window_->findChild<WorkspaceSwitch*>();
    auto* const row = toggle->findChild<QWidget*>(QStringLiteral("workspace_row"));
    for (const int width : {1024, 1280, 1920, 1280, 1024, 1100, 1099, 1440}) {
        window_->resize(width, 800);
        ASSERT_TRUE(settle());
        QCoreApplication::processEvents();
        int right = 0;  // of what is left of the switch
        for (const QWidget* child : tool_bar->findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly)) {
            const bool is_control = qobject_cast<const QToolButton*>(child) || qobject_cast<const QComboBox*>(child);
            if (is_control && child->isVisible() && child->x() < toggle->x()) right = std::max(right, child->geometry().right());
        }
        const int free = toggle->geometry().right() - right;
        EXPECT_EQ(row->isHidden(), free < toggle->row_width()) << width << ": " << free;
    }
}

TEST_F(WorkspaceTest, TheSwitchBecomesABoxWhereThereIsNoRoom) {
    auto* const toggle = window_->findChild<WorkspaceSwitch*>();
    ASSERT_NE(toggle, nullptr);
    auto* const box = toggle->findChild<QComboBox*>();
    auto* const row = toggle->findChild<QWidget*>(QStringLiteral("workspace_row"));
    toggle->fit_into(toggle->row_width());
    EXPECT_TRUE(box->isHidden());
    toggle->fit_into(toggle->row_width() - 1);
    EXPECT_TRUE(row->isHidden());
    EXPECT_FALSE(box->isHidden());
    choose(Workspace::Experts);
    EXPECT_EQ(box->currentText(), QStringLiteral("Experts"));
    Q_EMIT box->activated(1);
    ASSERT_TRUE(settle());
    EXPECT_TRUE(is_in(Workspace::Balance));
}

TEST_F(WorkspaceTest, ARunIsChosenInTheToolBar) {
    generate(3);
    const RunKey first = *state().shown;
    controller().select_token(1);
    branch_and_pause();
    const RunKey second = *state().shown;
    ASSERT_NE(first.id, second.id);
    auto* const tool_bar = window_->findChild<ToolBar*>();
    QComboBox* runs = nullptr;
    for (QComboBox* box : tool_bar->findChildren<QComboBox*>()) {
        if (box->accessibleName() == QStringLiteral("Run")) runs = box;
    }
    ASSERT_NE(runs, nullptr);
    ASSERT_EQ(runs->count(), 2);
    EXPECT_EQ(runs->currentIndex(), 1);
    Q_EMIT runs->activated(0);
    ASSERT_TRUE(settle());
    EXPECT_EQ(state().shown, first);
    EXPECT_EQ(runs->currentIndex(), 0);
}

}  // namespace
}  // namespace moe::app
