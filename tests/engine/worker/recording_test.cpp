#include "engine/worker/recording.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <fstream>

#include "engine/trace_io/moetrace_reader.h"
#include "tests/engine/worker/worker_client.h"
#include "tests/support/trace_text.h"

namespace moe {
namespace {

using test::continue_from;
using test::kStory;
using test::WorkerClient;

class RecordingTest : public testing::Test {
  protected:
    StartRecording to_file() const {
        StartRecording command;
        command.path = path_;
        return command;
    }
    std::unique_ptr<MoetraceReader> open() const { return MoetraceReader::open(path_).value(); }

    /// Tokens and recorded columns of a run in the file and in memory, bit for bit.
    static void expect_same(const TraceSnapshot& file, const TraceSnapshot& memory) {
        ASSERT_EQ(file.n_tokens(), memory.n_tokens());
        ASSERT_EQ(file.n_routed(), memory.n_routed());
        for (std::size_t position = 0; position < memory.n_tokens(); ++position) {
            EXPECT_EQ(file.token(position).id, memory.token(position).id);
            EXPECT_EQ(file.token(position).bytes, memory.token(position).bytes);
            EXPECT_EQ(file.token(position).phase, memory.token(position).phase);
        }
        for (std::size_t position = 0; position < memory.n_routed(); ++position) {
            for (std::size_t layer = 0; layer < memory.shape().n_layers; ++layer) {
                EXPECT_TRUE(
                    std::ranges::equal(file.experts(position, layer), memory.experts(position, layer)));
                EXPECT_TRUE(
                    std::ranges::equal(file.weights(position, layer), memory.weights(position, layer)));
                EXPECT_EQ(test::router_logits_of(file, position, layer),
                          test::router_logits_of(memory, position, layer));
            }
        }
    }

