#include "engine/worker/worker.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/engine/worker/worker_client.h"

namespace moe {
namespace {

using test::continue_from;
using test::embedded_model;
using test::kStory;
using test::long_text;
using test::states_of;
using test::WorkerClient;

template <class T>
bool is(const Event& event) {
    return std::holds_alternative<T>(event.body);
}

TEST(WorkerTest, OpensAModelAndAnswersWithTheCommandsOwnNumber) {
    WorkerClient client;
    const RequestId request = client.post(LoadModel{embedded_model()});
    ASSERT_TRUE(client.wait(request));
    const std::vector<ModelLoaded> loaded = client.all_of<ModelLoaded>(request);
    ASSERT_EQ(loaded.size(), 1u);
    EXPECT_EQ(loaded[0].model->spec.architecture, "qwen3moe");
    EXPECT_EQ(loaded[0].n_ctx, loaded[0].model->spec.n_ctx);
    EXPECT_GT(loaded[0].load_seconds, 0);
    for (const Event& event : client.events) EXPECT_EQ(event.request, request);
}

TEST(WorkerTest, SaysWhatIsMissingWhenNothingIsOpen) {
    WorkerClient client;
    for (const CommandBody& command : {CommandBody(StartRun{}), CommandBody(Step{}), CommandBody(RunFreely{}),
                                       CommandBody(StartRecording{})}) {
        const Result<void> result = client.call(command);
        ASSERT_FALSE(result);
        EXPECT_NE(result.error().message.find("no model is open"), std::string::npos)
            << result.error().message;
    }
    EXPECT_FALSE(client.call(SelectRun{1}));
    EXPECT_FALSE(client.call(continue_from(1, 1)));
    EXPECT_FALSE(client.call(SetSampling{}));
    for (const CommandBody& command :
         {CommandBody(Pause{}), CommandBody(Cancel{}), CommandBody(StopRecording{})}) {
        EXPECT_TRUE(client.call(command));
    }
}

TEST(WorkerTest, KeepsTheModelAndItsRunWhenAnotherCannotBeOpened) {
    const test::TemporaryFolder folder;
    const std::filesystem::path garbage = folder.path() / "garbage.gguf";
    std::ofstream(garbage) << "GGUF, or so it says";
    WorkerClient client;
    const RunId run = client.start_story();
    client.step(3);
    for (const std::filesystem::path& path : {folder.path() / "missing.gguf", garbage, folder.path()}) {
        const Result<void> result = client.call(LoadModel{path});
        ASSERT_FALSE(result);
        EXPECT_NE(result.error().message.find(path.string()), std::string::npos) << result.error().message;
    }
    const std::size_t before = client.trace(run).n_tokens();
    client.step(2);
    EXPECT_EQ(client.trace(run).n_tokens(), before + 2);
}

TEST(WorkerTest, ReadsAPromptAndRestsAtItsEnd) {
    WorkerClient client;
    ASSERT_TRUE(client.call(LoadModel{embedded_model()}));
    StartRun command;
    command.prompt = kStory;
    const RequestId request = client.post(command);
    ASSERT_TRUE(client.wait(request));
    EXPECT_EQ(client.last<RunStarted>().name, "Run 1");
    EXPECT_EQ(client.last<RunStarted>().prompt, kStory);
    EXPECT_EQ(states_of(client, request), (std::vector{RunState::Prefilling, RunState::Paused}));
    const Progress progress = client.all_of<Progress>(request).back();
    EXPECT_EQ(progress.done, progress.total);
    const RunGrew grew = client.all_of<RunGrew>(request).back();
    EXPECT_EQ(grew.n_tokens, progress.total);
    EXPECT_EQ(grew.n_routed, progress.total);
    EXPECT_GE(grew.candidates.size(), 10u);
    EXPECT_GT(grew.prompt_tokens_per_second, 0);
    EXPECT_TRUE(is<CommandDone>(client.events.back()));
}

TEST(WorkerTest, AGreedyStepTakesTheFirstOfTheCandidates) {
    WorkerClient client;
    const RunId run = client.start_story();
    for (int step = 0; step < 10; ++step) {
        const TokenId expected = client.last<RunGrew>().candidates.front().id;
        client.step(1);
        EXPECT_EQ(client.tokens(run).back(), expected);
    }
    EXPECT_EQ(client.trace(run).n_routed(), client.trace(run).n_tokens());
}

TEST(WorkerTest, FindsTheCandidatesThatAnEarlierPositionHad) {
    WorkerClient client;
    const RunId run = client.start_story();
    std::vector<std::vector<Candidate>> told;  // as the run went on
    const std::size_t n_prompt = client.trace(run).n_tokens();
    for (int step = 0; step < 6; ++step) {
        told.push_back(client.last<RunGrew>().candidates);
        client.step(1);
    }
    const std::vector<TokenId> tokens = client.tokens(run);
    for (const std::size_t step : {3u, 0u, 5u}) {
        ASSERT_TRUE(client.call(FindCandidates{.run = run, .position = n_prompt + step}));
        const CandidatesFound& found = client.last<CandidatesFound>();
        EXPECT_EQ(found.position, n_prompt + step);
        ASSERT_EQ(found.candidates.size(), told[step].size());
        for (std::size_t i = 0; i < 5; ++i) {
            EXPECT_EQ(found.candidates[i].id, told[step][i].id) << step << ": " << i;
            EXPECT_NEAR(found.candidates[i].probability, told[step][i].probability, 1e-4f);
        }
    }
    ASSERT_TRUE(client.call(FindCandidates{.run = run, .position = 1}));  // of the prompt
    EXPECT_EQ(client.last<CandidatesFound>().candidates.size(), told[0].size());
    EXPECT_EQ(client.tokens(run), tokens) << "nothing was generated";
    client.step(1);
    EXPECT_EQ(client.trace(run).n_routed(), client.trace(run).n_tokens());
    for (const std::size_t position : {std::size_t{0}, tokens.size() + 2})
        EXPECT_FALSE(client.call(FindCandidates{.run = run, .position = position}));
    EXPECT_FALSE(client.call(FindCandidates{.run = run + 7, .position = 1}));
}

TEST(WorkerTest, LeavesTheLastTokenUnroutedWhereAStepIsAskedTo) {
    WorkerClient client;
    const RunId run = client.start_story();
    const std::size_t n_prompt = client.trace(run).n_tokens();
    Step step;
    step.n_tokens = 64;
    step.ignore_end = true;
    step.run_newest = RunNewest::Later;
    ASSERT_TRUE(client.call(step));
    EXPECT_EQ(client.trace(run).n_tokens(), n_prompt + 64);
    EXPECT_EQ(client.trace(run).n_routed(), n_prompt + 63);
    EXPECT_TRUE(client.last<RunGrew>().candidates.empty());
}

TEST(WorkerTest, GivesTheSameTokensInStepsInAFreeRunAndAtASetSpeed) {
    WorkerClient client;
    const RunId stepped = client.start_story({.seed = 4});
    client.step(40);
    for (const double speed : {0.0, 2000.0}) {
        const RunId free = client.start(kStory, {.seed = 4});
        const RequestId request = client.post(RunFreely{.tokens_per_second = speed, .ignore_end = true});
        client.wait_for([&](const Event& event) {
            const auto* grew = std::get_if<RunGrew>(&event.body);
            return grew != nullptr && grew->run == free && grew->n_tokens >= client.tokens(stepped).size();
        });
        ASSERT_TRUE(client.call(Pause{}));
        ASSERT_TRUE(client.wait(request));
        std::vector<TokenId> tokens = client.tokens(free);
        ASSERT_GE(tokens.size(), client.tokens(stepped).size());
        tokens.resize(client.tokens(stepped).size());
        EXPECT_EQ(tokens, client.tokens(stepped));
    }
}

TEST(WorkerTest, PausesASlowFreeRunWithoutWaitingForItsNextToken) {
    WorkerClient client;
    const RunId run = client.start_story();
    const std::size_t n_prompt = client.trace(run).n_tokens();
    const RequestId request = client.post(RunFreely{.tokens_per_second = 1e-4, .ignore_end = true});
    client.wait_for([&](const Event& event) {
        const auto* grew = std::get_if<RunGrew>(&event.body);
        return grew != nullptr && grew->n_tokens == n_prompt + 1;
    });
    ASSERT_TRUE(client.call(SetSampling{{.seed = 9}}));  // obeyed, and the run goes on
    EXPECT_EQ(client.last<RunStateChanged>().state, RunState::Running);
    ASSERT_TRUE(client.call(Pause{}));
    ASSERT_TRUE(client.wait(request));
    EXPECT_EQ(client.trace(run).n_tokens(), n_prompt + 1);
    EXPECT_EQ(client.last<RunStateChanged>().state, RunState::Paused);
}

TEST(WorkerTest, RunsUntilTheContextIsFullAndSaysSo) {
    WorkerClient client;
    const RunId run = client.start_story({.seed = 1});
    ASSERT_TRUE(client.call(RunFreely{.tokens_per_second = 0, .ignore_end = true}));
    EXPECT_EQ(client.last<RunStateChanged>().state, RunState::ContextFull);
    EXPECT_EQ(client.trace(run).n_tokens(), client.last<ModelLoaded>().n_ctx);
    const Result<void> beyond = client.call(Step{});
    ASSERT_FALSE(beyond);
    EXPECT_NE(beyond.error().message.find("512"), std::string::npos) << beyond.error().message;
}

TEST(WorkerTest, WhatFollowsAPromptThatFailedIsGivenUpAndNoOtherRunGoesOn) {
    WorkerClient client;
    const RunId run = client.start_story({.seed = 1});
    const std::size_t n_before = client.trace(run).n_tokens();
    StartRun too_long;
    for (int i = 0; i < 600; ++i) too_long.prompt += "many words ";
    const RequestId start = client.post(too_long);
    const RequestId step = client.post(Step{.after = start});
    const RequestId free_run = client.post(RunFreely{.after = start});
    const Result<void> started = client.wait(start);
    ASSERT_FALSE(started);
    EXPECT_FALSE(started.error().cancelled);
    for (const RequestId request : {step, free_run}) {
        const Result<void> followed = client.wait(request);
        ASSERT_FALSE(followed);
        EXPECT_TRUE(followed.error().cancelled);
    }
    EXPECT_EQ(client.trace(run).n_tokens(), n_before);
}

TEST(WorkerTest, EndsAtAnEndTokenAndGoesBeyondOnlyWhenAskedTo) {
    WorkerClient client;
    const RunId run = client.start_story();
    const std::shared_ptr<const Tokenizer> tokenizer = client.last<ModelLoaded>().tokenizer;
    ContinueFrom command = continue_from(run, client.tokens(run).size());
    command.token = 0;
    while (!tokenizer->is_end(*command.token)) ++*command.token;
    ASSERT_TRUE(client.call(command));
    EXPECT_EQ(client.last<RunStateChanged>().state, RunState::AtEnd);
    EXPECT_FALSE(client.call(Step{}));
    EXPECT_FALSE(client.call(RunFreely{}));
    client.step(1, /*ignore_end=*/true);
    EXPECT_EQ(client.last<RunStateChanged>().state, RunState::Paused);
}

TEST(WorkerTest, ABranchSharesThePastAndLeavesItsParentAlone) {
    WorkerClient client;
    const RunId parent = client.start_story({.seed = 2});
    client.step(30);
    const std::vector<TokenId> before = client.tokens(parent);
    const std::size_t fork_pos = before.size() - 20;
    ContinueFrom command = continue_from(parent, fork_pos);
    command.token = 100;
    ASSERT_TRUE(client.call(command));
    const RunStarted branch = client.last<RunStarted>();
    EXPECT_EQ(branch.parent, parent);
    EXPECT_EQ(branch.fork_pos, fork_pos);
    EXPECT_EQ(branch.sampling.seed, 3u);
    client.step(10);
    const std::vector<TokenId> tokens = client.tokens(branch.run);
    ASSERT_EQ(tokens.size(), fork_pos + 11);
    EXPECT_TRUE(
        std::equal(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(fork_pos), tokens.begin()));
    EXPECT_EQ(tokens[fork_pos], 100);
    EXPECT_EQ(client.tokens(parent), before);
    EXPECT_EQ(client.trace(branch.run).n_routed(), tokens.size());
}

TEST(WorkerTest, ABranchWithItsParentsSamplingHasItsParentsFuture) {
    WorkerClient client;
    const RunId parent = client.start_story({.seed = 2});
    client.step(30);
    ContinueFrom command = continue_from(parent, client.tokens(parent).size() - 20);
    command.sampling = SamplingParams{.seed = 2};
    ASSERT_TRUE(client.call(command));
    client.step(20);
    EXPECT_EQ(client.tokens(client.last<RunStarted>().run), client.tokens(parent));
}

TEST(WorkerTest, GoesOnWithAnEarlierRunAsIfItHadNeverBeenLeft) {
    WorkerClient client;
    const RunId first = client.start_story({.seed = 6});
    client.step(20);
    client.start("def main():", {.seed = 7});
    client.step(20);
    ASSERT_TRUE(client.call(SelectRun{first}));
    client.step(20);
    const RunId uninterrupted = client.start(kStory, {.seed = 6});
    client.step(40);
    EXPECT_EQ(client.tokens(first), client.tokens(uninterrupted));
}

TEST(WorkerTest, NamesWhatCannotBeContinued) {
    WorkerClient client;
    const RunId run = client.start_story();
    const std::size_t n_tokens = client.tokens(run).size();
    for (const std::size_t position : {std::size_t{0}, n_tokens + 1, std::size_t{1} << 40}) {
        const Result<void> result = client.call(continue_from(run, position));
        ASSERT_FALSE(result);
        EXPECT_NE(result.error().message.find(std::to_string(n_tokens)), std::string::npos)
            << result.error().message;
    }
    EXPECT_FALSE(client.call(continue_from(99, 1)));
    for (const TokenId token : {-1, 1 << 30}) {
        ContinueFrom command = continue_from(run, 1);
        command.token = token;
        EXPECT_FALSE(client.call(command));
    }
    EXPECT_EQ(client.stores.size(), 1u);
    EXPECT_TRUE(client.call(continue_from(run, 1)));
    EXPECT_TRUE(client.call(continue_from(run, n_tokens)));
}

TEST(WorkerTest, RefusesParametersThatCannotBeSampledWith) {
    WorkerClient client;
    client.start_story();
    EXPECT_FALSE(client.call(SetSampling{{.temperature = -1}}));
    StartRun command;
    command.sampling.top_p = 0;
    EXPECT_FALSE(client.call(command));
    EXPECT_FALSE(client.call(RunFreely{.tokens_per_second = -1}));
    client.step(1);
}

TEST(WorkerTest, ChangesHowTheNextTokensAreDrawn) {
    WorkerClient client;
    const RunId run = client.start_story({.seed = 1, .temperature = 1.5f, .top_k = 0, .top_p = 1});
    client.step(5);
    ASSERT_TRUE(client.call(SetSampling{{.temperature = 0}}));
    const TokenId expected = client.last<RunGrew>().candidates.front().id;
    client.step(1);
    EXPECT_EQ(client.tokens(run).back(), expected);
}

TEST(WorkerTest, TellsBothLengthsOfAPromptThatIsTooLongOrKeepsItsEnd) {
    WorkerClient client;
    client.start_story();
    StartRun command;
    for (int repeat = 0; repeat < 4; ++repeat) command.prompt += long_text();
    const Result<void> result = client.call(command);
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().message.find("512"), std::string::npos) << result.error().message;
    command.truncate_to_context = true;
    ASSERT_TRUE(client.call(command));
    EXPECT_GT(client.last<RunStarted>().n_prompt_dropped, 0u);
    EXPECT_EQ(client.tokens(client.last<RunStarted>().run).size(), 512u - command.n_room);
}

TEST(WorkerTest, ANewModelEndsTheRunsOfTheOneBefore) {
    WorkerClient client;
    const RunId old_run = client.start_story();
    const RequestId free_run = client.post(RunFreely{});
    ASSERT_TRUE(client.call(LoadModel{embedded_model()}));
    ASSERT_TRUE(client.wait(free_run));
    EXPECT_FALSE(client.call(Step{}));
    EXPECT_FALSE(client.call(SelectRun{old_run}));
    EXPECT_GT(client.trace(old_run).n_tokens(), 0u);
    client.start(kStory);
    client.step(1);
}

TEST(WorkerTest, AFreeRunGivesWayToAStepAndToAnotherSpeed) {
    WorkerClient client;
    client.start_story({.seed = 3});
    const RequestId slow = client.post(RunFreely{.tokens_per_second = 1e-4, .ignore_end = true});
    const RequestId fast = client.post(RunFreely{.tokens_per_second = 0, .ignore_end = true});
    ASSERT_TRUE(client.wait(slow));
    ASSERT_TRUE(client.call(Step{.n_tokens = 1, .ignore_end = true}));
    ASSERT_TRUE(client.wait(fast));
    EXPECT_EQ(client.last<RunStateChanged>().state, RunState::Paused);
}

TEST(WorkerTest, KeepsAtMostOneGrowthEventOfARunWaiting) {
    WorkerClient client;
    client.start_story({.seed = 3});
    Worker worker({.n_threads = 1, .yields_to_window = false, .on_event = {}});
    worker.post(LoadModel{embedded_model()});
    StartRun start;
    start.prompt = kStory;
    worker.post(start);
    const RequestId last = worker.post(Step{.n_tokens = 200, .ignore_end = true});
    // Nobody takes events until a second worker has done as much: then at most a few wait.
    client.step(200);
    std::size_t n_grew = 0;
    for (bool is_done = false; !is_done;) {
        const Event event = *worker.wait_event({});
        n_grew += is<RunGrew>(event);
        is_done = event.request == last && is<CommandDone>(event);
    }
    EXPECT_LT(n_grew, 200u);
}

}  // namespace
}  // namespace moe
