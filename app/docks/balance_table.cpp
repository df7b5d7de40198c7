#include "app/docks/balance_table.h"

#include <QHeaderView>
#include <QPainter>
#include <algorithm>

#include "app/docks/token_display.h"

namespace moe::app {

namespace {

constexpr int kBarHeight = 3;
constexpr int kSide = 12;  // to the dock's edges
constexpr int kGap = 4;    // on each side of a column

double value_of(const LoadBalance& balance, int column) {
    switch (column) {
        case BalanceTableModel::MaxViolation:
            return balance.max_violation;
        case BalanceTableModel::Cv:
            return balance.cv;
        case BalanceTableModel::Gini:
            return balance.gini;
        case BalanceTableModel::Entropy:
            return balance.normalized_entropy.value_or(1);
        default:
            return static_cast<double>(balance.n_dead);
    }
}

QString text_of(const BalanceRow& row, int column) {
    switch (column) {
        case BalanceTableModel::Layer:
            return row.name;
        case BalanceTableModel::MaxViolation:
            return fixed_number(row.balance.max_violation, 2);
        case BalanceTableModel::Entropy:
            return row.balance.normalized_entropy ? fixed_number(*row.balance.normalized_entropy, 3)
                                                  : QStringLiteral("–");
        case BalanceTableModel::Dead:
            return row.balance.n_dead == 0 ? QStringLiteral("–")
                                           : QStringLiteral("✕ %1").arg(row.balance.n_dead);
        default:
            return fixed_number(value_of(row.balance, column), 3);
    }
}

QString chance_text(const BalanceModel& model, int column) {
    switch (column) {
        case BalanceTableModel::Layer:
            return QObject::tr("if uniform");
        case BalanceTableModel::MaxViolation:
            return fixed_number(model.if_uniform.max_violation, 2);
        case BalanceTableModel::Cv:
            return fixed_number(model.if_uniform.cv, 3);
        case BalanceTableModel::Gini:
            return fixed_number(model.if_uniform.gini, 3);
        case BalanceTableModel::Entropy:
            return model.if_uniform.normalized_entropy ? fixed_number(*model.if_uniform.normalized_entropy, 3)
                                                       : QStringLiteral("–");
        case BalanceTableModel::Dead:
            return fixed_number(model.dead_if_uniform, 1);
        default:
            return {};
    }
}

}  // namespace

QString balance_explanation(int column) {
    switch (column) {
        case BalanceTableModel::MaxViolation:
            return QObject::tr(
                "Max violation (MaxVio): largest load / mean load − 1; 0 when equal.\nWang et al. 2024, "
                "arXiv:2408.15664, eq. 4");
        case BalanceTableModel::Cv:
            return QObject::tr(
                "CV: standard deviation (population) / mean of the loads; 0 when equal.\nAs in "
                "Shazeer et al. 2017, arXiv:1701.06538, eq. 7");
        case BalanceTableModel::Gini:
            return QObject::tr(
                "Gini: Σ (2i − n − 1) x₍ᵢ₎ / (n Σ x), loads ascending; 0 when equal, (E − 1) / E "
                "when one expert has all.\nC. Gini 1912");
        case BalanceTableModel::Entropy:
            return QObject::tr(
                "Normalized entropy: −Σ s ln s / ln E of the load shares s; 1 when equal, 0 when "
                "one expert has all.\nC. Shannon 1948");
        case BalanceTableModel::Dead:
            return QObject::tr(
                "Experts with less than a tenth of the fair share T k / E. In a short sample chance "
                "leaves some idle: compare with the row if uniform.");
        default:
            return QObject::tr("MoE layer, as it is numbered in the model");
    }
}

void BalanceTableModel::set_model(const BalanceModel& model) {
    const bool is_same_size = model.rows.size() == model_.rows.size() && !model_.rows.empty();
    if (!is_same_size) beginResetModel();
    model_ = model;
    sort_rows();
    if (!is_same_size) return endResetModel();
    Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, kColumns - 1));
}