    const test::TemporaryFolder folder_;
    const std::filesystem::path path_ = folder_.path() / "run.moetrace";
};

TEST_F(RecordingTest, HoldsTheNotesOnItsRunsWhetherTheyCameBeforeOrAfterIt) {
    WorkerClient client;
    const RunId first = client.start_story({.seed = 1});
    client.step(5);
    const auto note = [](RunId run, const char* text) {
        return TraceMark{.run = run, .position = 3, .layer = 1, .expert = std::nullopt, .text = text};
    };
    ASSERT_TRUE(client.call(SetMarks{{note(first, "before")}}));
    ASSERT_TRUE(client.call(to_file()));
    EXPECT_EQ(read_marks(path_).value().size(), 1u);
    const RunId second = client.start("def main():", {.seed = 2});
    ASSERT_TRUE(client.call(SetMarks{{note(first, "changed"), note(second, "after"), note(99, "no such run")}}));
    client.step(5);
    ASSERT_TRUE(client.call(StopRecording{}));
    const std::vector<TraceMark> marks = read_marks(path_).value();
    ASSERT_EQ(marks.size(), 2u);
    EXPECT_EQ(marks[0].text, "changed");
    EXPECT_EQ(marks[1].text, "after");
    EXPECT_EQ(marks[0].run, open()->runs()[0].id);
    EXPECT_EQ(marks[1].run, open()->runs()[1].id);
}

TEST_F(RecordingTest, HoldsTheNamesThatRunsHaveAtItsEnd) {
    WorkerClient client;
    const RunId before = client.start_story({.seed = 1});
    ASSERT_TRUE(client.call(RenameRun{before, "named before"}));
    ASSERT_TRUE(client.call(to_file()));
    client.step(5);
    const RunId during = client.start("def main():", {.seed = 2});
    client.step(5);
    ASSERT_TRUE(client.call(RenameRun{during, "for a while"}));
    ASSERT_TRUE(client.call(RenameRun{before, "changed"}));
    client.step(5);
    ASSERT_TRUE(client.call(RenameRun{during, "named meanwhile \u00e9"}));
    EXPECT_FALSE(client.call(RenameRun{99, "no such run"}));
    ASSERT_TRUE(client.call(StopRecording{}));
    ASSERT_TRUE(client.call(RenameRun{before, "too late"}));
    ASSERT_EQ(open()->runs().size(), 2u);
    EXPECT_EQ(open()->runs()[0].name, "changed");
    EXPECT_EQ(open()->runs()[1].name, "named meanwhile \u00e9");
    EXPECT_EQ(open()->runs()[1].n_tokens, client.trace(during).n_tokens());
}

TEST_F(RecordingTest, HoldsTheRunsMadeBeforeAndAllThatComeAfter) {
    WorkerClient client;
    const RunId before = client.start_story({.seed = 1});
    client.step(70);
    ASSERT_TRUE(client.call(continue_from(before, 50)));
    const RunId branch_before = client.last<RunStarted>().run;
    client.step(30);
    ASSERT_TRUE(client.call(to_file()));
    EXPECT_TRUE(client.last<RecordingChanged>().is_recording);
    client.step(30);
    const RunId after = client.start("def main():", {.seed = 2});
    client.step(20);
    ASSERT_TRUE(client.call(continue_from(after, 3)));
    const RunId branch_after = client.last<RunStarted>().run;
    client.step(20);
    ASSERT_TRUE(client.call(StopRecording{}));
    EXPECT_FALSE(client.last<RecordingChanged>().is_recording);
    EXPECT_FALSE(client.last<RecordingChanged>().error.has_value());
    EXPECT_GT(client.last<RecordingChanged>().size_bytes, 0);

    const std::unique_ptr<MoetraceReader> reader = open();
    ASSERT_EQ(reader->runs().size(), 4u);
    for (const RunId run : {before, branch_before, after, branch_after}) {
        SCOPED_TRACE(run);
        const TraceRunSummary& summary = reader->runs()[static_cast<std::size_t>(run) - 1];
        EXPECT_EQ(summary.id, run);
        EXPECT_EQ(summary.status, "complete");
        EXPECT_EQ(summary.model.family, "qwen3moe");
        expect_same(reader->read_run(run).value()->snapshot(), client.trace(run));
    }
    EXPECT_EQ(reader->runs()[1].parent, before);
    EXPECT_EQ(reader->runs()[1].fork_pos, 50u);
    EXPECT_NE(reader->runs()[0].params_json.find("\"seed\":1"), std::string::npos)
        << reader->runs()[0].params_json;
}

TEST_F(RecordingTest, ChangesNothing) {
    WorkerClient recorded, unrecorded;
    recorded.start_story({.seed = 11});
    unrecorded.start_story({.seed = 11});
    ASSERT_TRUE(recorded.call(to_file()));
    recorded.step(100);
    unrecorded.step(100);
    expect_same(recorded.trace(1), unrecorded.trace(1));
    const std::vector<Candidate>& a = recorded.last<RunGrew>().candidates;
    const std::vector<Candidate>& b = unrecorded.last<RunGrew>().candidates;
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t rank = 0; rank < a.size(); ++rank) EXPECT_EQ(a[rank].probability, b[rank].probability);
}

TEST_F(RecordingTest, IsWholeWhenTheWorkerGoesInTheMiddleOfARun) {
    std::size_t n_seen = 0;
    {
        WorkerClient client;
        const RunId run = client.start_story({.seed = 1});
        ASSERT_TRUE(client.call(to_file()));
        // Slow enough that the context is not full before the worker goes.
        client.post(RunFreely{.tokens_per_second = 50, .ignore_end = true});
        client.wait_for([&](const Event& event) {
            const auto* grew = std::get_if<RunGrew>(&event.body);
            return grew != nullptr && grew->n_tokens > 30;
        });
        n_seen = client.trace(run).n_tokens();
    }
    const std::unique_ptr<MoetraceReader> reader = open();
    EXPECT_EQ(reader->runs().front().status, "stopped");
    EXPECT_GE(reader->runs().front().n_tokens, n_seen);
    EXPECT_GE(reader->runs().front().n_routed + 1, reader->runs().front().n_tokens);
}

TEST_F(RecordingTest, MarksACancelledRunAsStopped) {
    WorkerClient client;
    client.start_story({.seed = 1});
    ASSERT_TRUE(client.call(to_file()));
    const RequestId run = client.post(RunFreely{.tokens_per_second = 1e-4, .ignore_end = true});
    ASSERT_TRUE(client.call(Cancel{}));
    ASSERT_TRUE(client.wait(run));
    ASSERT_TRUE(client.call(StopRecording{}));
    EXPECT_EQ(open()->runs().front().status, "stopped");
}

TEST_F(RecordingTest, IsReadableWhileItGrows) {
    WorkerClient client;
    client.start_story({.seed = 1});
    ASSERT_TRUE(client.call(to_file()));
    client.step(80);
    const Result<std::unique_ptr<MoetraceReader>> reader = MoetraceReader::open(path_);
    if (reader) {  // the first commit may still be on its way
        const TraceRunSummary& summary = (*reader)->runs().front();
        EXPECT_EQ(summary.status, "recording");
        EXPECT_LE(summary.n_tokens, client.trace(1).n_tokens());
    }
}

TEST_F(RecordingTest, RefusesAFileThatExistsAndASecondRecording) {
    std::ofstream(path_) << "something dear";
    WorkerClient client;
    client.start_story();
    const Result<void> refused = client.call(to_file());
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find(path_.string()), std::string::npos) << refused.error().message;
    StartRecording overwrite = to_file();
    overwrite.if_exists = MoetraceWriter::IfExists::Overwrite;
    ASSERT_TRUE(client.call(overwrite));
    EXPECT_FALSE(client.call(overwrite));
    StartRecording nowhere;
    nowhere.path = "/nowhere/run.moetrace";
    EXPECT_FALSE(client.call(nowhere));
    ASSERT_TRUE(client.call(StopRecording{}));
    EXPECT_EQ(open()->runs().size(), 1u);
    EXPECT_FALSE(client.call(nowhere));
    client.step(1);
}

