#include "app/docks/router_dock.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QVBoxLayout>

#include "app/docks/layer_combo.h"
#include "app/docks/token_display.h"
#include "engine/trace/layer_number.h"

namespace moe::app {

namespace {

constexpr int kTokenWidth = 104;  // at most; a long token leaves room for where it is

}  // namespace

RouterDock::RouterDock(QWidget* parent)
    : TitledDock(QStringLiteral("router_dock"), tr("Router"), parent),
      note_(new QLabel),
      skeleton_(new RouterSkeleton),
      table_(new RouterTable),
      arithmetic_(new ArithmeticPanel) {
    auto* body = new QWidget(this);
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    header_row_ = header();
    figure_row_ = figures();
    note_->setWordWrap(true);
    note_->setMargin(12);
    note_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    layout->addWidget(header_row_);
    margin_row_ = margins();
    layout->addWidget(figure_row_);
    layout->addWidget(margin_row_);
    layout->addWidget(note_);
    layout->addWidget(skeleton_, 1);
    layout->addWidget(table_, 1);
    layout->addWidget(arithmetic_);
    layout->addStretch(0);
    set_body(body);
    connect(arithmetic_, &ArithmeticPanel::open_changed, this, &RouterDock::make_room);
    connect(table_, &RouterTable::expert_chosen, this, &RouterDock::expert_chosen);
    clear({});
}

QWidget* RouterDock::header() {
    auto* row = new QWidget(this);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(12, 12, 12, 6);
    layout->setSpacing(8);
    token_ = new QLabel(row);
    token_->setObjectName(QStringLiteral("token_box"));
    token_->setMinimumSize(40, 28);
    token_->setMaximumWidth(kTokenWidth);
    token_->setAlignment(Qt::AlignCenter);
    token_->setContentsMargins(8, 0, 8, 0);
    auto* words = new QVBoxLayout;
    words->setSpacing(1);
    position_ = new QLabel(row);
    origin_ = new ElidedLabel(row);
    words->addWidget(position_);
    words->addWidget(origin_);
    layer_ = new QComboBox(row);
    layer_->setFixedHeight(24);
    layer_->setAccessibleName(tr("Layer of the router"));
    layer_->setMinimumWidth(84);
    layout->addWidget(token_);
    layout->addLayout(words, 1);
    layout->addWidget(layer_);
    connect(layer_, &QComboBox::activated, this,
            [this](int index) { Q_EMIT layer_chosen(static_cast<std::size_t>(index)); });
    return row;
}

QWidget* RouterDock::figures() {
    auto* row = new QWidget(this);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(12, 4, 12, 10);
    layout->setSpacing(8);
    entropy_ = new Figure(tr("Entropy"),
                          tr("−Σ p ln p over all experts, p being the scores scaled to sum 1.\nDerived here "
                             "from this token's scores; uniform routing gives ln of the number of experts."));
    chosen_mass_ = new Figure(tr("Chosen mass"),
                              tr("Share of the scores that the chosen experts have together.\nDerived here; "
                                 "uniform routing gives top-k / number of experts."));
    margin_ =
        new Figure(tr("Margin"), tr("Score of the last chosen expert less that of the first one left out, as "
                                    "ranked.\nDerived here; a small margin is a close call. Below: the "
                                    "median of the layer's margins in this run."));
    for (Figure* figure : {entropy_, chosen_mass_, margin_}) layout->addWidget(figure, 1);
    return row;
}

QWidget* RouterDock::margins() {
    auto* row = new QWidget(this);
    auto* layout = new QVBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 8);
    layout->setSpacing(2);
    margin_words_ = new QLabel(row);
    margin_words_->setWordWrap(true);
    margin_words_->setContentsMargins(12, 0, 12, 0);
    margin_words_->setToolTip(
        tr("The token's margin among those of the run's routed tokens at this layer; of a long run "
           "among those of %1 tokens, evenly spread.\nA near miss is a margin among the smallest "
           "tenth. Counted here.")
            .arg(MarginSample::kTokens));
    margin_strip_ = new MarginStrip(row);
    layout->addWidget(margin_words_);
    layout->addWidget(margin_strip_);
    connect(margin_strip_, &MarginStrip::layer_chosen, this, &RouterDock::layer_chosen);
    return row;
}

/// For the arithmetic: the list is short, and the pane scrolls as one, to where it begins.
void RouterDock::make_room(bool is_arithmetic_open) {
    table_->set_brief(is_arithmetic_open);
    if (is_arithmetic_open) show_from(*arithmetic_);
}

void RouterDock::clear(const TraceSnapshot& trace) {
    title_bar()->set_note({});
    show_layers(layer_, trace, 0);
    header_row_->hide();
    figure_row_->hide();
    margin_row_->hide();
    trace_ = {};
    model_ = {};
    table_->set_model({});
    table_->hide();
    arithmetic_->hide();
    const bool is_dense = trace.has_shape() && trace.shape().n_layers == 0;
    note_->setText(
        is_dense ? tr("This model is dense: it has no router, all of it works for every token.")
                 : tr("How the router decided for the selected token: every expert's probability, the cut "
                      "after the last chosen one, the runner-up and the weights."));
    note_->show();
    skeleton_->setVisible(!is_dense);
}

