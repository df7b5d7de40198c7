#pragma once

#include <QAbstractListModel>
#include <QListView>
#include <QStyledItemDelegate>
#include <vector>

#include "app/docks/step_note.h"
#include "app/docks/titled_dock.h"
#include "engine/base/token_id.h"

namespace moe::app {

/// A possible next token.
struct NextToken {
    TokenId id = 0;
    QString text;  ///< by itself
    QString details;
    float probability = 0;
    bool is_taken = false;  ///< the run has it at that place
    bool operator==(const NextToken&) const = default;
};

/// What the dock shows.
struct NextTokenModel {
    std::size_t position = 0;
    std::vector<NextToken> candidates;  ///< best first
    bool can_take = false;
    QString hint;              ///< why one cannot be taken
    QString in_place_of = {};  ///< the run's token at an earlier position; empty: the next one is to come
    QString why_none = {};     ///< instead of the general words where there are no candidates
    bool can_ask = false;      ///< the engine can work them out
    bool operator==(const NextTokenModel&) const = default;
};

/// The candidates as a Qt model.
class NextTokenList : public QAbstractListModel {
    Q_OBJECT
  public:
    using QAbstractListModel::QAbstractListModel;
    void set_candidates(std::vector<NextToken> candidates);
    /// Which probabilities these are (top_candidates in engine/session/sampler.h).
    static QString probability_words();
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

/// The most probable tokens for a position of the present run, the next one or an earlier one; Enter or a
/// double click takes one of them, in a branch.
class NextTokenDock : public TitledDock {
    Q_OBJECT
  public:
    explicit NextTokenDock(QWidget* parent = nullptr);

    void set_model(const NextTokenModel& model);
    void set_theme(const DockTheme& theme) override;
    QWidget* focus_target() const override;
    const NextTokenModel& model() const { return model_; }
    QListView* list() const { return view_; }
    StepNote* note() const { return note_; }

  Q_SIGNALS:
    void token_taken(std::size_t position, moe::TokenId id);
    void candidates_wanted();  ///< they are to be worked out

  private:
    NextTokenModel model_;
    QListView* view_;
    NextTokenList* list_;
    NextTokenDelegate* delegate_;
    StepNote* note_;
};

}  // namespace moe::app
