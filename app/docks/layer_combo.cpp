#include "app/docks/layer_combo.h"

#include <QObject>
#include <QSignalBlocker>

#include "engine/trace/layer_number.h"

namespace moe::app {

namespace {

QString layer_name(const TraceShape& shape, std::size_t layer) {
    return QObject::tr("Layer %1").arg(layer_number(shape, layer));
}

}  // namespace

void show_layers(QComboBox* combo, const TraceSnapshot& trace, std::size_t layer) {
    const QSignalBlocker blocker(combo);
    const std::size_t n_layers = trace.has_shape() ? trace.shape().n_layers : 0;
    const auto n_shown = static_cast<std::size_t>(combo->count());
    const bool is_current =
        n_shown == n_layers &&
        (n_layers == 0 || combo->itemText(combo->count() - 1) == layer_name(trace.shape(), n_layers - 1));
    if (!is_current) {
        combo->clear();
        for (std::size_t i = 0; i < n_layers; ++i) combo->addItem(layer_name(trace.shape(), i));
    }
    combo->setCurrentIndex(layer < n_layers ? static_cast<int>(layer) : -1);
    combo->setEnabled(n_layers > 0);
}

}  // namespace moe::app