void RouterDock::set_model(const TraceSnapshot& trace, RouterModel model) {
    trace_ = trace;
    skeleton_->hide();
    header_row_->show();
    show_layers(layer_, trace, model.layer);
    token_->setText(token_->fontMetrics().elidedText(model.token, Qt::ElideRight, kTokenWidth - 20));
    token_->setToolTip(model.token_details);
    position_->setText(tr("Token %1").arg(grouped(model.position)));
    origin_->setText((model.phase == Phase::Prefill ? tr("prompt, id %1") : tr("generated, id %1"))
                         .arg(token_id_text(model.id)));
    note_->setText(model.absent);
    note_->setVisible(!model.absent.isEmpty());
    const bool has_scores = model.chosen_mass.has_value();
    figure_row_->setVisible(has_scores);
    if (has_scores) show_figures(model);
    table_->setVisible(!model.rows.empty());
    arithmetic_->setVisible(has_scores);
    arithmetic_->set_model(std::move(model.arithmetic));
    model_ = std::move(model);
    show_margins();
}

void RouterDock::set_margins(const std::shared_ptr<const MarginSample>& sample) {
    if (sample == sample_) return;
    sample_ = sample;
    show_margins();
}

/// The token's margins beside those of the run, and whether the one of the layer is a near miss.
void RouterDock::show_margins() {
    std::vector<std::optional<LayerMargin>> margins(model_.margins.size());
    for (std::size_t layer = 0; layer < margins.size(); ++layer) {
        if (!model_.margins[layer]) continue;
        margins[layer] = LayerMargin{.number = layer_number(trace_.shape(), layer),
                                     .margin = *model_.margins[layer],
                                     .share_below = sample_->share_below(layer, *model_.margins[layer]),
                                     .rank = sample_->rank(layer, *model_.margins[layer]),
                                     .is_near_miss = sample_->is_near_miss(layer, *model_.margins[layer])};
    }
    const bool has_margin = model_.layer < margins.size() && margins[model_.layer].has_value();
    margin_row_->setVisible(has_margin);
    model_.is_near_miss = has_margin && margins[model_.layer]->is_near_miss;
    if (has_margin) {
        const LayerMargin& own = *margins[model_.layer];
        const auto median = sample_->median(model_.layer);
        margin_->set_values(fixed_number(own.margin, 3), {},
                            median ? tr("median %1").arg(fixed_number(*median, 3)) : QStringLiteral("–"));
        const bool is_short = trace_.n_routed() < MarginSample::kFewestMargins;
        margin_words_->setText(is_short ? tr("Near misses can be told from %1 tokens on, there are %2")
                                              .arg(MarginSample::kFewestMargins)
                                              .arg(trace_.n_routed())
                                        : margin_rank_words(own));
        margin_strip_->setVisible(!is_short);
    }
    margin_strip_->set_margins(std::move(margins), model_.layer);
    table_->set_model(model_);
}

void RouterDock::show_figures(const RouterModel& model) {
    const auto value = [](std::optional<double> x) { return x ? fixed_number(*x, 3) : QStringLiteral("–"); };
    entropy_->set_values(value(model.entropy), tr("nats"),
                         tr("if uniform %1").arg(fixed_number(model.entropy_if_uniform, 3)));
    chosen_mass_->set_values(value(model.chosen_mass), {},
                             tr("if uniform %1").arg(fixed_number(model.chosen_mass_if_uniform, 3)));
    margin_->set_values(value(model.margin), {}, QStringLiteral("–"));
}

void RouterDock::set_theme(const DockTheme& theme) {
    TitledDock::set_theme(theme);
    theme_ = theme;
    for (Figure* figure : {entropy_, chosen_mass_, margin_}) figure->set_theme(theme);
    skeleton_->set_theme(theme);
    table_->set_theme(theme);
    margin_strip_->set_theme(theme);
    margin_words_->setFont(theme.caption);
    set_text_color(margin_words_, theme.text_3);
    arithmetic_->set_theme(theme);
    QFont token_font = theme.mono_bold;
    token_font.setPixelSize(14);
    token_->setFont(token_font);
    token_->setStyleSheet(
        QStringLiteral("QLabel#token_box { border: 1.5px solid %1; border-radius: 5px; background: %2; }")
            .arg(theme.accent.name(), theme.field.name()));
    position_->setFont(theme.title);
    origin_->setFont(theme.caption);
    set_text_color(origin_, theme.text_3);
    set_text_color(note_, theme.text_3);
    note_->setFont(theme.body);
}

}  // namespace moe::app
