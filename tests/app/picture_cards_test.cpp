// Cards, mouse and wheel of the picture, without a window.
#include <gtest/gtest.h>

#include "app/viewport/card_look.h"
#include "app/viewport/frame_meter.h"
#include "app/viewport/imgui_layer.h"
#include "app/viewport/input.h"
#include "app/viewport/navigation.h"
#include "app/viewport/tooltip.h"
#include "app/viewport/tooltip_model.h"
#include "engine/base/rng.h"
#include "render/scene/zoom.h"
#include "tests/app/demo_trace.h"

namespace moe::app {
namespace {

const render::PixelRect kBounds{0, 34, 900, 600};

TEST(TooltipTest, StandsBelowAndRightOfItsCell) {
    EXPECT_EQ(placed_card({100, 100, 8, 15}, 200, 150, kBounds, 10), (render::PixelRect{118, 125, 200, 150}));
}

TEST(TooltipTest, FlipsAtTheEdges) {
    EXPECT_EQ(placed_card({880, 100, 8, 15}, 200, 150, kBounds, 10), (render::PixelRect{670, 125, 200, 150}));
    EXPECT_EQ(placed_card({100, 600, 8, 15}, 200, 150, kBounds, 10), (render::PixelRect{118, 440, 200, 150}));
}

TEST(TooltipTest, NeverCoversItsCellAndStaysInside) {
    Rng rng(3);
    const auto below = [&](int n) { return static_cast<int>(rng.next() % static_cast<std::uint64_t>(n)); };
    for (int i = 0; i < 5000; ++i) {
        const render::PixelRect cell{below(890), 34 + below(580), 1 + below(30), 1 + below(28)};
        const render::PixelRect card = placed_card(cell, 150 + below(250), 60 + below(200), kBounds, 10);
        ASSERT_TRUE(card.intersected(cell).is_empty()) << i;
        ASSERT_EQ(card.intersected(kBounds), card) << i;
    }
}

TEST(TooltipTest, CallsALayerAsTheModelDoes) {
    render::FrameInput scene;
    scene.trace = test::demo_trace(40, {.n_layers = 2, .layer_ids = {1, 3}});
    scene.width = 900;
    scene.height = 600;
    const render::PanelLayout layout = render::panel_layout(scene);
    const render::Hit hit{.kind = render::HitKind::Cell,
                          .cell = {.token = 2, .layer = 1, .expert = 4},
                          .n_tokens = 1,
                          .n_experts = 1};
    const auto card = tooltip_for(scene, layout, hit, {});
    ASSERT_TRUE(card.has_value());
    EXPECT_EQ(card->title, "token 2, layer 3, expert 4");
}

TEST(WheelReaderTest, TellsScrollingFromZooming) {
    WheelReader reader;
    const WheelAction up = reader.read({0, 120}, Qt::NoModifier);
    EXPECT_EQ(up.kind, WheelAction::Kind::ScrollRows);
    EXPECT_EQ(up.notches, -1.0);
    EXPECT_EQ(reader.read({0, 120}, Qt::ShiftModifier).kind, WheelAction::Kind::ScrollColumns);
    EXPECT_EQ(reader.read({120, 0}, Qt::NoModifier).kind, WheelAction::Kind::ScrollColumns);
    const WheelAction nearer = reader.read({0, 120}, Qt::ControlModifier);
    EXPECT_EQ(nearer.kind, WheelAction::Kind::ZoomRows);
    EXPECT_EQ(nearer.steps, 1);
    EXPECT_EQ(reader.read({0, -240}, Qt::ControlModifier | Qt::ShiftModifier).steps, -2);
}

TEST(WheelReaderTest, AddsUpAFineWheel) {
    WheelReader reader;
    int steps = 0;
    for (int i = 0; i < 8; ++i) steps += reader.read({0, 30}, Qt::ControlModifier).steps;
    EXPECT_EQ(steps, 2);
}

TEST(DragReaderTest, TakesASmallMoveForAClick) {
    DragReader drag;
    drag.press({10, 10});
    EXPECT_FALSE(drag.move({12, 12}).has_value());
    EXPECT_TRUE(drag.release());
    drag.press({10, 10});
    EXPECT_EQ(drag.move({10, 30}), QPoint(0, 20));
    EXPECT_EQ(drag.move({10, 31}), QPoint(0, 1));
    EXPECT_FALSE(drag.release());
    EXPECT_FALSE(drag.release()) << "nothing was pressed";
}

render::FrameInput scene_of(std::size_t n_tokens) {
    render::FrameInput scene;
    scene.width = 1000;
    scene.height = 700;
    scene.trace = test::demo_trace(n_tokens);
    scene.view.tokens.row_pixels = render::default_row_pixels(1.0);
    return scene;
}

TEST(NavigationTest, ZoomsOutToTheWholeRunAndNoFurther) {
    render::FrameInput scene = scene_of(5000);
    zoom_rows(scene, -40, 100);
    EXPECT_TRUE(shows_whole_run(scene));
    const render::TokenAxis out = scene.view.tokens;
    zoom_rows(scene, -1, 100);
    EXPECT_EQ(scene.view.tokens, out);
    zoom_rows(scene, 1, 100);
    EXPECT_FALSE(shows_whole_run(scene)) << "a step nearer would have been too near";
}

TEST(NavigationTest, FollowingStandsAtTheNewestRow) {
    render::FrameInput scene = scene_of(300);
    EXPECT_FALSE(is_at_newest(scene));
    follow_newest(scene);
    EXPECT_TRUE(is_at_newest(scene));
    scroll_rows(scene, 1000000);
    EXPECT_TRUE(is_at_newest(scene)) << "there is nothing below";
    scroll_rows(scene, -1);
    EXPECT_FALSE(is_at_newest(scene));
}

TEST(NavigationTest, AnotherScaleKeepsTheTokenOnTop) {
    render::FrameInput scene = scene_of(300);
    scroll_rows(scene, 15 * 100);
    const std::int64_t top = scene.view.tokens.token_from_pixel(0);
    change_pixel_ratio(scene, 2.0);
    EXPECT_EQ(scene.view.tokens.token_from_pixel(0), top);
    EXPECT_EQ(scene.view.tokens.row_pixels, 30);
}

TEST(NavigationTest, KnowsWhetherTheSelectionIsInView) {
    render::FrameInput scene = scene_of(300);
    EXPECT_TRUE(is_selection_in_view(scene)) << "nothing is selected";
    scene.view.selection.token = 250;
    EXPECT_FALSE(is_selection_in_view(scene));
    frame_selection(scene);
    EXPECT_TRUE(is_selection_in_view(scene));
}

TEST(ImGuiLayerTest, SeesAPressAndAReleaseBetweenTwoFrames) {
    ImGuiLayer layer;
    layer.set_look(render::kDarkTheme, 1.0);
    bool was_clicked = false;
    const auto frame = [&] {
        layer.begin_frame(400, 300, 0.016);
        begin_bare_window("w", {0, 0, 100, 100});
        was_clicked = ImGui::InvisibleButton("b", {50, 50}) || was_clicked;
        ImGui::End();
        return layer.end_frame();
    };
    frame();
    layer.events().push({.kind = OverlayEvent::Kind::Move, .x = 20, .y = 20});
    layer.events().push({.kind = OverlayEvent::Kind::Button, .button = 0, .is_down = true});
    layer.events().push({.kind = OverlayEvent::Kind::Button, .button = 0, .is_down = false});
    int n_frames = 0;
    for (; !layer.events().is_empty(); ++n_frames) frame();
    EXPECT_EQ(n_frames, 2) << "one change of a button a frame";
    EXPECT_TRUE(was_clicked);
}

TEST(ImGuiLayerTest, DrawsTheSameTwice) {
    ImGuiLayer layer;
    layer.set_look(render::kDarkTheme, 1.0);
    const auto frame = [&](const char* text) {
        const CardLook& look = layer.begin_frame(400, 300, 0.016);
        draw_text(*ImGui::GetBackgroundDrawList(), look.body, 10, 10, look.theme.text_1, text);
        return layer.end_frame();
    };
    const render::OverlayMesh one = frame("tokens");
    EXPECT_TRUE(same_mesh(one, frame("tokens")));
    EXPECT_FALSE(same_mesh(one, frame("token")));
    EXPECT_EQ(one.indices.size() % 3, 0U);
    ASSERT_NE(one.atlas, nullptr);
    EXPECT_EQ(one.atlas->rgba.size(),
              static_cast<std::size_t>(one.atlas->width) * static_cast<std::size_t>(one.atlas->height) * 4);
}

TEST(FrameClockTest, RemembersLastMedianAndWorst) {
    FrameClock clock;
    EXPECT_EQ(clock.times().n, 0U);
    for (const double ms : {5.0, 1.0, 9.0, 2.0, 3.0}) clock.add(ms);
    const FrameTimes times = clock.times();
    EXPECT_EQ(times.last_ms, 3.0);
    EXPECT_EQ(times.median_ms, 3.0);
    EXPECT_EQ(times.worst_ms, 9.0);
}

}  // namespace
}  // namespace moe::app
