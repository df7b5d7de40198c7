#pragma once

#include <QObject>
#include <QTimer>
#include <functional>
#include <optional>
#include <vector>

#include "app/docks/run_key.h"

namespace moe::app {

/// A change that the user made and can take back.
struct UndoStep {
    QString name;  ///< behind "Undo" in the menu: "Sort by load"
    std::function<void()> undo;
    std::function<void()> redo;
    std::optional<RunKey> run = {};  ///< whose run it is about; nothing: the window's alone
    QString merges_as = {};          ///< of a slider: what follows at once under this name is the same step
};

/// What can be undone and redone, in the order in which it was done. Steps that have nothing to do with each
/// other do not mind when those between them are forgotten.
///
/// QUndoStack has no such forgetting, and the notes of a trace must go with it while the picture's options
/// stay.
class UndoStack : public QObject {
    Q_OBJECT
  public:
    explicit UndoStack(QObject* parent = nullptr);

    /// A change that was made just now; what was undone cannot be redone any more. What changes while a step
    /// is undone or redone is no change of the user's and is not kept.
    void push(UndoStep step);
    void undo();
    void redo();
    /// Null where there is none.
    const UndoStep* next_undo() const { return n_done_ > 0 ? &steps_[n_done_ - 1] : nullptr; }
    const UndoStep* next_redo() const { return n_done_ < steps_.size() ? &steps_[n_done_] : nullptr; }

    /// Ends the step that a slider is moving: its next change is another one. Comes by itself when it rests
    /// for a second and no mouse button is down.
    void close_step();
    void forget(const std::function<bool(const UndoStep&)>& is_lost);
    void clear();

  Q_SIGNALS:
    void changed();  ///< what comes next
    void undone(const QString& name);
    void redone(const QString& name);

  private:
    void take(std::function<void()> UndoStep::*way, const UndoStep& step);

    std::vector<UndoStep> steps_;
    std::size_t n_done_ = 0;  // the others were undone
    bool is_open_ = false;    // the last step takes in what merges with it
    bool is_at_work_ = false;
    QTimer rest_;
};

}  // namespace moe::app
