#pragma once

#include <filesystem>
#include <memory>

#include "engine/gguf/gguf_reader.h"
#include "engine/model/model_spec.h"
#include "engine/model/model_weights.h"

namespace moe {

/// A model that is ready to run: immutable, shared between sessions and threads. The weights stay in
/// the mapped file, which the reader owns.
struct Model {
    GgufReader file;
    ModelSpec spec;
    ModelWeights weights;  ///< borrows `file`
};

}  // namespace moe
