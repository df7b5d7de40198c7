#pragma once

#include <QDialog>

#include "app/shell/explanations.h"

namespace moe::app {

/// What the numbers of a pane mean, to be read and scrolled by keyboard; Esc closes it.
class ExplanationDialog : public QDialog {
    Q_OBJECT
  public:
    ExplanationDialog(const QString& pane, const std::vector<Explanation>& explanations, QWidget* window);
};

}  // namespace moe::app
