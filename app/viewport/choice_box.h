#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "app/viewport/card_look.h"

namespace moe::app {

/// One entry of a choice box; one that cannot be taken says why.
struct Choice {
    const char* label = "";
    const char* why_not = nullptr;  ///< null: it can be taken
};

/// What the box shows: its caption ("Show"), all entries, the one in force.
struct ChoiceBoxModel {
    const char* caption = "";
    std::span<const Choice> choices;
    std::size_t current = 0;
};

/// A drop-down as wide as its longest entry, left edge at `x`, in the present window. Returns the entry
/// clicked in this frame.
std::optional<std::size_t> draw_choice_box(const CardLook& look, const ChoiceBoxModel& model, float x,
                                           float middle);
float choice_box_width(const CardLook& look, const ChoiceBoxModel& model);

}  // namespace moe::app
