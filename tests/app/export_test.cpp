// Numbers of a part of a run, from the window's menu.
#include "app/shell/export_numbers.h"

#include <gtest/gtest.h>

#include <fstream>

#include "engine/trace_io/moetrace_reader.h"
#include "tests/app/demo_trace.h"
#include "tests/support/paths.h"
#include "tests/support/trace_text.h"

namespace moe::app {
namespace {

class ExportTest : public testing::Test {
  protected:
    std::string content(const char* name) const {
        std::ifstream stream(folder_.path() / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), {}};
    }

    const test::TemporaryFolder folder_;
    const TraceSnapshot trace_ = test::demo_trace(200);
};

TEST_F(ExportTest, ARangeHasItsOwnPositionsInATableAndAllItsColumnsInATrace) {
    for (const TokenRange& range : {TokenRange{0, 200}, TokenRange{50, 150}, TokenRange{63, 65}, TokenRange{7, 7}}) {
        ASSERT_TRUE(export_numbers(folder_.path() / "a.csv", trace_, range).has_value());
        const std::string table = content("a.csv");
        const auto n_lines = static_cast<std::size_t>(std::count(table.begin(), table.end(), '\n'));
        EXPECT_GE(n_lines, 1 + range.size() * 6 * 2) << "a line a slot; a token may have line breaks";
        if (range.size() == 0) continue;
        EXPECT_NE(table.find("\n" + std::to_string(range.first) + ","), std::string::npos);
        ASSERT_TRUE(export_numbers(folder_.path() / "a.moetrace", trace_, range).has_value());
        const auto part = MoetraceReader::open(folder_.path() / "a.moetrace").value()->read_run(0).value()->snapshot();
        ASSERT_EQ(part.n_routed(), range.size());
        for (std::size_t i = 0; i < range.size(); ++i) {
            EXPECT_EQ(part.token(i).bytes, trace_.token(range.first + i).bytes);
            EXPECT_TRUE(std::ranges::equal(part.experts(i, 3), trace_.experts(range.first + i, 3)));
            std::vector<float> logits(part.shape().n_experts), expected(logits.size());
            ASSERT_TRUE(part.router_logits(i, 3, logits));
            ASSERT_TRUE(trace_.router_logits(range.first + i, 3, expected));
            EXPECT_EQ(logits, expected);
        }
    }
}

TEST_F(ExportTest, WritesTheSameBytesEachTime) {
    for (const char* name : {"a.npz", "a.csv", "a.safetensors"}) {
        ASSERT_TRUE(export_numbers(folder_.path() / name, trace_, {20, 90}).has_value());
        const std::string first = content(name);
        ASSERT_TRUE(export_numbers(folder_.path() / name, trace_, {20, 90}).has_value());
        EXPECT_EQ(first, content(name)) << name;
        EXPECT_GT(first.size(), 1000u);
    }
}

TEST_F(ExportTest, AFolderThatIsNotThereIsAnError) {
    EXPECT_FALSE(export_numbers(folder_.path() / "no" / "a.csv", trace_, {0, 5}).has_value());
}

}  // namespace
}  // namespace moe::app
