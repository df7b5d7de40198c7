#include "app/docks/find_dock.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QVBoxLayout>

#include "app/docks/pattern_button.h"
#include "app/docks/text_pattern.h"
#include "app/docks/token_display.h"
#include "engine/trace/layer_number.h"

namespace moe::app {

namespace {

constexpr std::size_t kRoutersASlice = 3000;  // some milliseconds

}  // namespace

FindDock::FindDock(QWidget* parent)
    : TitledDock(QStringLiteral("find_dock"), tr("Find"), parent),
      field_(new QLineEdit),
      previous_(new QToolButton),
      next_(new QToolButton),
      words_(new QLabel),
      by_value_(new QCheckBox),
      suggestion_(new QPushButton),
      pause_(new QCheckBox(tr("Pa&use at the next new one"))),
      in_range_(new QCheckBox(tr("In the ra&nge only"))),
      view_(new QListView),
      hits_(new FindHits(this)),
      delegate_(new FindHitDelegate(hits_, this)) {
    field_->setObjectName(QStringLiteral("find_field"));
    field_->setAccessibleName(tr("What to find"));
    field_->setPlaceholderText(tr("fox, /\\d/, #57"));
    field_->setToolTip(
        tr("fox: text, in quotes whatever it looks like\n/\\d/: a pattern (a regular expression)\n#57: a "
           "position; id "
           "594: a token of the vocabulary\nL3 E5 or @3.5: tokens for which layer 3 chooses expert 5; E5: in "
           "any "
           "layer\nmargin < 0.03: close calls; entropy > 2.5: unsure decisions, in nats; both in any layer, "
           "or in one: "
           "margin < 0.03 L3\nEnter goes to the next hit, Shift+Enter to the one before"));
    field_->setClearButtonEnabled(true);
    field_->installEventFilter(this);
    previous_->setArrowType(Qt::UpArrow);
    previous_->setToolTip(tr("The hit before (Shift+F3)"));
    previous_->setAccessibleName(tr("Previous hit"));
    next_->setArrowType(Qt::DownArrow);
    next_->setToolTip(tr("The next hit (F3)"));
    next_->setAccessibleName(tr("Next hit"));
    words_->setWordWrap(true);
    pause_->setToolTip(tr("Generating pauses when a new token is what is looked for (Ctrl+Shift+B)"));
    view_->setObjectName(QStringLiteral("find_hits"));
    view_->setAccessibleName(tr("Hits"));
    view_->setModel(hits_);
    view_->setItemDelegate(delegate_);
    view_->setFrameShape(QFrame::NoFrame);
    view_->setUniformItemSizes(true);
    view_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* body = new QWidget(this);
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 8, 0, 0);
    layout->setSpacing(6);
    auto* top = new QHBoxLayout;
    top->setContentsMargins(10, 0, 10, 0);
    top->setSpacing(2);
    top->addWidget(field_, 1);
    auto* patterns = new PatternButton(body);
    top->addWidget(patterns);
    connect(patterns, &PatternButton::pattern_chosen, this, &FindDock::find);
    top->addWidget(previous_);
    top->addWidget(next_);
    layout->addLayout(top);
    auto* words_row = new QHBoxLayout;
    words_row->setContentsMargins(12, 0, 12, 0);
    words_row->addWidget(words_, 1);
    words_row->addWidget(by_value_, 0, Qt::AlignTop);
    by_value_->hide();
    layout->addLayout(words_row);
    auto* suggestion_row = new QHBoxLayout;
    suggestion_row->setContentsMargins(10, 0, 10, 0);
    suggestion_row->addWidget(suggestion_, 0, Qt::AlignLeft);
    layout->addLayout(suggestion_row);
    connect(suggestion_, &QPushButton::clicked, this, [this] { find(suggested()); });
    auto* pause_row = new QHBoxLayout;
    pause_row->setContentsMargins(12, 0, 12, 0);
    pause_row->addWidget(pause_);
    pause_row->addWidget(in_range_);
    pause_row->addStretch(1);
    layout->addLayout(pause_row);
    layout->addWidget(view_, 1);
    set_body(body);
    work_timer_.setSingleShot(true);
    connect(&work_timer_, &QTimer::timeout, this, &FindDock::work);
    connect(field_, &QLineEdit::textChanged, this, &FindDock::read_field);
    connect(previous_, &QToolButton::clicked, this, &FindDock::go_to_previous);
    connect(next_, &QToolButton::clicked, this, &FindDock::go_to_next);
    in_range_->hide();
    connect(in_range_, &QCheckBox::toggled, this, &FindDock::search_again);
    connect(by_value_, &QCheckBox::toggled, this, [this] {
        list_hits();
        show_selected();
    });
    connect(pause_, &QCheckBox::clicked, this, &FindDock::pause_toggled);
    for (const auto chosen : {&QListView::activated, &QListView::clicked}) {
        connect(view_, chosen, this,
                [this](const QModelIndex& index) { Q_EMIT token_chosen(hits_->position(index.row())); });
    }
    show_state();
}

