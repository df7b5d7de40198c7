#pragma once

#include <QComboBox>
#include <QLabel>
#include <QScrollArea>
#include <tuple>

#include "app/docks/asked.h"
#include "app/docks/background.h"
#include "app/docks/titled_dock.h"
#include "app/docks/pair_matrix_view.h"
#include "app/docks/scope_combo.h"
#include "app/docks/token_list.h"
#include "app/docks/token_search.h"

namespace moe::app {

/// Which experts work together, and how tokens go from a layer's experts to the next one's; the tokens behind
/// a cell stand under the matrix.
class MatricesDock : public TitledDock {
    Q_OBJECT
  public:
    explicit MatricesDock(QWidget* parent = nullptr);

    void set_model(const RunView& view);
    void set_theme(const DockTheme& theme) override;
    QWidget* focus_target() const override { return matrix_; }
    bool is_settled() const { return counting_->is_idle() && searching_->is_idle(); }
    PairMatrixView* matrix() const { return matrix_; }
    QScrollArea* matrix_area() const { return matrix_area_; }
    MatrixScale* scale() const { return scale_; }
    ElidedLabel* axes() const { return axes_; }
    QLabel* tokens_title() const { return tokens_title_; }
    TokenList* tokens() const { return tokens_; }
    QComboBox* kind() const { return kind_; }
    QComboBox* value() const { return value_; }
    QComboBox* order() const { return order_; }

  Q_SIGNALS:
    void token_chosen(std::size_t position);
    void layer_chosen(std::size_t layer);

  private:
    QWidget* controls();
    void ask();
    void ask_tokens();
    void show_matrix(std::shared_ptr<const MatrixModel> model);
    void show_matrix_parts(bool is_shown);
    void show_tokens_title(const QString& text, bool is_quiet);
    void show_tokens(const TraceSnapshot& trace, const FoundTokens& found);
    MatrixQuestion question() const;

    QComboBox* kind_;
    QComboBox* layer_;
    QComboBox* value_;
    QComboBox* order_;
    ScopeCombo* scope_;
    QLabel* note_;
    PairMatrixView* matrix_;
    QScrollArea* matrix_area_;
    MatrixScale* scale_;
    ElidedLabel* axes_;
    QLabel* tokens_title_;
    TokenList* tokens_;
    RunView view_;
    Asked<std::tuple<std::uint64_t, MatrixQuestion, ScopeCombo::Scope>, TokenRange>
        asked_;  // the question without its range
    Background* counting_;
    Background* searching_;
    DockTheme theme_;
    bool is_title_quiet_ = true;
};

}  // namespace moe::app
