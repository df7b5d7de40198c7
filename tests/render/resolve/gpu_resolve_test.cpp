#include "render/resolve/gpu_resolve.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "engine/base/rng.h"
#include "render/gpu/command_buffer.h"
#include "tests/render/render_fixture.h"
#include "tests/support/trace_text.h"

namespace moe::render {
namespace {

constexpr GpuRouting::Limits kPlenty{.page_bytes = VkDeviceSize{16} << 20};

// One panel on the GPU and its rival on the processor, with what a scene would keep for them.
class GpuResolveTest : public testing::Test {
  protected:
    void SetUp() override {
        Result<Instance> instance = Instance::create(/*validation=*/true);
        if (!instance) GTEST_SKIP() << instance.error().message;
        instance_ = std::move(*instance);
        Result<std::unique_ptr<Device>> device = Device::create(instance_, "");
        if (!device) GTEST_SKIP() << device.error().message;
        device_ = std::move(*device);
        Result<CommandBuffer> commands = CommandBuffer::create(*device_);
        ASSERT_TRUE(commands);
        commands_ = std::move(*commands);
        n_messages_ = Instance::n_messages();
        make_panel(kPlenty);
    }
    void TearDown() override {
        EXPECT_EQ(Instance::n_messages(), n_messages_) << "a validation message fails the test";
    }

    void make_panel(const GpuRouting::Limits& limits) {
        gpu_.reset();
        Result<std::unique_ptr<GpuResolveContext>> context = GpuResolveContext::create(*device_, limits);
        if (!context) GTEST_SKIP() << context.error().message;
        context_ = std::move(*context);
        Result<std::unique_ptr<GpuResolve>> made = GpuResolve::create(*context_, "test");
        ASSERT_TRUE(made);
        gpu_ = std::move(*made);
    }

    // Whether all of the request was answered; on the GPU or, where it refuses, beside it.
    bool resolve(const TraceSnapshot& trace, const ResolveRequest& request, CodeImage& image,
                 ReadBudget budget = {}) {
        context_->routing.use(trace);
        const bool is_complete = gpu_->resolve(trace, request, pyramids_, budget, image);
        EXPECT_TRUE(context_->routing.uploads().stage(*device_));
        Result<VkCommandBuffer> recording = commands_.begin(*device_);
        EXPECT_TRUE(recording);
        context_->routing.uploads().record(*recording);
        gpu_->record_dispatch(*recording);
        const bool is_on_gpu = image.codes.empty() && image.width > 0 && image.height > 0;
        const GpuResolve::Codes& codes = gpu_->codes();
        Buffer copy;
        const std::size_t size = is_on_gpu ? codes.line_bytes * static_cast<std::size_t>(image.height) : 0;
        if (is_on_gpu) {
            Result<Buffer> made = Buffer::create(
                *device_,
                {.size_bytes = size, .usage = VK_BUFFER_USAGE_TRANSFER_DST_BIT, .label = "codes read back"});
            EXPECT_TRUE(made);
            copy = std::move(*made);
            const VkBufferCopy region{codes.offset, 0, size};
            vkCmdCopyBuffer(*recording, codes.buffer, copy.handle(), 1, &region);
        }
        EXPECT_TRUE(commands_.run(*device_));
        if (is_on_gpu) read(copy.mapped(), codes.line_bytes, image);
        return is_complete;
    }

    void expect_equal(const TraceSnapshot& trace, const ResolveRequest& request, const std::string& what) {
        CodeImage expected;
        CodeImage found;
        ReadBudget unlimited;
        ASSERT_TRUE(cpu_.resolve(trace, request, cpu_pyramids_, unlimited, expected));
        ASSERT_TRUE(resolve(trace, request, found)) << what;
        ASSERT_EQ(found, expected) << what;
        if (!gpu_->complaint().empty()) return;
        ++n_on_gpu_;
        CodeCounts counts{};
        for (const std::uint8_t code : expected.codes) ++counts[code];
        ASSERT_EQ(gpu_->counts(), counts) << what;
    }

    Instance instance_;
    std::unique_ptr<Device> device_;
    CommandBuffer commands_;
    std::unique_ptr<GpuResolveContext> context_;
    std::unique_ptr<GpuResolve> gpu_;
    TokenPyramids pyramids_;
    CpuResolve cpu_;
    TokenPyramids cpu_pyramids_;
    std::size_t n_messages_ = 0;
    std::size_t n_on_gpu_ = 0;

