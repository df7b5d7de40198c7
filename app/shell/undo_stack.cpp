#include "app/shell/undo_stack.h"

#include <QGuiApplication>
#include <QScopedValueRollback>
#include <algorithm>
#include <chrono>
#include <utility>

namespace moe::app {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostSteps = 200;
constexpr auto kRest = 1s;  // of a slider, after which another movement begins

}  // namespace

UndoStack::UndoStack(QObject* parent) : QObject(parent) {
    rest_.setInterval(kRest);
    connect(&rest_, &QTimer::timeout, this, [this] {
        if (QGuiApplication::mouseButtons() == Qt::NoButton) close_step();
    });
}

void UndoStack::push(UndoStep step) {
    if (is_at_work_) return;
    const bool merges = is_open_ && next_redo() == nullptr && next_undo() != nullptr &&
                        !step.merges_as.isEmpty() && next_undo()->merges_as == step.merges_as;
    is_open_ = !step.merges_as.isEmpty();
    if (is_open_) rest_.start();
    if (merges) {
        steps_.back().redo = std::move(step.redo);
        return;
    }
    steps_.resize(n_done_);
    steps_.push_back(std::move(step));
    if (steps_.size() > kMostSteps) steps_.erase(steps_.begin());
    n_done_ = steps_.size();
    Q_EMIT changed();
}

void UndoStack::take(std::function<void()> UndoStep::*way, const UndoStep& step) {
    close_step();
    const QScopedValueRollback at_work(is_at_work_, true);
    const std::function<void()> change = step.*way;  // the step may be forgotten meanwhile
    change();
}

void UndoStack::undo() {
    if (next_undo() == nullptr) return;
    --n_done_;
    const QString name = next_redo()->name;
    take(&UndoStep::undo, *next_redo());
    Q_EMIT changed();
    Q_EMIT undone(name);
}

void UndoStack::redo() {
    if (next_redo() == nullptr) return;
    ++n_done_;
    const QString name = next_undo()->name;
    take(&UndoStep::redo, *next_undo());
    Q_EMIT changed();
    Q_EMIT redone(name);
}

void UndoStack::close_step() {
    is_open_ = false;
    rest_.stop();
}

void UndoStack::forget(const std::function<bool(const UndoStep&)>& is_lost) {
    const auto done = steps_.begin() + static_cast<std::ptrdiff_t>(n_done_);
    n_done_ -= static_cast<std::size_t>(std::count_if(steps_.begin(), done, is_lost));
    std::erase_if(steps_, is_lost);
    close_step();
    Q_EMIT changed();
}

void UndoStack::clear() {
    forget([](const UndoStep&) { return true; });
}

}  // namespace moe::app
