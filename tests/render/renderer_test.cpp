#include "render/renderer.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "render/frame_scene.h"
#include "render/scene/zoom.h"
#include "render/vulkan_renderer.h"
#include "tests/render/image_compare.h"
#include "tests/render/render_fixture.h"

namespace moe::render {
namespace {

using test::difference;
using test::ImageDifference;
using test::kFarPixelShare;
using test::synthetic_frame;

// Of 255: two blending units may round a channel differently, once for each translucent mark over another.
constexpr int kRoundingOnly = 3;

// A strip with every alpha and a mesh with edges that fall between pixels.
void add_layers_on_top(FrameInput& input) {
    auto strip = std::make_shared<RgbaImage>(RgbaImage{.width = 64, .height = 8, .rgba = {}});
    for (int i = 0; i < 64 * 8; ++i) {
        const auto alpha = static_cast<std::uint8_t>(i * 255 / 511);
        strip->rgba.insert(strip->rgba.end(), {alpha, static_cast<std::uint8_t>(alpha / 2), 0, alpha});
    }
    input.label_strips.push_back({{10, 40, 64, 8}, strip});
    auto atlas = std::make_shared<RgbaImage>(RgbaImage{.width = 4, .height = 4, .rgba = {}});
    for (int i = 0; i < 16; ++i)
        atlas->rgba.insert(atlas->rgba.end(), {255, 255, 255, static_cast<std::uint8_t>(i * 17)});
    OverlayMesh& mesh = input.overlay;
    mesh.atlas = atlas;
    mesh.vertices = {{20.25f, 50.5f, 0, 0, 0xFF4080FF},      {120.75f, 60.25f, 1, 0, 0xFFFFFFFF},
                     {60.5f, 140.0f, 0, 1, 0x80FFFFFF},      {30.0f, 30.0f, 0.9f, 0.9f, 0xFF00FF00},
                     {90.0f, 30.0f, 0.9f, 0.9f, 0xFF00FF00}, {90.0f, 90.0f, 0.9f, 0.9f, 0xFF00FF00}};
    mesh.indices = {0, 1, 2, 3, 4, 5};
    mesh.draws = {{{0, 0, 100, 130}, 0, 3}, {{40, 0, 1000, 1000}, 3, 3}};
}

FrameInput live_frame(int width, int height, double ratio = 1.0) {
    FrameInput input = synthetic_frame({}, width, height, ratio);
    input.is_live = true;
    input.view.tokens = followed(input.view.tokens, 204, panel_layout(input).heatmap.height);
    input.view.selection = {.token = 173, .layer = 3, .expert = {}};
    input.view.hover = {.token = 189, .layer = 4, .expert = 7};
    return input;
}

FrameInput planned_frame() {
    FrameInput input = synthetic_frame({.n_tokens = 1}, 980, 738);
    input.planned_shape = input.trace.shape();
    input.trace = {};
    input.n_planned_tokens = 35;
    return input;
}

FrameInput folded_frame(Fold fold) {
    FrameInput input =
        synthetic_frame({.n_layers = 48, .n_experts = 128, .top_k = 8, .n_tokens = 700}, 1230, 790);
    input.view.tokens = {.offset_pixels = 0, .row_pixels = 1, .row_tokens = 2};
    input.view.fold = fold;
    return input;
}

FrameInput across(FrameInput input) {
    input.view.orientation = Orientation::TokensAcross;
    return input;
}

struct NamedFrame {
    const char* name;
    FrameInput input;
    bool is_golden = true;  ///< small enough to be kept as an image
};

std::vector<NamedFrame> frames() {
    std::vector<NamedFrame> result{
        {"live", live_frame(980, 738)},
        {"planned", planned_frame()},
        {"folded_max", folded_frame(Fold::Max), false},
        {"folded_mean", folded_frame(Fold::Mean), false},
        {"one_token", synthetic_frame({.n_tokens = 1}, 640, 400)},
        {"no_weights", synthetic_frame({.has_weights = false}, 1280, 800)},
        {"scores", synthetic_frame({.n_tokens = 50, .has_scores = true}, 640, 400)},
        {"one_pixel", synthetic_frame({}, 1, 1), false},
        {"nothing", FrameInput{}},
        {"large", live_frame(3840, 2160, 2.0), false}};
    result[6].input.view.value = HeatmapValue::Score;
    for (const auto& [name, value] :
         {std::pair{"rank", HeatmapValue::Rank}, std::pair{"margin", HeatmapValue::Margin},
          std::pair{"difference", HeatmapValue::LoadDifference}}) {
        result.push_back({name, synthetic_frame({.n_tokens = 50, .has_scores = true}, 640, 400)});
        result.back().input.view.value = value;
    }
    result[8].input.width = 300;
    result[8].input.height = 200;
    result.push_back({"across", across(live_frame(1100, 738))});
    result.push_back({"across_planned", across(planned_frame()), false});
    result.push_back({"across_folded", across(folded_frame(Fold::Mean)), false});
    result.push_back({"light", live_frame(980, 738)});
    result.back().input.theme = kLightTheme;
    add_layers_on_top(result.back().input);
    return result;
}

// The pixels of the heatmap whose colour no blending touches: their codes say what they must be.
std::size_t n_wrong_heatmap_pixels(const FrameInput& input, const RgbaImage& image) {
    SceneBuilder builder;
    const FrameScene& scene = builder.build(input);
    const ColoredCodes& heatmap = scene.heatmap;
    std::size_t n_wrong = 0;
    for (int y = 0; y < heatmap.rect.height; ++y) {
        for (int x = 0; x < heatmap.rect.width; ++x) {
            const Color expected = heatmap.table[heatmap.code_at(x, y)];
            const int px = heatmap.rect.x + x;
            const int py = heatmap.rect.y + y;
            const auto covers = [&](const Mark& mark) { return mark.rect.contains(px, py); };
            if (expected.a == 0 || std::any_of(scene.above.begin(), scene.above.end(), covers)) continue;
            const std::uint8_t* pixel =
                image.rgba.data() + (static_cast<std::size_t>(py) * static_cast<std::size_t>(image.width) +
                                     static_cast<std::size_t>(px)) *
                                        4;
            if (Color{pixel[0], pixel[1], pixel[2], 255} != expected) ++n_wrong;
        }
    }
    return n_wrong;
}

TEST(SoftwareRendererTest, IsTheGoldenPicture) {
    const std::unique_ptr<Renderer> renderer = create_software_renderer();
    RgbaImage image;
    for (const NamedFrame& frame : frames()) {
        if (!frame.is_golden) continue;
        ASSERT_TRUE(renderer->render(frame.input, image));
        EXPECT_EQ(test::golden_complaint(frame.name, image), "");
    }
}

TEST(SoftwareRendererTest, DrawsTheSameBytesEveryTime) {
    RgbaImage first;
    ASSERT_TRUE(create_software_renderer()->render(live_frame(980, 738), first));
    for (int i = 0; i < 3; ++i) {
        RgbaImage again;
        ASSERT_TRUE(create_software_renderer()->render(live_frame(980, 738), again));
        EXPECT_EQ(first.rgba, again.rgba);
    }
}

TEST(SoftwareRendererTest, DrawsALongRunWithoutBeingAskedTwice) {
    FrameInput input = synthetic_frame({.n_layers = 2, .n_experts = 16, .n_tokens = 100'000}, 1280, 800);
    const std::unique_ptr<Renderer> renderer = create_software_renderer();
    RgbaImage image;
    input.view.tokens = fitted(100'000, panel_layout(input).heatmap.height, 1.0);
    ASSERT_TRUE(renderer->render(input, image));
    EXPECT_EQ(n_wrong_heatmap_pixels(input, image), 0u);
    input.view.tokens = followed({.offset_pixels = 0, .row_pixels = 15, .row_tokens = 1}, 100'000,
                                 panel_layout(input).heatmap.height);
    ASSERT_TRUE(renderer->render(input, image));
    EXPECT_EQ(n_wrong_heatmap_pixels(input, image), 0u);
}

TEST(SoftwareRendererTest, HasNoPixelsForNoSize) {
    FrameInput input = live_frame(980, 738);
    input.width = 0;
    RgbaImage image;
    ASSERT_TRUE(create_software_renderer()->render(input, image));
    EXPECT_TRUE(image.rgba.empty());
}

// With the codes made on the processor and on the device.
class VulkanRendererTest : public testing::TestWithParam<ResolveOn> {
  protected:
    void SetUp() override {
        Result<std::unique_ptr<VulkanRenderer>> made =
            VulkanRenderer::create({.validation = true, .device_name = {}, .resolve = GetParam()});
        if (!made) GTEST_SKIP() << made.error().message;
        renderer_ = std::move(*made);
        n_messages_ = n_validation_messages();
    }
    void TearDown() override {
        renderer_.reset();
        EXPECT_EQ(n_validation_messages(), n_messages_) << "a validation message fails the test";
    }
    std::unique_ptr<VulkanRenderer> renderer_;
    std::size_t n_messages_ = 0;
};

TEST_P(VulkanRendererTest, DrawsWhatTheSoftwareDraws) {
    const std::unique_ptr<Renderer> software = create_software_renderer();
    for (const NamedFrame& frame : frames()) {
        RgbaImage expected;
        RgbaImage drawn;
        ASSERT_TRUE(software->render(frame.input, expected));
        ASSERT_TRUE(renderer_->render(frame.input, drawn)) << frame.name;
        const ImageDifference found = difference(expected, drawn);
        ASSERT_TRUE(found.has_same_size) << frame.name;
        EXPECT_LE(found.far_share, kFarPixelShare) << frame.name << ": " << found.n_far_pixels << " pixels";
        if (!frame.input.overlay.draws.empty()) continue;
        EXPECT_LE(found.largest, kRoundingOnly) << frame.name;
        EXPECT_EQ(n_wrong_heatmap_pixels(frame.input, drawn), 0u) << frame.name;
    }
}

TEST_P(VulkanRendererTest, DrawsTheSameBytesEveryTime) {
    RgbaImage first;
    ASSERT_TRUE(renderer_->render(live_frame(980, 738), first));
    RgbaImage between;
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(renderer_->render(folded_frame(Fold::Max), between));
        RgbaImage again;
        ASSERT_TRUE(renderer_->render(live_frame(980, 738), again));
        EXPECT_EQ(first.rgba, again.rgba);
    }
}

TEST_P(VulkanRendererTest, FollowsTheSizeOfItsWindow) {
    RgbaImage image;
    for (const auto& [width, height] :
         {std::pair{400, 300}, {401, 299}, {1, 1}, {0, 0}, {1280, 800}, {640, 400}}) {
        ASSERT_TRUE(renderer_->render(live_frame(width, height), image)) << width;
        EXPECT_EQ(image.rgba.size(), static_cast<std::size_t>(width * height * 4));
    }
}

TEST_P(VulkanRendererTest, RefusesAPictureThatTheDeviceCannotHave) {
    RgbaImage image;
    FrameInput input = live_frame(400, 300);
    input.width = 1 << 20;
    input.height = 2;
    const Result<void> drawn = renderer_->render(input, image);
    ASSERT_FALSE(drawn);
    EXPECT_NE(drawn.error().message.find("1048576 x 2"), std::string::npos);
    EXPECT_TRUE(renderer_->render(live_frame(400, 300), image)) << "and goes on with the next";
}

TEST_P(VulkanRendererTest, SurvivesTheLossOfItsDevice) {
    RgbaImage before;
    RgbaImage after;
    FrameInput input = live_frame(640, 400);
    add_layers_on_top(input);
    ASSERT_TRUE(renderer_->render(input, before));
    renderer_->lose_device(1);
    ASSERT_TRUE(renderer_->render(input, after));
    EXPECT_EQ(before.rgba, after.rgba);
}

TEST_P(VulkanRendererTest, TellsWhenTheDeviceCannotBeHadAgain) {
    RgbaImage image;
    renderer_->lose_device(2);
    const Result<void> drawn = renderer_->render(live_frame(640, 400), image);
    ASSERT_FALSE(drawn);
    EXPECT_NE(drawn.error().message.find("VK_ERROR_DEVICE_LOST"), std::string::npos);
    EXPECT_TRUE(renderer_->render(live_frame(640, 400), image)) << "a later frame tries anew";
}

TEST_P(VulkanRendererTest, CountsTheCodesItShows) {
    const std::unique_ptr<Renderer> software = create_software_renderer();
    for (const NamedFrame& frame : frames()) {
        RgbaImage image;
        ASSERT_TRUE(software->render(frame.input, image));
        ASSERT_TRUE(renderer_->render(frame.input, image));
        EXPECT_EQ(renderer_->report(), software->report()) << frame.name;
    }
}

TEST_P(VulkanRendererTest, NamesItsDeviceAndWhereItResolves) {
    RgbaImage image;
    ASSERT_TRUE(renderer_->render(live_frame(640, 400), image));
    EXPECT_EQ(renderer_->description().rfind("Vulkan: ", 0), 0u);
    const char* place = GetParam() == ResolveOn::Gpu ? ", GPU resolve" : ", CPU resolve";
    EXPECT_NE(renderer_->description().find(place), std::string::npos) << renderer_->description();
}

INSTANTIATE_TEST_SUITE_P(Resolve, VulkanRendererTest, testing::Values(ResolveOn::Cpu, ResolveOn::Gpu),
                         [](const auto& suite) { return suite.param == ResolveOn::Gpu ? "Gpu" : "Cpu"; });

TEST(VulkanDeviceTest, SaysWhichNameItDidNotFind) {
    const auto made = create_vulkan_renderer({.validation = false, .device_name = "no such device"});
    ASSERT_FALSE(made);
    EXPECT_NE(made.error().message.find("Vulkan"), std::string::npos);
}

}  // namespace
}  // namespace moe::render
