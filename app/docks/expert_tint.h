#pragma once

#include <QColor>
#include <cstddef>

namespace moe::app {

/// The hue that stands for an expert in token text, within one layer only: neighbouring experts are far
/// apart, hues repeat after 16, so that it is never the only sign.
QColor expert_tint(std::size_t expert, bool is_dark);

}  // namespace moe::app