const BalanceRow* BalanceTableModel::row_at(int row) const {
    const auto index = static_cast<std::size_t>(row - 1);
    return row >= 1 && index < model_.rows.size() ? &model_.rows[index] : nullptr;
}

double BalanceTableModel::largest_violation() const {
    double largest = 0;
    for (const BalanceRow& row : model_.rows) largest = std::max(largest, row.balance.max_violation);
    return largest;
}

int BalanceTableModel::rowCount(const QModelIndex& parent) const {
    if (parent.isValid() || model_.rows.empty()) return 0;
    return static_cast<int>(model_.rows.size()) + 1;
}

int BalanceTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kColumns;
}

QVariant BalanceTableModel::data(const QModelIndex& index, int role) const {
    const BalanceRow* row = row_at(index.row());
    if (role == Qt::TextAlignmentRole)
        return int((index.column() == Layer ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole && row == nullptr)
        return tr("What uniform routing of as many tokens gives on average: equal loads never happen by "
                  "chance.\n"
                  "Monte Carlo, seed 1, 200 draws of %1 tokens choosing %2 of %3 experts; dead experts "
                  "exactly.")
            .arg(grouped(model_.n_tokens))
            .arg(model_.top_k)
            .arg(model_.n_experts);
    if (role == Qt::ToolTipRole && row->is_over)
        return tr("The largest load is above the 97.5 % quantile that uniform routing gives");
    if (role == Qt::AccessibleTextRole && index.column() == Layer && row != nullptr)
        return tr("layer %1").arg(row->name);
    if (role != Qt::DisplayRole && role != Qt::AccessibleTextRole) return {};
    return row == nullptr ? chance_text(model_, index.column()) : text_of(*row, index.column());
}

QVariant BalanceTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::ToolTipRole) return balance_explanation(section);
    if (role == Qt::TextAlignmentRole)
        return int((section == Layer ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    static const char* const kNames[] = {"Layer", "MaxVio", "CV", "Gini", "Entropy", "Dead"};
    return tr(kNames[section]);
}

void BalanceTableModel::sort(int column, Qt::SortOrder order) {
    sort_column_ = column;
    order_ = order;
    sort_rows();
    if (rowCount() > 0) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, kColumns - 1));
}

void BalanceTableModel::sort_rows() {
    std::stable_sort(model_.rows.begin(), model_.rows.end(),
                     [this](const BalanceRow& a, const BalanceRow& b) {
                         const BalanceRow& low = order_ == Qt::AscendingOrder ? a : b;
                         const BalanceRow& high = order_ == Qt::AscendingOrder ? b : a;
                         if (sort_column_ == Layer) return low.layer < high.layer;
                         return value_of(low.balance, sort_column_) < value_of(high.balance, sort_column_);
                     });
}

QSize BalanceDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {20, BalanceTable::kRowHeight};
}

void BalanceDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                            const QModelIndex& index) const {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const BalanceRow* row = rows_->row_at(index.row());
    const int column = index.column();
    if (option.state.testFlag(QStyle::State_Selected)) painter->fillRect(option.rect, theme_.soft);
    if (row == nullptr) painter->fillRect(option.rect, theme_.hover);
    if (row != nullptr && column == BalanceTableModel::MaxViolation) paint_bar(painter, option.rect, *row);
    const bool is_over = row != nullptr && row->is_over && column == BalanceTableModel::MaxViolation;
    const bool is_dead = row != nullptr && row->balance.n_dead > 0 && column == BalanceTableModel::Dead;
    painter->setFont(row == nullptr && column == BalanceTableModel::Layer ? theme_.caption : theme_.mono);
    painter->setPen(is_over          ? theme_.over_text
                    : is_dead        ? theme_.dead
                    : row == nullptr ? theme_.text_3
                                     : theme_.text_1);
    const QRect rect = option.rect.adjusted(column == BalanceTableModel::Layer ? kSide : kGap, 0,
                                            column == BalanceTableModel::Dead ? -kSide : -kGap, 0);
    QString text = index.data().toString();
    if (row == nullptr && column == BalanceTableModel::Layer &&
        painter->fontMetrics().horizontalAdvance(text) > rect.width())
        text = tr("uniform");
    painter->drawText(rect, index.data(Qt::TextAlignmentRole).toInt(), text);
    painter->restore();
}

