#include <gtest/gtest.h>

#include <algorithm>

#include "engine/base/rng.h"
#include "engine/trace_io/moetrace_reader.h"
#include "tests/engine/worker/worker_client.h"

namespace moe {
namespace {

using test::WorkerClient;

constexpr std::size_t kCommands = 40;
constexpr std::size_t kSequences = 12;

const char* const kPrompts[] = {"", "def main():", "Once upon a time", "1 + 1 = 2. 2 + 2 = 4.", test::kStory};

/// A command that may or may not make sense at that moment; most do.
CommandBody random_command(Rng& rng, const std::filesystem::path& recording) {
    const auto any_run = [&rng] { return static_cast<RunId>(rng.below(6)); };
    const SamplingParams sampling{.seed = rng.below(5), .temperature = rng.below(3) == 0 ? 0.0f : 1.0f};
    switch (rng.below(17)) {
        case 0:
            return StartRun{.prompt = kPrompts[rng.below(std::size(kPrompts))], .sampling = sampling};
        case 1:
        case 2:
            return Step{.n_tokens = 1 + rng.below(4), .ignore_end = rng.below(2) == 0};
        case 3:
            return Step{.n_tokens = rng.below(8), .run_newest = RunNewest::Later};
        case 4:
            return RunFreely{.tokens_per_second = rng.below(2) == 0 ? 0.0 : 500.0};
        case 5:
            return Pause{};
        case 6: {
            ContinueFrom command;
            command.run = any_run();
            command.position = rng.below(30);
            if (rng.below(2) == 0) command.token = static_cast<TokenId>(rng.below(5000));
            if (rng.below(2) == 0) command.sampling = sampling;
            return command;
        }
        case 15:
            return FindCandidates{.run = any_run(), .position = rng.below(30)};
        case 7:
            return SelectRun{any_run()};
        case 16:
            return RenameRun{any_run(), kPrompts[rng.below(std::size(kPrompts))]};
        case 8:
            return SetSampling{sampling};
        case 9:
            return Cancel{};
        case 10: {
            StartRecording command;
            command.path = recording;
            command.if_exists = MoetraceWriter::IfExists::Overwrite;
            return command;
        }
        case 11: {
            StartRun command;
            command.chat = ChatOpening{.system = "", .message = kPrompts[rng.below(std::size(kPrompts))]};
            command.sampling = sampling;
            return command;
        }
        case 12:
            return AppendMessage{kPrompts[rng.below(std::size(kPrompts))]};
        case 13:
            return SetThreads{rng.below(4)};
        default:
            if (rng.below(4) == 0)
                return LoadModel{rng.below(2) == 0 ? test::embedded_model() : "/nowhere.gguf"};
            return StopRecording{};
    }
}

void expect_consistent(const TraceSnapshot& trace) {
    ASSERT_LE(trace.n_routed(), trace.n_tokens());
    EXPECT_LE(trace.n_tokens(), trace.n_routed() + 1);
    for (std::size_t position = 0; position < trace.n_routed(); ++position) {
        for (std::size_t layer = 0; layer < trace.shape().n_layers; ++layer) {
            for (const std::uint16_t expert : trace.experts(position, layer)) {
                ASSERT_LT(expert, trace.shape().n_experts);
            }
        }
    }
}

/// The runs of the model that was opened last, by what the events told of them.
void expect_consistent_runs(const WorkerClient& client) {
    std::map<RunId, RunStarted> started;
    for (const Event& event : client.events) {
        if (std::holds_alternative<ModelLoaded>(event.body)) started.clear();
        if (const auto* run = std::get_if<RunStarted>(&event.body)) started[run->run] = *run;
    }
    for (const auto& [id, run] : started) {
        SCOPED_TRACE(run.name);
        const TraceSnapshot trace = run.store->snapshot();
        expect_consistent(trace);
        if (!run.parent) continue;
        const TraceSnapshot parent = started.at(*run.parent).store->snapshot();
        ASSERT_LE(run.fork_pos, parent.n_routed());
        ASSERT_LE(run.fork_pos, trace.n_routed());
        for (std::size_t position = 0; position < run.fork_pos; ++position) {
            EXPECT_EQ(trace.token(position).id, parent.token(position).id);
            EXPECT_TRUE(std::ranges::equal(trace.experts(position, 0), parent.experts(position, 0)));
        }
    }
}

void expect_readable(const std::filesystem::path& recording) {
    const Result<std::unique_ptr<MoetraceReader>> reader = MoetraceReader::open(recording);
    if (!reader) {  // a recording without a run
        EXPECT_NE(reader.error().message.find("run"), std::string::npos) << reader.error().message;
        return;
    }
    for (const TraceRunSummary& summary : (*reader)->runs()) {
        SCOPED_TRACE(summary.name);
        EXPECT_NE(summary.status, "recording");
        const Result<std::shared_ptr<const TraceStore>> run = (*reader)->read_run(summary.id);
        ASSERT_TRUE(run) << run.error().message;
        expect_consistent((*run)->snapshot());
    }
}

class RandomCommandsTest : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomCommandsTest, EndInAConsistentStateAndEachIsAnsweredOnce) {
    const test::TemporaryFolder folder;
    const std::filesystem::path recording = folder.path() / "random.moetrace";
    Rng rng(GetParam());
    WorkerClient client;
    client.start_story({.seed = GetParam()});
    std::vector<RequestId> requests;
    for (std::size_t command = 0; command < kCommands; ++command) {
        requests.push_back(client.post(random_command(rng, recording)));
        if (rng.below(3) != 0) continue;
        requests.push_back(client.post(Pause{}));  // a free run is answered only when something ends it
        (void)client.wait(requests.back());
    }
    requests.push_back(client.post(Cancel{}));
    requests.push_back(client.post(StopRecording{}));
    for (const RequestId request : requests) (void)client.wait(request);
    for (const RequestId request : requests) EXPECT_EQ(client.n_answers.at(request), 1u);

    expect_consistent_runs(client);
    if (std::filesystem::exists(recording)) expect_readable(recording);
    const RunId last = client.start(test::kStory, {.temperature = 0});
    client.step(5);
    EXPECT_EQ(client.trace(last).n_routed(), client.trace(last).n_tokens());
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomCommandsTest, testing::Range<std::uint64_t>(1, 1 + kSequences));

}  // namespace
}  // namespace moe
