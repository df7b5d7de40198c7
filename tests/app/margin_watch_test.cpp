#include "app/docks/margin_watch.h"

#include <gtest/gtest.h>

#include <QTest>

#include "tests/app/demo_trace.h"

namespace moe::app {
namespace {

TEST(MarginWatchTest, KnowsTheRunThatItFollowsAndForgetsTheOneBefore) {
    MarginWatch watch;
    const auto settle = [&watch] { return QTest::qWaitFor([&] { return watch.is_settled(); }, 60000); };
    watch.follow(test::demo_trace(30), 1);
    EXPECT_EQ(watch.sample()->n_tokens(), 0u) << "it is worked out beside the window";
    ASSERT_TRUE(settle());
    EXPECT_EQ(watch.sample()->n_tokens(), 30u);
    watch.follow(test::demo_trace(900), 1);
    ASSERT_TRUE(settle());
    EXPECT_EQ(watch.sample()->n_tokens(), MarginSample::kTokens) << "it has grown";
    const auto before = watch.sample();
    watch.follow(test::demo_trace(900), 1);
    EXPECT_TRUE(watch.is_settled());
    EXPECT_EQ(watch.sample(), before);
    watch.follow({}, 2);
    EXPECT_EQ(watch.sample()->n_tokens(), 0u) << "another run";
}

}  // namespace
}  // namespace moe::app
