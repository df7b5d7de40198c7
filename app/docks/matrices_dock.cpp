#include "app/docks/matrices_dock.h"

#include <QGridLayout>
#include <algorithm>

#include "app/docks/figure.h"
#include "app/docks/layer_combo.h"
#include "app/docks/matrix_layout.h"
#include "app/docks/token_display.h"

namespace moe::app {

namespace {

using namespace std::chrono_literals;

constexpr auto kPause = 200ms;

}  // namespace

MatricesDock::MatricesDock(QWidget* parent)
    : TitledDock(QStringLiteral("matrices_dock"), tr("Matrices"), parent),
      kind_(new QComboBox),
      layer_(new QComboBox),
      value_(new QComboBox),
      order_(new QComboBox),
      scope_(new ScopeCombo),
      note_(new QLabel),
      matrix_(new PairMatrixView),
      matrix_area_(new QScrollArea),
      scale_(new MatrixScale),
      axes_(new ElidedLabel),
      tokens_title_(new QLabel),
      tokens_(new TokenList),
      counting_(new Background(kPause, this)),
      searching_(new Background(kPause, this)) {
    auto* body = new QWidget(this);
    note_->setWordWrap(true);
    note_->setMargin(12);
    matrix_area_->setWidget(matrix_);
    matrix_area_->setWidgetResizable(true);
    matrix_area_->setFrameShape(QFrame::NoFrame);
    tokens_title_->setIndent(12);
    tokens_title_->setWordWrap(true);
    tokens_->setAccessibleName(tr("Tokens behind the cell"));
    new MatrixLayout(body, {.controls = controls(),
                            .note = note_,
                            .matrix_area = matrix_area_,
                            .matrix = matrix_,
                            .scale = scale_,
                            .axes = axes_,
                            .title = tokens_title_,
                            .list = tokens_});
    set_body(body);
    connect(matrix_, &PairMatrixView::pair_chosen, this, &MatricesDock::ask_tokens);
    connect(tokens_, &TokenList::token_chosen, this, &MatricesDock::token_chosen);
    connect(this, &QDockWidget::visibilityChanged, this, &MatricesDock::ask);
    set_model({});
}

QWidget* MatricesDock::controls() {
    auto* box = new QWidget(this);
    auto* grid = new QGridLayout(box);
    grid->setContentsMargins(10, 0, 10, 0);
    grid->setSpacing(6);
    kind_->addItem(tr("Co-activation"), static_cast<int>(MatrixKind::Coactivation));
    kind_->addItem(tr("Flow to the next layer"), static_cast<int>(MatrixKind::Flow));
    kind_->setToolTip(
        tr("Co-activation: tokens that chose both experts of a layer (all pairs; OLMoE, arXiv:2409.02060, "
           "eq. 6).\nFlow: from each chosen expert of a layer to each one of the next MoE layer, by token."));
    value_->addItem(tr("Lift"), static_cast<int>(MatrixValue::Lift));
    value_->addItem(tr("Share"), static_cast<int>(MatrixValue::Share));
    value_->addItem(tr("Count"), static_cast<int>(MatrixValue::Count));
    value_->setToolTip(
        tr("Lift: count / expected, where the pairs there are fall in proportion to both loads.\n"
           "Share: of the row's tokens (co-activation) or of its flow.\nCount: pairs."));
    order_->addItem(tr("By id"), 0);
    order_->addItem(tr("Clustered"), 1);
    order_->setToolTip(
        tr("Clustered: experts with similar partners side by side; average linkage on the cosine "
           "of their lifts, cut at 4"));
    kind_->setAccessibleName(tr("Kind of the matrix"));
    value_->setAccessibleName(tr("What a cell's colour says"));
    order_->setAccessibleName(tr("Order of the experts"));
    layer_->setAccessibleName(tr("Layer of the matrix"));
    grid->addWidget(kind_, 0, 0, 1, 2);
    grid->addWidget(layer_, 0, 2);
    grid->addWidget(value_, 1, 0);
    grid->addWidget(order_, 1, 1);
    grid->addWidget(scope_, 1, 2);
    for (QComboBox* combo : {kind_, layer_, value_, order_}) {
        combo->setFixedHeight(24);
        combo->setMinimumContentsLength(6);
    }
    for (QComboBox* combo : {kind_, order_, static_cast<QComboBox*>(scope_)})
        connect(combo, &QComboBox::currentIndexChanged, this, &MatricesDock::ask);
    connect(value_, &QComboBox::currentIndexChanged, this, [this] {
        matrix_->set_value(static_cast<MatrixValue>(value_->currentData().toInt()));
        scale_->set_words(matrix_->scale_words());
    });
    connect(layer_, &QComboBox::activated, this,
            [this](int index) { Q_EMIT layer_chosen(static_cast<std::size_t>(index)); });
    return box;
}

void MatricesDock::set_model(const RunView& view) {
    const bool is_other_run = view.identity != view_.identity;
    const bool is_other_layer = view.layer != view_.layer;
    view_ = view;
    scope_->follow(view);
    show_layers(layer_, view.trace, view.layer);
    if (is_other_run) {
        counting_->forget();
        asked_.forget();
    }
    if (is_other_run || is_other_layer) {
        searching_->forget();
        matrix_->set_chosen(std::nullopt);
        tokens_->set_tokens({}, {});
        show_tokens_title(tr("Choose a cell to see its tokens"), /*is_quiet=*/true);
    }
    const bool is_empty = !view.has_routing();
    for (QWidget* widget : {static_cast<QWidget*>(tokens_title_), static_cast<QWidget*>(tokens_)})
        widget->setVisible(!is_empty);
    show_matrix_parts(!is_empty);
    note_->setVisible(is_empty);
    if (!is_empty) return ask();
    title_bar()->set_note({});
    matrix_->set_model(nullptr);
    note_->setText(
        tr("Which experts are chosen together, and where tokens go from one layer to the next, beside "
           "what chance would give."));
}

MatrixQuestion MatricesDock::question() const {
    return {.kind = static_cast<MatrixKind>(kind_->currentData().toInt()),
            .layer = view_.layer,
            .range = scope_->range_of(view_),
            .clusters = order_->currentData().toInt() == 1};
}

void MatricesDock::ask() {
    if (!view_.has_routing() || !is_seen()) return;
    const MatrixQuestion question = this->question();
    const bool has_next = question.layer + 1 < view_.trace.shape().n_layers;
    const bool is_possible = question.kind == MatrixKind::Coactivation || has_next;
    show_matrix_parts(is_possible);
    note_->setVisible(!is_possible);
    note_->setText(tr("This is the last MoE layer; nothing flows on from it. Choose an earlier one."));
    if (!is_possible) return;
    MatrixQuestion without_range = question;
    without_range.range = {};
    const auto urgency = asked_.urgency_of({view_.identity, without_range, scope_->scope()}, question.range);
    if (!urgency) return;
    counting_->ask(
        [this, trace = view_.trace, question] {
            auto model = std::make_shared<const MatrixModel>(matrix_model(trace, question));
            return [this, model] { show_matrix(model); };
        },
        *urgency);
}

void MatricesDock::show_matrix(std::shared_ptr<const MatrixModel> model) {
    const bool is_same = matrix_->model() != nullptr && matrix_->model()->kind == model->kind &&
                         matrix_->model()->layer == model->layer;
    title_bar()->set_note(range_words(model->range));
    axes_->setText(model->kind == MatrixKind::Flow ? tr("Rows: this layer. Columns: the next one")
                                                   : tr("Rows and columns: the layer's experts"));
    matrix_->set_model(std::move(model));
    scale_->set_words(matrix_->scale_words());
    if (!is_same) matrix_->set_chosen(std::nullopt);
    if (matrix_->chosen()) ask_tokens();
}

void MatricesDock::show_matrix_parts(bool is_shown) {
    for (QWidget* part : {static_cast<QWidget*>(matrix_area_), static_cast<QWidget*>(scale_),
                          static_cast<QWidget*>(axes_)})
        part->setVisible(is_shown);
}

void MatricesDock::ask_tokens() {
    if (matrix_->model() == nullptr || !matrix_->chosen()) return;
    const ExpertPair pair = *matrix_->chosen();
    const std::size_t layer = matrix_->model()->layer;
    const std::size_t other = layer + (matrix_->model()->kind == MatrixKind::Flow ? 1 : 0);
    searching_->ask(
        [this, trace = view_.trace, range = matrix_->model()->range, pair, layer, other] {
            const FoundTokens found = find_tokens(range, [&](std::size_t position) {
                return uses_expert(trace, position, layer, pair.from) &&
                       uses_expert(trace, position, other, pair.to);
            });
            return [this, trace, found] { show_tokens(trace, found); };
        },
        Background::Urgency::Now);
}

void MatricesDock::show_tokens(const TraceSnapshot& trace, const FoundTokens& found) {
    if (matrix_->model() == nullptr || !matrix_->chosen()) return;
    const MatrixCell cell = matrix_->model()->cell(matrix_->chosen()->from, matrix_->chosen()->to);
    QString text = tr("E%1 and E%2: %3")
                       .arg(matrix_->chosen()->from)
                       .arg(matrix_->chosen()->to)
                       .arg(tokens_text(found.n_found));
    if (cell.lift)
        text +=
            tr(", %1 by chance, lift %2").arg(fixed_number(cell.expected, 1), fixed_number(*cell.lift, 2));
    if (found.n_found > found.positions.size())
        text += tr("; the first %1 are listed").arg(grouped(found.positions.size()));
    show_tokens_title(text, /*is_quiet=*/false);
    tokens_title_->setToolTip(matrix_->words_of(*matrix_->chosen()));
    tokens_->set_tokens(trace, found.positions);
}

void MatricesDock::show_tokens_title(const QString& text, bool is_quiet) {
    is_title_quiet_ = is_quiet;
    tokens_title_->setText(text);
    tokens_title_->setFont(is_quiet ? theme_.caption : theme_.title);
    set_text_color(tokens_title_, is_quiet ? theme_.text_3 : theme_.text_1);
}

void MatricesDock::set_theme(const DockTheme& theme) {
    TitledDock::set_theme(theme);
    matrix_->set_theme(theme);
    scale_->set_theme(theme);
    axes_->setFont(theme.caption);
    set_text_color(axes_, theme.text_3);
    tokens_->set_theme(theme);
    note_->setFont(theme.body);
    set_text_color(note_, theme.text_3);
    theme_ = theme;
    show_tokens_title(tokens_title_->text(), is_title_quiet_);
    QPalette flat = matrix_area_->palette();
    flat.setColor(QPalette::Window, theme.surface);
    flat.setColor(QPalette::Base, theme.surface);
    matrix_area_->setPalette(flat);
    matrix_area_->viewport()->setPalette(flat);
}

}  // namespace moe::app