TEST_F(RecordingTest, EndsWithItsModel) {
    WorkerClient client;
    client.start_story();
    ASSERT_TRUE(client.call(to_file()));
    client.step(5);
    ASSERT_TRUE(client.call(LoadModel{test::embedded_model()}));
    EXPECT_FALSE(client.last<RecordingChanged>().is_recording);
    EXPECT_EQ(open()->runs().front().status, "complete");
}

/// No file may grow beyond `limit_bytes` while it lives, as on a full disk.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(rlim_t limit_bytes) : old_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &old_);
        rlimit limited = old_;
        limited.rlim_cur = limit_bytes;
        ::setrlimit(RLIMIT_FSIZE, &limited);
    }
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &old_);
        std::signal(SIGXFSZ, old_handler_);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

  private:
    void (*old_handler_)(int);
    rlimit old_{};
};

TEST_F(RecordingTest, StopsByItselfWhenTheDiskIsFullAndTheRunGoesOn) {
    WorkerClient client;
    const RunId run = client.start_story({.seed = 1});
    ASSERT_TRUE(client.call(to_file()));
    {
        const FileSizeLimit limit(200'000);
        const RequestId free_run = client.post(RunFreely{.tokens_per_second = 200, .ignore_end = true});
        client.wait_for([](const Event& event) {
            const auto* changed = std::get_if<RecordingChanged>(&event.body);
            return changed != nullptr && !changed->is_recording;
        });
        ASSERT_TRUE(client.call(Pause{}));
        ASSERT_TRUE(client.wait(free_run));
    }
    ASSERT_TRUE(client.last<RecordingChanged>().error.has_value());
    const std::size_t n_tokens = client.trace(run).n_tokens();
    EXPECT_EQ(client.trace(run).n_routed(), n_tokens);
    client.step(1);
    EXPECT_EQ(client.trace(run).n_tokens(), n_tokens + 1);
}

}  // namespace
}  // namespace moe