  private:
    static void read(std::span<const std::byte> lines, std::size_t line_bytes, CodeImage& image) {
        const auto width = static_cast<std::size_t>(image.width);
        image.codes.resize(width * static_cast<std::size_t>(image.height));
        for (std::size_t y = 0; y < static_cast<std::size_t>(image.height); ++y)
            std::memcpy(image.codes.data() + y * width, lines.data() + y * line_bytes, width);
    }
};

struct RandomPicture {
    Rng rng;
    std::shared_ptr<const ExpertArrangement> arrangement;

    // Hides some, sorts the rest anyhow, collapses a layer now and then.
    void arrange(const TraceShape& shape) {
        arrangement = nullptr;
        if (rng.below(3) == 0) return;
        std::vector<std::vector<std::uint16_t>> experts(shape.n_layers);
        std::vector<bool> is_collapsed(shape.n_layers);
        for (std::size_t layer = 0; layer < shape.n_layers; ++layer) {
            for (std::size_t e = 0; e < shape.n_experts; ++e) {
                if (rng.below(5) == 0) continue;
                const auto at = static_cast<std::ptrdiff_t>(rng.below(experts[layer].size() + 1));
                experts[layer].insert(experts[layer].begin() + at, static_cast<std::uint16_t>(e));
            }
            if (experts[layer].empty()) experts[layer].push_back(0);
            is_collapsed[layer] = rng.below(4) == 0;
        }
        arrangement =
            std::make_shared<const ExpertArrangement>(std::move(experts), is_collapsed, shape.n_experts);
    }

    // Runs of rows as zooms have them: several pixels a token or many tokens a pixel, hairlines, gaps.
    std::vector<IndexRange> rows(std::size_t n_tokens) {
        std::vector<IndexRange> result(1 + rng.below(40));
        const std::size_t row_tokens = std::size_t{1} << rng.below(10);
        const std::size_t row_pixels = row_tokens == 1 ? 1 + rng.below(6) : 1;
        const bool is_aligned = rng.below(2) == 0;
        std::size_t token = rng.below(n_tokens);
        if (is_aligned) token -= token % row_tokens;
        for (std::size_t y = 0; y < result.size(); ++y) {
            const std::size_t first = token + y / row_pixels * row_tokens;
            if (first >= n_tokens || (row_pixels > 4 && y % row_pixels == row_pixels - 1)) continue;
            result[y] = {first, std::min(n_tokens, first + row_tokens)};
        }
        return result;
    }

    // Columns of a layer, as the heatmap has them; without an arrangement also across layers, as the
    // overview.
    std::vector<IndexRange> columns(const TraceShape& shape) {
        std::vector<IndexRange> result(1 + rng.below(150));
        const std::size_t widest = 1 + rng.below(6);
        for (IndexRange& columns : result) {
            if (rng.below(9) == 0) continue;
            const std::size_t layer = rng.below(shape.n_layers);
            const std::size_t n = arrangement ? arrangement->n_shown(layer) : shape.n_experts;
            const std::size_t first = rng.below(n);
            columns.first = layer * shape.n_experts + first;
            const std::size_t end = rng.below(5) == 0 ? n : std::min(n, first + 1 + rng.below(widest));
            columns.end = layer * shape.n_experts + end;
            if (!arrangement && rng.below(6) == 0)
                columns.end = columns.first + 1 + rng.below(shape.n_layers * shape.n_experts - columns.first);
        }
        return result;
    }

