#pragma once

#include <QString>
#include <optional>
#include <vector>

#include "app/docks/run_view.h"
#include "engine/stats/load_balance.h"
#include "engine/stats/load_null.h"
#include "engine/stats/phase_load.h"

namespace moe::app {

/// Which tokens of a range are counted.
enum class PhaseFilter { All, Prefill, Decode };

/// How one layer's load was spread.
struct BalanceRow {
    std::size_t layer = 0;  ///< on the trace's layer axis
    QString name = {};      ///< as it is numbered in the model
    std::vector<std::size_t> counts = {};  ///< tokens of each expert
    LoadBalance balance = {};
    bool is_over = false;  ///< its largest load is above what chance gives in 97.5 % of cases
};

/// What the balance dock shows: figures of each layer, and of all of them, beside those of chance.
struct BalanceModel {
    TokenRange range;
    PhaseFilter phase = PhaseFilter::All;
    std::size_t n_tokens = 0;  ///< counted: those of the phase
    std::size_t n_experts = 0;
    std::size_t top_k = 0;
    std::vector<BalanceRow> rows = {};
    LoadBalance mean = {};  ///< over layers; n_dead is their sum
    LoadNull if_uniform = {};
    double dead_if_uniform = 0;  ///< of one layer
};

/// The figures of loads that stand at `range`. The null figures may take tenths of a second: not for the GUI
/// thread.
BalanceModel balance_model(const RunningPhaseLoad& load, const TraceShape& shape, const TokenRange& range,
                           PhaseFilter phase);

}  // namespace moe::app
