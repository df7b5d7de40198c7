#include <gtest/gtest.h>

#include <QSignalSpy>
#include <QTest>

#include "app/docks/balance_dock.h"
#include "app/shell/theme.h"
#include "tests/app/demo_trace.h"

namespace moe::app {
namespace {

constexpr double kRounding = 1e-9;

/// Tokens of [first, end) that chose the expert.
std::size_t counted(const TraceSnapshot& trace, std::size_t layer, std::size_t expert, std::size_t first,
                    std::size_t end) {
    std::size_t n = 0;
    for (std::size_t position = first; position < end; ++position) {
        for (const std::uint16_t chosen : trace.experts(position, layer)) n += chosen == expert ? 1 : 0;
    }
    return n;
}

BalanceModel model_of(const TraceSnapshot& trace, std::size_t first, std::size_t end) {
    RunningPhaseLoad load;
    load.move_to(trace, first, end);
    return balance_model(load, trace.shape(), {.first = first, .end = end}, PhaseFilter::All);
}

TEST(LoadByRankTest, SortsACountOfEveryLayer) {
    const TraceSnapshot trace = test::demo_trace(90, {.n_layers = 3, .n_experts = 16, .top_k = 2});
    const BalanceModel model = model_of(trace, 10, 90);
    for (std::size_t layer = 0; layer < 3; ++layer) {
        const std::optional<LoadByRank> ranked = load_by_rank(model, layer);
        ASSERT_TRUE(ranked.has_value());
        ASSERT_EQ(ranked->loads.size(), 16u);
        EXPECT_EQ(ranked->layer, layer);
        EXPECT_DOUBLE_EQ(ranked->limits.fair, 80 * 2 / 16.0);
        std::vector<bool> seen(16, false);
        for (std::size_t rank = 0; rank < 16; ++rank) {
            const RankedLoad& one = ranked->loads[rank];
            EXPECT_EQ(one.load, counted(trace, layer, one.expert, 10, 90));
            EXPECT_NEAR(ranked->multiple(rank), static_cast<double>(one.load) / 10, kRounding);
            EXPECT_EQ(ranked->is_dead(rank), one.load == 0) << "of a short range only what is unused";
            EXPECT_EQ(ranked->is_over(rank), one.load > load_band({80, 16, 2}).largest);
            EXPECT_EQ(ranked->rank_of(one.expert), rank);
            EXPECT_FALSE(seen[one.expert]);
            seen[one.expert] = true;
            if (rank == 0) continue;
            const RankedLoad& before = ranked->loads[rank - 1];
            EXPECT_TRUE(before.load > one.load || (before.load == one.load && before.expert < one.expert));
        }
    }
    EXPECT_FALSE(load_by_rank(model, 3).has_value());
    EXPECT_FALSE(load_by_rank({}, 0).has_value());
}

TEST(LoadByRankTest, JudgesALongRangeByTheShare) {
    BalanceModel model{.range = {.first = 0, .end = 1000}, .n_tokens = 1000, .n_experts = 10, .top_k = 1};
    model.rows = {
        {.layer = 0, .name = QStringLiteral("0"), .counts = {301, 300, 11, 10, 0, 100, 78, 100, 100, 0}}};
    const LoadByRank ranked = *load_by_rank(model, 0);
    const auto is_over = [&](std::size_t expert) { return ranked.is_over(*ranked.rank_of(expert)); };
    const auto is_dead = [&](std::size_t expert) { return ranked.is_dead(*ranked.rank_of(expert)); };
    EXPECT_TRUE(is_over(0));
    EXPECT_FALSE(is_over(1)) << "3 times fair is not over 3 times";
    EXPECT_FALSE(is_dead(2));
    EXPECT_TRUE(is_dead(3));
    EXPECT_TRUE(is_dead(4));
}

/// A layer with a load that stands out, and one that nobody has.
class LoadByRankViewTest : public testing::Test {
  protected:
    void SetUp() override {
        BalanceModel balance{.range = {.first = 0, .end = 100}, .n_tokens = 100, .n_experts = 8, .top_k = 2};
        balance.rows = {{.layer = 5, .name = QStringLiteral("7"), .counts = {20, 25, 0, 70, 25, 20, 30, 10}}};
        view_.resize(320, 200);
        view_.set_theme(dock_theme_from(render::kDarkTheme));
        view_.set_model(load_by_rank(balance, 5));
        view_.show();
        QObject::connect(&view_, &LoadByRankView::expert_chosen, &view_,
                         [this](std::size_t expert) { view_.set_selected(expert); });
    }
    std::size_t chosen() const { return chosen_.isEmpty() ? 99 : chosen_.last().at(0).toULongLong(); }

