#include "app/docks/find_hits.h"

#include <QPainter>
#include <algorithm>

#include "app/docks/token_display.h"

namespace moe::app {

namespace {

constexpr int kRowHeight = 22;
constexpr int kMargin = 12;
constexpr int kNumberWidth = 48;
constexpr std::size_t kNeighbours = 12;  // tokens on each side; more than fit

QString text_between(const TraceSnapshot& trace, std::size_t first, std::size_t end) {
    std::string bytes;
    for (std::size_t position = first; position < end; ++position) bytes += trace.token(position).bytes;
    return token_in_text(bytes);
}

}  // namespace

void FindHits::set_hits(const TraceSnapshot& trace, const std::vector<std::size_t>& hits) {
    const bool goes_on = hits.size() >= hits_.size() && std::equal(hits_.begin(), hits_.end(), hits.begin());
    trace_ = trace;
    if (goes_on && hits.size() == hits_.size()) return;
    if (goes_on) {
        beginInsertRows({}, static_cast<int>(hits_.size()), static_cast<int>(hits.size()) - 1);
        hits_ = hits;
        endInsertRows();
    } else {
        beginResetModel();
        hits_ = hits;
        endResetModel();
    }
}

int FindHits::row_of(std::size_t position) const {
    const auto found = std::lower_bound(hits_.begin(), hits_.end(), position);
    return found != hits_.end() && *found == position ? static_cast<int>(found - hits_.begin()) : -1;
}

FindHits::Context FindHits::context(int row) const {
    const std::size_t at = position(row);
    if (at >= trace_.n_tokens()) return {};
    const std::size_t first = at > kNeighbours ? at - kNeighbours : 0;
    const std::size_t end = std::min(at + 1 + kNeighbours, trace_.n_tokens());
    return {.before = text_between(trace_, first, at),
            .token = token_by_itself(trace_.token(at).bytes),
            .after = text_between(trace_, at + 1, end)};
}

int FindHits::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(hits_.size());
}

QVariant FindHits::data(const QModelIndex& index, int role) const {
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
    const Context words = context(index.row());
    return tr("%1: %2").arg(grouped(position(index.row())), words.before + words.token + words.after);
}

QSize FindHitDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {120, kRowHeight};
}

void FindHitDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                            const QModelIndex& index) const {
    painter->save();
    const QRect row = option.rect;
    if (option.state.testFlag(QStyle::State_Selected)) painter->fillRect(row, theme_.soft);
    painter->setFont(theme_.mono);
    painter->setPen(theme_.text_3);
    painter->drawText(QRect(row.left() + kMargin, row.top(), kNumberWidth, row.height()),
                      Qt::AlignVCenter | Qt::AlignRight, grouped(hits_->position(index.row())));
    const FindHits::Context words = hits_->context(index.row());
    const QFontMetrics metrics(theme_.mono);
    const int left = row.left() + kMargin + kNumberWidth + 12;
    const int right = row.right() - kMargin;
    const int token_left = left + (right - left) * 2 / 5;
    const int token_width = std::min(metrics.horizontalAdvance(words.token), right - token_left);
    const QRect before(left, row.top(), token_left - left - 2, row.height());
    painter->setPen(theme_.text_2);
    painter->drawText(before, Qt::AlignVCenter | Qt::AlignRight,
                      metrics.elidedText(words.before, Qt::ElideLeft, before.width()));
    const QRect after(token_left + token_width + 2, row.top(), right - token_left - token_width - 2,
                      row.height());
    painter->drawText(after, Qt::AlignVCenter | Qt::AlignLeft,
                      metrics.elidedText(words.after, Qt::ElideRight, after.width()));
    painter->fillRect(QRect(token_left - 1, row.top() + 3, token_width + 2, row.height() - 6), theme_.soft);
    painter->setPen(theme_.text_1);
    painter->drawText(QRect(token_left, row.top(), token_width, row.height()),
                      Qt::AlignVCenter | Qt::AlignLeft,
                      metrics.elidedText(words.token, Qt::ElideRight, token_width + 1));
    painter->restore();
}

}  // namespace moe::app
