#include "app/docks/router_dock.h"

#include <gtest/gtest.h>

#include <QTest>
#include <algorithm>

#include "engine/stats/router_entropy.h"
#include "tests/app/demo_trace.h"

namespace moe::app {
namespace {

TEST(RouterDockTest, CallsAMarginANearMissOnlyAmongTheSmallestTenthOfItsLayer) {
    RouterDock dock;
    dock.set_theme({});
    dock.resize(320, 700);
    dock.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&dock));
    const TraceSnapshot trace = test::demo_trace(200);
    std::vector<double> margins;
    for (std::size_t position = 0; position < 200; ++position)
        margins.push_back(*router_certainty(trace, position, 2)->margin);
    std::size_t n_called = 0;
    for (std::size_t position = 0; position < 200; position += 5) {
        dock.set_model(trace, 1, router_model(trace, position, 2));
        ASSERT_TRUE(QTest::qWaitFor([&] { return dock.is_settled(); }, 60000));
        const auto n_below = std::ranges::count_if(margins, [&](double margin) { return margin < margins[position]; });
        const bool is_one = static_cast<double>(n_below) + 0.5 < 20;
        n_called += is_one ? 1 : 0;
        EXPECT_EQ(dock.margin_words().startsWith("Near miss"), is_one) << position;
        const QAbstractItemModel* rows = dock.table()->model();
        const QString label = rows->index(3, RouterTableModel::Weight).data().toString();
        EXPECT_EQ(label, is_one ? QStringLiteral("near miss") : QStringLiteral("runner-up")) << position;
    }
    EXPECT_GT(n_called, 0u);
}

}  // namespace
}  // namespace moe::app
