#include "app/docks/router_table.h"

#include <QHeaderView>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "app/docks/token_display.h"

namespace moe::app {

namespace {

constexpr int kRowHeight = 20;
constexpr int kBarHeight = 10;
constexpr int kSide = 12;  // to the dock's edges
constexpr int kGap = 4;    // on each side of a column
constexpr int kRankWidth = 36;
constexpr int kExpertWidth = 46;
constexpr int kValueWidth = 48;
constexpr int kRankedWidth = 66;
constexpr int kWeightWidth = 68;

QString number(std::optional<float> value) {
    return value ? fixed_number(static_cast<double>(*value), 3) : QStringLiteral("–");
}

/// Whether the scores sum to 1 over all experts, as those of a softmax do and those of sigmoids do not. A
/// trace without scores says nothing else.
bool are_probabilities(const RouterModel& model) {
    constexpr double kRounding = 1e-3;
    double sum = 0;
    for (const RouterRow& row : model.rows) sum += static_cast<double>(row.probability.value_or(0.0f));
    return sum == 0 || std::abs(sum - 1) < kRounding;
}

}  // namespace

void RouterTableModel::set_model(RouterModel model) {
    beginResetModel();
    model_ = std::move(model);
    const auto n_chosen = std::count_if(model_.rows.begin(), model_.rows.end(),
                                        [](const RouterRow& row) { return row.is_chosen; });
    const bool has_rest = static_cast<std::size_t>(n_chosen) < model_.rows.size();
    cut_row_ = n_chosen > 0 && has_rest ? static_cast<int>(n_chosen) : -1;
    endResetModel();
}

const RouterRow* RouterTableModel::row_at(int row) const {
    if (is_cut(row)) return nullptr;
    const auto index = static_cast<std::size_t>(cut_row_ >= 0 && row > cut_row_ ? row - 1 : row);
    return index < model_.rows.size() ? &model_.rows[index] : nullptr;
}

int RouterTableModel::rowCount(const QModelIndex& parent) const {
    if (parent.isValid()) return 0;
    return static_cast<int>(model_.rows.size()) + (cut_row_ >= 0 ? 1 : 0);
}

int RouterTableModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : kColumns; }

QString RouterTableModel::text(const RouterRow& row, int column) const {
    switch (column) {
        case Rank:
            return QString::number(row.rank + 1);
        case Expert:
            return QStringLiteral("E%1").arg(row.expert);
        case Value:
            return number(row.probability);
        case Ranked:
            return row.is_in_lost_group ? tr("group lost") : number(row.ranked);
        case Weight:
            if (!row.is_runner_up) return number(row.weight);
            return model_.is_near_miss ? tr("near miss") : tr("runner-up");
        default:
            return {};
    }
}

QVariant RouterTableModel::data(const QModelIndex& index, int role) const {
    if (role == Qt::TextAlignmentRole && index.column() != Expert)
        return int(Qt::AlignRight | Qt::AlignVCenter);
    const bool is_spoken = role == Qt::AccessibleTextRole;
    if (role != Qt::DisplayRole && !is_spoken) return {};
    const RouterRow* row = row_at(index.row());
    if (row == nullptr) {
        const QString cut = tr("top-%1 cut").arg(cut_row_);
        return model_.margin ? tr("%1, margin %2").arg(cut, fixed_number(*model_.margin, 3)) : cut;
    }
    if (is_spoken && index.column() == Probability)
        return (are_probabilities(model_) ? tr("probability %1") : tr("score %1"))
            .arg(number(row->probability));
    return text(*row, index.column());
}

