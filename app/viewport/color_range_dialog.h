#pragma once

#include "app/viewport/picture_view.h"  // first: it includes Vulkan before Qt

#include <QCheckBox>
#include <QDialog>
#include <QDoubleSpinBox>

namespace moe::app {

/// The colour range by numbers: what the legend's handles set, for the keyboard and for small values. What is
/// changed is seen at once.
class ColorRangeDialog : public QDialog {
    Q_OBJECT
  public:
    explicit ColorRangeDialog(PictureView* picture, QWidget* parent = nullptr);

    QDoubleSpinBox* low() const { return low_; }
    QDoubleSpinBox* high() const { return high_; }

  private:
    QDoubleSpinBox* add_field(const QString& name);
    void show_options();
    void apply();

    PictureView* picture_;
    QDoubleSpinBox* low_;
    QDoubleSpinBox* high_;
    QCheckBox* log_;
    bool is_showing_ = false;  ///< the fields are being filled: nothing was changed by the user
};

}  // namespace moe::app
