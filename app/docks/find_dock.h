#pragma once

#include <QCheckBox>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QTimer>
#include <QToolButton>

#include "app/docks/find_hits.h"
#include "app/docks/find_search.h"
#include "app/docks/titled_dock.h"

namespace moe::app {

/// What the dock searches in.
struct FindModel {
    TraceSnapshot trace = {};
    std::uint64_t identity = 0;
    std::optional<std::size_t> selected = {};
    std::optional<TokenRange> range = {};  ///< the selected one
    bool pauses = false;                   ///< generating pauses when a new token is a hit
    QString why_paused = {};               ///< it did; empty: it does not rest for that
};

/// Finds tokens by text, id, position, expert, margin or entropy, lists them with their contexts, and can
/// have the run pause at the next one.
class FindDock : public TitledDock {
    Q_OBJECT
  public:
    explicit FindDock(QWidget* parent);

    void set_model(const FindModel& model);
    void set_theme(const DockTheme& theme) override;
    QWidget* focus_target() const override { return field_; }

    /// As if it were typed.
    void find(const QString& typed);
    void go_to_next();
    void go_to_previous();
    const FindSearch& search() const { return search_; }
    QLineEdit* field() const { return field_; }
    QListView* list() const { return view_; }
    QPushButton* suggestion() const { return suggestion_; }
    QCheckBox* pause_box() const { return pause_; }
    QCheckBox* range_box() const { return in_range_; }
    QCheckBox* by_value_box() const { return by_value_; }
    const FindHits& hits() const { return *hits_; }
    bool is_settled() const { return search_.is_done(); }

  Q_SIGNALS:
    void query_changed();
    void hits_changed();  ///< more were found, or other ones
    void token_chosen(std::size_t position);
    void layer_chosen(std::size_t layer);  ///< on the trace's layer axis
    void pause_toggled(bool pauses);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void read_field();
    void work();
    void go_to(std::optional<std::size_t> hit);
    void go_by_value(int step);
    void search_again();
    std::optional<TokenRange> searched_range() const;
    void list_hits();
    QString suggested() const;
    void show_suggestion();
    void show_state();
    void show_selected();

    QLineEdit* field_;
    QToolButton *previous_, *next_;
    QLabel* words_;
    QCheckBox* by_value_;  // what meets the rule best first
    QPushButton* suggestion_;
    QCheckBox* pause_;
    QCheckBox* in_range_;
    QListView* view_;
    FindHits* hits_;
    FindHitDelegate* delegate_;
    FindSearch search_;
    FindModel model_;
    QTimer work_timer_;
};

}  // namespace moe::app
