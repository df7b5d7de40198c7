#pragma once

#include <QAbstractListModel>
#include <QStyledItemDelegate>

#include "app/docks/dock_theme.h"
#include "app/docks/find_search.h"

namespace moe::app {

/// The hits of a search as rows: position, the token among its neighbours, and what meets a rule about
/// routers there. Texts are made when they are looked at, so that a million hits cost no more than a
/// screenful.
class FindHits : public QAbstractListModel {
    Q_OBJECT
  public:
    using QAbstractListModel::QAbstractListModel;

    enum class Order { Position, Value };  ///< the smallest margin or the largest entropy first
    /// As the search has them so far; `Value` needs a rule, and waits until all was searched.
    void set_hits(const TraceSnapshot& trace, const FindSearch& search, Order order);
    std::size_t position(int row) const { return hits_[static_cast<std::size_t>(row)]; }
    int row_of(std::size_t position) const;  ///< -1 if it is no hit

    struct Context {
        QString before, token, after;
    };
    Context context(int row) const;
    QString value_text(int row) const;  ///< "L3 0.0042"; empty where the search was for something else

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

  private:
    QString value_words(int row) const;

    TraceSnapshot trace_;
    FindQuery::Kind kind_ = FindQuery::Kind::Nothing;
    std::vector<std::size_t> hits_;
    std::vector<RuleValue> values_;  // of those
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
