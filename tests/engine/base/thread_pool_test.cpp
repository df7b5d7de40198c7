#include "engine/base/thread_pool.h"

#include <gtest/gtest.h>

#include <vector>

namespace moe {
namespace {

TEST(ThreadPoolTest, CallsEveryTaskOnceInManyShortBatches) {
    ThreadPool pool(3);
    for (std::size_t batch = 0; batch < 2000; ++batch) {
        const std::size_t n_tasks = batch % 17;
        std::vector<int> calls(n_tasks, 0);
        pool.run(n_tasks, [&](std::size_t index, std::size_t thread) {
            ASSERT_LT(thread, pool.n_threads());
            calls[index] += 1;
        });
        for (const int count : calls) ASSERT_EQ(count, 1);
    }
}

TEST(ThreadPoolTest, SleepsBetweenBatchesAndWakesAgain) {
    ThreadPool pool(2);
    for (int batch = 0; batch < 5; ++batch) {
        std::vector<int> calls(64, 0);
        pool.run(64, [&](std::size_t index, std::size_t) { calls[index] = 1; });
        for (const int count : calls) EXPECT_EQ(count, 1);
        std::this_thread::yield();
    }
}

TEST(ThreadPoolTest, OneThreadRunsInTheCaller) {
    ThreadPool pool(1);
    const std::thread::id caller = std::this_thread::get_id();
    pool.run(8, [&](std::size_t, std::size_t thread) {
        EXPECT_EQ(thread, 0u);
        EXPECT_EQ(std::this_thread::get_id(), caller);
    });
}

TEST(ThreadPoolTest, UsesAtLeastOneThreadByDefault) {
    ThreadPool pool;
    EXPECT_GE(pool.n_threads(), 1u);
}

}  // namespace
}  // namespace moe
