#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/trace_io/moetrace_reader.h"
#include "tests/engine/worker/worker_client.h"

namespace moe {
namespace {

using test::continue_from;
using test::states_of;
using test::WorkerClient;
using testing::HasSubstr;

class ChatWorkerTest : public testing::Test {
  protected:
    ChatWorkerTest() { client.call(LoadModel{test::embedded_model()}).value(); }

    RunId start_chat(const std::string& message) {
        StartRun command;
        command.chat = ChatOpening{.system = "", .message = message};
        command.sampling = {.temperature = 0};
        client.call(command).value();
        return client.last<RunStarted>().run;
    }
    std::string text(RunId run) {
        const TraceSnapshot trace = client.trace(run);
        std::string text;
        for (std::size_t position = 0; position < trace.n_tokens(); ++position)
            text += trace.token(position).bytes;
        return text;
    }

    WorkerClient client;
};

TEST_F(ChatWorkerTest, TheModelsFormatIsToldWithIt) {
    EXPECT_FALSE(client.last<ModelLoaded>().chat_template.is_known());
}

TEST_F(ChatWorkerTest, StartsAndGoesOnInOneRun) {
    const RunId run = start_chat("Hello!");
    EXPECT_TRUE(client.last<RunStarted>().is_chat);
    EXPECT_EQ(client.last<RunStarted>().prompt, "User: Hello!\nAssistant:");
    client.step(6);
    const std::string answered = text(run);
    const RequestId request = client.post(AppendMessage{"And you?"});
    ASSERT_TRUE(client.wait(request));
    EXPECT_EQ(states_of(client, request), (std::vector{RunState::Prefilling, RunState::Paused}));
    EXPECT_EQ(text(run), answered + "\nUser: And you?\nAssistant:") << "the answer was broken off";
    EXPECT_TRUE(client.all_of<RunStarted>(request).empty());
    const RunGrew grew = client.all_of<RunGrew>(request).back();
    EXPECT_EQ(grew.n_routed, client.trace(run).n_tokens());
    EXPECT_FALSE(grew.candidates.empty());
    client.step(2);
    EXPECT_EQ(client.trace(run).token(client.trace(run).n_tokens() - 1).phase, Phase::Decode);
}

TEST_F(ChatWorkerTest, SaysWhyAMessageCannotBeAppended) {
    EXPECT_THAT(client.call(AppendMessage{"Hello"}).error().message, HasSubstr("start one first"));
    client.start(test::kStory);
    EXPECT_THAT(client.call(AppendMessage{"Hello"}).error().message, HasSubstr("is no chat"));
    const RunId run = start_chat("Hello!");
    const std::size_t n_tokens = client.trace(run).n_tokens();
    EXPECT_THAT(client.call(AppendMessage{""}).error().message, HasSubstr("empty"));
    EXPECT_THAT(client.call(AppendMessage{std::string(20000, 'x')}).error().message, HasSubstr("512"));
    EXPECT_EQ(client.trace(run).n_tokens(), n_tokens);
    client.step(1);
    EXPECT_EQ(client.trace(run).n_tokens(), n_tokens + 1);
}

TEST_F(ChatWorkerTest, AMessageEndsAFreeRunAndClosesTheAnswer) {
    const RunId run = start_chat("Hello!");
    const RequestId request = client.post(RunFreely{.tokens_per_second = 1e-4, .ignore_end = true});
    const Result<void> appended = client.call(AppendMessage{"Stop."});
    ASSERT_TRUE(appended) << appended.error().message;
    EXPECT_TRUE(client.wait(request));
    EXPECT_THAT(text(run), testing::EndsWith("\nUser: Stop.\nAssistant:"));
}

TEST_F(ChatWorkerTest, WhatACancelLeavesUnreadIsReadByTheNextStep) {
    const RunId run = start_chat("Hello!");
    const RequestId request = client.post(AppendMessage{test::long_text()});
    client.post(Cancel{});
    const Result<void> result = client.wait(request);
    client.step(1);
    EXPECT_EQ(client.trace(run).n_routed(), client.trace(run).n_tokens());
    EXPECT_EQ(client.trace(run).token(client.trace(run).n_tokens() - 1).phase, Phase::Decode);
    if (result) GTEST_SKIP() << "the message was read before the Cancel came";
    EXPECT_TRUE(result.error().cancelled);
}

TEST_F(ChatWorkerTest, ABranchOfAChatIsOne) {
    const RunId run = start_chat("Hello!");
    client.step(4);
    ASSERT_TRUE(client.call(continue_from(run, client.trace(run).n_tokens() - 2)));
    EXPECT_TRUE(client.last<RunStarted>().is_chat);
    EXPECT_TRUE(client.call(AppendMessage{"And you?"}));
}

TEST_F(ChatWorkerTest, TurnsAreRecordedWithTheirPhases) {
    const test::TemporaryFolder folder;
    StartRecording recording;
    recording.path = folder.path() / "chat.moetrace";
    ASSERT_TRUE(client.call(recording));
    const RunId run = start_chat("Hello!");
    client.step(3);
    ASSERT_TRUE(client.call(AppendMessage{"And you?"}));
    client.step(3);
    ASSERT_TRUE(client.call(StopRecording{}));
    const auto reader = MoetraceReader::open(recording.path).value();
    const TraceSnapshot read = reader->read_run(1).value()->snapshot();
    const TraceSnapshot live = client.trace(run);
    ASSERT_EQ(read.n_tokens(), live.n_tokens());
    EXPECT_EQ(read.n_routed(), live.n_routed());
    for (std::size_t position = 0; position < live.n_tokens(); ++position)
        EXPECT_EQ(read.token(position).phase, live.token(position).phase) << position;
}

TEST_F(ChatWorkerTest, ChangesItsThreadsWithoutChangingARun) {
    const RunId run = client.start(test::kStory);
    client.step(4);
    for (const std::size_t n_threads : {std::size_t{1}, std::size_t{3}, std::size_t{0}}) {
        ASSERT_TRUE(client.call(SetThreads{n_threads}));
        client.step(4);
    }
    EXPECT_FALSE(client.call(SetThreads{100'000}));
    const RunId same = client.start(test::kStory);
    client.step(16);
    EXPECT_EQ(client.tokens(run), client.tokens(same));
}

}  // namespace
}  // namespace moe
