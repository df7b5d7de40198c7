#pragma once

#include <QComboBox>
#include <memory>

#include "app/docks/arithmetic_panel.h"
#include "app/docks/figure.h"
#include "app/docks/margin_strip.h"
#include "app/docks/router_table.h"
#include "app/docks/skeleton.h"
#include "app/docks/titled_dock.h"
#include "engine/stats/margin_sample.h"

namespace moe::app {

/// How the router of the selected layer decided for the selected token.
class RouterDock : public TitledDock {
    Q_OBJECT
  public:
    explicit RouterDock(QWidget* parent = nullptr);

    /// Nothing selected: says what will appear here.
    void clear(const TraceSnapshot& trace);
    void set_model(const TraceSnapshot& trace, RouterModel model);
    /// What the token's margins are measured by.
    void set_margins(const std::shared_ptr<const MarginSample>& sample);
    void set_theme(const DockTheme& theme) override;
    QWidget* focus_target() const override { return table_; }
    const RouterTable* table() const { return table_; }
    ArithmeticPanel* arithmetic() const { return arithmetic_; }
    QString margin_words() const { return margin_words_->text(); }

  Q_SIGNALS:
    void layer_chosen(std::size_t layer);
    void expert_chosen(std::size_t expert);

  private:
    QWidget* header();
    QWidget* figures();
    QWidget* margins();
    void show_figures(const RouterModel& model);
    void show_margins();
    void make_room(bool is_arithmetic_open);

    QLabel* token_;
    QLabel* position_;
    QLabel* origin_;
    QComboBox* layer_;
    QWidget* header_row_;
    QWidget* figure_row_;
    Figure* entropy_;
    Figure* chosen_mass_;
    Figure* margin_;
    QWidget* margin_row_;
    QLabel* margin_words_;
    MarginStrip* margin_strip_;
    QLabel* note_;
    RouterSkeleton* skeleton_;
    RouterTable* table_;
    ArithmeticPanel* arithmetic_;
    DockTheme theme_;
    TraceSnapshot trace_;
    RouterModel model_;  // as shown
    std::shared_ptr<const MarginSample> sample_ = std::make_shared<MarginSample>();
};

}  // namespace moe::app
