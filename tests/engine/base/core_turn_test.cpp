#include "engine/base/core_turn.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace moe {
namespace {

bool pin_to_one_core() {
    cpu_set_t all;
    if (sched_getaffinity(0, sizeof all, &all) != 0) return false;
    for (int core = 0; core < CPU_SETSIZE; ++core) {
        if (!CPU_ISSET(core, &all)) continue;
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(core, &one);
        return sched_setaffinity(0, sizeof one, &one) == 0;
    }
    return false;
}

TEST(CoreTurnTest, NoticesWhoeverSharesTheCoreAndForgetsThemAgain) {
    std::thread([] {  // only this thread is pinned
        if (!pin_to_one_core()) GTEST_SKIP() << "threads cannot be pinned here";
        std::atomic<bool> is_over = false;
        std::thread other([&] { while (!is_over) {} });  // on the same core: it inherits where its parent may run
        CoreTurn turn;
        while (turn.lost_share() < 0.1f) turn.look();
        is_over = true;
        other.join();
        const float lost = turn.lost_share();
        std::this_thread::sleep_for(std::chrono::milliseconds(300));  // nobody looks, so nothing is added
        EXPECT_LT(turn.lost_share(), lost) << "it fades";
        while (!turn.is_nearly_over()) turn.look();
        turn.hand_on();
        EXPECT_FALSE(turn.is_nearly_over());
    }).join();
}

}  // namespace
}  // namespace moe
