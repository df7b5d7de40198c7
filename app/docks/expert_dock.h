#pragma once

#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <tuple>

#include "app/docks/asked.h"
#include "app/docks/background.h"
#include "app/docks/expert_finder.h"
#include "app/docks/expert_model.h"
#include "app/docks/figure.h"
#include "app/docks/page_section.h"
#include "app/docks/place_strip.h"
#include "app/docks/plain_table.h"
#include "app/docks/scope_combo.h"
#include "app/docks/step_note.h"
#include "app/docks/titled_dock.h"
#include "app/docks/token_list.h"

namespace moe::app {

/// What one expert does: its load, the tokens it fires on, its partners, the places. Above it a search the
/// other way round: which experts fire on a text or on the selected token.
class ExpertDock : public TitledDock {
    Q_OBJECT
  public:
    explicit ExpertDock(QWidget* parent = nullptr);

    void set_model(const RunView& view);
    void set_theme(const DockTheme& theme) override;
    QWidget* focus_target() const override { return pattern_; }
    bool is_settled() const { return counting_->is_idle() && searching_->is_idle(); }

    /// Ranks the experts that fire on a pattern (see matching_tokens); nothing ends the search.
    void find(const QString& pattern);
    /// The same for all occurrences of the selected token.
    void find_selected_token();

    PlainTable* found() const { return found_; }
    PlainTable* vocabulary() const { return vocabulary_; }
    PlainTable* partners() const { return partners_; }
    TokenList* contexts() const { return contexts_; }
    QString heading() const { return heading_->text(); }
    StepNote* found_note() const { return found_note_; }

  Q_SIGNALS:
    void expert_chosen(std::size_t layer, std::size_t expert);
    void token_chosen(std::size_t position);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    QWidget* search_row();
    QWidget* card();
    void ask();
    void search();
    void show_card(const ExpertModel& model, const TraceSnapshot& trace);
    void show_figures(const ExpertModel& model, const TraceShape& shape);
    void show_found(const ExpertHits& hits, const TraceShape& shape);
    void show_search_failure(const QString& reason);

    QLineEdit* pattern_;
    QPushButton* token_button_;
    StepNote* found_note_;
    PlainTable* found_;
    ScopeCombo* scope_;
    QLabel* empty_;
    QWidget* card_;
    QLabel* heading_;
    std::vector<Figure*> figures_;
    PlaceStrip* places_;
    PlainTable* vocabulary_;
    PlainTable* partners_;
    TokenList* contexts_;
    PageSection* found_section_;
    PageSection* places_section_;
    PageSection* vocabulary_section_;
    PageSection* contexts_section_;
    PageSection* partners_section_;
    RunView view_;
    std::optional<TokenId> wanted_id_;  // of the selected token, in place of a pattern
    std::vector<ExpertHit> hits_;
    std::vector<std::size_t> partner_experts_;
    Asked<std::tuple<std::uint64_t, std::size_t, std::size_t, ScopeCombo::Scope>, TokenRange> asked_card_;
    Asked<std::tuple<std::uint64_t, QString, std::optional<TokenId>, ScopeCombo::Scope>, TokenRange>
        asked_search_;
    Background* counting_;
    Background* searching_;
};

}  // namespace moe::app
