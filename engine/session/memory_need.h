#pragma once

#include <cstddef>

#include "engine/model/model_spec.h"

namespace moe {

/// What one sequence of a model keeps in memory, beside the weights.
struct MemoryNeed {
    std::size_t bytes_per_token = 0;  ///< keys and values
    std::size_t recurrent_bytes = 0;  ///< of any length; 0 where no layer is recurrent

    std::size_t bytes_of(std::size_t n_tokens) const { return recurrent_bytes + n_tokens * bytes_per_token; }
};
MemoryNeed memory_need(const ModelSpec& spec);

/// Memory of this machine, in bytes; the largest number where the system does not say.
std::size_t machine_memory_bytes();

}  // namespace moe
