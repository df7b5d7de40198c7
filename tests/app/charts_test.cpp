// The charts of `moescope render`.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <tuple>

#include "engine/stats/router_entropy.h"
#include "engine/trace_io/moetrace_reader.h"
#include "render/export/png.h"
#include "tests/engine/trace_io/trace_file_fixture.h"
#include "tests/support/process.h"

namespace moe {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class ChartsTest : public ::testing::Test {
  protected:
    ChartsTest() { test::write_trace(trace_, test::make_shape(3, 12, 3), 90); }

    test::ProcessResult render(const std::string& view, const std::string& name,
                               std::vector<std::string> options = {}) const {
        options.insert(options.begin(),
                       {MOESCOPE_PROGRAM, "render", trace_, "-o", folder_.path() / name, "--view", view});
        return test::run_process(options);
    }
    std::string content(const std::string& name) const {
        std::ifstream stream(folder_.path() / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), {}};
    }

    const test::TemporaryFolder folder_;
    const std::string trace_ = folder_.path() / "a.moetrace";
};

TEST_F(ChartsTest, EveryViewIsAPictureOfTheAskedSizeAndTheSameEachTime) {
    for (const std::string view : {"layers", "balance", "entropy", "coactivation", "flow", "path", "router", "timeline", "heatmap", "load"}) {
        for (const char* name : {"1.png", "2.png"}) {
            const auto result =
                render(view, name, {"--size", "901x600", "--scale", "1.5", "--theme", "light"});
            ASSERT_EQ(result.status, 0) << result.errors;
        }
        EXPECT_EQ(content("1.png"), content("2.png")) << view;
        const auto image = render::read_png(folder_.path() / "1.png");
        ASSERT_TRUE(image.has_value());
        EXPECT_EQ(image->width, 901);
        EXPECT_EQ(image->height, 600);
        ASSERT_EQ(render(view, "1.svg").status, 0);
        ASSERT_EQ(render(view, "2.svg").status, 0);
        EXPECT_THAT(content("1.svg"), StartsWith("<svg "));
        EXPECT_EQ(content("1.svg"), content("2.svg")) << view;
    }
}

TEST_F(ChartsTest, AnySizeHasItsPicture) {
    for (const std::string view : {"balance", "flow", "path", "timeline", "heatmap", "load"}) {
        for (const auto& [size, width, height] : {std::tuple{"64x64", 64, 64}, {"64x600", 64, 600}, {"600x64", 600, 64}}) {
            ASSERT_EQ(render(view, "a.png", {"--size", size}).status, 0) << view;
            const auto image = render::read_png(folder_.path() / "a.png");
            ASSERT_TRUE(image.has_value());
            EXPECT_EQ(std::pair(image->width, image->height), std::pair(width, height));
        }
    }
}

TEST_F(ChartsTest, ARouterIsCalledANearMissAmongTheSmallestTenthOfTheRunsMargins) {
    const auto reader = MoetraceReader::open(trace_);
    const TraceSnapshot trace = (*(*reader)->read_run(1))->snapshot();
    std::vector<std::pair<double, std::size_t>> margins;
    for (std::size_t token = 0; token < 90; ++token)
        margins.emplace_back(*router_certainty(trace, token, 1)->margin, token);
    std::ranges::sort(margins);
    for (const std::size_t rank : {0, 8, 9, 10, 50, 89}) {
        const std::string token = std::to_string(margins[rank].second);
        const std::string layer = std::to_string(trace.shape().layer_ids[1]);
        ASSERT_EQ(render("router", "a.svg", {"--token", token, "--layer", layer}).status, 0);
        EXPECT_EQ(content("a.svg").find("near miss") != std::string::npos, rank < 9) << rank;
        EXPECT_EQ(content("a.svg").find(">runner-up<") != std::string::npos, rank >= 9) << rank;
    }
}

