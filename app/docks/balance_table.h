#pragma once

#include <QAbstractTableModel>
#include <QStyledItemDelegate>
#include <QTreeView>

#include "app/docks/balance_model.h"
#include "app/docks/dock_theme.h"

namespace moe::app {

/// A layer a row, under a row of what chance gives that stays on top however the layers are sorted.
class BalanceTableModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum Column { Layer, MaxViolation, Cv, Gini, Entropy, Dead, kColumns };

    using QAbstractTableModel::QAbstractTableModel;
    void set_model(const BalanceModel& model);
    const BalanceModel& model() const { return model_; }
    const BalanceRow* row_at(int row) const;  ///< null for the row of chance
    double largest_violation() const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void sort(int column, Qt::SortOrder order) override;

  private:
    void sort_rows();

    BalanceModel model_;
    int sort_column_ = Layer;
    Qt::SortOrder order_ = Qt::AscendingOrder;
};

/// Paints numbers in columns, the bar of the max violation, and exceptions with their signs.
class BalanceDelegate : public QStyledItemDelegate {
    Q_OBJECT
  public:
    explicit BalanceDelegate(const BalanceTableModel* rows) : rows_(rows) {}
    void set_theme(const DockTheme& theme) { theme_ = theme; }
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

  private:
    void paint_bar(QPainter* painter, const QRect& rect, const BalanceRow& row) const;

    const BalanceTableModel* rows_;
    DockTheme theme_;
};

/// The table itself.
class BalanceTable : public QTreeView {
    Q_OBJECT
  public:
    static constexpr int kRowHeight = 20;

    explicit BalanceTable(QWidget* parent = nullptr);
    void set_model(const BalanceModel& model);
    void set_selected_layer(std::size_t layer);
    QSize minimumSizeHint() const override {
        return {60, 44};
    }  // a head and a row: a low dock keeps its place
    int needed_height() const;  ///< of all rows, without scrolling
    void set_theme(const DockTheme& theme);
    const BalanceTableModel& rows() const { return *rows_; }

  Q_SIGNALS:
    void layer_chosen(std::size_t layer);

  private:
    BalanceTableModel* rows_;
    BalanceDelegate* delegate_;
    std::optional<std::size_t> selected_;
};

/// What a figure of balance is: formula, source and range, for a tooltip.
QString balance_explanation(int column);

}  // namespace moe::app
