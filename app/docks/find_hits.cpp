#include "app/docks/find_hits.h"

#include <QPainter>
#include <algorithm>
#include <numeric>

#include "app/docks/token_display.h"
#include "engine/trace/layer_number.h"

namespace moe::app {

namespace {

constexpr int kRowHeight = 22;
constexpr int kMargin = 12;
constexpr int kNumberWidth = 48;
constexpr std::size_t kNeighbours = 12;  // tokens on each side; more than fit

/// The most telling value first, equal ones by position.
void sort_by_value(FindQuery::Kind kind, std::vector<std::size_t>& hits, std::vector<RuleValue>& values) {
    std::vector<std::size_t> order(hits.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const double sign = kind == FindQuery::Kind::MarginBelow ? 1 : -1;
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return sign * values[i].value; });
    std::vector<std::size_t> sorted_hits;
    std::vector<RuleValue> sorted_values;
    for (const std::size_t i : order) {
        sorted_hits.push_back(hits[i]);
        sorted_values.push_back(values[i]);
    }
    hits = std::move(sorted_hits);
    values = std::move(sorted_values);
}

QString text_between(const TraceSnapshot& trace, std::size_t first, std::size_t end) {
    std::string bytes;
    for (std::size_t position = first; position < end; ++position) bytes += trace.token(position).bytes;
    return token_in_text(bytes);
}

}  // namespace

void FindHits::set_hits(const TraceSnapshot& trace, const FindSearch& search, Order order) {
    std::vector<std::size_t> hits = search.hits();
    std::vector<RuleValue> values = search.values();
    if (order == Order::Value && search.is_done() && !values.empty())
        sort_by_value(search.query().kind, hits, values);
    trace_ = trace;
    kind_ = search.query().kind;
    const std::size_t n_before = hits_.size();
    const bool goes_on = hits.size() >= n_before && std::equal(hits_.begin(), hits_.end(), hits.begin()) &&
                         values.size() >= values_.size() &&
                         std::equal(values_.begin(), values_.end(), values.begin());
    if (goes_on && hits.size() == n_before && values.size() == values_.size()) return;
    if (goes_on && hits.size() > n_before) {
        beginInsertRows({}, static_cast<int>(n_before), static_cast<int>(hits.size()) - 1);
    } else {
        beginResetModel();
    }
    hits_ = std::move(hits);
    values_ = std::move(values);
    goes_on&& hits_.size() > n_before ? endInsertRows() : endResetModel();
}

int FindHits::row_of(std::size_t position) const {
    const auto found = std::ranges::find(hits_, position);
    return found != hits_.end() ? static_cast<int>(found - hits_.begin()) : -1;
}

QString FindHits::value_text(int row) const {
    if (values_.empty()) return {};
    const RuleValue& value = values_[static_cast<std::size_t>(row)];
    return QStringLiteral("L%1 %2")
        .arg(layer_number(trace_.shape(), value.layer))
        .arg(fixed_number(value.value, kind_ == FindQuery::Kind::MarginBelow ? 4 : 3));
}

QString FindHits::value_words(int row) const {
    if (values_.empty()) return {};
    const RuleValue& value = values_[static_cast<std::size_t>(row)];
    return (kind_ == FindQuery::Kind::MarginBelow ? tr(", layer %1, margin %2")
                                                  : tr(", layer %1, entropy %2 nats"))
        .arg(layer_number(trace_.shape(), value.layer))
        .arg(fixed_number(value.value, 4));
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
    return tr("%1%2: %3")
        .arg(grouped(position(index.row())), value_words(index.row()),
             words.before + words.token + words.after);
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
    const QString value = hits_->value_text(index.row());
    const int value_width = value.isEmpty() ? 0 : metrics.horizontalAdvance(value) + 8;
    painter->drawText(QRect(row.right() - kMargin - value_width, row.top(), value_width, row.height()),
                      Qt::AlignVCenter | Qt::AlignRight, value);
    const int right = row.right() - kMargin - value_width;
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