// Letters of a large picture are as large as on a screen of that size; an .svg has no pixels.
TEST_F(ChartsTest, ALargePictureHasLargeLetters) {
    ASSERT_EQ(render("balance", "usual.png", {"--size", "3840x2160"}).status, 0);
    ASSERT_EQ(render("balance", "twice.png", {"--size", "3840x2160", "--scale", "2"}).status, 0);
    EXPECT_EQ(content("usual.png"), content("twice.png"));
    ASSERT_EQ(render("balance", "small.png", {"--size", "1280x800"}).status, 0);
    ASSERT_EQ(render("balance", "once.png", {"--size", "1280x800", "--scale", "1"}).status, 0);
    EXPECT_EQ(content("small.png"), content("once.png"));
    ASSERT_EQ(render("balance", "a.svg", {"--size", "3840x2160"}).status, 0);
    EXPECT_THAT(content("a.svg"), HasSubstr("3840"));
}

TEST_F(ChartsTest, TheEndingChoosesTheFormatInLargeLettersToo) {
    ASSERT_EQ(render("balance", "a.SVG").status, 0);
    EXPECT_THAT(content("a.SVG"), StartsWith("<svg "));
    ASSERT_EQ(render("heatmap", "a.Svg").status, 0);
    EXPECT_THAT(content("a.Svg"), StartsWith("<svg "));
    ASSERT_EQ(render("balance", "a.PNG").status, 0);
    EXPECT_THAT(content("a.PNG"), StartsWith("\x89PNG"));
    for (const char* name : {"a.jpg", "png", "a.png.moetrace", "a"}) {
        const test::ProcessResult result = render("balance", name);
        EXPECT_EQ(result.status, 2) << name;
        EXPECT_THAT(result.errors, HasSubstr(".png nor .svg")) << name;
        EXPECT_FALSE(std::filesystem::exists(folder_.path() / name)) << name;
    }
    EXPECT_EQ(render("balance", "x.png", {"--scale", "nan"}).status, 2);
}

TEST_F(ChartsTest, AModeThatTheTraceLacksIsRefusedByName) {
    const std::string bare = folder_.path() / "bare.moetrace";
    ASSERT_EQ(test::run_process({MOESCOPE_PROGRAM, "run", "-n", "8", "--record", bare, "--record-columns",
                                 "experts"})
                  .status,
              0);
    const auto picture = [&](std::vector<std::string> options) {
        options.insert(options.begin(),
                       {MOESCOPE_PROGRAM, "render", bare, "-o", folder_.path() / "bare.png"});
        return test::run_process(options);
    };
    for (const char* mode : {"score", "margin", "entropy", "weight"}) {
        const test::ProcessResult result = picture({"--mode", mode});
        EXPECT_EQ(result.status, 1) << mode;
        EXPECT_THAT(result.errors, HasSubstr(mode));
        EXPECT_THAT(result.errors, HasSubstr("choose --mode selected"));
    }
    EXPECT_FALSE(std::filesystem::exists(folder_.path() / "bare.png"));
    for (const char* mode : {"selected", "rank", "difference"}) EXPECT_EQ(picture({"--mode", mode}).status, 0);
    EXPECT_EQ(picture({}).status, 0) << "without a wish, what there is";
}

TEST_F(ChartsTest, ARangeChangesWhatIsCounted) {
    ASSERT_EQ(render("balance", "all.svg").status, 0);
    ASSERT_EQ(render("balance", "part.svg", {"--range", "10:40"}).status, 0);
    EXPECT_THAT(content("part.svg"), HasSubstr("30 routed tokens"));
    EXPECT_NE(content("all.svg"), content("part.svg"));
}

TEST_F(ChartsTest, WhatCannotBeDrawnEndsInOneClearLine) {
    EXPECT_EQ(render("nothing", "x.png").status, 2);
    for (const auto& result :
         {render("flow", "x.png", {"--layer", "2"}), render("coactivation", "x.png", {"--layer", "77"})}) {
        EXPECT_EQ(result.status, 1);
        EXPECT_THAT(result.errors, HasSubstr("choose one from 0 to"));
        EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1);
    }
}

}  // namespace
}  // namespace moe
