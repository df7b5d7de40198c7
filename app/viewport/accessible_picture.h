#pragma once

namespace moe::app {

/// Lets assistive technology see a PictureView as a chart whose value is the selection in words. Later
/// calls do nothing.
void install_accessible_picture();

}  // namespace moe::app
