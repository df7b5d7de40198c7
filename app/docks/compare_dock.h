#pragma once

#include <QAction>
#include <QComboBox>
#include <QPushButton>
#include <QToolButton>
#include <array>
#include <utility>

#include "app/docks/asked.h"
#include "app/docks/background.h"
#include "app/docks/page_section.h"
#include "app/docks/plain_table.h"
#include "app/docks/run_key.h"
#include "app/docks/step_note.h"
#include "app/docks/titled_dock.h"
#include "engine/stats/run_comparison.h"

namespace moe::app {

/// A run that can be compared.
struct ComparedRun {
    RunKey key;
    QString name;
    std::optional<RunKey> parent = {};  ///< of a branch
    std::uint64_t identity = 0;         ///< of its text, see RunView; 0: it was not read yet
    TraceSnapshot trace = {};
    std::optional<double> share_read = {};  ///< while it is read
    QString unreadable = {};                ///< why it cannot be; empty: nothing is known against it
    bool is_left_unread = false;            ///< the user stopped the reading

    bool is_awaited() const { return identity == 0 && unreadable.isEmpty() && !is_left_unread; }
};

/// Why the run cannot be compared yet, for a person; empty where it can.
QString why_not_compare(const ComparedRun& run);

/// Two runs side by side, paired by position: where they part, and what differs. A run that was not read is
/// asked for when it is chosen, unless the user stopped that.
class CompareDock : public TitledDock {
    Q_OBJECT
  public:
    explicit CompareDock(QWidget* parent = nullptr);

    /// The runs there are. Those that the user chose stay chosen; until then the shown run is B, and A its
    /// parent if it is a branch, else the one before it in the list. They change when the shown run is a new
    /// branch.
    void set_runs(std::vector<ComparedRun> runs, std::optional<RunKey> shown);
    void choose(RunKey a, RunKey b);
    /// What leads to a second run, offered while there is none; null: nothing does.
    void set_next_step(QAction* command);
    void set_theme(const DockTheme& theme) override;
    QWidget* focus_target() const override { return differences_; }
    bool is_settled() const { return comparing_->is_idle(); }
    /// The runs that are chosen as A and B; null while there are no two.
    const ComparedRun* run_a() const { return run_of(a_); }
    const ComparedRun* run_b() const { return run_of(b_); }
    /// Compares also while it is hidden: another view shows the answer.
    void set_serves_others(bool serves);
    const RunComparison& comparison() const { return comparison_; }
    PlainTable* differences() const { return differences_; }
    PlainTable* layers() const { return layers_; }
    QComboBox* choice_a() const { return a_; }
    QComboBox* choice_b() const { return b_; }
    StepNote* note() const { return note_; }
    QPushButton* route_button() const { return route_button_; }
    QPushButton* token_button() const { return token_button_; }
    void take_next_step();  ///< what the note's button does

  Q_SIGNALS:
    void compared();  ///< comparison() is another one
    /// The first of the two chosen runs that must be read; nothing: both are there, or cannot be read.
    void run_wanted(std::optional<moe::app::RunKey> run);
    void reading_given_up();
    void difference_requested();
    /// A place to look at; `layer` where it is about one.
    void place_chosen(moe::app::RunKey run, std::size_t position, std::optional<std::size_t> layer);

  private:
    QWidget* choice();
    QWidget* summary();
    void fill_combos();
    void choose_by_default(const std::optional<RunKey>& shown);
    void note_choice();
    void keep_apart(QComboBox* chosen);
    bool wait_for_runs();
    void show_empty();
    const ComparedRun* run_of(const QComboBox* combo) const;
    void ask();
    void show_comparison(const RunComparison& comparison, const TraceSnapshot& a, const TraceSnapshot& b);
    void show_summary();
    void go_to(std::size_t position, std::optional<std::size_t> layer);

    QComboBox* a_;
    QComboBox* b_;
    QWidget* choice_row_;
    QWidget* summary_;
    QPushButton* route_button_;
    QPushButton* token_button_;
    StepNote* note_;
    QAction* next_command_ = nullptr;
    PlainTable* layers_;
    PlainTable* differences_;
    PageSection* layers_section_;
    PageSection* differences_section_;
    std::vector<ComparedRun> runs_;
    std::vector<RunKey> listed_;
    std::pair<int, int> chosen_{-1, -1};  // as last told, of A and of B
    bool is_chosen_by_hand_ = false;
    RunComparison comparison_;
    bool serves_others_ = false;
    TraceShape shape_;                           // of A
    using Lengths = std::array<std::size_t, 4>;  // tokens, routed: of A, of B
    Asked<std::pair<std::uint64_t, std::uint64_t>, Lengths> asked_;
    Background* comparing_;
};

}  // namespace moe::app