void FindDock::set_model(const FindModel& model) {
    model_ = model;
    pause_->setChecked(model.pauses);
    in_range_->setVisible(model.range.has_value());
    search_again();
}

// Begins anew only where the question is another one.
void FindDock::search_again() {
    search_.set_subject(search_.query(), model_.trace, model_.identity, searched_range());
    if (!search_.is_done()) work_timer_.start(0);
    list_hits();
    show_state();
    show_selected();
}

void FindDock::list_hits() {
    const bool is_by_value = search_.query().is_rule() && by_value_->isChecked();
    hits_->set_hits(model_.trace, search_, is_by_value ? FindHits::Order::Value : FindHits::Order::Position);
}

std::optional<TokenRange> FindDock::searched_range() const {
    return in_range_->isChecked() ? model_.range : std::nullopt;
}

void FindDock::find(const QString& typed) {
    field_->setText(typed);
    read_field();
}

void FindDock::read_field() {
    const FindQuery query = parse_find_query(field_->text());
    if (query == search_.query()) return;
    search_.set_subject(query, model_.trace, model_.identity, searched_range());
    work();
    Q_EMIT query_changed();
}

void FindDock::work() {
    const std::size_t n_before = search_.hits().size();
    if (!search_.advance(kRoutersASlice)) work_timer_.start(0);
    list_hits();
    show_state();
    show_selected();
    if (search_.hits().size() != n_before || n_before == 0) Q_EMIT hits_changed();
}

void FindDock::go_to_next() {
    if (search_.query().kind == FindQuery::Kind::Layer) {
        if (!model_.trace.has_shape()) return;
        const auto layer = layer_with_number(model_.trace.shape(), *search_.query().layer);
        if (layer) Q_EMIT layer_chosen(*layer);
        return;
    }
    if (search_.query().is_rule() && by_value_->isChecked()) return go_by_value(1);
    go_to(search_.next_hit(model_.selected));
}

void FindDock::go_to_previous() {
    if (search_.query().is_rule() && by_value_->isChecked()) return go_by_value(-1);
    go_to(search_.previous_hit(model_.selected));
}

/// In the order of the list, round its ends.
void FindDock::go_by_value(int step) {
    const int n_rows = hits_->rowCount();
    if (n_rows == 0) return;
    const int row = model_.selected ? hits_->row_of(*model_.selected) : -1;
    const int next = row < 0 ? (step > 0 ? 0 : n_rows - 1) : (row + step + n_rows) % n_rows;
    go_to(hits_->position(next));
}

void FindDock::go_to(std::optional<std::size_t> hit) {
    if (hit) Q_EMIT token_chosen(*hit);
}

void FindDock::show_selected() {
    const int row = model_.selected ? hits_->row_of(*model_.selected) : -1;
    if (row < 0) {
        view_->clearSelection();
        return;
    }
    if (view_->currentIndex().row() == row && view_->selectionModel()->isSelected(hits_->index(row))) return;
    view_->setCurrentIndex(hits_->index(row));
}

