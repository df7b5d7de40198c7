#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/trace/trace_store.h"
#include "render/scene/view_state.h"

namespace moe::render {

/// One expert's value.
struct CellValue {
    std::uint16_t expert = 0;
    float value = 0.0f;
};

/// Reads what the cells of a trace hold, on the scale that codes are made of (scene/heatmap_value.h): weights
/// and scores as they are, 1 for a chosen expert, ranks and margins as their meanings say. A difference from
/// the load share is no property of a cell alone: for it the chosen experts are read. Borrows the trace.
class CellReader {
  public:
    CellReader(const TraceSnapshot& trace, HeatmapValue value);

    /// The cells of a routed token's layer that have a value, in no order; until the next call.
    std::span<const CellValue> cells(std::size_t token, std::size_t layer);

  private:
    void read_slots(std::size_t token, std::size_t layer);
    void read_scores(std::size_t token, std::size_t layer);
    void read_ranks(std::size_t token, std::size_t layer);
    void read_entropy(std::size_t token, std::size_t layer);
    void read_margins(std::size_t token, std::size_t layer);

    const TraceSnapshot& trace_;
    HeatmapValue value_;
    std::vector<CellValue> cells_;
    std::vector<float> ranked_;
    std::vector<std::uint16_t> order_;
    std::vector<bool> is_chosen_;
};

}  // namespace moe::render