// Under the number, so that both can be read.
void BalanceDelegate::paint_bar(QPainter* painter, const QRect& rect, const BalanceRow& row) const {
    const double largest = rows_->largest_violation();
    if (largest <= 0) return;
    const QRectF groove(rect.left() + kGap, rect.bottom() - kBarHeight, rect.width() - 2 * kGap, kBarHeight);
    const double width = std::max(1.0, groove.width() * row.balance.max_violation / largest);
    painter->setPen(Qt::NoPen);
    painter->setBrush(theme_.track);
    painter->drawRoundedRect(groove, 1.5, 1.5);
    painter->setBrush(row.is_over ? theme_.over_bar : theme_.bar);
    painter->drawRoundedRect(QRectF(groove.left(), groove.top(), width, kBarHeight), 1.5, 1.5);
    if (!row.is_over) return;
    const QPointF tip(groove.left() + 4, rect.center().y() - 4);
    painter->drawPolygon(QPolygonF({tip, tip + QPointF(3.5, 6), tip + QPointF(-3.5, 6)}));
}

BalanceTable::BalanceTable(QWidget* parent)
    : QTreeView(parent), rows_(new BalanceTableModel(this)), delegate_(new BalanceDelegate(rows_)) {
    setObjectName(QStringLiteral("balance_table"));
    setAccessibleName(tr("Balance by layer"));
    setModel(rows_);
    delegate_->setParent(this);
    setItemDelegate(delegate_);
    setFrameShape(NoFrame);
    setRootIsDecorated(false);
    setIndentation(0);
    setUniformRowHeights(true);
    setAllColumnsShowFocus(true);
    setSortingEnabled(true);
    sortByColumn(BalanceTableModel::Layer, Qt::AscendingOrder);
    header()->setStretchLastSection(false);
    header()->setMinimumSectionSize(20);
    header()->setSectionResizeMode(QHeaderView::Fixed);
    const int widths[] = {58, 80, 44, 44, 50, 46};  // at 1280 the second has room for a triangle and "4.20"
    for (int column = 0; column < BalanceTableModel::kColumns; ++column)
        header()->resizeSection(column, widths[column]);
    header()->setSectionResizeMode(BalanceTableModel::MaxViolation, QHeaderView::Stretch);
    connect(this, &QTreeView::clicked, this, [this](const QModelIndex& index) { Q_EMIT activated(index); });
    connect(this, &QTreeView::activated, this, [this](const QModelIndex& index) {
        if (const BalanceRow* row = rows_->row_at(index.row())) Q_EMIT layer_chosen(row->layer);
    });
}

void BalanceTable::set_model(const BalanceModel& model) {
    rows_->set_model(model);
    if (selected_) set_selected_layer(*selected_);
}

void BalanceTable::set_selected_layer(std::size_t layer) {
    selected_ = layer;
    for (int row = 1; row < rows_->rowCount(); ++row) {
        if (rows_->row_at(row)->layer == layer) setCurrentIndex(rows_->index(row, 0));
    }
}

int BalanceTable::needed_height() const {
    return header()->sizeHint().height() + rows_->rowCount() * BalanceTable::kRowHeight;
}

void BalanceTable::set_theme(const DockTheme& theme) {
    delegate_->set_theme(theme);
    header()->setFont(theme.caption);
    QPalette quiet = header()->palette();
    quiet.setColor(QPalette::ButtonText, theme.text_3);
    quiet.setColor(QPalette::WindowText, theme.text_3);
    header()->setPalette(quiet);
    QPalette flat = palette();
    flat.setColor(QPalette::Base, theme.surface);
    setPalette(flat);
    viewport()->update();
}

}  // namespace moe::app
