// Undo and redo: the stack by itself and the names of its steps.
#include "app/shell/picture_change.h"  // first: it includes Vulkan before Qt

#include <gtest/gtest.h>

#include <random>
#include <utility>

#include "app/shell/undo_stack.h"

namespace moe::app {
namespace {

using render::ExpertSort;

// A step that sets one of some numbers.
UndoStep step_of(std::vector<int>& numbers, std::size_t i, int value, const QString& merges_as = {}) {
    const int before = std::exchange(numbers[i], value);
    return {.name = QStringLiteral("Set %1").arg(i),
            .undo = [&numbers, i, before] { numbers[i] = before; },
            .redo = [&numbers, i, value] { numbers[i] = value; },
            .merges_as = merges_as};
}

TEST(UndoStackTest, GoesThroughTheStatesThatThereWere) {
    std::mt19937 random(3);
    for (int round = 0; round < 30; ++round) {
        UndoStack stack;
        std::vector<int> numbers(4);
        std::vector<std::vector<int>> states{numbers};  // of which the one at `now` is the present
        std::size_t now = 0;
        for (int i = 0; i < 150; ++i) {
            const auto what = random() % 4;
            if (what == 0) {
                stack.undo();
                if (now > 0) --now;
            } else if (what == 1) {
                stack.redo();
                if (now + 1 < states.size()) ++now;
            } else {
                stack.push(step_of(numbers, random() % numbers.size(), static_cast<int>(random())));
                states.resize(++now);
                states.push_back(numbers);
            }
            ASSERT_EQ(numbers, states[now]);
            ASSERT_EQ(stack.next_undo() != nullptr, now > 0);
            ASSERT_EQ(stack.next_redo() != nullptr, now + 1 < states.size());
        }
    }
}

TEST(UndoStackTest, ASlidersMovementIsOneStepUntilItRests) {
    UndoStack stack;
    std::vector<int> numbers(2);
    for (int value = 1; value <= 5; ++value) stack.push(step_of(numbers, 0, value, "slider"));
    stack.push(step_of(numbers, 1, 7, "another slider"));
    stack.close_step();
    stack.push(step_of(numbers, 1, 8, "another slider"));
    stack.push(step_of(numbers, 1, 9));
    const auto undone = [&] {
        stack.undo();
        return numbers;
    };
    EXPECT_EQ(undone(), (std::vector<int>{5, 8}));
    EXPECT_EQ(undone(), (std::vector<int>{5, 7}));
    EXPECT_EQ(undone(), (std::vector<int>{5, 0}));
    EXPECT_EQ(undone(), (std::vector<int>{0, 0}));
    stack.redo();
    EXPECT_EQ(numbers, (std::vector<int>{5, 0}));
    stack.push(step_of(numbers, 0, 6, "slider"));
    EXPECT_EQ(undone(), (std::vector<int>{5, 0})) << "what was made again is at rest";
}

TEST(UndoStackTest, ForgetsSomeStepsAndKeepsTheOthers) {
    UndoStack stack;
    std::vector<int> numbers(2);
    const RunKey run{.source = RunKey::Source::Trace, .id = 1};
    for (int value = 1; value <= 3; ++value) {
        stack.push(step_of(numbers, 0, value));
        UndoStep other = step_of(numbers, 1, value);
        other.run = run;
        stack.push(std::move(other));
    }
    for (int i = 0; i < 3; ++i) stack.undo();
    ASSERT_EQ(numbers, (std::vector<int>{2, 1}));
    stack.forget([&](const UndoStep& step) { return step.run == run; });
    stack.redo();
    EXPECT_EQ(numbers, (std::vector<int>{3, 1}));
    EXPECT_EQ(stack.next_redo(), nullptr);
    for (int i = 0; i < 3; ++i) stack.undo();
    EXPECT_EQ(numbers, (std::vector<int>{0, 1}));
    EXPECT_EQ(stack.next_undo(), nullptr);
}

TEST(UndoStackTest, WhatChangesWhileAStepIsUndoneIsNoStep) {
    UndoStack stack;
    std::vector<int> numbers(2);
    stack.push({.name = "both", .undo = [&] { stack.push(step_of(numbers, 1, 5)); }, .redo = [] {}});
    stack.undo();
    EXPECT_EQ(stack.next_undo(), nullptr);
    EXPECT_NE(stack.next_redo(), nullptr);
}

TEST(PictureChangeTest, NamesWhatAUserDid) {
    const TraceShape shape{.n_layers = 3, .layer_ids = {1, 2, 3}};
    const auto name = [&](auto&& change, PictureOptions before = {}) {
        PictureOptions after = before;
        change(after);
        return picture_change(before, after, shape).name.toStdString();
    };
    EXPECT_EQ(name([](auto& o) { o.orientation = render::Orientation::TokensAcross; }), "Transpose");
    EXPECT_EQ(name([](auto& o) { o.value = render::HeatmapValue::Margin; }), "Show margin to the cut");
    EXPECT_EQ(name([](auto& o) { o.fold = render::Fold::Mean; }), "Fold by mean");
    EXPECT_EQ(name([](auto& o) { o.scale.map = render::ColorMap::Magma; }), "Colour map Magma");
    EXPECT_EQ(name([](auto& o) { o.scale.is_log = true; }), "Logarithmic colours");
    EXPECT_EQ(name([](auto& o) { o.scale.high = 0.5f; }), "Colour range");
    EXPECT_EQ(name([](auto& o) { o.arrangement.sort = ExpertSort::ByLoad; }), "Sort by load");
    EXPECT_EQ(name([](auto& o) { o.arrangement.hidden.insert({2, 5}); }), "Hide expert 5 of layer 3");
    EXPECT_EQ(name([](auto& o) { o.arrangement.pinned.insert({0, 5}); }), "Pin expert 5 of layer 1");
    EXPECT_EQ(name([](auto& o) { o.arrangement.collapsed.insert(7); }), "Collapse layer 7")
        << "none of the trace";
    EXPECT_EQ(name([](auto& o) { o.arrangement.collapsed = {0, 1, 2}; }), "Collapse all layers");
    PictureOptions arranged;
    arranged.arrangement = {.pinned = {{1, 1}}, .hidden = {{0, 1}, {0, 2}}, .collapsed = {0, 1}};
    EXPECT_EQ(name([](auto& o) { o.arrangement.pinned.clear(); }, arranged), "Release expert 1 of layer 2");
    EXPECT_EQ(name([](auto& o) { o.arrangement.hidden.clear(); }, arranged), "Show all experts");
    EXPECT_EQ(name([](auto& o) { o.arrangement.collapsed.erase(1); }, arranged), "Expand layer 2");
    EXPECT_EQ(name([](auto& o) { o.arrangement.collapsed.clear(); }, arranged), "Expand all layers");
    PictureOptions ranged;
    ranged.scale.high = 0.25f;
    PictureOptions ranked;
    ranked.value = render::HeatmapValue::Rank;
    EXPECT_FALSE(picture_change(ranged, ranked, shape).is_of_range) << "a range goes with its value";
    EXPECT_TRUE(picture_change(ranged, {}, shape).is_of_range);
}

}  // namespace
}  // namespace moe::app
