#pragma once

#include "render/resolve/mean_code.h"
#include "render/resolve/resolve.h"
#include "render/resolve/token_pyramid.h"

namespace moe::render {

/// Makes the codes of one panel: CpuResolve on threads of the processor, GpuResolve in a compute shader. What
/// decides a code is integer arithmetic, so that both come to the same codes for every request.
class Resolver {
  public:
    virtual ~Resolver() = default;

    /// Fills `image` with one code for each row and column of the request; where they stay on the GPU,
    /// `image.codes` is empty. False where `budget` did not allow all sums that are needed: rows without them
    /// show nothing yet.
    virtual bool resolve(const TraceSnapshot& trace, const ResolveRequest& request, TokenPyramids& pyramids,
                         ReadBudget& budget, CodeImage& image) = 0;
};

/// What has to be summed up over tokens for a request.
SumQuestion question_of(const ResolveRequest& request);

/// What a request's means are measured by: a token's weights share out 1, its choices top_k.
UniformLoad uniform_load(const ResolveRequest& request, const TraceShape& shape);

}  // namespace moe::render
