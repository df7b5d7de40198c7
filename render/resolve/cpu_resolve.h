#pragma once

#include <cstdint>
#include <span>

#include "render/resolve/chunk_summary.h"
#include "render/resolve/resolve.h"

namespace moe::render {

/// Resolves on the calling thread. Work is proportional to the pixels and the tokens under them; long
/// folded runs are read through sums of 64 tokens that are kept from frame to frame.
class CpuResolve {
  public:
    /// Fills `image` with one code for each row and column of the request.
    void resolve(const TraceSnapshot& trace, const ResolveRequest& request, CodeImage& image);

  private:
    void resolve_line(const TraceSnapshot& trace, const ResolveRequest& request, IndexRange tokens,
                      std::span<std::uint8_t> line);
    void sum_tokens(const TraceSnapshot& trace, const ResolveRequest& request, IndexRange tokens);

    ChunkSummaries summaries_;
    ColumnSums row_sums_;
    // What was answered last: the same question to the same trace costs nothing.
    ResolveRequest answered_;
    CodeImage answer_;
    TraceSnapshot answered_trace_;
};

}  // namespace moe::render
