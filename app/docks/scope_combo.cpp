#include "app/docks/scope_combo.h"

#include <algorithm>

#include "app/docks/token_display.h"

namespace moe::app {

ScopeCombo::ScopeCombo(QWidget* parent) : QComboBox(parent) {
    addItem(tr("Whole run"));
    addItem(tr("Visible rows"));
    setAccessibleName(tr("Tokens that are counted"));
    setToolTip(tr("Which tokens the figures are about"));
    setFixedHeight(24);
}

TokenRange ScopeCombo::range_of(const RunView& view) const {
    const std::size_t n_routed = view.has_routing() ? view.trace.n_routed() : 0;
    if (is_whole_run()) return {0, n_routed};
    const std::size_t end = std::min(view.end_visible, n_routed);
    return {std::min(view.first_visible, end), end};
}

QString range_words(const TokenRange& range) {
    if (range.size() == 0) return QObject::tr("no tokens");
    if (range.size() == 1) return QObject::tr("token %1").arg(grouped(range.first));
    return QObject::tr("tokens %1–%2").arg(grouped(range.first), grouped(range.end - 1));
}

}  // namespace moe::app
