#include "engine/session/memory_need.h"

#include <unistd.h>

#include <limits>

#include "engine/model/sequence_state.h"

namespace moe {
namespace {

constexpr std::size_t kMemories = 3;  // of a recurrent layer: of now, before the last pass, and the next

}  // namespace

MemoryNeed memory_need(const ModelSpec& spec) {
    MemoryNeed need{.bytes_per_token = kv_bytes_per_token(spec)};
    for (const LayerSpec& layer : spec.layers) {
        if (layer.attention.delta_net)
            need.recurrent_bytes += kMemories * layer.attention.delta_net->state_size() * sizeof(float);
    }
    return need;
}

std::size_t machine_memory_bytes() {
    const long n_pages = ::sysconf(_SC_PHYS_PAGES);
    const long page_bytes = ::sysconf(_SC_PAGESIZE);
    if (n_pages <= 0 || page_bytes <= 0) return std::numeric_limits<std::size_t>::max();
    return static_cast<std::size_t>(n_pages) * static_cast<std::size_t>(page_bytes);
}

}  // namespace moe
