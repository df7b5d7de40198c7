#pragma once

#include <QAbstractListModel>
#include <QStyledItemDelegate>
#include <optional>

#include "app/shell/palette_entries.h"
#include "render/scene/theme.h"

namespace moe::app {

/// What stands between the keys of an entry that has several: " or ".
QString or_between_keys();

/// The palette's rows: entries, and a heading wherever the group changes, if groups are shown.
class PaletteList : public QAbstractListModel {
    Q_OBJECT
  public:
    using QAbstractListModel::QAbstractListModel;

    void set_entries(std::vector<PaletteEntry> entries, bool shows_groups);
    const PaletteEntry* entry(int row) const;  ///< null for a heading
    const QString& heading(int row) const { return rows_[static_cast<std::size_t>(row)].heading; }
    /// The next row with an entry from `row` on in that direction, round the end; -1 if there is none.
    int next_entry(int row, int direction) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

  private:
    struct Row {
        QString heading;  // empty: an entry
        std::size_t entry = 0;
    };
    std::vector<PaletteEntry> entries_;
    std::vector<Row> rows_;
};

/// Paints a row: icon, name with the typed letters in the accent, hint, keys as caps.
class PaletteDelegate : public QStyledItemDelegate {
    Q_OBJECT
  public:
    PaletteDelegate(const PaletteList* list, QObject* parent) : QStyledItemDelegate(parent), list_(list) {}

    void set_theme(const render::Theme& theme) { theme_ = theme; }
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;

  private:
    void paint_heading(QPainter& painter, const QRect& rect, const QString& text) const;
    void paint_entry(QPainter& painter, const QRect& rect, const PaletteEntry& entry) const;
    int paint_keys(QPainter& painter, const QRect& rect, const QString& keys) const;  // gives their left edge
    int paint_caps(QPainter& painter, const QRect& rect,
                   const QString& keys) const;  // of one of them; the same
    int paint_name(QPainter& painter, const QRect& rect, const PaletteEntry& entry) const;  // its right edge

    const PaletteList* list_;
    render::Theme theme_ = render::kDarkTheme;
};

}  // namespace moe::app
