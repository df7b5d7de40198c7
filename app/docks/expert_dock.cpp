#include "app/docks/expert_dock.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QVBoxLayout>
#include <algorithm>

#include "app/docks/pattern_button.h"
#include "app/docks/text_pattern.h"
#include "app/docks/token_display.h"
#include "engine/trace/layer_number.h"

namespace moe::app {

namespace {

using namespace std::chrono_literals;

constexpr auto kPause = 200ms;
constexpr std::size_t kFoundMax = 100;
constexpr std::size_t kManyMatches = 1000;  // "1,017 of 2,026" is wider than a dock may be
constexpr int kFewRows = 6;                 // of a list, at first
constexpr int kFewContexts = 5;

std::vector<PlainColumn> found_columns() {
    return {
        {.title = QObject::tr("Layer"), .width = 48},
        {.title = QObject::tr("Expert"), .width = 48},
        {.title = QObject::tr("Fired"), .explanation = QObject::tr("Matching tokens that chose the expert")},
        {.title = QObject::tr("Chance"),
         .explanation = QObject::tr("As many as it would have of any other tokens: its share of all tokens "
                                    "in the range × matching tokens"),
         .width = 48},
        {.title = QObject::tr("Lift"),
         .explanation = QObject::tr("Fired / chance. Listed: from 3 hits on, if they are at least a tenth of "
                                    "the matching tokens; derived here."),
         .width = 48}};
}

std::vector<PlainColumn> vocabulary_columns() {
    return {
        {.title = QObject::tr("Token"),
         .explanation = QObject::tr("What the expert fires on, most often first"),
         .is_number = false},
        {.title = QObject::tr("Fired"),
         .explanation = QObject::tr("Occurrences that chose the expert, of all in the range"),
         .width = 60},
        {.title = QObject::tr("Lift"),
         .explanation = QObject::tr("Share of the token's occurrences that chose the expert / the expert's "
                                    "share of all tokens. Few occurrences make large lifts by chance."),
         .width = 60}};
}

std::vector<PlainColumn> partner_columns() {
    return {{.title = QObject::tr("Expert"), .is_number = false},
            {.title = QObject::tr("Both"),
             .explanation = QObject::tr("Tokens of this layer that chose both"),
             .width = 60},
            {.title = QObject::tr("Lift"),
             .explanation = QObject::tr("Tokens / what chance gives with both loads"),
             .width = 60}};
}

QString layer_name(const TraceShape& shape, std::size_t layer) {
    return QString::number(layer_number(shape, layer));
}

}  // namespace

ExpertDock::ExpertDock(QWidget* parent)
    : TitledDock(QStringLiteral("expert_dock"), tr("Expert"), parent),
      pattern_(new QLineEdit),
      token_button_(new QPushButton),
      found_note_(new StepNote),
      found_(new PlainTable(tr("Experts that fire on what was searched"), found_columns())),
      scope_(new ScopeCombo),
      empty_(new QLabel),
      heading_(new QLabel),
      places_(new PlaceStrip),
      vocabulary_(new PlainTable(tr("Tokens that the expert fires on"), vocabulary_columns())),
      partners_(new PlainTable(tr("Experts chosen together with it"), partner_columns())),
      contexts_(new TokenList),
      found_section_(new PageSection(tr("Experts that fire on it"), found_, kFewRows)),
      places_section_(new PageSection(tr("Load by position"), places_)),
      vocabulary_section_(new PageSection(tr("Fires on"), vocabulary_, kFewRows)),
      contexts_section_(new PageSection(tr("Where it fires"), contexts_, kFewContexts)),
      partners_section_(new PageSection(tr("Partners"), partners_, kFewRows)),
      counting_(new Background(kPause, this)),
      searching_(new Background(kPause, this)) {
    auto* body = new QWidget(this);
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 8, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(search_row());
    layout->addWidget(found_note_);
    connect(found_note_, &StepNote::step_requested, this,
            [this] { find(pattern_meant_by(pattern_->text())); });
    layout->addWidget(found_section_);
    empty_->setWordWrap(true);
    empty_->setMargin(12);
    layout->addWidget(empty_);
    card_ = card();
    layout->addWidget(card_);
    layout->addStretch(1);
    set_body(body);
    for (QObject* watched : {static_cast<QObject*>(pattern_), static_cast<QObject*>(found_)})
        watched->installEventFilter(this);
    connect(found_, &PlainTable::row_chosen, this, [this](int row) {
        const ExpertHit& hit = hits_[static_cast<std::size_t>(row)];
        Q_EMIT expert_chosen(hit.layer, hit.expert);
    });
    connect(partners_, &PlainTable::row_chosen, this, [this](int row) {
        Q_EMIT expert_chosen(view_.layer, partner_experts_[static_cast<std::size_t>(row)]);
    });
    connect(contexts_, &TokenList::token_chosen, this, &ExpertDock::token_chosen);
    connect(this, &QDockWidget::visibilityChanged, this, [this] {
        ask();
        search();
    });
    set_model({});
}

QWidget* ExpertDock::search_row() {
    auto* row = new QWidget(this);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(10, 0, 10, 0);
    layout->setSpacing(6);
    layout->addWidget(pattern_, 1);
    auto* patterns = new PatternButton(row);
    layout->addWidget(patterns);
    layout->addWidget(token_button_);
    connect(patterns, &PatternButton::pattern_chosen, this, &ExpertDock::find);
    pattern_->setPlaceholderText(tr("Who fires on…"));
    pattern_->setToolTip(
        tr("Text, or a pattern between slashes (a regular expression), as /\\d/ for digits; Enter ranks the "
           "experts that fire on it"));
    pattern_->setAccessibleName(tr("Find the expert that fires on a text"));
    pattern_->setClearButtonEnabled(true);
    pattern_->setFixedHeight(26);
    token_button_->setText(tr("This token"));
    token_button_->setFixedHeight(26);
    token_button_->setToolTip(tr("Ranks the experts that fire on the selected token, wherever it occurs"));
    connect(pattern_, &QLineEdit::returnPressed, this, [this] { find(pattern_->text()); });
    connect(pattern_, &QLineEdit::textChanged, this, [this](const QString& text) {
        if (text.isEmpty()) find({});
    });
    connect(token_button_, &QPushButton::clicked, this, &ExpertDock::find_selected_token);
    return row;
}

QWidget* ExpertDock::card() {
    auto* box = new QWidget(this);
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(12, 2, 10, 2);
    head->addWidget(heading_, 1);
    head->addWidget(scope_);
    layout->addLayout(head);
    auto* figures = new QHBoxLayout;
    figures->setContentsMargins(12, 2, 12, 2);
    figures->setSpacing(8);
    figures_ = {
        new Figure(tr("Load"), tr("Tokens that chose the expert.\nCounted here; uniform routing gives "
                                  "tokens × top-k / number of experts.")),
        new Figure(tr("× fair share"), tr("Load / fair share; 1 when loads are equal.\nDerived here; the "
                                          "rank counts from the largest load of the layer.")),
        new Figure(tr("Mean weight"),
                   tr("Mean of the gating weights as applied, over the tokens that "
                      "chose the expert.\nEqual weights give 1 / top-k where they sum to 1."))};
    for (Figure* figure : figures_) figures->addWidget(figure, 1);
    layout->addLayout(figures);
    places_section_->setToolTip(
        tr("Share of the tokens that chose the expert, by their position in the range, in 48 "
           "equal pieces. Dashed: the fair share, top-k / number of experts. Counted here."));
    places_section_->setAccessibleName(places_section_->title());
    contexts_->setAccessibleName(tr("Places where the expert fires"));
    for (PageSection* section : {places_section_, vocabulary_section_, contexts_section_, partners_section_})
        layout->addWidget(section);
    connect(scope_, &QComboBox::currentIndexChanged, this, [this] {
        ask();
        search();
    });
    return box;
}

void ExpertDock::set_model(const RunView& view) {
    const bool is_other = view.identity != view_.identity;
    if (is_other) {
        counting_->forget();
        searching_->forget();
        asked_card_.forget();
        asked_search_.forget();
    }
    view_ = view;
    scope_->follow(view);
    const bool has_run = view.has_routing();
    const bool has_expert = has_run && view.expert.has_value();
    card_->setVisible(has_expert);
    empty_->setVisible(!has_expert);
    empty_->setText(
        has_run ? tr("Select an expert in the view, in the router's list or by a search above (a text, or a "
                     "pattern as /\\d/ for digits) to see what it fires on.")
                : tr("What an expert fires on, its load and its partners appear here."));
    pattern_->setEnabled(has_run);
    token_button_->setEnabled(has_run && view.token.has_value());
    if (!has_expert) title_bar()->set_note({});
    ask();
    search();
}

void ExpertDock::ask() {
    if (!view_.has_routing() || !view_.expert || !is_seen()) return;
    const TokenRange range = scope_->range_of(view_);
    const auto urgency =
        asked_card_.urgency_of({view_.identity, view_.layer, *view_.expert, scope_->scope()}, range);
    if (!urgency) return;
    counting_->ask(
        [this, view = view_, range] {
            return [this, trace = view.trace,
                    model = expert_model(view.trace, range, view.layer, *view.expert)] {
                show_card(model, trace);
            };
        },
        *urgency);
}

void ExpertDock::find(const QString& pattern) {
    wanted_id_.reset();
    if (pattern_->text() != pattern) pattern_->setText(pattern);
    search();
}

void ExpertDock::find_selected_token() {
    if (!view_.token || *view_.token >= view_.trace.n_tokens()) return;
    pattern_->clear();
    wanted_id_ = view_.trace.token(*view_.token).id;
    search();
}

void ExpertDock::search() {
    const QString pattern = pattern_->text();
    const bool is_wanted = view_.has_routing() && (wanted_id_ || !pattern.isEmpty());
    found_note_->setVisible(is_wanted);
    if (!is_wanted) {
        found_section_->hide();
        asked_search_.forget();
        return searching_->forget();
    }
    if (!is_seen()) return;
    const TokenRange range = scope_->range_of(view_);
    const auto urgency =
        asked_search_.urgency_of({view_.identity, pattern, wanted_id_, scope_->scope()}, range);
    if (!urgency) return;
    searching_->ask(
        [this, trace = view_.trace, range, pattern, id = wanted_id_]() -> Background::Answer {
            std::vector<bool> matches(range.size(), false);
            if (id) {
                for (std::size_t i = 0; i < matches.size(); ++i)
                    matches[i] = trace.token(range.first + i).id == *id;
            } else {
                Result<std::vector<bool>> found = matching_tokens(trace, range, pattern);
                if (!found) {
                    return [this, reason = QString::fromStdString(found.error().message)] {
                        show_search_failure(reason);
                    };
                }
                matches = std::move(*found);
            }
            return [this, hits = find_experts(trace, range, matches), shape = trace.shape()] {
                show_found(hits, shape);
            };
        },
        *urgency);
}

void ExpertDock::show_search_failure(const QString& reason) {
    hits_.clear();
    found_->set_rows({});
    found_section_->hide();
    found_note_->set_model({.text = reason, .step = {}, .hint = {}});
}

void ExpertDock::show_found(const ExpertHits& hits, const TraceShape& shape) {
    hits_ = hits.hits;
    if (hits_.size() > kFoundMax) hits_.resize(kFoundMax);
    std::vector<PlainRow> rows;
    for (const ExpertHit& hit : hits_) {
        rows.push_back({.texts = {layer_name(shape, hit.layer), QStringLiteral("E%1").arg(hit.expert),
                                  hits.n_matching < kManyMatches
                                      ? tr("%1 of %2").arg(grouped(hit.n_hits), grouped(hits.n_matching))
                                      : grouped(hit.n_hits),
                                  fixed_number(hit.expected, 1), fixed_number(hit.lift, 2)},
                        .details = tr("Layer %1, expert %2: %3 of %4 matching tokens, %5 by chance")
                                       .arg(layer_name(shape, hit.layer))
                                       .arg(hit.expert)
                                       .arg(grouped(hit.n_hits), grouped(hits.n_matching),
                                            fixed_number(hit.expected, 1))});
    }
    found_->set_rows(std::move(rows));
    found_section_->setVisible(!hits_.empty());
    StepNote::Model note{.text = tr("No token of the range matches"), .step = {}, .hint = {}};
    if (hits.n_matching > 0) {
        const QString n_tokens = tr("%1 with a match").arg(tokens_text(hits.n_matching));
        note.text = hits_.empty() ? tr("%1; no expert fires on a tenth of them").arg(n_tokens)
                                  : tr("%1; experts by lift").arg(n_tokens);
    } else if (const QString meant = wanted_id_ ? QString() : pattern_meant_by(pattern_->text());
               !meant.isEmpty()) {
        note.step = tr("Search as a pattern: %1").arg(meant);
        note.hint = tr("Between slashes stands a regular expression");
    }
    found_note_->set_model(note);
}

void ExpertDock::show_card(const ExpertModel& model, const TraceSnapshot& trace) {
    title_bar()->set_note(range_words(model.range));
    heading_->setText(
        tr("Layer %1, expert %2").arg(layer_name(trace.shape(), model.layer)).arg(model.expert));
    show_figures(model, trace.shape());
    std::vector<PlainRow> tokens;
    for (const TokenUse& use : model.tokens)
        tokens.push_back({.texts = {use.text, tr("%1 of %2").arg(grouped(use.n_used), grouped(use.n_seen)),
                                    fixed_number(use.lift, 1)},
                          .details = tr("id %1: %2 of %3 occurrences chose the expert")
                                         .arg(token_id_text(use.id))
                                         .arg(use.n_used)
                                         .arg(use.n_seen)});
    vocabulary_->set_rows(std::move(tokens));
    std::vector<PlainRow> partners;
    partner_experts_.clear();
    for (const Partner& partner : model.partners) {
        partner_experts_.push_back(partner.expert);
        partners.push_back(
            {.texts = {QStringLiteral("E%1").arg(partner.expert), grouped(partner.count),
                       partner.lift ? fixed_number(*partner.lift, 2) : QStringLiteral("–")},
             .details = tr("%1 by chance, with both loads").arg(fixed_number(partner.expected, 1))});
    }
    partners_->set_rows(std::move(partners));
    contexts_section_->set_title(model.mean_weight ? tr("Where it fires, largest weight first")
                                                   : tr("Where it fires"));
    contexts_->set_tokens(trace, model.positions);
    vocabulary_section_->setVisible(!model.tokens.empty());
    contexts_section_->setVisible(!model.positions.empty());
    partners_section_->setVisible(!model.partners.empty());
}

void ExpertDock::show_figures(const ExpertModel& model, const TraceShape& shape) {
    const auto k = static_cast<double>(shape.top_k);
    figures_[0]->set_values(grouped(model.n_used), tr("tokens"),
                            tr("if uniform %1").arg(fixed_number(model.fair_share, 1)));
    figures_[1]->set_values(model.fair_share > 0
                                ? fixed_number(static_cast<double>(model.n_used) / model.fair_share, 2)
                                : QStringLiteral("–"),
                            {}, tr("rank %1 of %2").arg(model.load_rank).arg(shape.n_experts));
    figures_[2]->set_values(model.mean_weight ? fixed_number(*model.mean_weight, 3) : QStringLiteral("–"), {},
                            tr("if equal %1").arg(fixed_number(1 / k, 3)));
    places_->set_values(model.load_by_place, k / static_cast<double>(shape.n_experts));
}

// The arrows lead from the field into the list and back.
bool ExpertDock::eventFilter(QObject* watched, QEvent* event) {
    const bool is_press = event->type() == QEvent::KeyPress;
    if (!is_press && event->type() != QEvent::ShortcutOverride)
        return TitledDock::eventFilter(watched, event);
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (watched == pattern_ && (key == Qt::Key_Down || key == Qt::Key_PageDown)) {
        event->accept();  // before the window's commands
        if (!is_press) return true;
        if (!found_section_->isVisibleTo(this)) return true;
        if (!found_->currentIndex().isValid()) found_->setCurrentIndex(found_->rows().index(0, 0));
        found_->setFocus(Qt::TabFocusReason);
        return true;
    }
    if (is_press && watched == found_ && key == Qt::Key_Up && found_->currentIndex().row() <= 0) {
        pattern_->setFocus(Qt::BacktabFocusReason);
        return true;
    }
    return TitledDock::eventFilter(watched, event);
}

void ExpertDock::set_theme(const DockTheme& theme) {
    TitledDock::set_theme(theme);
    for (Figure* figure : figures_) figure->set_theme(theme);
    for (PlainTable* table : {found_, vocabulary_, partners_}) table->set_theme(theme);
    contexts_->set_theme(theme);
    places_->set_theme(theme);
    heading_->setFont(theme.title);
    for (PageSection* section :
         {found_section_, places_section_, vocabulary_section_, contexts_section_, partners_section_})
        section->set_theme(theme);
    found_note_->set_theme(theme);
    empty_->setFont(theme.body);
    set_text_color(empty_, theme.text_3);
}

}  // namespace moe::app