    LoadByRankView view_;
    QSignalSpy chosen_{&view_, &LoadByRankView::expert_chosen};
};

TEST_F(LoadByRankViewTest, BarsAreAsHighAsTheirMultiplesOfTheFairShare) {
    const double whole = view_.bar(0).height();
    for (std::size_t rank = 0; rank < 8; ++rank) {
        const QRectF bar = view_.bar(rank);
        EXPECT_NEAR(bar.height(), whole * view_.model()->multiple(rank) / view_.model()->multiple(0), 1.0);
        if (rank > 0) {
            EXPECT_GE(bar.left(), view_.bar(rank - 1).right());
        }
    }
    EXPECT_EQ(view_.bar(7).height(), 0) << "unused";
    EXPECT_GE(view_.bar(0).top(), 0);
    EXPECT_LE(view_.bar(7).right(), view_.width());
}

TEST_F(LoadByRankViewTest, AClickChoosesTheExpertUnderIt) {
    for (std::size_t rank = 0; rank < 8; ++rank) {
        QTest::mouseClick(&view_, Qt::LeftButton, {}, view_.bar(rank).center().toPoint() - QPoint(0, 3));
        EXPECT_EQ(chosen(), view_.model()->loads[rank].expert);
    }
    const auto n = chosen_.count();
    QTest::mouseClick(&view_, Qt::LeftButton, {}, QPoint(5, 100));
    EXPECT_EQ(chosen_.count(), n) << "beside the bars";
}

TEST_F(LoadByRankViewTest, ArrowsGoFromRankToRank) {
    const auto after = [this](Qt::Key key) {
        QTest::keyClick(&view_, key);
        return chosen();
    };
    EXPECT_EQ(after(Qt::Key_Right), 3u) << "the first is the largest";
    EXPECT_EQ(after(Qt::Key_Right), 6u);
    EXPECT_EQ(after(Qt::Key_Right), 1u) << "of two alike the lower expert";
    EXPECT_EQ(after(Qt::Key_Left), 6u);
    EXPECT_EQ(after(Qt::Key_End), 2u);
    EXPECT_EQ(after(Qt::Key_Right), 2u);
    EXPECT_EQ(after(Qt::Key_Home), 3u);
}

TEST_F(LoadByRankViewTest, SaysExpertLoadAndMultiple) {
    EXPECT_EQ(view_.accessibleName(), QStringLiteral("Load by rank of layer 7"));
    EXPECT_EQ(view_.accessibleDescription(), QStringLiteral("▲ 1 above chance   ✕ 1 unused"));
    view_.set_selected(3);
    EXPECT_EQ(view_.accessibleDescription(),
              QStringLiteral(
                  "Expert 3, rank 1 of 8\n70 of 100 tokens, 2.80 × the fair share 25.0\nAbove the 97.5 % "
                  "quantile of the largest load if routing were uniform"));
    view_.set_selected(2);
    EXPECT_TRUE(view_.accessibleDescription().endsWith(QStringLiteral("\nUnused")));
    view_.set_model(std::nullopt);
    EXPECT_EQ(view_.accessibleDescription(), QString());
}

class BalanceRoomTest : public testing::Test {
  protected:
    void show(const TraceSnapshot& trace, QSize size) {
        dock_.set_theme(dock_theme_from(render::kLightTheme));
        dock_.resize(size);
        dock_.show();
        dock_.set_model(
            {.identity = 1, .trace = trace, .end_visible = trace.n_routed(), .layer = 1, .expert = 4});
        ASSERT_TRUE(QTest::qWaitFor([this] { return dock_.is_settled(); }));
        QCoreApplication::processEvents();
    }

    BalanceDock dock_;
};

TEST_F(BalanceRoomTest, TheLoadsFillTheRoomUnderTheTableAndGoWhereThereIsNone) {
    const TraceSnapshot trace = test::demo_trace(60);
    show(trace, {330, 700});
    ASSERT_TRUE(dock_.loads()->isVisible());
    EXPECT_EQ(dock_.loads()->model()->layer, 1u);
    EXPECT_EQ(dock_.loads()->geometry().top(), dock_.table()->geometry().bottom() + 1);
    EXPECT_EQ(dock_.table()->height(), dock_.table()->needed_height()) << "all layers are seen";
    EXPECT_GE(dock_.loads()->height(), LoadByRankView::kLeastHeight);
    dock_.resize(330, 380);
    QCoreApplication::processEvents();
    EXPECT_FALSE(dock_.loads()->isVisible());
    dock_.resize(330, 700);
    QCoreApplication::processEvents();
    EXPECT_TRUE(dock_.loads()->isVisible());
    dock_.set_model({});
    EXPECT_FALSE(dock_.loads()->isVisible());
}

TEST_F(BalanceRoomTest, ManyLayersLeaveItAThird) {
    show(test::demo_trace(40, {.n_layers = 48, .n_experts = 32}), {330, 900});
    ASSERT_TRUE(dock_.loads()->isVisible());
    EXPECT_LT(dock_.loads()->height(), dock_.table()->height());
    EXPECT_EQ((dock_.table()->needed_height() - dock_.table()->height()) % BalanceTable::kRowHeight, 0)
        << "no row is cut";
}

TEST_F(BalanceRoomTest, TellsWhichExpertOfWhichLayerWasChosen) {
    show(test::demo_trace(60), {330, 700});
    QSignalSpy chosen(&dock_, &BalanceDock::expert_chosen);
    QTest::mouseClick(dock_.loads(), Qt::LeftButton, {}, dock_.loads()->bar(0).center().toPoint());
    ASSERT_EQ(chosen.count(), 1);
    EXPECT_EQ(chosen.first().at(0).toULongLong(), 1u);
    EXPECT_EQ(chosen.first().at(1).toULongLong(), dock_.loads()->model()->loads[0].expert);
    EXPECT_TRUE(dock_.loads()->accessibleDescription().startsWith(QStringLiteral("Expert 4,")))
        << "the selected one";
}

}  // namespace
}  // namespace moe::app