void FindDock::show_state() {
    const FindQuery& query = search_.query();
    const std::size_t n_hits = search_.hits().size();
    QString note;
    if (query.finds_tokens()) {
        note = n_hits == 1 ? tr("1 hit") : tr("%1 hits").arg(grouped(n_hits));
        if (!search_.is_done())
            note += tr(", %1 of %2 tokens searched")
                        .arg(grouped(search_.n_searched()), grouped(model_.trace.n_tokens()));
    }
    title_bar()->set_note(note);
    const QString no_place = why_no_place(query, model_.trace);
    const QString words = !model_.why_paused.isEmpty() ? model_.why_paused
                          : no_place.isEmpty()         ? find_query_in_words(query)
                                                       : no_place;
    words_->setText(
        query.kind == FindQuery::Kind::Nothing
            ? tr("Text, a pattern (/\\d/ for digits), a position (#57), an id (id 594), a layer's expert (L3 "
                 "E5), margin < "
                 "0.03 or entropy > 2.5, also in a layer (margin < 0.03 L3). Enter goes to the next one.")
            : words.left(1).toUpper() + words.mid(1));
    by_value_->setVisible(query.is_rule());
    const bool is_margin = query.kind == FindQuery::Kind::MarginBelow;
    by_value_->setText(is_margin ? tr("Closest first") : tr("Most unsure first"));
    by_value_->setToolTip(
        is_margin ? tr("Lists the hits by their margin, the smallest first; Enter and F3 follow the list")
                  : tr("Lists the hits by their entropy, the largest first; Enter and F3 follow the list"));
    show_suggestion();
    for (QWidget* control : {static_cast<QWidget*>(previous_), static_cast<QWidget*>(next_)})
        control->setEnabled(n_hits > 0);
    pause_->setEnabled(query.finds_tokens());
}

/// What was perhaps meant; empty where what was typed is understood, or found.
QString FindDock::suggested() const {
    const FindQuery& query = search_.query();
    if (query.kind == FindQuery::Kind::Unclear) return query.nearest;
    const bool finds_nothing =
        query.kind == FindQuery::Kind::Text && search_.hits().empty() && search_.is_done();
    return finds_nothing ? pattern_meant_by(field_->text()) : QString();
}

void FindDock::show_suggestion() {
    const QString meant = suggested();
    suggestion_->setVisible(!meant.isEmpty());
    suggestion_->setText((is_pattern(meant) ? tr("Search as a pattern: %1") : tr("Find %1")).arg(meant));
    suggestion_->setToolTip(is_pattern(meant) ? tr("Between slashes stands a regular expression")
                                              : QString());
}

bool FindDock::eventFilter(QObject* watched, QEvent* event) {
    const bool is_press = event->type() == QEvent::KeyPress;
    if (watched == field_ && (is_press || event->type() == QEvent::ShortcutOverride)) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (!is_press && key->key() == Qt::Key_Down) {
            event->accept();  // before the window's commands
            return true;
        }
        if (!is_press) return TitledDock::eventFilter(watched, event);
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
            key->modifiers().testFlag(Qt::ShiftModifier) ? go_to_previous() : go_to_next();
            return true;
        }
        if (key->key() == Qt::Key_Down) {
            if (hits_->rowCount() > 0) view_->setFocus(Qt::TabFocusReason);
            return true;
        }
    }
    return TitledDock::eventFilter(watched, event);
}

void FindDock::set_theme(const DockTheme& theme) {
    TitledDock::set_theme(theme);
    delegate_->set_theme(theme);
    QPalette flat = view_->palette();
    flat.setColor(QPalette::Base, theme.surface);
    view_->setPalette(flat);
    QPalette quiet = words_->palette();
    quiet.setColor(QPalette::WindowText, theme.text_3);
    words_->setPalette(quiet);
    words_->setFont(theme.caption);
    by_value_->setFont(theme.caption);
    view_->viewport()->update();
}

}  // namespace moe::app
