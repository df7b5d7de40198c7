#include "app/docks/compare_dock.h"

#include <QAction>
#include <QClipboard>
#include <QGridLayout>
#include <QGuiApplication>
#include <QVBoxLayout>
#include <algorithm>

#include "app/docks/compare_words.h"
#include "app/docks/token_display.h"
#include "engine/trace/layer_number.h"

namespace moe::app {

namespace {

using namespace std::chrono_literals;

constexpr auto kPause = 200ms;
constexpr int kFewLayers = 6;  // of a list, at first
constexpr int kFewDifferences = 24;

QString text_at(const TraceSnapshot& trace, std::size_t position) {
    return position < trace.n_tokens() ? token_by_itself(trace.token(position).bytes) : QStringLiteral("–");
}

/// The run as a choice: its letter, its name and a word if there is something to say.
QString choice_text(const QString& letter, const ComparedRun& run) {
    const QString text = letter + QStringLiteral("  ") + run.name;
    return run.unreadable.isEmpty() ? text : QObject::tr("%1, unreadable").arg(text);
}

}  // namespace

QString why_not_compare(const ComparedRun& run) {
    if (!run.unreadable.isEmpty()) return QObject::tr("%1 cannot be read\n%2").arg(run.name, run.unreadable);
    if (run.identity != 0) return {};
    if (run.is_left_unread) return QObject::tr("%1 was not read to its end").arg(run.name);
    const int percent = static_cast<int>(100 * run.share_read.value_or(0));
    return QObject::tr("Reading %1, %2 %").arg(run.name).arg(percent);
}

CompareDock::CompareDock(QWidget* parent)
    : TitledDock(QStringLiteral("compare_dock"), tr("Compare"), parent),
      a_(new QComboBox),
      b_(new QComboBox),
      route_button_(new QPushButton),
      token_button_(new QPushButton),
      note_(new StepNote),
      layers_(new PlainTable(tr("Slots that differ by layer"), compared_layer_columns())),
      differences_(new PlainTable(tr("Differences by position"), compared_position_columns())),
      layers_section_(new PageSection(tr("Slots that differ by layer"), layers_, kFewLayers)),
      differences_section_(new PageSection(tr("Differences by position"), differences_, kFewDifferences)),
      comparing_(new Background(kPause, this)) {
    auto* body = new QWidget(this);
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 8, 0, 0);
    layout->setSpacing(4);
    choice_row_ = choice();
    layout->addWidget(choice_row_);
    layout->addWidget(note_);
    connect(note_, &StepNote::step_requested, this, &CompareDock::take_next_step);
    summary_ = summary();
    layout->addWidget(summary_);
    layout->addStretch(1);
    set_body(body);
    connect(this, &QDockWidget::visibilityChanged, this, &CompareDock::ask);
    set_runs({}, {});
}

QWidget* CompareDock::choice() {
    auto* row = new QWidget(this);
    auto* layout = new QGridLayout(row);
    layout->setContentsMargins(10, 0, 10, 0);
    layout->setSpacing(6);
    auto* swap = new QToolButton;
    swap->setText(QStringLiteral("⇅"));
    swap->setToolTip(tr("Swaps A and B"));
    swap->setAccessibleName(tr("Swap the two runs"));
    layout->addWidget(a_, 0, 0);
    layout->addWidget(b_, 1, 0);
    layout->addWidget(swap, 0, 1, 2, 1);
    layout->setColumnStretch(0, 1);
    a_->setAccessibleName(tr("Run A"));
    b_->setAccessibleName(tr("Run B"));
    for (QComboBox* combo : {a_, b_}) {
        combo->setFixedHeight(24);
        combo->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
        connect(combo, &QComboBox::currentTextChanged, combo, &QComboBox::setToolTip);
        connect(combo, &QComboBox::activated, this, [this, combo] {
            keep_apart(combo);
            note_choice();
        });
    }
    connect(swap, &QToolButton::clicked, this, [this] {
        const int a = a_->currentIndex();
        a_->setCurrentIndex(b_->currentIndex());
        b_->setCurrentIndex(a);
        note_choice();
    });
    return row;
}