    ResolveRequest request(const TraceSnapshot& trace, HeatmapValue value, Fold fold) {
        arrange(trace.shape());
        return {.value = value,
                .fold = fold,
                .rows = rows(trace.n_routed()),
                .columns = columns(trace.shape()),
                .arrangement = arrangement};
    }
};

// All values and folds that a picture can have.
std::vector<std::pair<HeatmapValue, Fold>> questions() {
    std::vector<std::pair<HeatmapValue, Fold>> result;
    for (const HeatmapValueInfo& info : heatmap_values()) {
        for (const Fold fold : {Fold::Max, Fold::Mean}) {
            if (shown_fold(info.value, fold) == fold) result.emplace_back(info.value, fold);
        }
    }
    return result;
}

TEST_F(GpuResolveTest, EqualsTheProcessorOnRandomTraces) {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        RandomPicture picture{Rng(seed), nullptr};
        Rng& rng = picture.rng;
        const TraceShape shape = test::make_shape(1 + rng.below(4), 2 + rng.below(35), 1 + rng.below(2));
        const TraceSnapshot trace =
            test::random_trace(seed, shape, 1 + rng.below(1500),
                               {.weights = true,
                                .router_logits = true,
                                .scores = rng.below(2) == 0,
                                .selection = rng.below(2) == 0},
                               rng.below(2) == 0 ? TraceGating::Softmax : TraceGating::Sigmoid);
        for (const auto& [value, fold] : questions()) {
            for (int i = 0; i < 2; ++i) {
                expect_equal(trace, picture.request(trace, value, fold),
                             fmt::format("seed {} {} {}", seed, info_of(value).name,
                                         fold == Fold::Max ? "max" : "mean"));
                if (HasFatalFailure()) return;
            }
        }
    }
    EXPECT_EQ(n_on_gpu_, 30 * 2 * questions().size()) << "no request was refused";
}

// Two runs that share their beginning grow in turn; the last tokens have no routing yet.
TEST_F(GpuResolveTest, FollowsBranchesThatGrow) {
    const TraceShape shape = test::make_shape(3, 12, 3);
    RandomPicture picture{Rng(8), nullptr};
    auto parent = std::make_shared<TraceStore>(shape, TraceGating::Softmax);
    std::vector<std::shared_ptr<TraceStore>> stores{parent};
    std::uint64_t seed = 100;
    for (int round = 0; round < 60; ++round) {
        TraceStore& store = *stores[picture.rng.below(stores.size())];
        const std::size_t n = store.snapshot().n_routed();
        const std::size_t n_known = store.snapshot().n_tokens();
        const std::size_t step = 1 + picture.rng.below(90);
        if (n_known < n + step + 1)
            store.append_tokens(test::random_tokens(1, n_known, n + step + 1 - n_known, 0));
        store.append_chunk(std::make_shared<const TraceChunk>(test::random_chunk(++seed, shape, n, step)));
        const TraceSnapshot trace = store.snapshot();
        ASSERT_GT(trace.n_tokens(), trace.n_routed());
        if (round % 15 == 14) {
            stores.push_back(
                TraceStore::branch(trace, trace.n_routed() - picture.rng.below(70) % trace.n_routed()));
        }
        for (const auto& [value, fold] : questions()) {
            expect_equal(trace, picture.request(trace, value, fold), fmt::format("round {}", round));
            if (HasFatalFailure()) return;
        }
    }
    EXPECT_EQ(n_on_gpu_, 60 * questions().size());
}

TEST_F(GpuResolveTest, EqualsTheProcessorAtEveryZoomOfAPicture) {
    FrameInput input = test::synthetic_frame(
        {.n_layers = 5, .n_experts = 24, .top_k = 4, .n_tokens = 5000, .has_scores = true}, 613, 401);
    for (const auto& [value, fold] : questions()) {
        for (int zoom = 0; zoom < 14; ++zoom) {
            input.view.value = value;
            input.view.fold = fold;
            input.view.tokens = {.offset_pixels = 37 * zoom,
                                 .row_pixels = zoom < 6 ? 1 << (5 - zoom) : 1,
                                 .row_tokens = zoom < 6 ? 1 : std::int64_t{1} << (zoom - 6)};
            const PanelLayout layout = panel_layout(input);
            const std::string what = fmt::format("{} at zoom {}", info_of(value).name, zoom);
            expect_equal(input.trace, heatmap_request(input, layout), what);
            expect_equal(input.trace, overview_request(input, layout), what);
            if (HasFatalFailure()) return;
        }
    }
    EXPECT_EQ(n_on_gpu_, 2 * 14 * questions().size());
}

TEST_F(GpuResolveTest, EqualsTheProcessorOverCoarseSums) {
    const TraceSnapshot trace = test::random_trace(5, test::make_shape(1, 4, 1), 140'000);
    for (const auto& [value, fold] : {std::pair{HeatmapValue::AppliedWeight, Fold::Max},
                                      std::pair{HeatmapValue::AppliedWeight, Fold::Mean},
                                      std::pair{HeatmapValue::LoadDifference, Fold::Mean}}) {
        const ResolveRequest request{
            .value = value,
            .fold = fold,
            .rows = {{0, 140'000}, {0, 65'536}, {63, 69'999}, {256, 1280}, {4096, 20'480}, {65'536, 140'000}},
            .columns = {{0, 1}, {1, 4}, {0, 4}},
            .arrangement = {}};
        expect_equal(trace, request, info_of(value).name);
    }
}

TEST_F(GpuResolveTest, GivesUpOldPagesWhereMemoryIsShort) {
    make_panel({.page_bytes = 64 << 10, .n_pages = 2});
    const TraceSnapshot trace = test::random_trace(3, test::make_shape(4, 32, 2), 20'000);
    Rng rng(3);
    for (int i = 0; i < 60; ++i) {
        ResolveRequest request{.value = i % 2 == 0 ? HeatmapValue::AppliedWeight : HeatmapValue::Selected,
                               .fold = i % 3 == 0 ? Fold::Mean : Fold::Max,
                               .rows = {},
                               .columns = {{0, 3}, {40, 41}, {96, 128}},
                               .arrangement = {}};
        const std::size_t first = rng.below(19'000);
        const std::size_t row_tokens = i % 5 == 0 ? 17 : 1;
        for (std::size_t y = 0; y < 50; ++y)
            request.rows.push_back({first + y * row_tokens, first + (y + 1) * row_tokens});
        expect_equal(trace, request, fmt::format("picture {}", i));
        if (HasFatalFailure()) return;
    }
    EXPECT_EQ(n_on_gpu_, 60u) << "each picture alone has room";
}

TEST_F(GpuResolveTest, LeavesToTheProcessorWhatDoesNotFit) {
    make_panel({.page_bytes = 64 << 10, .n_pages = 2});
    const TraceSnapshot trace = test::random_trace(3, test::make_shape(4, 32, 2), 4000);
    ResolveRequest request{.value = HeatmapValue::Score,
                           .fold = Fold::Max,
                           .rows = {},
                           .columns = {{0, 3}, {40, 41}},
                           .arrangement = {}};
    for (std::size_t token = 0; token + 60 <= 4000; token += 60) request.rows.push_back({token, token + 60});
    expect_equal(trace, request, "too large");
    EXPECT_NE(gpu_->complaint(), "");
    request.rows.resize(5);
    expect_equal(trace, request, "small again");
    EXPECT_EQ(gpu_->complaint(), "");
}

TEST_F(GpuResolveTest, UploadsATokenOnce) {
    const TraceSnapshot trace = test::random_trace(4, test::make_shape(2, 8, 2), 1000);
    ResolveRequest request{.value = HeatmapValue::AppliedWeight,
                           .fold = Fold::Max,
                           .rows = {{0, 1}, {1, 2}, {70, 71}},
                           .columns = {{0, 1}},
                           .arrangement = {}};
    expect_equal(trace, request, "two chunks");
    const std::size_t n_words = context_->routing.n_uploaded_words();
    EXPECT_EQ(n_words, 2 * kChunkTokens * 2 * 2);
    request.rows = {{3, 4}, {65, 66}};
    expect_equal(trace, request, "elsewhere in them");
    EXPECT_EQ(context_->routing.n_uploaded_words(), n_words);
}

TEST_F(GpuResolveTest, FillsInAsTheBudgetAllows) {
    const TraceSnapshot trace = test::random_trace(7, test::make_shape(2, 8, 2), 1000);
    ResolveRequest request{.value = HeatmapValue::AppliedWeight,
                           .fold = Fold::Max,
                           .rows = {},
                           .columns = {{0, 16}},
                           .arrangement = {}};
    for (std::size_t first = 0; first < 1000; first += 125) request.rows.push_back({first, first + 125});
    CodeImage whole;
    ReadBudget unlimited;
    cpu_.resolve(trace, request, cpu_pyramids_, unlimited, whole);
    CodeImage image;
    int n_calls = 1;
    for (; !resolve(trace, request, image, {1}); ++n_calls) {
        ASSERT_LE(n_calls, 40);
        for (std::size_t y = 0; y < image.codes.size(); ++y)
            EXPECT_TRUE(image.codes[y] == 0 || image.codes[y] == whole.codes[y]);
    }
    EXPECT_EQ(image, whole);
    EXPECT_GT(n_calls, 4);
}

}  // namespace
}  // namespace moe::render
