#pragma once

#include <QAbstractListModel>
#include <QStyledItemDelegate>

#include "app/docks/dock_theme.h"
#include "engine/trace/trace_store.h"

namespace moe::app {

/// The hits of a search as rows: position, and the token among its neighbours. Texts are made when they are
/// looked at, so that a million hits cost no more than a screenful.
class FindHits : public QAbstractListModel {
    Q_OBJECT
  public:
    using QAbstractListModel::QAbstractListModel;

    void set_hits(const TraceSnapshot& trace, const std::vector<std::size_t>& hits);
    std::size_t position(int row) const { return hits_[static_cast<std::size_t>(row)]; }
    int row_of(std::size_t position) const;  ///< -1 if it is no hit

    struct Context {
        QString before, token, after;
    };
    Context context(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

  private:
    TraceSnapshot trace_;
    std::vector<std::size_t> hits_;
};

/// Paints a hit in one line: its position, then its context with the token lit and in a fixed place.
class FindHitDelegate : public QStyledItemDelegate {
    Q_OBJECT
  public:
    FindHitDelegate(const FindHits* hits, QObject* parent) : QStyledItemDelegate(parent), hits_(hits) {}

    void set_theme(const DockTheme& theme) { theme_ = theme; }
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;

  private:
    const FindHits* hits_;
    DockTheme theme_;
};

}  // namespace moe::app
