#pragma once

#include "app/viewport/picture_view.h"  // first: it includes Vulkan before Qt

#include <QByteArray>

namespace moe::app {

/// What the picture shows and how, as text for the settings. What does not belong to a file alone, the
/// picture's values and colours, and the arrangement of its experts, which does.
QByteArray text_from_picture(const PictureOptions& options);

/// What can be made out of such a text; the defaults for what cannot. Without `with_arrangement` the experts
/// stand as they always do: another file has others.
PictureOptions picture_from_text(const QByteArray& text, bool with_arrangement);

}  // namespace moe::app
