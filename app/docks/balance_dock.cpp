#include "app/docks/balance_dock.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QVBoxLayout>

#include "app/docks/token_display.h"

namespace moe::app {

namespace {

using namespace std::chrono_literals;

constexpr int kFiguresInARow = 3;
constexpr int kLeastTable = 180;  // a head and eight rows, beside the loads
constexpr auto kPause = 100ms;    // numbers change at most 10 times a second

struct FigureText {
    int column;
    const char* name;
};
constexpr FigureText kFigures[] = {{BalanceTableModel::MaxViolation, "Max violation"},
                                   {BalanceTableModel::Cv, "CV"},
                                   {BalanceTableModel::Gini, "Gini"},
                                   {BalanceTableModel::Entropy, "Entropy"},
                                   {BalanceTableModel::Dead, "Dead"}};

}  // namespace

/// Divides its height: the table has what its rows need, or whole rows, the loads the rest, if both can be
/// read.
class TableAndLoads : public QWidget {
  public:
    TableAndLoads(BalanceTable* table, LoadByRankView* loads) : table_(table), loads_(loads) {
        table->setParent(this);
        loads->setParent(this);
    }
    QSize sizeHint() const override { return table_->sizeHint(); }
    QSize minimumSizeHint() const override { return table_->minimumSizeHint(); }

    void divide() {
        const int needed = table_->needed_height();
        const int least_loads = std::max(LoadByRankView::kLeastHeight, height() * 3 / 10);
        const bool has_room = loads_->model() && height() - least_loads >= std::min(needed, kLeastTable);
        const int most_loads = std::max(least_loads, LoadByRankView::kMostHeight);
        int loads_height = has_room ? std::clamp(height() - needed, least_loads, most_loads) : 0;
        const int n_hidden = needed - (height() - loads_height);  // pixels of the table, if positive
        if (has_room && n_hidden > 0)
            loads_height += BalanceTable::kRowHeight - 1 - (n_hidden - 1) % BalanceTable::kRowHeight;
        const int table_height = has_room ? std::min(needed, height() - loads_height) : height();
        table_->setGeometry(0, 0, width(), table_height);
        loads_->setGeometry(0, table_height, width(), loads_height);
        loads_->setVisible(has_room);
    }

  protected:
    void resizeEvent(QResizeEvent*) override { divide(); }

