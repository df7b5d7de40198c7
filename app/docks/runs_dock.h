#pragma once

#include <QStandardItemModel>
#include <QTreeView>
#include <map>
#include <optional>
#include <vector>

#include "app/docks/titled_dock.h"
#include "app/docks/run_key.h"

namespace moe::app {

/// One line of the tree.
struct RunItem {
    RunKey key;
    std::optional<RunKey> parent = std::nullopt;  ///< a branch stands under its parent
    QString name;
    std::size_t fork_pos = 0;  ///< with a parent: the first position of its own
    std::size_t n_tokens = 0;
    QString state;  ///< one word
    bool is_current = false;
    bool operator==(const RunItem&) const = default;
};

/// The runs of the engine and of an open trace file; a branch stands under the run it left.
class RunsDock : public TitledDock {
    Q_OBJECT
  public:
    explicit RunsDock(QWidget* parent = nullptr);

    /// `items` with parents before children. Only what changed is touched.
    void set_model(const std::vector<RunItem>& items, const QString& trace_name);
    void set_theme(const DockTheme& theme) override;
    QWidget* focus_target() const override { return tree_; }
    QTreeView* tree() const { return tree_; }

  Q_SIGNALS:
    void run_chosen(moe::app::RunKey run);
    void run_renamed(moe::app::RunKey run, const QString& name);
    void deletion_requested(moe::app::RunKey run);
    void comparison_requested(moe::app::RunKey run);  ///< with the run that is shown

  private:
    void add_actions();
    RunKey current_run() const;  // id 0: none
    bool has_same_runs(const std::vector<RunItem>& items) const;
    void rebuild(const std::vector<RunItem>& items);
    QStandardItem* group(RunKey::Source source);
    void update_texts(const std::vector<RunItem>& items);
    void place_cursor(const std::vector<RunItem>& items, RunKey before);

    QTreeView* tree_;
    QStandardItemModel* model_;
    QLabel* empty_;
    std::vector<RunItem> items_;
    std::map<RunKey, QStandardItem*> rows_;
    QString trace_name_;
    RunKey shown_;  // where the cursor was last put by the window
    bool is_updating_ = false;  // texts are set by us, not by the user
    DockTheme theme_;
};

}  // namespace moe::app
