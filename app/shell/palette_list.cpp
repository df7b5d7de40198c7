#include "app/shell/palette_list.h"

#include <QPainter>
#include <algorithm>

#include "app/shell/theme.h"

namespace moe::app {

namespace {

constexpr int kRowHeight = 34;
constexpr int kHeadingHeight = 26;
constexpr int kMargin = 12;
constexpr int kNameLeft = 42;
constexpr int kCapHeight = 18;
constexpr int kGap = 10;

}  // namespace

QString or_between_keys() { return QObject::tr(" or "); }

void PaletteList::set_entries(std::vector<PaletteEntry> entries, bool shows_groups) {
    beginResetModel();
    entries_ = std::move(entries);
    rows_.clear();
    QString group;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        if (shows_groups && entries_[i].group != group) {
            group = entries_[i].group;
            rows_.push_back({.heading = group});
        }
        rows_.push_back({.heading = {}, .entry = i});
    }
    endResetModel();
}

const PaletteEntry* PaletteList::entry(int row) const {
    if (row < 0 || row >= rowCount() || !heading(row).isEmpty()) return nullptr;
    return &entries_[rows_[static_cast<std::size_t>(row)].entry];
}

int PaletteList::next_entry(int row, int direction) const {
    const int n_rows = rowCount();
    for (int i = 0; i < n_rows; ++i) {
        const int candidate = ((row + i * direction) % n_rows + n_rows) % n_rows;
        if (entry(candidate) != nullptr) return candidate;
    }
    return -1;
}

int PaletteList::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

QVariant PaletteList::data(const QModelIndex& index, int role) const {
    const PaletteEntry* shown = entry(index.row());
    if (shown == nullptr) return role == Qt::DisplayRole ? QVariant(heading(index.row())) : QVariant();
    if (role == Qt::DisplayRole) return shown->name;
    if (role == Qt::ToolTipRole) return shown->hint;
    if (role == Qt::AccessibleDescriptionRole)
        return shown->keys.isEmpty() ? shown->hint : shown->hint + QStringLiteral(", ") + shown->keys;
    return {};
}

Qt::ItemFlags PaletteList::flags(const QModelIndex& index) const {
    const bool is_entry = entry(index.row()) != nullptr;
    return is_entry ? Qt::ItemIsEnabled | Qt::ItemIsSelectable : Qt::NoItemFlags;
}

QSize PaletteDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const {
    return {200, list_->entry(index.row()) != nullptr ? kRowHeight : kHeadingHeight};
}

void PaletteDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                            const QModelIndex& index) const {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const PaletteEntry* entry = list_->entry(index.row());
    if (entry == nullptr) {
        paint_heading(*painter, option.rect, list_->heading(index.row()));
    } else {
        if (option.state.testFlag(QStyle::State_Selected)) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(to_qcolor(theme_.soft));
            painter->drawRoundedRect(option.rect.adjusted(6, 1, -6, -1), 5, 5);
        }
        paint_entry(*painter, option.rect.adjusted(kMargin + 6, 0, -kMargin - 6, 0), *entry);
    }
    painter->restore();
}

