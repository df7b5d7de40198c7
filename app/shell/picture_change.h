#pragma once

#include "app/viewport/picture_view.h"  // first: it includes Vulkan before Qt

#include "engine/trace/trace_shape.h"

namespace moe::app {

/// What a user did to the picture's options.
struct PictureChange {
    QString name;              ///< as a menu says it behind "Undo": "Hide expert 5 of layer 3"
    bool is_of_range = false;  ///< the colour range and nothing else, which a slider sets
};

/// Names the way from one value to another that differs, with the layers' numbers of `shape`.
PictureChange picture_change(const PictureOptions& before, const PictureOptions& after,
                             const TraceShape& shape);

}  // namespace moe::app
