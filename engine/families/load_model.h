#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/model/model.h"

namespace moe {

/// Opens a GGUF file and finds its family. An architecture or tensor type that this build cannot run is
/// refused by name, with the list of known ones. Reads the header and checks every tensor's shape; the
/// weights come in as they are used.
Result<std::shared_ptr<const Model>> load_model(const std::filesystem::path& path);

/// As above, from a file that is open already.
Result<std::shared_ptr<const Model>> load_model(GgufReader file, const std::string& file_name);

/// `general.architecture` values that `load_model` can run, sorted.
std::vector<std::string> known_architectures();

}  // namespace moe
