#pragma once

#include <QComboBox>

#include "engine/trace/trace_store.h"

namespace moe::app {

/// Fills a combo box with the layers of a trace, as they are numbered in the model, and chooses one.
/// Emits nothing; an empty trace empties and disables it.
void show_layers(QComboBox* combo, const TraceSnapshot& trace, std::size_t layer);

}  // namespace moe::app
