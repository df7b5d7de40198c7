// What is left when the writer dies, the disk is full or the folder cannot be written.

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "engine/base/rng.h"
#include "tests/engine/trace_io/trace_file_fixture.h"

namespace moe {
namespace {

using test::append_positions;
using test::expect_value;

const TraceShape kShape = test::make_shape(3, 16, 2);

std::unique_ptr<MoetraceWriter> create(const std::filesystem::path& path) {
    return expect_value(
        MoetraceWriter::create(path, MoetraceWriter::IfExists::Refuse, test::model_of(kShape), {}));
}

/// A recording as a generation makes it: a prompt, then tokens that are chosen first and run through the
/// model later, so that the last one is without routing.
class SteadyRecording {
  public:
    explicit SteadyRecording(MoetraceWriter& writer)
        : writer_(writer), run_(expect_value(writer.begin_run(test::run_info("r")))) {}

    void append(std::size_t n_tokens) {
        expect_value(
            writer_.append_tokens(run_, end_, test::random_tokens(test::kTraceSeed, end_, n_tokens, 4)));
        const std::size_t routed_end = end_ + n_tokens - 1;
        const auto chunk = test::random_chunk(test::kTraceSeed, kShape, routed_, routed_end - routed_);
        if (chunk.n_tokens > 0)
            expect_value(writer_.append_chunk(run_, std::make_shared<const TraceChunk>(chunk)));
        end_ += n_tokens;
        routed_ = routed_end;
    }

