#pragma once

#include <QDialog>

namespace moe::app {

/// Every command with its keys, from the one list of commands.
class KeyHelpDialog : public QDialog {
    Q_OBJECT
  public:
    explicit KeyHelpDialog(QWidget* window);
};

}  // namespace moe::app