QWidget* CompareDock::summary() {
    auto* box = new QWidget(this);
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    auto* buttons = new QGridLayout;
    buttons->setContentsMargins(10, 0, 10, 2);
    buttons->setSpacing(6);
    auto* picture = new QPushButton(tr("Show side by side"));
    picture->setToolTip(tr("Shows both runs row by row and what differs (Ctrl+7)"));
    buttons->addWidget(route_button_, 0, 0, 1, 2);
    buttons->addWidget(token_button_, 1, 0);
    buttons->addWidget(picture, 1, 1);
    connect(picture, &QPushButton::clicked, this, &CompareDock::difference_requested);
    layout->addLayout(buttons);
    layout->addWidget(layers_section_);
    layout->addWidget(differences_section_);
    auto* copy = new QAction(tr("Copy the rows as CSV"), differences_);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    connect(copy, &QAction::triggered, this, [this] {
        if (run_a() == nullptr || run_b() == nullptr) return;
        QGuiApplication::clipboard()->setText(differences_csv(comparison_, run_a()->trace, run_b()->trace));
    });
    differences_->addAction(copy);
    differences_->setContextMenuPolicy(Qt::ActionsContextMenu);
    differences_section_->setToolTip(
        tr("Positions with another token in B, or the same one by other experts; the menu of the list copies "
           "them as CSV"));
    differences_section_->setAccessibleName(differences_section_->title());
    route_button_->setToolTip(tr("The first token of the same text that some layer routed to other experts"));
    token_button_->setToolTip(tr("From here on the texts differ; rows are paired by position"));
    connect(route_button_, &QPushButton::clicked, this, [this] {
        if (const auto& route = comparison_.first_different_route) go_to(route->position, route->first_layer);
    });
    connect(token_button_, &QPushButton::clicked, this, [this] {
        if (const auto place = end_of_same_text(comparison_)) go_to(*place, {});
    });
    connect(differences_, &PlainTable::row_chosen, this, [this](int row) {
        const RunDifference& difference = comparison_.differences[static_cast<std::size_t>(row)];
        go_to(difference.position, difference.first_layer);
    });
    return box;
}

void CompareDock::set_runs(std::vector<ComparedRun> runs, std::optional<RunKey> shown) {
    runs_ = std::move(runs);
    const bool is_known = shown && std::ranges::find(listed_, *shown) != listed_.end();
    fill_combos();
    const bool can_compare = runs_.size() >= 2;
    choice_row_->setVisible(can_compare);
    summary_->setVisible(can_compare);
    if (!can_compare) {
        comparing_->forget();
        asked_.forget();
        comparison_ = {};
        title_bar()->set_note({});
        return show_empty();
    }
    const auto found = std::ranges::find_if(runs_, [&](const ComparedRun& run) { return run.key == shown; });
    const bool is_new_branch = !is_known && found != runs_.end() && found->parent;
    if (a_->currentIndex() == b_->currentIndex()) is_chosen_by_hand_ = false;
    if (!is_chosen_by_hand_ && (is_new_branch || a_->currentIndex() == b_->currentIndex()))
        choose_by_default(shown);
    chosen_ = {a_->currentIndex(), b_->currentIndex()};
    ask();
}

void CompareDock::choose_by_default(const std::optional<RunKey>& shown) {
    const auto index_of = [this](const std::optional<RunKey>& key) {
        return std::ranges::find_if(runs_, [&](const ComparedRun& run) { return run.key == key; }) -
               runs_.begin();
    };
    const auto n_runs = std::ssize(runs_);
    const std::ptrdiff_t b = std::min(index_of(shown), n_runs - 1);
    const std::ptrdiff_t parent = index_of(runs_[static_cast<std::size_t>(b)].parent);
    const std::ptrdiff_t a = parent < n_runs ? parent : b > 0 ? b - 1 : 1;
    b_->setCurrentIndex(static_cast<int>(b));
    a_->setCurrentIndex(static_cast<int>(a));
}

void CompareDock::note_choice() {
    chosen_ = {a_->currentIndex(), b_->currentIndex()};
    is_chosen_by_hand_ = true;
    ask();
}