QVariant RouterTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole) {
        const bool is_left = section == Expert || section == Probability;
        return int((is_left ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    }
    if (role == Qt::ToolTipRole) {
        if (section == Value || section == Probability)
            return tr("Score of the expert after the gating function");
        if (section == Ranked)
            return tr(
                "What was ranked: the score with the selection bias, within the groups that may be chosen "
                "from. It decides who is chosen and has no part in the weight.\nWang et al. 2024, "
                "arXiv:2408.15664; DeepSeek-V3, arXiv:2412.19437, section 2.1.2");
        if (section == Weight)
            return tr("Gating weight as applied: the factor of the expert's output in the mix");
    }
    if (role != Qt::DisplayRole) return {};
    switch (section) {
        case Rank:
            return QStringLiteral("#");
        case Expert:
            return tr("Expert");
        case Probability:
            return are_probabilities(model_) ? tr("Probability") : tr("Score");
        case Value:
            return are_probabilities(model_) ? QStringLiteral("p") : QStringLiteral("s");
        case Ranked:
            return tr("ranked");
        case Weight:
            return tr("weight");
        default:
            return {};
    }
}

QSize RouterDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {20, kRowHeight};
}

bool RouterDelegate::is_near_miss(const RouterRow& row) const {
    return row.is_runner_up && rows_->model().is_near_miss;
}

QColor RouterDelegate::text_color(const RouterRow& row, int column) const {
    if (column == RouterTableModel::Rank) return theme_.text_3;
    if (column == RouterTableModel::Weight && is_near_miss(row)) return theme_.near_text;
    if (row.is_in_lost_group) return theme_.disabled;
    if (column == RouterTableModel::Weight && !row.weight) return theme_.text_3;
    return row.is_chosen ? theme_.text_1 : theme_.text_2;
}

void RouterDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                           const QModelIndex& index) const {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (option.state.testFlag(QStyle::State_Selected)) painter->fillRect(option.rect, theme_.soft);
    const RouterRow* row = rows_->row_at(index.row());
    if (row == nullptr) {
        paint_cut(painter, option.rect);
    } else if (index.column() == RouterTableModel::Probability) {
        paint_bar(painter, option.rect, *row);
    } else {
        const bool is_words = (index.column() == RouterTableModel::Weight && row->is_runner_up) ||
                              (index.column() == RouterTableModel::Ranked && row->is_in_lost_group);
        painter->setFont(is_words ? theme_.caption : row->is_chosen ? theme_.mono_bold : theme_.mono);
        painter->setPen(text_color(*row, index.column()));
        const auto alignment = index.column() == RouterTableModel::Expert ? Qt::AlignLeft : Qt::AlignRight;
        const QRect rect =
            option.rect.adjusted(kGap, 0, index.column() == RouterTableModel::Weight ? -kSide : -kGap, 0);
        painter->drawText(rect, static_cast<int>(alignment | Qt::AlignVCenter), index.data().toString());
    }
    painter->restore();
}

void RouterDelegate::paint_bar(QPainter* painter, const QRect& rect, const RouterRow& row) const {
    if (!row.probability) return;  // an empty groove would say 0
    const QRectF groove(rect.left() + kGap, rect.top() + (kRowHeight - kBarHeight) / 2.0,
                        rect.width() - 2 * kGap, kBarHeight);
    painter->setPen(Qt::NoPen);
    painter->setBrush(theme_.track);
    painter->drawRoundedRect(groove, 2, 2);
    const double share = std::clamp(static_cast<double>(*row.probability), 0.0, 1.0);
    const double width = std::max(1.0, groove.width() * share);
    // A chosen expert has its colour of the heatmap, where 0.18 is the map's place of weight 0.
    const QColor chosen = theme_.map_color(row.weight ? 0.18 + 0.82 * static_cast<double>(*row.weight) : 0.6);
    painter->setBrush(row.is_chosen ? chosen : is_near_miss(row) ? theme_.near_bar : theme_.bar);
    painter->drawRoundedRect(QRectF(groove.left(), groove.top(), width, kBarHeight), 2, 2);
}

