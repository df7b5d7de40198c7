#pragma once

#include <QComboBox>
#include <memory>
#include <tuple>

#include "app/docks/asked.h"
#include "app/docks/background.h"
#include "app/docks/balance_table.h"
#include "app/docks/titled_dock.h"
#include "app/docks/figure.h"
#include "app/docks/layer_map_view.h"
#include "app/docks/load_by_rank_view.h"
#include "app/docks/scope_combo.h"

namespace moe::app {

class TableAndLoads;

/// How evenly each layer's experts are used, beside what chance would give for as many tokens, and how the selected
/// layer's load falls from expert to expert, where the table leaves room for it; or a map of all layers and experts in
/// their place.
class BalanceDock : public TitledDock {
    Q_OBJECT
  public:
    explicit BalanceDock(QWidget* parent = nullptr);

    void set_model(const RunView& view);
    void set_theme(const DockTheme& theme) override;
    QWidget* focus_target() const override {
        return form_->currentIndex() == 1 ? static_cast<QWidget*>(map_) : table_;
    }
    bool is_settled() const { return background_->is_idle(); }
    const BalanceTable* table() const { return table_; }
    LoadByRankView* loads() const { return loads_; }
    ScopeCombo* scope() const { return scope_; }
    QComboBox* phase() const { return phase_; }
    LayerMapView* map() const { return map_; }
    QComboBox* form() const { return form_; }
    void show_map();  ///< in place of the table

  Q_SIGNALS:
    void layer_chosen(std::size_t layer);
    void expert_chosen(std::size_t layer, std::size_t expert);

  private:
    QWidget* controls();
    QWidget* figures();
    void ask();
    void show_figures(const BalanceModel& model);
    void show_load_by_rank();
    void show_form();

    ScopeCombo* scope_;
    QComboBox* phase_;
    QComboBox* form_;  // table or map
    QWidget* figure_row_;
    std::vector<Figure*> figures_;
    QLabel* empty_;
    BalanceTable* table_;
    LoadByRankView* loads_;
    LayerMapView* map_;
    TableAndLoads* room_;  // of the two
    RunView view_;
    std::shared_ptr<RunningPhaseLoad> load_;  // of view_.identity; the background thread alone moves it
    Asked<std::tuple<std::uint64_t, PhaseFilter, ScopeCombo::Scope>, TokenRange> asked_;
    Background* background_;
};

}  // namespace moe::app
