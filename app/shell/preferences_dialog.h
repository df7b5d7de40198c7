#pragma once

#include <QDialog>
#include <QSpinBox>

namespace moe::app {

/// What is set once for this machine. A change holds at once; there is nothing to confirm.
class PreferencesDialog : public QDialog {
    Q_OBJECT
  public:
    explicit PreferencesDialog(QWidget* window);

  Q_SIGNALS:
    void threads_chosen(std::size_t n_threads);  ///< 0: automatic

  private:
    QSpinBox* threads_;
};

}  // namespace moe::app
