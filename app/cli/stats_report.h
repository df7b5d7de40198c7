#pragma once

#include <string>

#include "app/cli/output.h"
#include "app/cli/run_stats.h"

namespace moe::app {

/// Which pair matrices the JSON holds.
struct PairsWanted {
    bool coactivation = false;
    bool flow = false;
};

/// Writes FORMATS section 4 as one line, layer by layer, so that large matrices need memory once.
void write_stats_json(const RunStats& stats, const PairsWanted& pairs);

/// One line a layer, the scalar keys of the JSON as columns; what is null there is empty here.
std::string stats_csv(const RunStats& stats);

/// Tables for a person, each figure beside its value under uniform routing.
std::string stats_table(const RunStats& stats);

}  // namespace moe::app
