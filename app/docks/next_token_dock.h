#pragma once

#include <QAbstractListModel>
#include <QListView>
#include <QStyledItemDelegate>
#include <vector>

#include "app/docks/titled_dock.h"
#include "engine/base/token_id.h"

namespace moe::app {

/// A possible next token.
struct NextToken {
    TokenId id = 0;
    QString text;  ///< by itself
    QString details;
    float probability = 0;
    bool operator==(const NextToken&) const = default;
};

/// What the dock shows.
struct NextTokenModel {
    std::size_t position = 0;
    std::vector<NextToken> candidates;  ///< best first
    bool can_take = false;
    QString hint;           ///< why one cannot be taken
    QString why_none = {};  ///< instead of the general words where there are no candidates
    bool operator==(const NextTokenModel&) const = default;
};

/// The candidates as a Qt model.
class NextTokenList : public QAbstractListModel {
    Q_OBJECT
  public:
    using QAbstractListModel::QAbstractListModel;
    void set_candidates(std::vector<NextToken> candidates);
    const NextToken& candidate(int row) const { return candidates_[static_cast<std::size_t>(row)]; }

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

  private:
    std::vector<NextToken> candidates_;
};

/// Paints a candidate: its text, a bar, its probability.
class NextTokenDelegate : public QStyledItemDelegate {
    Q_OBJECT
  public:
    explicit NextTokenDelegate(const NextTokenList* list) : list_(list) {}
    void set_theme(const DockTheme& theme) { theme_ = theme; }
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

  private:
    const NextTokenList* list_;
    DockTheme theme_;
};

/// The most probable next tokens of the present run; Enter or a double click takes one of them.
class NextTokenDock : public TitledDock {
    Q_OBJECT
  public:
    explicit NextTokenDock(QWidget* parent = nullptr);

    void set_model(const NextTokenModel& model);
    void set_theme(const DockTheme& theme) override;
    QWidget* focus_target() const override { return view_; }

  Q_SIGNALS:
    void token_taken(moe::TokenId id);

  private:
    NextTokenModel model_;
    QListView* view_;
    NextTokenList* list_;
    NextTokenDelegate* delegate_;
    QLabel* empty_;
};

}  // namespace moe::app
