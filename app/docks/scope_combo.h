#pragma once

#include <QComboBox>

#include "app/docks/run_view.h"

namespace moe::app {

/// Chooses whether figures are about the rows in view or about the whole run.
class ScopeCombo : public QComboBox {
    Q_OBJECT
  public:
    explicit ScopeCombo(QWidget* parent = nullptr);
    TokenRange range_of(const RunView& view) const;
    void set_whole_run(bool is_whole) { setCurrentIndex(is_whole ? 0 : 1); }
    bool is_whole_run() const { return currentIndex() == 0; }
};

/// "tokens 169–202", inclusive, as ranges are written in the window.
QString range_words(const TokenRange& range);

}  // namespace moe::app
