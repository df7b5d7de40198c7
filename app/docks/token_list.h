#pragma once

#include <QAbstractListModel>
#include <QListView>
#include <QStyledItemDelegate>
#include <vector>

#include "app/docks/dock_theme.h"
#include "engine/trace/trace_store.h"

namespace moe::app {

/// Tokens of a run by position; their texts are looked up when a row is shown.
class TokenListModel : public QAbstractListModel {
    Q_OBJECT
  public:
    using QAbstractListModel::QAbstractListModel;
    void set_tokens(const TraceSnapshot& trace, std::vector<std::size_t> positions);
    std::size_t position(int row) const { return positions_[static_cast<std::size_t>(row)]; }

    /// The text around a token: up to `n_tokens` before it, or behind it.
    QString text_before(int row, std::size_t n_tokens) const;
    QString text_after(int row, std::size_t n_tokens) const;
    QString token_text(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

  private:
    TraceSnapshot trace_;
    std::vector<std::size_t> positions_;
};

/// Paints a token in its line of text, all tokens of a list in one column.
class TokenListDelegate : public QStyledItemDelegate {
    Q_OBJECT
  public:
    explicit TokenListDelegate(const TokenListModel* tokens) : tokens_(tokens) {}
    void set_theme(const DockTheme& theme) { theme_ = theme; }
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

  private:
    const TokenListModel* tokens_;
    DockTheme theme_;
};

/// Tokens with their contexts (a concordance); choosing one selects it in the run.
class TokenList : public QListView {
    Q_OBJECT
  public:
    explicit TokenList(QWidget* parent = nullptr);
    void set_tokens(const TraceSnapshot& trace, std::vector<std::size_t> positions);
    QSize minimumSizeHint() const override {
        return {60, 44};
    }  // a head and a row: a low dock keeps its place
    void set_theme(const DockTheme& theme);
    const TokenListModel& tokens() const { return *tokens_; }

  Q_SIGNALS:
    void token_chosen(std::size_t position);

  private:
    TokenListModel* tokens_;
    TokenListDelegate* delegate_;
};

}  // namespace moe::app
