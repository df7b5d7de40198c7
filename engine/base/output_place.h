#pragma once

#include <filesystem>

#include "engine/base/result.h"

namespace moe {

/// Where the bytes for a name go. A file is replaced by a temporary neighbour; a device or a pipe would be
/// lost by that and takes the bytes themselves.
struct OutputPlace {
    std::filesystem::path path;  ///< behind links, so that a link stays one
    bool is_stream = false;      ///< a device of characters or a pipe
};

/// An Error where nothing can be written under the name: it is a folder, a disk, a socket or a link to
/// nothing.
Result<OutputPlace> output_place(const std::filesystem::path& name);

}  // namespace moe