  private:
    BalanceTable* table_;
    LoadByRankView* loads_;
};

BalanceDock::BalanceDock(QWidget* parent)
    : TitledDock(QStringLiteral("balance_dock"), tr("Balance"), parent),
      scope_(new ScopeCombo),
      phase_(new QComboBox),
      form_(new QComboBox),
      empty_(new QLabel),
      table_(new BalanceTable),
      loads_(new LoadByRankView),
      map_(new LayerMapView),
      room_(new TableAndLoads(table_, loads_)),
      background_(new Background(kPause, this)) {
    auto* body = new QWidget(this);
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 8, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(controls());
    figure_row_ = figures();
    layout->addWidget(figure_row_);
    empty_->setText(tr("How evenly the experts of each layer are used, beside what chance would give."));
    empty_->setWordWrap(true);
    empty_->setMargin(12);
    layout->addWidget(empty_);
    layout->addWidget(room_, 1);
    layout->addWidget(map_, 1);
    layout->addStretch(0);
    set_body(body);
    connect(table_, &BalanceTable::layer_chosen, this, &BalanceDock::layer_chosen);
    connect(loads_, &LoadByRankView::expert_chosen, this, [this](std::size_t expert) {
        if (loads_->model()) Q_EMIT expert_chosen(loads_->model()->layer, expert);
    });
    connect(map_, &LayerMapView::expert_chosen, this, &BalanceDock::expert_chosen);
    connect(form_, &QComboBox::currentIndexChanged, this, &BalanceDock::show_form);
    connect(this, &QDockWidget::visibilityChanged, this, &BalanceDock::ask);
    set_model({});
}

QWidget* BalanceDock::controls() {
    auto* row = new QWidget(this);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(10, 0, 10, 4);
    layout->setSpacing(6);
    layout->addWidget(scope_, 1);
    layout->addWidget(phase_, 1);
    layout->addWidget(form_);
    phase_->addItem(tr("All phases"), static_cast<int>(PhaseFilter::All));
    phase_->addItem(tr("Prefill"), static_cast<int>(PhaseFilter::Prefill));
    phase_->addItem(tr("Decode"), static_cast<int>(PhaseFilter::Decode));
    phase_->setFixedHeight(24);
    phase_->setMinimumContentsLength(6);
    phase_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    phase_->setAccessibleName(tr("Phase of the tokens that are counted"));
    phase_->setToolTip(
        tr("Prefill: tokens of a prompt, read at once. Decode: tokens that were generated, one by one"));
    form_->addItem(tr("Table"));
    form_->addItem(tr("Map"));
    form_->setFixedHeight(24);
    form_->setMinimumContentsLength(4);
    form_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    form_->setAccessibleName(tr("Form of the loads"));
    form_->setToolTip(tr("Table: a row of figures for each layer. Map: layers down, experts across, the loads of the "
                         "range in colour"));
    for (QComboBox* combo : {static_cast<QComboBox*>(scope_), phase_})
        connect(combo, &QComboBox::currentIndexChanged, this, &BalanceDock::ask);
    return row;
}

QWidget* BalanceDock::figures() {
    auto* row = new QWidget(this);
    auto* layout = new QGridLayout(row);
    layout->setContentsMargins(12, 4, 12, 8);
    layout->setSpacing(8);
    for (const FigureText& text : kFigures) {
        const QString scope =
            text.column == BalanceTableModel::Dead ? tr("Summed over the layers") : tr("Mean of the layers");
        figures_.push_back(
            new Figure(tr(text.name), balance_explanation(text.column) + QLatin1Char('\n') + scope));
        const int place = static_cast<int>(figures_.size()) - 1;
        layout->addWidget(figures_.back(), place / kFiguresInARow, place % kFiguresInARow);
    }
    return row;
}

void BalanceDock::set_model(const RunView& view) {
    if (view.identity != view_.identity) {
        background_->forget();
        asked_.forget();
        load_ = std::make_shared<RunningPhaseLoad>();
    }
    view_ = view;
    scope_->follow(view);
    const bool is_empty = !view.has_routing();
    figure_row_->setVisible(!is_empty);
    show_form();
    form_->setEnabled(!is_empty);
    empty_->setVisible(is_empty);
    scope_->setEnabled(!is_empty);
    phase_->setEnabled(!is_empty);
    if (is_empty) {
        title_bar()->set_note({});
        table_->set_model({});
        map_->set_model({});
        return show_load_by_rank();
    }
    table_->set_selected_layer(view.layer);
    loads_->set_selected(view.expert);
    map_->set_chosen(view.layer, view.expert);
    show_load_by_rank();
    ask();
}

void BalanceDock::ask() {
    if (!view_.has_routing() || !is_seen()) return;
    const auto phase = static_cast<PhaseFilter>(phase_->currentData().toInt());
    const TokenRange range = scope_->range_of(view_);
    const auto urgency = asked_.urgency_of({view_.identity, phase, scope_->scope()}, range);
    if (!urgency) return;
    background_->ask(
        [this, load = load_, trace = view_.trace, range, phase] {
            load->move_to(trace, range.first, range.end);
            return [this, model = balance_model(*load, trace.shape(), range, phase)] { show_figures(model); };
        },
        *urgency);
}

void BalanceDock::show_figures(const BalanceModel& model) {
    title_bar()->set_note(tr("%1, %2 counted").arg(range_words(model.range), grouped(model.n_tokens)));
    table_->set_model(model);
    map_->set_model(model);
    show_load_by_rank();
    const LoadBalance& mean = model.mean;
    const bool has_any = !model.rows.empty();
    const auto show = [&](std::size_t figure, double value, double reference, int decimals) {
        figures_[figure]->set_values(
            has_any ? fixed_number(value, decimals) : QStringLiteral("–"), has_any ? tr("mean") : QString(),
            has_any ? tr("if uniform %1").arg(fixed_number(reference, decimals)) : QString());
    };
    show(0, mean.max_violation, model.if_uniform.max_violation, 2);
    show(1, mean.cv, model.if_uniform.cv, 3);
    show(2, mean.gini, model.if_uniform.gini, 3);
    show(3, mean.normalized_entropy.value_or(1), model.if_uniform.normalized_entropy.value_or(1), 3);
    const auto n_layers = static_cast<double>(model.rows.size());
    figures_[4]->set_values(QString::number(mean.n_dead),
                            tr("of %1").arg(grouped(model.rows.size() * model.n_experts)),
                            tr("if uniform %1").arg(fixed_number(model.dead_if_uniform * n_layers, 1)));
}

void BalanceDock::show_load_by_rank() {
    loads_->set_model(load_by_rank(table_->rows().model(), view_.layer));
    room_->divide();
}

void BalanceDock::show_form() {
    const bool has_map = form_->currentIndex() == 1;
    room_->setVisible(view_.has_routing() && !has_map);
    map_->setVisible(view_.has_routing() && has_map);
}

void BalanceDock::show_map() {
    form_->setCurrentIndex(1);
    bring_forward();
}

void BalanceDock::set_theme(const DockTheme& theme) {
    TitledDock::set_theme(theme);
    for (Figure* figure : figures_) figure->set_theme(theme);
    table_->set_theme(theme);
    loads_->set_theme(theme);
    map_->set_theme(theme);
    empty_->setFont(theme.body);
    set_text_color(empty_, theme.text_3);
}

}  // namespace moe::app
