#pragma once

#include <QAbstractTableModel>
#include <QStyledItemDelegate>
#include <QTreeView>
#include <optional>
#include <vector>

#include "app/docks/dock_theme.h"

namespace moe::app {

/// A column of a PlainTable.
struct PlainColumn {
    QString title;
    QString explanation = {};  ///< on hover: formula and source
    int width = 0;             ///< at least, or what its texts need; 0: what is left
    bool is_number = true;     ///< to the right
    bool is_bar = false;       ///< the row's `bar` is drawn in place of a text
    int width_max = 0;         ///< of a column that has a width, pixels; 0: there is none
    bool is_prose = false;     ///< in the font of sentences, not the mono font
};

/// A row: a text a column.
struct PlainRow {
    std::vector<QString> texts;
    QString details = {};                      ///< on hover
    double bar = 0;                            ///< 0 to 1
    std::size_t dim_column = ~std::size_t{0};  ///< drawn as if it did not matter
    bool operator==(const PlainRow&) const = default;
};

class PlainTableModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    explicit PlainTableModel(std::vector<PlainColumn> columns, QObject* parent);
    void set_rows(std::vector<PlainRow> rows);
    const PlainRow& row(int index) const { return rows_[static_cast<std::size_t>(index)]; }
    const PlainColumn& column(int index) const { return columns_[static_cast<std::size_t>(index)]; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    std::vector<PlainColumn> columns_;
    std::vector<PlainRow> rows_;
};

class PlainDelegate : public QStyledItemDelegate {
    Q_OBJECT
  public:
    explicit PlainDelegate(const PlainTableModel* rows) : rows_(rows) {}
    void set_theme(const DockTheme& theme) { theme_ = theme; }
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

  private:
    const PlainTableModel* rows_;
    DockTheme theme_;
};

/// A list of rows to read and choose from, in the look that the docks share.
class PlainTable : public QTreeView {
    Q_OBJECT
  public:
    PlainTable(const QString& name, std::vector<PlainColumn> columns, QWidget* parent = nullptr);
    void set_rows(std::vector<PlainRow> rows);
    QSize minimumSizeHint() const override {
        return {60, 44};
    }  // a head and a row: a low dock keeps its place
    void set_theme(const DockTheme& theme);
    const PlainTableModel& rows() const { return *rows_; }

  Q_SIGNALS:
    void row_chosen(int row);

  private:
    void fit_columns();

    PlainTableModel* rows_;
    PlainDelegate* delegate_;
    DockTheme theme_;
};

}  // namespace moe::app
