#include "app/docks/plain_table.h"

#include <QHeaderView>
#include <QPainter>
#include <algorithm>

namespace moe::app {

namespace {

constexpr int kRowHeight = 20;
constexpr int kBarHeight = 8;
constexpr int kSide = 12;  // to the dock's edges
constexpr int kGap = 4;    // on each side of a column

}  // namespace

PlainTableModel::PlainTableModel(std::vector<PlainColumn> columns, QObject* parent)
    : QAbstractTableModel(parent), columns_(std::move(columns)) {}

void PlainTableModel::set_rows(std::vector<PlainRow> rows) {
    if (rows == rows_) return;
    const bool is_same_size = rows.size() == rows_.size() && !rows.empty();
    if (!is_same_size) beginResetModel();
    rows_ = std::move(rows);
    if (!is_same_size) return endResetModel();
    Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

int PlainTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int PlainTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(columns_.size());
}

QVariant PlainTableModel::data(const QModelIndex& index, int role) const {
    if (role == Qt::ToolTipRole) return row(index.row()).details;
    if (role != Qt::DisplayRole && role != Qt::AccessibleTextRole) return {};
    const QString& text = row(index.row()).texts[static_cast<std::size_t>(index.column())];
    if (role == Qt::DisplayRole) return text;
    return QStringLiteral("%1 %2").arg(column(index.column()).title, text);
}

QVariant PlainTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::DisplayRole) return column(section).title;
    if (role == Qt::ToolTipRole) return column(section).explanation;
    if (role == Qt::TextAlignmentRole)
        return int((column(section).is_number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    return {};
}

QSize PlainDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {20, kRowHeight};
}

void PlainDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                          const QModelIndex& index) const {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const PlainColumn& column = rows_->column(index.column());
    const PlainRow& row = rows_->row(index.row());
    if (option.state.testFlag(QStyle::State_Selected)) painter->fillRect(option.rect, theme_.soft);
    const bool is_first = index.column() == 0;
    const bool is_last = index.column() + 1 == rows_->columnCount();
    const QRect rect = option.rect.adjusted(is_first ? kSide : kGap, 0, is_last ? -kSide : -kGap, 0);
    if (column.is_bar) {
        const QRectF groove(rect.left(), rect.top() + (kRowHeight - kBarHeight) / 2.0, rect.width(),
                            kBarHeight);
        painter->setPen(Qt::NoPen);
        painter->setBrush(theme_.track);
        painter->drawRoundedRect(groove, 2, 2);
        painter->setBrush(theme_.bar);
        if (row.bar > 0)
            painter->drawRoundedRect(
                QRectF(groove.left(), groove.top(), std::max(1.0, groove.width() * std::min(1.0, row.bar)),
                       kBarHeight),
                2, 2);
    } else {
        const bool is_dim = row.dim_column == static_cast<std::size_t>(index.column());
        painter->setFont(column.is_prose ? theme_.body : theme_.mono);
        painter->setPen(is_dim ? theme_.text_3 : theme_.text_1);
        painter->drawText(
            rect, static_cast<int>((column.is_number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter),
            painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, rect.width()));
    }
    painter->restore();
}

PlainTable::PlainTable(const QString& name, std::vector<PlainColumn> columns, QWidget* parent)
    : QTreeView(parent),
      rows_(new PlainTableModel(std::move(columns), this)),
      delegate_(new PlainDelegate(rows_)) {
    setAccessibleName(name);
    setModel(rows_);
    delegate_->setParent(this);
    setItemDelegate(delegate_);
    setFrameShape(NoFrame);
    setRootIsDecorated(false);
    setIndentation(0);
    setUniformRowHeights(true);
    setAllColumnsShowFocus(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    header()->setStretchLastSection(false);
    header()->setMinimumSectionSize(16);
    header()->setSectionsClickable(false);
    for (int column = 0; column < rows_->columnCount(); ++column) {
        const int width = rows_->column(column).width;
        header()->setSectionResizeMode(column, width == 0 ? QHeaderView::Stretch : QHeaderView::Fixed);
        if (width > 0) header()->resizeSection(column, width);
    }
    const auto choose = [this](const QModelIndex& index) {
        if (index.isValid()) Q_EMIT row_chosen(index.row());
    };
    connect(this, &QTreeView::clicked, this, choose);
    connect(this, &QTreeView::activated, this, choose);
}

void PlainTable::set_rows(std::vector<PlainRow> rows) {
    rows_->set_rows(std::move(rows));
    fit_columns();
}

void PlainTable::fit_columns() {
    const int n_columns = rows_->columnCount();
    for (int index = 0; index < n_columns; ++index) {
        const PlainColumn& column = rows_->column(index);
        if (column.width == 0) continue;
        QString longest;  // the letters have one width
        for (int row = 0; row < rows_->rowCount(); ++row) {
            const QString& text = rows_->row(row).texts[static_cast<std::size_t>(index)];
            if (text.size() > longest.size()) longest = text;
        }
        const int sides = (index == 0 ? kSide : kGap) + (index + 1 == n_columns ? kSide : kGap);
        const int text =
            QFontMetrics(column.is_prose ? theme_.body : theme_.mono).horizontalAdvance(longest) + sides;
        const int title = header()->sectionSizeHint(index);
        const int needed = std::max({column.width, text, title});
        header()->resizeSection(index, column.width_max == 0 ? needed : std::min(needed, column.width_max));
    }
}

void PlainTable::set_theme(const DockTheme& theme) {
    theme_ = theme;
    delegate_->set_theme(theme);
    header()->setFont(theme.caption);
    fit_columns();
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
