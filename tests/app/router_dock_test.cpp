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
        EXPECT_EQ(label(), is_one ? QStringLiteral("near miss") : QStringLiteral("runner-up")) << position;
    }
    EXPECT_GT(n_called, 0u);
}

}  // namespace
}  // namespace moe::app
