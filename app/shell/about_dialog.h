#pragma once

#include <QDialog>

namespace moe::app {

/// What the program is: its version, what draws its picture, its licence.
class AboutDialog : public QDialog {
    Q_OBJECT
  public:
    /// `backend` says what draws the picture.
    AboutDialog(const QString& backend, QWidget* window);
};

}  // namespace moe::app
