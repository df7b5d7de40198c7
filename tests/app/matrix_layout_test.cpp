// How the Matrices dock uses its room.
#include <gtest/gtest.h>

#include <QTest>
#include <algorithm>
#include <cmath>

#include "app/docks/dock_body.h"
#include "app/docks/matrices_dock.h"
#include "app/shell/theme.h"
#include "tests/app/demo_trace.h"

namespace moe::app {
namespace {

constexpr int kTimeoutMs = 60000;
constexpr int kColumn = 240;     // beside the matrix, at least
constexpr int kTokensRoom = 84;  // kept for the tokens of a cell
constexpr int kLeastSide = 96;

bool wait_for(const std::function<bool()>& condition) { return QTest::qWaitFor(condition, kTimeoutMs); }

class MatrixLayoutTest : public testing::Test {
  protected:
    void SetUp() override {
        dock_.set_theme(dock_theme_from(theme_for(ThemeChoice::Dark)));
        dock_.show();
        ASSERT_TRUE(QTest::qWaitForWindowExposed(&dock_));
        dock_.set_model({.identity = 1, .trace = test::demo_trace(200)});
        ASSERT_TRUE(wait_for([&] { return dock_.is_settled() && dock_.matrix()->model() != nullptr; }));
        body_ = dock_.findChild<DockBody*>();
        ASSERT_NE(body_, nullptr);
    }

    /// The body is as large as its content then is: `size` or what that needs at least.
    void resize(const QSize& size) {
        dock_.resize(size + (dock_.size() - body_->viewport()->size()));
        QCoreApplication::processEvents();
    }

    template <class Look>
    void at_every_size(const Look& look) {
        for (const int width : {240, 280, 332, 414, 560, 700, 900, 1600}) {
            for (const int height : {140, 190, 280, 395, 540, 700, 1000}) {
                resize({width, height});
                look("\nat " + std::to_string(width) + " x " + std::to_string(height));
            }
        }
    }

    QRect in_content(const QWidget* part) const {
        return {part->mapTo(body_->widget(), QPoint()), part->size()};
    }
    std::vector<QWidget*> parts() const {
        return {dock_.kind()->parentWidget(), dock_.matrix_area(), dock_.scale(), dock_.axes(),
                dock_.tokens_title(),         dock_.tokens()};
    }

    MatricesDock dock_;
    DockBody* body_ = nullptr;
};

TEST_F(MatrixLayoutTest, NothingIsCutOrLiesOverAnother) {
    at_every_size([this](const std::string& where) {
        const std::vector<QWidget*> all = parts();
        for (std::size_t i = 0; i < all.size(); ++i) {
            EXPECT_TRUE(body_->widget()->rect().contains(in_content(all[i]))) << i << where;
            for (std::size_t j = i + 1; j < all.size(); ++j)
                EXPECT_FALSE(in_content(all[i]).intersects(in_content(all[j]))) << i << " and " << j << where;
        }
        EXPECT_TRUE(dock_.matrix_area()->viewport()->rect().contains(dock_.matrix()->field().toAlignedRect()))
            << where;
    });
}

TEST_F(MatrixLayoutTest, TheMatrixIsAsLargeAsAnyArrangementAllows) {
    at_every_size([this](const std::string& where) {
        const QSize room = body_->widget()->size() - dock_.matrix()->size_around();
        const int above = in_content(dock_.kind()->parentWidget()).bottom() + 1;
        const int lines = 3 * 6 + 16 + kTokensRoom;  // gaps, what the axes are, the tokens
        const int below = room.height() - above - lines;
        const int column = std::max(kColumn, dock_.kind()->parentWidget()->minimumSizeHint().width());
        const int best = std::max({std::min(room.width(), below - MatrixScale::kLyingHeight),
                                   std::min(room.width() - dock_.scale()->upright_width(), below),
                                   std::min(room.width() - column, room.height() - 8), kLeastSide});
        const auto n = static_cast<double>(dock_.matrix()->model()->n_experts());
        const double side = dock_.matrix()->field().width();
        EXPECT_GT(side + n, best) << "another pixel a cell would fit" << where;
    });
}

TEST_F(MatrixLayoutTest, ChoosingACellMovesNothing) {
    at_every_size([this](const std::string& where) {
        dock_.matrix()->set_chosen(std::nullopt);
        const QRectF before = dock_.matrix()->field();
        const QPoint place = in_content(dock_.matrix_area()).topLeft();
        dock_.matrix()->set_chosen(ExpertPair{.from = 3, .to = 5});
        Q_EMIT dock_.matrix()->pair_chosen({.from = 3, .to = 5});
        ASSERT_TRUE(wait_for([&] { return dock_.is_settled(); }));
        QCoreApplication::processEvents();
        EXPECT_EQ(dock_.matrix()->field(), before) << where;
        EXPECT_EQ(in_content(dock_.matrix_area()).topLeft(), place) << where;
    });
}

TEST_F(MatrixLayoutTest, CellsAreWholePixelsUnlessTheyAreTiny) {
    PairMatrixView* const matrix = dock_.matrix();
    const auto n = static_cast<double>(matrix->model()->n_experts());
    for (double room = 10; room < 400; room += 7) {
        const double cell = matrix->side_within(room) / n;
        EXPECT_TRUE(cell == std::floor(cell) || (cell > 1 && cell < 3)) << room;
        EXPECT_GE(cell, 1) << room;
        EXPECT_TRUE(matrix->side_within(room) <= room || cell == 1) << room;
    }
}

}  // namespace
}  // namespace moe::app
