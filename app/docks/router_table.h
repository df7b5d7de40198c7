#pragma once

#include <QAbstractTableModel>
#include <QStyledItemDelegate>
#include <QTreeView>

#include "app/docks/dock_theme.h"
#include "app/docks/router_model.h"

namespace moe::app {

/// The experts of one router decision by rank, with a row for the cut between rank k and k + 1.
class RouterTableModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum Column { Rank, Expert, Probability, Value, Ranked, Weight, kColumns };

    using QAbstractTableModel::QAbstractTableModel;
    void set_model(RouterModel model);
    const RouterModel& model() const { return model_; }

    bool is_cut(int row) const { return row == cut_row_; }
    int cut_row() const { return cut_row_; }  ///< -1: there is none
    const RouterRow* row_at(int row) const;   ///< null for the cut

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    QString text(const RouterRow& row, int column) const;

    RouterModel model_;
    int cut_row_ = -1;
};

/// Paints bars and the cut.
class RouterDelegate : public QStyledItemDelegate {
    Q_OBJECT
  public:
    RouterDelegate(const QTreeView* view, const RouterTableModel* rows) : view_(view), rows_(rows) {}
    void set_theme(const DockTheme& theme) { theme_ = theme; }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

  private:
    void paint_bar(QPainter* painter, const QRect& rect, const RouterRow& row) const;
    void paint_cut(QPainter* painter, const QRect& rect) const;
    bool is_near_miss(const RouterRow& row) const;
    QColor text_color(const RouterRow& row, int column) const;

    const QTreeView* view_;
    const RouterTableModel* rows_;
    DockTheme theme_;
};

/// The table itself.
class RouterTable : public QTreeView {
    Q_OBJECT
  public:
    explicit RouterTable(QWidget* parent = nullptr);
    void set_model(RouterModel model);
    /// Only the chosen experts and the runner-up, without a bar to scroll by: there is something to see below
    /// it.
    void set_brief(bool is_brief);
    QSize minimumSizeHint() const override {
        return {60, 44};
    }  // a head and a row: a low dock keeps its place
    void set_theme(const DockTheme& theme);
    const RouterTableModel& rows() const { return *rows_; }

  Q_SIGNALS:
    void expert_chosen(std::size_t expert);

  private:
    void fit();

    RouterTableModel* rows_;
    RouterDelegate* delegate_;
    bool is_brief_ = false;
};

}  // namespace moe::app
