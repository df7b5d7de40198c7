#pragma once

#include <QComboBox>

#include "app/docks/dock_title.h"
#include "app/docks/token_legend.h"
#include "app/docks/token_text_view.h"

namespace moe::app {

/// The text of the run, coloured by expert or by a number; a click selects.
class TokenTextDock : public TitledDock {
    Q_OBJECT
  public:
    explicit TokenTextDock(QWidget* parent = nullptr);

    void set_model(TokenTextModel model);
    void set_theme(const DockTheme& theme) override;
    QWidget* focus_target() const override { return view_; }
    TokenTextView* view() const { return view_; }
    void set_coloring(TextColoring coloring);
    QComboBox* coloring() const { return coloring_; }

  Q_SIGNALS:
    void token_chosen(std::size_t position);
    void layer_chosen(std::size_t layer);

  private:
    void update_legend();
    std::vector<std::size_t> visible_top_experts() const;

    QComboBox* coloring_;
    QComboBox* layer_;
    TokenLegend* legend_;
    TokenTextView* view_;
};

}  // namespace moe::app