  private:
    MoetraceWriter& writer_;
    RunId run_;
    std::size_t end_ = 0;
    std::size_t routed_ = 0;
};

/// The child: writes without an end and tells over the pipe how many token rows another connection reads.
[[noreturn]] void write_until_killed(const std::filesystem::path& path, int pipe_end, std::uint64_t seed) {
    const auto writer = create(path);
    SteadyRecording recording(*writer);
    expect_value(writer->flush());
    test::RawDatabase reader(path);
    Rng rng(seed);
    while (true) {
        for (std::size_t n = 1 + rng.below(4); n > 0; --n) recording.append(1 + rng.below(40));
        if (rng.below(2) == 0) expect_value(writer->flush());
        const std::size_t n_readable = std::stoul(reader.ask("SELECT count(*) FROM token"));
        if (::write(pipe_end, &n_readable, sizeof n_readable) != sizeof n_readable) ::_exit(1);
    }
}

/// Starts the child, kills it after `n_reports` reports, and returns the largest number it reported.
std::size_t readable_before_kill(const std::filesystem::path& path, std::size_t n_reports,
                                 std::uint64_t seed) {
    int ends[2];
    MOE_CHECK(::pipe(ends) == 0);
    const pid_t child = ::fork();
    MOE_CHECK(child >= 0);
    if (child == 0) {
        ::close(ends[0]);
        write_until_killed(path, ends[1], seed);
    }
    ::close(ends[1]);
    std::size_t n_readable = 0;
    std::size_t reported = 0;
    for (std::size_t report = 0; report < n_reports; ++report) {
        if (::read(ends[0], &reported, sizeof reported) != sizeof reported) break;
        n_readable = std::max(n_readable, reported);
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (::read(ends[0], &reported, sizeof reported) == sizeof reported) {
        n_readable = std::max(n_readable, reported);
    }
    ::close(ends[0]);
    return n_readable;
}

TEST(MoetraceCrashTest, LosesNoTokenThatWasReadableWhenTheWriterIsKilled) {
    Rng rng(3);
    for (std::uint64_t round = 0; round < 25; ++round) {
        const test::TemporaryFolder folder;
        const auto path = folder.path() / "killed.moetrace";
        const std::size_t n_readable = readable_before_kill(path, 2 + rng.below(20), round);
        const auto reader = expect_value(MoetraceReader::open(path));
        const TraceRunSummary& run = reader->runs().at(0);
        EXPECT_GE(run.n_tokens, n_readable);
        EXPECT_TRUE(run.n_tokens == 0 || run.n_routed == run.n_tokens - 1);
        EXPECT_TRUE(run.was_interrupted);
        EXPECT_EQ(run.status, "recording");
        test::expect_positions(expect_value(reader->read_run(0))->snapshot(), run.n_tokens, run.n_routed);
        EXPECT_EQ(test::RawDatabase(path).ask("PRAGMA integrity_check"), "ok");
    }
}

/// Copies a file that is being written, with its log, as a killed writer would leave them.
void copy_as_killed(const std::filesystem::path& from, const std::filesystem::path& to) {
    std::filesystem::copy_file(from, to);
    std::filesystem::copy_file(from.string() + "-wal", to.string() + "-wal");
}

TEST(MoetraceCrashTest, ReadsTheLogEvenWhereNothingCanBeCreated) {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "live.moetrace";
    const auto killed = folder.path() / "killed.moetrace";
    const auto writer = create(path);
    SteadyRecording(*writer).append(100);
    expect_value(writer->flush());
    copy_as_killed(path, killed);
    // A folder in the place of the log's index is what a read-only folder is to SQLite.
    std::filesystem::create_directory(killed.string() + "-shm");
    const auto reader = expect_value(MoetraceReader::open(killed));
    test::expect_positions(expect_value(reader->read_run(0))->snapshot(), 100, 99);
}

TEST(MoetraceCrashTest, ReadsAFileInLogModeWithoutALogWhereNothingCanBeCreated) {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "a.moetrace";
    test::write_trace(path, kShape, 100);
    test::RawDatabase(path).execute("PRAGMA journal_mode = WAL");
    std::filesystem::create_directory(path.string() + "-shm");
    const auto reader = expect_value(MoetraceReader::open(path));
    test::expect_positions(expect_value(reader->read_run(0))->snapshot(), 100, 100);
}

TEST(MoetraceCrashTest, KeepsWhatWasCommittedWhenTheDiskIsFull) {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "full.moetrace";
    const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
    rlimit unlimited = {};
    MOE_CHECK(::getrlimit(RLIMIT_FSIZE, &unlimited) == 0);
    const auto writer = create(path);
    SteadyRecording recording(*writer);
    recording.append(100);
    expect_value(writer->flush());

    // No file may grow beyond this: what a full disk does, for this process only.
    const rlimit limited = {.rlim_cur = 256 << 10, .rlim_max = unlimited.rlim_max};
    MOE_CHECK(::setrlimit(RLIMIT_FSIZE, &limited) == 0);
    const auto chunk =
        std::make_shared<const TraceChunk>(test::random_chunk(test::kTraceSeed, kShape, 99, 2000));
    const auto tokens = test::random_tokens(test::kTraceSeed, 100, 2000, 4);
    expect_value(writer->append_tokens(1, 100, tokens));
    expect_value(writer->append_chunk(1, chunk));
    const Result<void> flushed = writer->flush();
    MOE_CHECK(::setrlimit(RLIMIT_FSIZE, &unlimited) == 0);
    std::signal(SIGXFSZ, old_handler);

    ASSERT_FALSE(flushed.has_value());
    EXPECT_TRUE(flushed.error().message.starts_with(path.string() + ": ")) << flushed.error().message;
    EXPECT_NE(flushed.error().message.find("space"), std::string::npos) << flushed.error().message;
    EXPECT_FALSE(writer->append_tokens(1, 2100, tokens).has_value());
    EXPECT_FALSE(writer->close().has_value());
    const auto reader = expect_value(MoetraceReader::open(path));
    test::expect_positions(expect_value(reader->read_run(0))->snapshot(), 100, 99);
}

// No limit is asserted: a test machine may be busy. FORMATS promises 250 ms.
TEST(MoetraceCrashTest, ReportsHowLongACommitTook) {
    const test::TemporaryFolder folder;
    const auto writer = create(folder.path() / "a.moetrace");
    SteadyRecording recording(*writer);
    for (std::size_t token = 0; token < 2000; ++token) {
        recording.append(1);
        if (token % 500 == 0) expect_value(writer->flush());
    }
    expect_value(writer->close());
    EXPECT_GT(writer->commit_ms_max(), 0.0);
    RecordProperty("commit_ms_max", std::to_string(writer->commit_ms_max()));
    std::printf("longest wait for a commit: %.1f ms\n", writer->commit_ms_max());
}

}  // namespace
}  // namespace moe
