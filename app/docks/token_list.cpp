#include "app/docks/token_list.h"

#include <QPainter>
#include <algorithm>

#include "app/docks/token_display.h"

namespace moe::app {

namespace {

constexpr int kRowHeight = 21;
constexpr int kNumberWidth = 58;
constexpr std::size_t kContextTokens = 12;
constexpr double kShareBefore = 0.42;  // of the row's width, for the text before the token

}  // namespace

void TokenListModel::set_tokens(const TraceSnapshot& trace, std::vector<std::size_t> positions) {
    // A list that grew keeps its place.
    const bool grew = !positions_.empty() && positions.size() >= positions_.size() &&
                      std::equal(positions_.begin(), positions_.end(), positions.begin());
    trace_ = trace;
    if (grew) {
        const int n_before = rowCount();
        const bool has_more = positions.size() > positions_.size();
        if (has_more) beginInsertRows({}, n_before, static_cast<int>(positions.size()) - 1);
        positions_ = std::move(positions);
        if (has_more) endInsertRows();
        Q_EMIT dataChanged(index(0), index(n_before - 1));
        return;
    }
    beginResetModel();
    positions_ = std::move(positions);
    endResetModel();
}

QString TokenListModel::text_before(int row, std::size_t n_tokens) const {
    const std::size_t end = position(row);
    std::string bytes;  // of whole characters, which tokens may share
    for (std::size_t i = end - std::min(end, n_tokens); i < end; ++i) bytes += trace_.token(i).bytes;
    return token_in_text(bytes);
}

QString TokenListModel::text_after(int row, std::size_t n_tokens) const {
    const std::size_t first = position(row) + 1;
    std::string bytes;
    for (std::size_t i = first; i < std::min(first + n_tokens, trace_.n_tokens()); ++i) bytes += trace_.token(i).bytes;
    return token_in_text(bytes);
}

QString TokenListModel::token_text(int row) const { return token_in_text(trace_.token(position(row)).bytes); }

int TokenListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(positions_.size());
}

QVariant TokenListModel::data(const QModelIndex& index, int role) const {
    if (role == Qt::DisplayRole || role == Qt::AccessibleTextRole)
        return tr("token %1, %2")
            .arg(grouped(position(index.row())), token_by_itself(trace_.token(position(index.row())).bytes));
    if (role == Qt::ToolTipRole)
        return tr("Token %1, %2\n%3%4%5")
            .arg(grouped(position(index.row())), token_details(trace_.token(position(index.row())).bytes),
                 text_before(index.row(), kContextTokens), token_text(index.row()),
                 text_after(index.row(), kContextTokens));
    return {};
}

QSize TokenListDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {100, kRowHeight};
}

void TokenListDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                              const QModelIndex& index) const {
    painter->save();
    if (option.state.testFlag(QStyle::State_Selected)) {
        painter->fillRect(option.rect, theme_.soft);
    } else if (option.state.testFlag(QStyle::State_MouseOver)) {
        painter->fillRect(option.rect, theme_.hover);
    }
    painter->setFont(theme_.mono);
    painter->setPen(theme_.text_3);
    const QRect row = option.rect;
    painter->drawText(QRect(row.left(), row.top(), kNumberWidth - 8, row.height()),
                      Qt::AlignRight | Qt::AlignVCenter, grouped(tokens_->position(index.row())));
    const QFontMetrics metrics = painter->fontMetrics();
    const QRect text = row.adjusted(kNumberWidth, 0, -8, 0);
    const int middle = text.left() + static_cast<int>(text.width() * kShareBefore);
    const QString before = metrics.elidedText(tokens_->text_before(index.row(), kContextTokens),
                                              Qt::ElideLeft, middle - text.left());
    painter->drawText(QRect(text.left(), row.top(), middle - text.left(), row.height()),
                      Qt::AlignRight | Qt::AlignVCenter, before);
    const QString token =
        metrics.elidedText(tokens_->token_text(index.row()), Qt::ElideRight, text.right() - middle);
    const int token_end = middle + metrics.horizontalAdvance(token);
    painter->fillRect(QRect(middle, row.top() + 2, token_end - middle, row.height() - 4), theme_.soft);
    painter->setPen(theme_.text_1);
    painter->drawText(QRect(middle, row.top(), text.right() - middle, row.height()),
                      Qt::AlignLeft | Qt::AlignVCenter, token);
    painter->setPen(theme_.text_3);
    const int room = text.right() - token_end;
    if (room > metrics.averageCharWidth() * 2) {
        painter->drawText(
            QRect(token_end, row.top(), room, row.height()), Qt::AlignLeft | Qt::AlignVCenter,
            metrics.elidedText(tokens_->text_after(index.row(), kContextTokens), Qt::ElideRight, room));
    }
    painter->restore();
}

TokenList::TokenList(QWidget* parent)
    : QListView(parent), tokens_(new TokenListModel(this)), delegate_(new TokenListDelegate(tokens_)) {
    setModel(tokens_);
    delegate_->setParent(this);
    setItemDelegate(delegate_);
    setFrameShape(NoFrame);
    setUniformItemSizes(true);
    setMouseTracking(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    const auto choose = [this](const QModelIndex& index) {
        if (index.isValid()) Q_EMIT token_chosen(tokens_->position(index.row()));
    };
    connect(this, &QListView::clicked, this, choose);
    connect(this, &QListView::activated, this, choose);
}

void TokenList::set_tokens(const TraceSnapshot& trace, std::vector<std::size_t> positions) {
    tokens_->set_tokens(trace, std::move(positions));
}

void TokenList::set_theme(const DockTheme& theme) {
    delegate_->set_theme(theme);
    QPalette flat = palette();
    flat.setColor(QPalette::Base, theme.surface);
    setPalette(flat);
    viewport()->update();
}

}  // namespace moe::app
