// Prints how a trace file of any size is read: until its runs are known, until the first part can be shown,
// until all of it is there; what it keeps in memory; and what a look at a column that stays in the file
// costs.
//
//   read_trace FILE
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <vector>

#include "engine/base/rng.h"
#include "engine/trace_io/moetrace_reader.h"

namespace moe {
namespace {

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point begin) {
    return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

double resident_bytes() {
    std::ifstream file("/proc/self/statm");
    double total = 0, resident = 0;
    file >> total >> resident;
    return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

Result<void> run(const char* path) {
    const double before = resident_bytes();
    const Clock::time_point begin = Clock::now();
    MOE_TRY(const std::unique_ptr<MoetraceReader> reader, MoetraceReader::open(path));
    std::printf("runs known after        %8.1f ms\n", milliseconds_since(begin));
    bool has_begun = false;
    const auto watch = [&](const std::shared_ptr<const TraceStore>&) {
        if (!has_begun) std::printf("first part after        %8.1f ms\n", milliseconds_since(begin));
        return has_begun = true;
    };
    MOE_TRY(const std::shared_ptr<const TraceStore> store, reader->read_run(0, {.watch = watch}));
    std::printf("all of it after         %8.1f ms\n", milliseconds_since(begin));
    const TraceSnapshot trace = store->snapshot();
    const TraceShape& shape = trace.shape();
    const auto n_cells = static_cast<double>(trace.n_routed() * shape.n_layers * shape.n_experts);
    std::printf("memory                  %8.1f MB, %.3f bytes a cell of %.3g\n",
                (resident_bytes() - before) / 1e6, (resident_bytes() - before) / n_cells, n_cells);
    if (!trace.has_router_logits()) return {};
    std::vector<double> looks;
    std::vector<float> logits(shape.n_experts);
    Rng rng(1);
    for (int i = 0; i < 200; ++i) {
        const Clock::time_point look = Clock::now();
        if (!trace.router_logits(rng.below(trace.n_routed()), 0, logits)) break;
        looks.push_back(milliseconds_since(look));
    }
    std::ranges::sort(looks);
    if (looks.empty()) return make_error("{}: {}", path, trace.dense_failure());
    std::printf("a look at logits        %8.2f ms (median of %zu places, worst %.2f)\n",
                looks[looks.size() / 2], looks.size(), looks.back());
    std::printf("memory after that       %8.1f MB\n", (resident_bytes() - before) / 1e6);
    return {};
}

}  // namespace
}  // namespace moe

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "read_trace FILE\n");
        return 2;
    }
    const moe::Result<void> result = moe::run(argv[1]);
    if (!result) std::fprintf(stderr, "read_trace: %s\n", result.error().message.c_str());
    return result ? 0 : 1;
}
