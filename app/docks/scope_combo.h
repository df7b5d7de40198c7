#pragma once

#include <QComboBox>

#include "app/docks/run_view.h"

namespace moe::app {

/// Chooses whether figures are about the whole run, the rows in view or the selected range. A range that is
/// selected is chosen; when it goes, the whole run is.
class ScopeCombo : public QComboBox {
    Q_OBJECT
  public:
    explicit ScopeCombo(QWidget* parent = nullptr);
    void follow(const RunView& view);
    TokenRange range_of(const RunView& view) const;
    enum Scope { WholeRun, VisibleRows, SelectedRange };
    Scope scope() const { return static_cast<Scope>(currentIndex()); }
};

/// "tokens 169–202", inclusive, as ranges are written in the window.
QString range_words(const TokenRange& range);

}  // namespace moe::app