void RouterDelegate::paint_cut(QPainter* painter, const QRect& rect) const {
    const qreal middle = rect.center().y() + 0.5;
    QPen dashes(theme_.accent, 1, Qt::CustomDashLine);
    dashes.setDashPattern({4, 3});
    painter->setPen(dashes);
    painter->drawLine(QPointF(rect.left() + kSide, middle), QPointF(rect.right() - kSide, middle));
    const QString cut = tr("top-%1 cut").arg(rows_->cut_row());
    const QString margin =
        rows_->model().margin ? tr("margin %1").arg(fixed_number(*rows_->model().margin, 3)) : QString();
    painter->setFont(theme_.caption);
    const QFontMetrics metrics = painter->fontMetrics();
    const auto draw_label = [&](int left, const QString& text, const QColor& color) {
        const QRect box(left, rect.top(), metrics.horizontalAdvance(text) + 12, rect.height());
        painter->fillRect(box, theme_.surface);
        painter->setPen(color);
        painter->drawText(box, Qt::AlignCenter, text);
    };
    draw_label(rect.left() + 22, cut, theme_.accent);
    if (margin.isEmpty()) return;
    const int bars_left = view_->columnViewportPosition(RouterTableModel::Probability);
    draw_label(std::max(bars_left, rect.left() + 32 + metrics.horizontalAdvance(cut)) + 24, margin,
               theme_.text_1);
}

RouterTable::RouterTable(QWidget* parent)
    : QTreeView(parent), rows_(new RouterTableModel(this)), delegate_(new RouterDelegate(this, rows_)) {
    setObjectName(QStringLiteral("router_table"));
    setAccessibleName(tr("Router: experts by rank"));
    setModel(rows_);
    delegate_->setParent(this);
    setItemDelegate(delegate_);
    setFrameShape(NoFrame);
    setRootIsDecorated(false);
    setIndentation(0);
    setUniformRowHeights(true);
    setAllColumnsShowFocus(true);
    setSelectionBehavior(SelectRows);
    header()->setStretchLastSection(false);
    header()->setSectionsClickable(false);
    header()->setMinimumSectionSize(20);
    header()->setSectionResizeMode(QHeaderView::Fixed);
    header()->resizeSection(RouterTableModel::Rank, kRankWidth);
    header()->resizeSection(RouterTableModel::Expert, kExpertWidth);
    header()->setSectionResizeMode(RouterTableModel::Probability, QHeaderView::Stretch);
    header()->resizeSection(RouterTableModel::Value, kValueWidth);
    header()->resizeSection(RouterTableModel::Ranked, kRankedWidth);
    setColumnHidden(RouterTableModel::Ranked, true);
    header()->resizeSection(RouterTableModel::Weight, kWeightWidth);
    connect(this, &QTreeView::activated, this, [this](const QModelIndex& index) {
        if (const RouterRow* row = rows_->row_at(index.row())) Q_EMIT expert_chosen(row->expert);
    });
}

void RouterTable::set_model(RouterModel model) {
    const int old_cut = rows_->cut_row();
    const int current = currentIndex().row();
    setColumnHidden(RouterTableModel::Ranked, !model.has_ranked);
    rows_->set_model(std::move(model));
    if (old_cut >= 0) setFirstColumnSpanned(old_cut, {}, false);
    if (rows_->cut_row() >= 0) setFirstColumnSpanned(rows_->cut_row(), {}, true);
    if (current >= 0 && current < rows_->rowCount()) setCurrentIndex(rows_->index(current, 0));
    fit();
}

void RouterTable::set_brief(bool is_brief) {
    is_brief_ = is_brief;
    fit();
}

void RouterTable::fit() {
    int n_shown = 0;
    for (int row = 0; row < rows_->rowCount(); ++row) {
        const RouterRow* const expert = rows_->row_at(row);
        const bool is_shown = !is_brief_ || expert == nullptr || expert->is_chosen || expert->is_runner_up;
        setRowHidden(row, {}, !is_shown);
        n_shown += is_shown ? 1 : 0;
    }
    setVerticalScrollBarPolicy(is_brief_ ? Qt::ScrollBarAlwaysOff : Qt::ScrollBarAsNeeded);
    const int height = header()->sizeHint().height() + kRowHeight * n_shown;
    setMinimumHeight(is_brief_ ? height : 0);
    setMaximumHeight(is_brief_ ? height : QWIDGETSIZE_MAX);
}

void RouterTable::set_theme(const DockTheme& theme) {
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
