#pragma once

#include <QComboBox>

#include "app/docks/dock_title.h"
#include "app/docks/token_text_view.h"

namespace moe::app {

/// The most frequent top experts among the visible tokens with their tints.
class ExpertLegend : public QWidget {
    Q_OBJECT
  public:
    explicit ExpertLegend(QWidget* parent = nullptr);
    void set_experts(std::vector<std::size_t> experts);
    void set_theme(const DockTheme& theme);

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    std::vector<std::size_t> experts_;
    DockTheme theme_;
};

/// The text of the run, coloured by expert; a click selects.
class TokenTextDock : public TitledDock {
    Q_OBJECT
  public:
    explicit TokenTextDock(QWidget* parent = nullptr);

    void set_model(TokenTextModel model);
    void set_theme(const DockTheme& theme) override;
    QWidget* focus_target() const override { return view_; }
    TokenTextView* view() const { return view_; }

  Q_SIGNALS:
    void token_chosen(std::size_t position);
    void layer_chosen(std::size_t layer);

  private:
    void update_legend();

    QComboBox* coloring_;
    QComboBox* layer_;
    ExpertLegend* legend_;
    TokenTextView* view_;
};

}  // namespace moe::app