void CompareDock::set_next_step(QAction* command) {
    if (command == next_command_) return;
    if (next_command_ != nullptr) next_command_->disconnect(this);
    next_command_ = command;
    if (command != nullptr) connect(command, &QAction::changed, this, &CompareDock::show_empty);
    show_empty();
}

void CompareDock::show_empty() {
    if (runs_.size() >= 2) return;
    StepNote::Model model{
        .text = tr("Two runs side by side appear here. Continue from a token to make a branch, or "
                   "run another prompt."),
        .step = {},
        .hint = {}};
    if (next_command_ != nullptr) {
        model.step = next_command_->text().remove(u'&');
        model.hint = next_command_->toolTip();
        model.is_possible = next_command_->isEnabled();
    }
    note_->set_model(model);
}

void CompareDock::take_next_step() {
    if (runs_.size() < 2) {
        if (next_command_ != nullptr) next_command_->trigger();
        return;
    }
    for (const ComparedRun* run : {run_a(), run_b()}) {
        if (run->is_awaited()) return Q_EMIT reading_given_up();
        if (!why_not_compare(*run).isEmpty()) return Q_EMIT run_wanted(run->key);
    }
}

// A run beside itself says nothing: the other one takes the place that this one left.
void CompareDock::keep_apart(QComboBox* chosen) {
    QComboBox* const other = chosen == a_ ? b_ : a_;
    if (a_->currentIndex() == b_->currentIndex())
        other->setCurrentIndex(chosen == a_ ? chosen_.first : chosen_.second);
    chosen_ = {a_->currentIndex(), b_->currentIndex()};
}

void CompareDock::fill_combos() {
    std::vector<RunKey> keys;
    for (const ComparedRun& run : runs_) keys.push_back(run.key);
    const bool is_same = keys == listed_;
    for (QComboBox* combo : {a_, b_}) {
        const std::optional<RunKey> chosen =
            combo->currentIndex() >= 0 && combo->currentIndex() < static_cast<int>(listed_.size())
                ? std::optional(listed_[static_cast<std::size_t>(combo->currentIndex())])
                : std::nullopt;
        if (!is_same) combo->clear();
        const QString letter = combo == a_ ? QStringLiteral("A") : QStringLiteral("B");
        for (std::size_t i = 0; i < runs_.size(); ++i) {
            const int index = static_cast<int>(i);
            const QString text = choice_text(letter, runs_[i]);
            if (!is_same) combo->addItem(text);
            if (combo->itemText(index) != text) combo->setItemText(index, text);
            combo->setItemData(index, runs_[i].unreadable, Qt::ToolTipRole);
            if (!is_same && chosen == runs_[i].key) combo->setCurrentIndex(index);
        }
    }
    listed_ = std::move(keys);
}

void CompareDock::choose(RunKey a, RunKey b) {
    a_->setCurrentIndex(static_cast<int>(std::ranges::find(listed_, a) - listed_.begin()));
    b_->setCurrentIndex(static_cast<int>(std::ranges::find(listed_, b) - listed_.begin()));
    note_choice();
}

const ComparedRun* CompareDock::run_of(const QComboBox* combo) const {
    const int index = combo->currentIndex();
    return index >= 0 && index < static_cast<int>(runs_.size()) ? &runs_[static_cast<std::size_t>(index)]
                                                                : nullptr;
}

void CompareDock::ask() {
    const ComparedRun* a = run_of(a_);
    const ComparedRun* b = run_of(b_);
    const bool is_wanted = serves_others_ || is_seen();
    if (runs_.size() < 2 || a == nullptr || b == nullptr || !is_wanted) return;
    if (wait_for_runs()) return;
    summary_->show();
    const auto urgency = asked_.urgency_of(
        {a->identity, b->identity},
        {a->trace.n_tokens(), a->trace.n_routed(), b->trace.n_tokens(), b->trace.n_routed()});
    if (!urgency) return;
    comparing_->ask(
        [this, a = a->trace, b = b->trace] {
            return [this, a, b, comparison = compare_runs(a, b)] { show_comparison(comparison, a, b); };
        },
        *urgency);
}

