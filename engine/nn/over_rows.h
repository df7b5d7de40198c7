#pragma once

#include <algorithm>
#include <cstddef>

#include "engine/base/thread_pool.h"

namespace moe {

/// Calls `work(first, count)` for stretches of rows that cover [0, n_rows), side by side on the pool. A row
/// has `n_cols` numbers, which `work` passes over once or twice: what is too little to be worth another
/// thread is one stretch.
template <class Work>
void over_rows(std::size_t n_rows, std::size_t n_cols, ThreadPool& pool, const Work& work) {
    constexpr std::size_t kNumbersPerTask = 1 << 14;
    const std::size_t n_per_task =
        std::max<std::size_t>(1, kNumbersPerTask / std::max<std::size_t>(1, n_cols));
    pool.run((n_rows + n_per_task - 1) / n_per_task, [&](std::size_t task, std::size_t /*thread*/) {
        const std::size_t first = task * n_per_task;
        work(first, std::min(n_per_task, n_rows - first));
    });
}

}  // namespace moe
