#pragma once

#include "render/scene/text_mark.h"

namespace moe::render {

inline constexpr int kRegular = 400;
inline constexpr int kSemiBold = 600;

/// The font of a text in the picture (SPEC section 3), for all who draw it.
struct RoleFont {
    const char* family;
    double pixels;  ///< logical
    int weight;
};
RoleFont role_font(TextRole role, bool is_bold);

}  // namespace moe::render
