// What may not happen at any size of the window: words cut, and docks over tabs.
#include "tests/app/window_fixture.h"  // first: it includes Vulkan before Qt

#include <gtest/gtest.h>

#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTabBar>
#include <QTreeView>

namespace moe::app {
namespace {

constexpr QSize kSizes[] = {{800, 500}, {911, 512}, {1024, 640}, {1280, 800}, {1920, 1080}};
constexpr int kTableSide = 12;  // from a table's edges to its words
constexpr int kCellSide = 4;    // between columns
constexpr int kRounding = 2;

class WindowLooksTest : public WindowTest {
  protected:
    void SetUp() override {
        WindowTest::SetUp();
        generate(8);
        controller().select({.token = {}, .layer = 2, .expert = 3});
        ASSERT_TRUE(settle());
    }

    /// At every size, with every dock before the others in turn.
    template <class Look>
    void look_everywhere(const Look& look) {
        for (const QSize& size : kSizes) {
            window_->resize(size);
            ASSERT_TRUE(window_->run_command(QStringLiteral("Reset layout")));
            QTest::qWait(1);
            ASSERT_TRUE(settle());
            ASSERT_EQ(window_->size(), size) << "nothing asks for more";
            for (TitledDock* dock : window_->findChildren<TitledDock*>()) {
                dock->show();
                dock->raise();
                const bool is_raised = wait_for([&] { return dock->is_seen(); });
                ASSERT_TRUE(is_raised && settle()) << qPrintable(dock->objectName()) << " at " << size.width();
                QTest::qWait(1);  // a layout comes later
                look(*dock,
                     "\nin " + dock->objectName().toStdString() + " at " + std::to_string(size.width()));
            }
        }
    }
};

TEST_F(WindowLooksTest, HeadsOfTablesFitTheirColumns) {
    look_everywhere([](TitledDock& dock, const std::string& where) {
        for (const QTreeView* table : dock.findChildren<QTreeView*>()) {
            if (!table->isVisible()) continue;
            const QHeaderView* head = table->header();
            for (int column = 0; column < head->count(); ++column) {
                if (head->isSectionHidden(column)) continue;
                const QString text = head->model()->headerData(column, Qt::Horizontal).toString();
                const int sides = (column == 0 ? kTableSide : kCellSide) +
                                  (column + 1 == head->count() ? kTableSide : kCellSide);
                EXPECT_LE(head->fontMetrics().horizontalAdvance(text), head->sectionSize(column) - sides)
                    << qPrintable(text) << where;
            }
        }
    });
}

TEST_F(WindowLooksTest, WordsAreWholeOrEndWithAnEllipsis) {
    look_everywhere([](TitledDock& dock, const std::string& where) {
        for (const QLabel* label : dock.findChildren<QLabel*>()) {
            const bool is_cut_well = qobject_cast<const ElidedLabel*>(label) != nullptr;
            if (!label->isVisible() || label->text().isEmpty() || is_cut_well) continue;
            if (label->wordWrap()) {
                EXPECT_LE(label->heightForWidth(label->width()), label->height() + kRounding)
                    << qPrintable(label->text()) << where;
            } else {
                EXPECT_LE(label->sizeHint().width(), label->width() + kRounding)
                    << qPrintable(label->text()) << where;
            }
        }
        for (const QPushButton* button : dock.findChildren<QPushButton*>()) {
            if (button->isVisible()) {
                EXPECT_LE(button->fontMetrics().horizontalAdvance(button->text()), button->width() - 8)
                    << qPrintable(button->text()) << where;
            }
        }
    });
}

TEST_F(WindowLooksTest, NoDockLiesOverTabs) {
    look_everywhere([this](TitledDock&, const std::string& where) {
        for (const QTabBar* tabs : window_->findChildren<QTabBar*>(QString(), Qt::FindDirectChildrenOnly)) {
            if (!tabs->isVisible()) continue;
            for (const TitledDock* dock : window_->findChildren<TitledDock*>()) {
                if (!dock->is_seen() || dock->isFloating()) continue;
                EXPECT_TRUE(dock->geometry().intersected(tabs->geometry()).isEmpty())
                    << qPrintable(dock->objectName()) << where;
            }
        }
    });
}

}  // namespace
}  // namespace moe::app