/// Whether one of the two is not there: asks for it and says so.
bool CompareDock::wait_for_runs() {
    const ComparedRun* const wanted = run_a()->is_awaited()   ? run_a()
                                      : run_b()->is_awaited() ? run_b()
                                                              : nullptr;
    Q_EMIT run_wanted(wanted == nullptr ? std::nullopt : std::optional(wanted->key));
    for (const ComparedRun* run : {run_a(), run_b()}) {
        const QString reason = why_not_compare(*run);
        if (reason.isEmpty()) continue;
        asked_.forget();
        comparing_->forget();
        summary_->hide();
        comparison_ = {};
        title_bar()->set_note({});
        const bool is_read = run->is_awaited();
        note_->set_model({.text = reason,
                          .step = run->share_read       ? tr("Stop")
                                  : is_read             ? QString()
                                  : run->is_left_unread ? tr("Read")
                                                        : tr("Try again"),
                          .hint = is_read ? tr("Leaves the run unread (Esc)") : tr("Reads the run again")});
        Q_EMIT compared();
        return true;
    }
    return false;
}

void CompareDock::show_comparison(const RunComparison& comparison, const TraceSnapshot& a,
                                  const TraceSnapshot& b) {
    comparison_ = comparison;
    shape_ = a.has_shape() ? a.shape() : TraceShape{};
    show_summary();
    std::vector<PlainRow> rows;
    for (const RunDifference& difference : comparison.differences) {
        PlainRow row{
            .texts = {grouped(difference.position), text_at(a, difference.position),
                      text_at(b, difference.position),
                      difference.n_layers > 0 ? QString::number(difference.n_layers) : QStringLiteral("–")}};
        if (!difference.is_token_different) row.dim_column = 2;
        rows.push_back(std::move(row));
    }
    differences_section_->setVisible(!rows.empty());
    differences_->set_rows(std::move(rows));
    Q_EMIT compared();
}

void CompareDock::set_serves_others(bool serves) {
    serves_others_ = serves;
    ask();
}

void CompareDock::show_summary() {
    const auto layer_name = [this](std::size_t layer) {
        return QString::number(layer_number(shape_, layer));
    };
    title_bar()->set_note(comparison_.n_differences == 1
                              ? tr("1 difference")
                              : tr("%1 differences").arg(grouped(comparison_.n_differences)));
    const auto& route = comparison_.first_different_route;
    route_button_->setVisible(route.has_value());
    if (route)
        route_button_->setText(tr("Other experts first at %1, layer %2")
                                   .arg(grouped(route->position), layer_name(*route->first_layer)));
    token_button_->setVisible(end_of_same_text(comparison_).has_value());
    token_button_->setText(end_of_same_text_words(comparison_));
    note_->set_model({.text = same_text_words(comparison_), .step = {}, .hint = {}});
    std::vector<PlainRow> rows;
    for (std::size_t layer = 0; layer < comparison_.n_slots_different.size(); ++layer) {
        const std::size_t n = comparison_.n_slots_different[layer];
        const auto total = static_cast<double>(std::max<std::size_t>(1, comparison_.n_slots_compared));
        rows.push_back({.texts = {layer_name(layer),
                                  {},
                                  tr("%1 of %2").arg(grouped(n), grouped(comparison_.n_slots_compared))},
                        .bar = static_cast<double>(n) / total});
    }
    layers_section_->setVisible(route.has_value());  // else every row is 0
    layers_->set_rows(std::move(rows));
}

void CompareDock::go_to(std::size_t position, std::optional<std::size_t> layer) {
    // The run that has the token, B if both do: that is where something changed.
    const ComparedRun* run = run_of(position < comparison_.n_tokens_b ? b_ : a_);
    if (run != nullptr) Q_EMIT place_chosen(run->key, position, layer);
}

void CompareDock::set_theme(const DockTheme& theme) {
    TitledDock::set_theme(theme);
    layers_->set_theme(theme);
    differences_->set_theme(theme);
    layers_section_->set_theme(theme);
    differences_section_->set_theme(theme);
    note_->set_theme(theme);
}

}  // namespace moe::app
