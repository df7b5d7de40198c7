#include "engine/trace_io/moetrace_writer.h"

#include <gtest/gtest.h>

#include "tests/support/paths.h"
#include "tests/support/trace_text.h"

namespace moe {
namespace {

TraceModelInfo small_model() {
    return {.name = "small", .family = "test", .config_json = "{}", .file_bytes = 123, .fingerprint = "f",
            .n_shared = 0, .gating = TraceGating::Softmax, .shape = test::make_shape(2, 8, 2)};
}

TEST(MoetraceWriterTest, LeavesOnePlainFile) {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "a.moetrace";
    auto writer = MoetraceWriter::create(path, MoetraceWriter::IfExists::Refuse, small_model(), {});
    ASSERT_TRUE(writer.has_value()) << writer.error().message;
    const auto run = (*writer)->begin_run({.name = "r", .prompt = "p", .params_json = "{}", .build_json = "{}"});
    ASSERT_TRUE(run.has_value());
    ASSERT_TRUE((*writer)->append_tokens(*run, 0, test::random_tokens(1, 0, 100, 80)).has_value());
    ASSERT_TRUE((*writer)->append_chunk(*run, std::make_shared<const TraceChunk>(test::random_chunk(
        1, small_model().shape, 0, 99))).has_value());
    ASSERT_TRUE((*writer)->flush().has_value());
    ASSERT_TRUE((*writer)->set_status(*run, RunStatus::Complete).has_value());
    const auto closed = (*writer)->close();
    ASSERT_TRUE(closed.has_value()) << closed.error().message;
    std::filesystem::copy_file(path, "/tmp/moetrace_smoke.moetrace", std::filesystem::copy_options::overwrite_existing);
    std::size_t n_files = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.path())) ++n_files;
    EXPECT_EQ(n_files, 1u);
}

}  // namespace
}  // namespace moe
