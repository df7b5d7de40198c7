#include "app/docks/router_dock.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/stats/router_entropy.h"
#include "tests/app/demo_trace.h"

namespace moe::app {
namespace {

TEST(RouterDockTest, CallsAMarginANearMissOnlyAmongTheSmallestTenthOfItsLayer) {
    RouterDock dock;
    dock.set_theme({});
    const TraceSnapshot trace = test::demo_trace(200);
    std::vector<double> margins;
    for (std::size_t position = 0; position < 200; ++position)
        margins.push_back(*router_certainty(trace, position, 2)->margin);
    const auto label = [&dock] {
        return dock.table()->model()->index(3, RouterTableModel::Weight).data().toString();
    };
    dock.set_model(trace, router_model(trace, 0, 2));
    EXPECT_EQ(label(), QStringLiteral("runner-up")) << "nothing is known of the run";
    dock.set_margins(std::make_shared<MarginSample>(MarginSample::of(trace, 200)));
    std::size_t n_called = 0;
    for (std::size_t position = 0; position < 200; position += 5) {
        dock.set_model(trace, router_model(trace, position, 2));
        const auto n_below = std::ranges::count_if(margins, [&](double margin) { return margin < margins[position]; });
        const bool is_one = static_cast<double>(n_below) + 0.5 < 20;
        n_called += is_one ? 1 : 0;
        EXPECT_EQ(dock.margin_words().startsWith("Near miss"), is_one) << position;
        const std::string rank = std::to_string(n_below + 1);
        EXPECT_TRUE(n_below == 0 || dock.margin_words().contains(QString::fromStdString(rank))) << position;
        EXPECT_TRUE(dock.margin_words().contains("smallest of the layer's 200 margins")) << position;
        EXPECT_EQ(label(), is_one ? QStringLiteral("near miss") : QStringLiteral("runner-up")) << position;
    }
    EXPECT_GT(n_called, 0u);
}

TEST(RouterTableTest, CallsScoresProbabilitiesOnlyWhereTheySumToOne) {
    const auto title = [](float first, float second) {
        RouterModel model;
        for (const float score : {first, second}) model.rows.push_back({.probability = score});
        RouterTableModel table;
        table.set_model(model);
        return table.headerData(RouterTableModel::Probability, Qt::Horizontal, Qt::DisplayRole).toString().toStdString();
    };
    EXPECT_EQ(title(0.7f, 0.3f), "Probability");
    EXPECT_EQ(title(0.7f, 0.6f), "Score");
}

TEST(RouterDockTest, SaysFromHowManyTokensOnANearMissCanBeToldAndDrawsNothing) {
    RouterDock dock;
    dock.set_theme({});
    const TraceSnapshot trace = test::demo_trace(12);
    dock.set_model(trace, router_model(trace, 3, 2));
    dock.set_margins(std::make_shared<MarginSample>(MarginSample::of(trace, 200)));
    EXPECT_EQ(dock.margin_words(), "Near misses can be told from 20 tokens on, there are 12");
    EXPECT_TRUE(dock.findChild<MarginStrip*>()->isHidden());
}

}  // namespace
}  // namespace moe::app
