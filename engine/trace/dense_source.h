#pragma once

#include <memory>
#include <string>

#include "engine/trace/trace_chunk.h"

namespace moe {

/// Where the columns over all experts of a run come from when they are too large for memory: router logits,
/// scores, and what was ranked. Any thread may ask.
class DenseSource {
  public:
    virtual ~DenseSource() = default;

    virtual bool has_router_logits() const = 0;
    virtual bool has_scores() const = 0;

    /// The dense columns of a chunk of the run, in a chunk that holds nothing else. Null where they cannot
    /// be read any more.
    virtual std::shared_ptr<const TraceChunk> dense_of(const TraceChunk& chunk) const = 0;

    /// Why some could not be read; empty while all could.
    virtual std::string failure() const = 0;
};

}  // namespace moe
