#pragma once

#include <QLabel>
#include <QPushButton>

#include "app/docks/dock_theme.h"

namespace moe::app {

/// A few words in a dock, where there is nothing to show above all, with a button for the next sensible thing
/// to do.
class StepNote : public QWidget {
    Q_OBJECT
  public:
    struct Model {
        QString text;
        QString step;  ///< on the button; empty: there is none
        QString hint;  ///< of the button
        bool is_possible = true;
    };
    explicit StepNote(QWidget* parent = nullptr);

    void set_model(const Model& model);
    const Model& model() const { return model_; }
    QPushButton* button() const { return button_; }
    void set_theme(const DockTheme& theme);

  Q_SIGNALS:
    void step_requested();

  private:
    QLabel* text_;
    QPushButton* button_;
    Model model_;
    DockTheme theme_;
};

}  // namespace moe::app
