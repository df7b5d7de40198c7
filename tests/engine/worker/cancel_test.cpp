#include <gtest/gtest.h>

#include <atomic>

#include "tests/engine/worker/worker_client.h"

namespace moe {
namespace {

using test::embedded_model;
using test::kStory;
using test::long_text;
using test::states_of;
using test::WorkerClient;

/// Cancels, in the worker's own thread, as soon as a prompt is being read: the worst moment, every time.
class CancelsOnceReading {
  public:
    CancelsOnceReading() : client([this] { on_event(); }) {}
    void arm() { is_armed_ = true; }

    WorkerClient client;

  private:
    void on_event() {
        // The third event of a StartRun is its first Progress.
        if (is_armed_ && ++n_events_ == 3) client.post(Cancel{});
    }
    std::atomic<bool> is_armed_{false};
    int n_events_ = 0;
};

TEST(CancelTest, ACancelledPromptLeavesTheRunBeforeIt) {
    CancelsOnceReading cancels;
    WorkerClient& client = cancels.client;
    const RunId run = client.start_story();
    client.step(5);
    const std::size_t n_tokens = client.tokens(run).size();
    cancels.arm();
    StartRun command;
    command.prompt = long_text();
    const RequestId request = client.post(command);
    const Result<void> result = client.wait(request);
    ASSERT_FALSE(result);
    EXPECT_TRUE(result.error().cancelled);
    const RunId dropped = client.last<RunStarted>().run;
    EXPECT_LE(client.trace(dropped).n_tokens(), kChunkTokens);
    EXPECT_EQ(states_of(client, request),
              (std::vector{RunState::Prefilling, RunState::Failed, RunState::Paused}));
    ASSERT_TRUE(client.wait(request + 1));
    EXPECT_FALSE(client.call(SelectRun{dropped}));

    client.step(5);
    EXPECT_EQ(client.tokens(run).size(), n_tokens + 5);
    const RunId uninterrupted = client.start(kStory);
    client.step(10);
    EXPECT_EQ(client.tokens(run), client.tokens(uninterrupted));
}

TEST(CancelTest, ACancelledLoadLeavesTheModelThatIsOpen) {
    std::atomic<bool> is_armed = false;
    WorkerClient* poster = nullptr;
    WorkerClient client([&] {
        if (!is_armed.exchange(false)) return;
        poster->post(LoadModel{embedded_model()});
        poster->post(Cancel{});
    });
    poster = &client;
    const RunId run = client.start_story();
    const RequestId running = client.post(RunFreely{.tokens_per_second = 100, .ignore_end = true});
    client.wait_for([](const Event& event) { return std::holds_alternative<RunGrew>(event.body); });
    is_armed = true;  // from here on only the next event's callback posts
    const Result<void> load = client.wait(running + 1);
    ASSERT_FALSE(load);
    EXPECT_TRUE(load.error().cancelled);
    ASSERT_TRUE(client.wait(running + 2));
    ASSERT_TRUE(client.call(Pause{}));
    client.step(1);
    EXPECT_EQ(client.trace(run).n_routed(), client.trace(run).n_tokens());
}

TEST(CancelTest, StopsWithinATokenWhateverItIsAt) {
    for (int repeat = 0; repeat < 5; ++repeat) {
        WorkerClient client;
        client.start_story({.seed = 3});
        client.post(RunFreely{.tokens_per_second = repeat % 2 == 0 ? 0 : 1e-4, .ignore_end = true});
        StartRun command;
        command.prompt = long_text();
        if (repeat == 4) client.post(command);
    }
    WorkerClient unused;
    WorkerClient loading;
    loading.post(LoadModel{embedded_model()});
}

}  // namespace
}  // namespace moe
