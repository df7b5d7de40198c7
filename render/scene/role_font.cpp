#include "render/scene/role_font.h"

namespace moe::render {

RoleFont role_font(TextRole role, bool is_bold) {
    const int weight = is_bold ? kSemiBold : kRegular;
    switch (role) {
        case TextRole::LayerHead:
            return {"Inter", 12.0, kSemiBold};
        case TextRole::Caption:
            return {"Inter", 11.0, weight};
        case TextRole::AxisDigits:
            return {"JetBrains Mono", 10.0, weight};
        case TextRole::Token:
            return {"JetBrains Mono", 11.5, weight};
        case TextRole::Number:
            return {"JetBrains Mono", 11.5, weight};
        case TextRole::SmallNumber:
            return {"JetBrains Mono", 10.5, weight};
    }
    return {"Inter", 11.0, weight};
}

}  // namespace moe::render
