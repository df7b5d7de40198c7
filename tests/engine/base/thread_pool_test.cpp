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

TEST(ThreadPoolTest, LeavesOutWhatHasNotBegunWhenAStopIsRequested) {
    for (const std::size_t n_threads : {1, 2}) {
        ThreadPool pool(n_threads);
        std::stop_source source;
        const std::stop_token stop = source.get_token();
        std::atomic<std::size_t> n_run = 0;
        std::atomic<std::size_t> n_late = 0;  // had begun, or were about to, when the stop came
        const auto run = [&] {
            pool.run(1000, [&](std::size_t, std::size_t) {
                if (stop.stop_requested()) ++n_late;
                if (++n_run == 10) source.request_stop();
            });
        };
        {
            const ThreadPool::StopScope scope(pool, stop);
            run();
            EXPECT_GE(n_run, 10u);
            EXPECT_LE(n_late, n_threads - 1);
            const std::size_t n_before = n_run;
            run();  // nothing more
            EXPECT_EQ(n_run, n_before);
        }
        n_run = 10;
        run();
        EXPECT_EQ(n_run, 1010u);
    }
}

}  // namespace
}  // namespace moe
