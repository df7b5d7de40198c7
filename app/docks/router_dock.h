#pragma once

#include <QComboBox>
#include <optional>

#include "app/docks/arithmetic_panel.h"
#include "app/docks/asked.h"
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
    /// `identity` tells one run from another (see RunView).
    void set_model(const TraceSnapshot& trace, std::uint64_t identity, RouterModel model);
    void set_theme(const DockTheme& theme) override;
    QWidget* focus_target() const override { return table_; }
    const RouterTable* table() const { return table_; }
    ArithmeticPanel* arithmetic() const { return arithmetic_; }
    QString margin_words() const { return margin_words_->text(); }
    bool is_settled() const { return sampling_->is_idle(); }

  Q_SIGNALS:
    void layer_chosen(std::size_t layer);
    void expert_chosen(std::size_t expert);

  private:
    QWidget* header();
    QWidget* figures();
    QWidget* margins();
    void show_figures(const RouterModel& model);
    void ask();
    void show_margins();

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
    std::uint64_t identity_ = 0;
    RouterModel model_;    // as shown
    MarginSample sample_;  // of that run
    Asked<std::uint64_t, std::size_t> asked_;
    Background* sampling_;
};

}  // namespace moe::app
