#pragma once

#include <cstdint>
#include <vector>

#include "engine/trace/trace_store.h"
#include "engine/trace_io/named_tensor.h"

namespace moe {

/// A whole run as plain arrays, for files that other tools read (FORMATS section 5). Position 0 is the
/// first row of each; a last token without routing is in `tokens` and `phase` only.
class TraceArrays {
  public:
    explicit TraceArrays(const TraceSnapshot& trace);

    /// tokens [n_tokens] and phase (0 prefill, 1 decode), layer_ids [n_layers], and the columns that the
    /// trace has, [n_routed, n_layers, ...]; experts with -1 for an unused slot. Borrows this object.
    std::vector<NamedTensor> tensors() const;

  private:
    TraceShape shape_;
    std::size_t n_routed_ = 0;
    std::vector<std::int32_t> tokens_;
    std::vector<std::uint8_t> phase_;
    std::vector<std::int32_t> experts_;
    TraceChunk columns_;  // the float columns of the whole run
};

}  // namespace moe