void PaletteDelegate::paint_heading(QPainter& painter, const QRect& rect, const QString& text) const {
    painter.setFont(ui_font(11));
    painter.setPen(to_qcolor(theme_.text_3));
    painter.drawText(rect.adjusted(kMargin + 6, 4, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, text);
}

void PaletteDelegate::paint_entry(QPainter& painter, const QRect& rect, const PaletteEntry& entry) const {
    const QRect icon(rect.left(), rect.center().y() - 7, 16, 16);
    if (entry.is_checked) {
        painter.setPen(QPen(to_qcolor(theme_.accent), 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.setBrush(Qt::NoBrush);
        painter.drawPolyline(QPolygon(
            {icon.topLeft() + QPoint(3, 8), icon.topLeft() + QPoint(7, 12), icon.topLeft() + QPoint(13, 4)}));
    } else {
        entry.icon.paint(&painter, icon, Qt::AlignCenter, entry.is_enabled ? QIcon::Normal : QIcon::Disabled);
    }
    const int keys_left = paint_keys(painter, rect, entry.keys);
    const int name_right = paint_name(painter, rect.adjusted(kNameLeft - kMargin - 6, 0, 0, 0), entry);
    const QRect hint(name_right + kGap, rect.top(), keys_left - kGap - name_right - kGap, rect.height());
    painter.setFont(ui_font(12));
    painter.setPen(to_qcolor(entry.is_enabled ? theme_.text_3 : theme_.disabled));
    painter.drawText(hint, Qt::AlignVCenter | Qt::AlignLeft,
                     painter.fontMetrics().elidedText(entry.hint, Qt::ElideRight, hint.width()));
}

int PaletteDelegate::paint_keys(QPainter& painter, const QRect& rect, const QString& keys) const {
    painter.setFont(ui_font(11));
    const QString word = or_between_keys();
    QStringList ways = keys.split(word, Qt::SkipEmptyParts);
    std::reverse(ways.begin(), ways.end());
    QRect room = rect;
    for (const QString& way : ways) {
        if (way != ways.front()) {
            painter.setPen(to_qcolor(theme_.text_3));
            painter.drawText(room, Qt::AlignVCenter | Qt::AlignRight, word);
            room.setRight(room.right() - painter.fontMetrics().horizontalAdvance(word));
        }
        room.setRight(paint_caps(painter, room, way));
    }
    return room.right();
}

int PaletteDelegate::paint_caps(QPainter& painter, const QRect& rect, const QString& keys) const {
    QString rest = keys;
    QStringList caps;
    // The last key may itself be a plus.
    while (rest.indexOf(QLatin1Char('+'), 0) > 0 && rest.size() > 1) {
        caps << rest.section(QLatin1Char('+'), 0, 0);
        rest = rest.section(QLatin1Char('+'), 1);
    }
    if (!rest.isEmpty()) caps << rest;
    int right = rect.right();
    std::reverse(caps.begin(), caps.end());
    for (const QString& cap : caps) {
        const int width = std::max(kCapHeight, painter.fontMetrics().horizontalAdvance(cap) + 10);
        const QRectF box(right - width + 0.5, rect.center().y() - kCapHeight / 2 + 0.5, width - 1,
                         kCapHeight - 1);
        painter.setPen(to_qcolor(theme_.border_strong));
        painter.setBrush(to_qcolor(theme_.field));
        painter.drawRoundedRect(box, 3, 3);
        painter.setPen(to_qcolor(theme_.text_2));
        painter.drawText(box, Qt::AlignCenter, cap);
        right -= width + 4;
    }
    return right;
}

int PaletteDelegate::paint_name(QPainter& painter, const QRect& rect, const PaletteEntry& entry) const {
    const QColor color = to_qcolor(entry.is_enabled ? theme_.text_1 : theme_.disabled);
    int left = rect.left();
    qsizetype begin = 0;
    while (begin < entry.name.size()) {  // in pieces that are typed or not
        const auto is_typed = [&](qsizetype at) {
            return std::binary_search(entry.matched.begin(), entry.matched.end(), at);
        };
        qsizetype end = begin + 1;
        while (end < entry.name.size() && is_typed(end) == is_typed(begin)) ++end;
        const bool is_lit = is_typed(begin) && entry.is_enabled;
        painter.setFont(ui_font(13, is_lit ? QFont::DemiBold : QFont::Normal));
        painter.setPen(is_lit ? to_qcolor(theme_.accent) : color);
        const QString piece = entry.name.mid(begin, end - begin);
        painter.drawText(QRect(left, rect.top(), rect.right() - left, rect.height()),
                         Qt::AlignVCenter | Qt::AlignLeft, piece);
        left += painter.fontMetrics().horizontalAdvance(piece);
        begin = end;
    }
    return left;
}

}  // namespace moe::app
