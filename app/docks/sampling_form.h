#pragma once

#include <QDoubleSpinBox>
#include <QSpinBox>

#include "app/docks/dock_theme.h"
#include "engine/session/sampler.h"

namespace moe::app {

/// How the next token is drawn: temperature, top-k, top-p and seed.
class SamplingForm : public QWidget {
    Q_OBJECT
  public:
    explicit SamplingForm(QWidget* parent = nullptr);

    SamplingParams sampling() const;
    void set_sampling(const SamplingParams& sampling);
    void set_theme(const DockTheme& theme);

  Q_SIGNALS:
    void edited();

  private:
    QDoubleSpinBox* temperature_;
    QSpinBox* top_k_;
    QDoubleSpinBox* top_p_;
    QSpinBox* seed_;
};

}  // namespace moe::app
