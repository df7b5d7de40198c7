#include "app/docks/scope_combo.h"

#include <QSignalBlocker>
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

void ScopeCombo::follow(const RunView& view) {
    const bool has_range = count() > SelectedRange;
    if (view.range.has_value() == has_range) return;
    const QSignalBlocker blocker(this);  // who follows asks anew anyway
    if (has_range) {
        if (scope() == SelectedRange) setCurrentIndex(WholeRun);
        return removeItem(SelectedRange);
    }
    addItem(tr("Selected range"));
    setCurrentIndex(SelectedRange);
}

TokenRange ScopeCombo::range_of(const RunView& view) const {
    const std::size_t n_routed = view.has_routing() ? view.trace.n_routed() : 0;
    TokenRange range{0, n_routed};
    if (scope() == VisibleRows) range = {view.first_visible, view.end_visible};
    if (scope() == SelectedRange && view.range) range = *view.range;
    const std::size_t end = std::min(range.end, n_routed);
    return {std::min(range.first, end), end};
}

QString range_words(const TokenRange& range) {
    if (range.size() == 0) return QObject::tr("no tokens");
    if (range.size() == 1) return QObject::tr("token %1").arg(grouped(range.first));
    return QObject::tr("tokens %1–%2").arg(grouped(range.first), grouped(range.end - 1));
}

}  // namespace moe::app
