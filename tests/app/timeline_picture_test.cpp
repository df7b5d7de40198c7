// `moescope render --view timeline` shows what the window's timeline shows.

#include "app/cli/timeline_picture.h"

#include <gtest/gtest.h>

#include "app/docks/timeline_series.h"
#include "engine/stats/recent_load.h"
#include "engine/trace_io/moetrace_writer.h"
#include "tests/app/demo_trace.h"
#include "tests/support/paths.h"
#include "tests/support/trace_text.h"

namespace moe::app {
namespace {

constexpr double kFloatTolerance = 1e-5;
constexpr std::size_t kTokens = 300;

class TimelinePictureTest : public testing::Test {
  protected:
    void write(const TraceSnapshot& trace) {
        const TraceModelInfo model{
            .name = "demo", .family = "llama", .config_json = "{}", .fingerprint = "", .shape = trace.shape()};
        auto writer = MoetraceWriter::create(path_, MoetraceWriter::IfExists::Refuse, model, {}).value();
        const RunId run =
            writer->begin_run({.parent = {}, .name = "demo", .prompt = "", .params_json = "{}", .build_json = "{}"}).value();
        std::vector<TokenRecord> tokens;
        for (std::size_t position = 0; position < trace.n_tokens(); ++position) tokens.push_back(trace.token(position));
        writer->append_tokens(run, 0, tokens).value();
        for (std::size_t position = 0; position < trace.n_routed(); position += kChunkTokens)
            writer->append_chunk(run, std::make_shared<const TraceChunk>(trace.chunk_of(position))).value();
        writer->set_status(run, RunStatus::Complete).value();
        writer->close().value();
    }

    render::TimelineChartModel picture(const std::string& range, std::size_t most_bins) const {
        CLI::App app;
        SelectionArgument argument;
        argument.add_to(app, SelectionArgument::Phases::Absent);
        if (!range.empty()) app.parse("--range " + range);
        const auto reader = MoetraceReader::open(path_).value();
        return timeline_picture(*reader, path_.string(), argument, most_bins).value();
    }

    const test::TemporaryFolder folder_;
    const std::filesystem::path path_ = folder_.path() / "a.moetrace";
};

void expect_alike(const render::TimelineTrackModel& track, const TimelineTrack& expected, std::size_t first,
                  const std::string& what) {
    for (std::size_t bin = 0; bin < track.bins.size(); ++bin) {
        const Spread spread = expected.over(first + bin, first + bin + 1);
        ASSERT_EQ(track.bins[bin].has_value(), spread.count > 0) << what << " at " << first + bin;
        if (spread.count == 0) continue;
        EXPECT_NEAR(track.bins[bin]->low, spread.low, kFloatTolerance) << what << " at " << first + bin;
        EXPECT_NEAR(track.bins[bin]->mean, spread.mean(), kFloatTolerance) << what << " at " << first + bin;
        EXPECT_NEAR(track.bins[bin]->high, spread.high, kFloatTolerance) << what << " at " << first + bin;
    }
}

TEST_F(TimelinePictureTest, HasTheFiguresOfTheWindowsTimeline) {
    for (const bool has_logits : {false, true}) {
        const TraceSnapshot trace =
            test::demo_trace(kTokens, {.n_layers = 3, .n_experts = 16, .top_k = 2, .has_logits = has_logits});
        std::filesystem::remove(path_);
        write(trace);
        TimelineSeries series;
        series.set_subject({.trace = trace, .identity = 1, .layer = 0});
        while (series.n_missing() > 0) series.take(timeline_parts(trace, series.next_tasks({}), [] { return false; }));
        for (const auto& [range, first] : {std::pair<std::string, std::size_t>{"", 0}, {"7:200", 7}, {"150:300", 150}}) {
            const render::TimelineChartModel model = picture(range, kTokens);
            ASSERT_EQ(model.tracks.size(), 4u);
            EXPECT_EQ(model.tracks[1].name, has_logits ? "Entropy" : "Load entropy");
            expect_alike(model.tracks[1], series.entropy(), first, "entropy");
            EXPECT_EQ(model.tracks[2].name, "Overlap");
            expect_alike(model.tracks[2], series.overlap(), first, "overlap");
            EXPECT_EQ(model.tracks[2].if_uniform.front(), 2.0 / 16);
            EXPECT_EQ(model.tracks[3].absent.empty(), has_logits);
            if (has_logits) expect_alike(model.tracks[3], series.margin(), first, "margin");
            if (has_logits) continue;
            ASSERT_EQ(model.tracks[1].if_uniform.size(), model.tracks[1].bins.size());
            for (std::size_t bin = 0; bin < model.tracks[1].bins.size(); ++bin)
                EXPECT_EQ(model.tracks[1].if_uniform[bin],
                          load_entropy_null({.n_tokens = std::min<std::size_t>(first + bin + 1, 64), .n_experts = 16, .top_k = 2}));
        }
    }
}

TEST_F(TimelinePictureTest, ALongRunsLoadEntropyBeginsWhereItHasItsTokens) {
    write(test::demo_trace(600, {.n_layers = 2, .n_experts = 8, .top_k = 2, .has_logits = false}));
    const render::TimelineTrackModel track = picture("", 600).tracks[1];
    EXPECT_FALSE(track.bins[62].has_value());
    EXPECT_TRUE(track.bins[63].has_value());
    EXPECT_FALSE(track.if_uniform[62].has_value());
    EXPECT_TRUE(track.if_uniform[63].has_value());
}

TEST_F(TimelinePictureTest, SaysThatADenseModelHasNoRouter) {
    TraceStore store(test::make_shape(0, 0, 0), TraceGating::Softmax);
    store.append_tokens(test::random_tokens(1, 0, 30, 4));
    store.append_chunk(std::make_shared<const TraceChunk>(test::random_chunk(1, test::make_shape(0, 0, 0), 0, 30)));
    write(store.snapshot());
    const render::TimelineChartModel model = picture("", 100);
    for (const std::size_t track : {1u, 2u, 3u}) EXPECT_EQ(model.tracks[track].absent, "a dense model has no router");
}

}  // namespace
}  // namespace moe::app
