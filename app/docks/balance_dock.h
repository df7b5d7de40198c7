#pragma once

#include <QComboBox>
#include <memory>
#include <tuple>

#include "app/docks/asked.h"
#include "app/docks/background.h"
#include "app/docks/balance_table.h"
#include "app/docks/titled_dock.h"
#include "app/docks/figure.h"
#include "app/docks/scope_combo.h"

namespace moe::app {

/// How evenly each layer's experts are used, beside what chance would give for as many tokens.
class BalanceDock : public TitledDock {
    Q_OBJECT
  public:
    explicit BalanceDock(QWidget* parent = nullptr);

    void set_model(const RunView& view);
    void set_theme(const DockTheme& theme) override;
    QWidget* focus_target() const override { return table_; }
    bool is_settled() const { return background_->is_idle(); }
    const BalanceTable* table() const { return table_; }
    ScopeCombo* scope() const { return scope_; }
    QComboBox* phase() const { return phase_; }

  Q_SIGNALS:
    void layer_chosen(std::size_t layer);

  private:
    QWidget* controls();
    QWidget* figures();
    void ask();
    void show_figures(const BalanceModel& model);

    ScopeCombo* scope_;
    QComboBox* phase_;
    QWidget* figure_row_;
    std::vector<Figure*> figures_;
    QLabel* empty_;
    BalanceTable* table_;
    RunView view_;
    std::shared_ptr<RunningPhaseLoad> load_;  // of view_.identity; the background thread alone moves it
    Asked<std::tuple<std::uint64_t, PhaseFilter, ScopeCombo::Scope>, TokenRange> asked_;
    Background* background_;
};

}  // namespace moe::app
