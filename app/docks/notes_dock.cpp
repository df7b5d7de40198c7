#include "app/docks/notes_dock.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QVBoxLayout>
#include <algorithm>

#include "app/docks/figure.h"
#include "app/docks/token_display.h"
#include "engine/trace/layer_number.h"

namespace moe::app {

namespace {

constexpr int kLongestNote = 4000;  // letters
constexpr int kTokenColumn = 1;
constexpr int kPlaceColumn = 2;
constexpr int kNarrow = 280;  // pixels, of the list

std::vector<PlainColumn> columns() {
    return {
        {.title = QStringLiteral("#"), .width = 34},
        {.title = QObject::tr("Token"), .width = 40, .is_number = false, .width_max = 80},
        {.title = QObject::tr("Place"),
         .explanation = QObject::tr("The layer and the expert that the note is about, where it is about one"),
         .width = 40,
         .is_number = false},
        {.title = QObject::tr("Note"), .is_number = false, .is_prose = true}};
}

QString place_words(const Note& note, const TraceShape& shape) {
    if (!note.layer) return QStringLiteral("\u2013");
    const QString layer = QString::number(layer_number(shape, *note.layer));
    return note.expert ? QStringLiteral("L%1 E%2").arg(layer).arg(*note.expert)
                       : QStringLiteral("L%1").arg(layer);
}

/// Line breaks as return signs; the whole note is in the tooltip.
QString in_one_line(QString text) { return text.replace(QLatin1Char('\n'), QStringLiteral(" ⏎ ")); }

}  // namespace

NotesDock::NotesDock(QWidget* parent)
    : TitledDock(QStringLiteral("notes_dock"), tr("Notes"), parent),
      field_(new QLineEdit),
      edit_button_(new QToolButton),
      remove_button_(new QToolButton),
      list_(new PlainTable(tr("Notes"), columns())),
      kept_(new QLabel) {
    auto* body = new QWidget(this);
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 8, 0, 0);
    layout->setSpacing(4);
    auto* field_row = new QHBoxLayout;
    field_row->setContentsMargins(10, 0, 10, 0);
    field_row->addWidget(field_, 1);
    layout->addLayout(field_row);
    field_->setFixedHeight(26);
    field_->setMaxLength(kLongestNote);
    field_->setAccessibleName(tr("Note on the selected token"));
    layout->addWidget(list_, 1);
    kept_->setWordWrap(true);
    kept_->setContentsMargins(12, 0, 12, 0);
    layout->addWidget(kept_);
    layout->addWidget(buttons());
    layout->addStretch(0);
    set_body(body);
    connect(field_, &QLineEdit::returnPressed, this, &NotesDock::write);
    connect(list_, &PlainTable::row_chosen, this,
            [this](int row) { Q_EMIT note_chosen(model_.notes[static_cast<std::size_t>(row)]); });
    list_->installEventFilter(this);
    field_->installEventFilter(this);
    set_model({});
}

QWidget* NotesDock::buttons() {
    auto* row = new QWidget(this);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(12, 2, 10, 6);
    layout->setSpacing(6);
    layout->addStretch(1);
    edit_button_->setText(tr("Edit"));
    edit_button_->setToolTip(tr("Changes the chosen note (F2)"));
    remove_button_->setText(tr("Delete"));
    remove_button_->setToolTip(tr("Deletes the chosen note (Delete); Undo brings it back"));
    layout->addWidget(edit_button_);
    layout->addWidget(remove_button_);
    connect(edit_button_, &QToolButton::clicked, this, [this] {
        if (const Note* note = current()) edit(note->id);
    });
    connect(remove_button_, &QToolButton::clicked, this, &NotesDock::remove_current);
    return row;
}

const Note* NotesDock::current() const {
    const int row = list_->currentIndex().row();
    return row >= 0 && row < static_cast<int>(model_.notes.size())
               ? &model_.notes[static_cast<std::size_t>(row)]
               : nullptr;
}

/// The note has the room: a column of places only where there are some, and then of tokens only in a wide
/// list.
void NotesDock::fit_columns() {
    const bool has_places =
        std::ranges::any_of(model_.notes, [](const Note& note) { return note.layer.has_value(); });
    list_->setColumnHidden(kPlaceColumn, !has_places);
    list_->setColumnHidden(kTokenColumn, has_places && list_->width() < kNarrow);
}

bool NotesDock::eventFilter(QObject* watched, QEvent* event) {
    if (watched == list_ && event->type() == QEvent::Resize) fit_columns();
    const bool is_press = event->type() == QEvent::KeyPress;
    if (!is_press && event->type() != QEvent::ShortcutOverride)
        return TitledDock::eventFilter(watched, event);
    const int key = static_cast<QKeyEvent*>(event)->key();
    const bool is_edit = watched == list_ && key == Qt::Key_F2;
    const bool is_removal = watched == list_ && key == Qt::Key_Delete;
    const bool is_end = watched == field_ && key == Qt::Key_Escape && edited_.has_value();
    const bool is_enter = key == Qt::Key_Return || key == Qt::Key_Enter;
    const bool has_ctrl = static_cast<QKeyEvent*>(event)->modifiers().testFlag(Qt::ControlModifier);
    const bool is_written = watched == field_ && is_enter && has_ctrl;  // which runs the prompt elsewhere
    if (!is_edit && !is_removal && !is_end && !is_written) return TitledDock::eventFilter(watched, event);
    event->accept();  // before the window's commands
    if (!is_press) return true;
    if (is_edit) edit_button_->click();
    if (is_removal) remove_current();
    if (is_end) edit(std::nullopt);
    if (is_written) write();
    return true;
}

void NotesDock::write() {
    const QString text = field_->text().trimmed();
    if (edited_) {
        const std::uint64_t id = *edited_;
        edit(std::nullopt);
        if (text.isEmpty()) {
            Q_EMIT note_removed(id);
        } else {
            Q_EMIT note_changed(id, text);
        }
        return;
    }
    if (text.isEmpty() || model_.place.isEmpty()) return;
    field_->setText({});  // and forgets how it was written: undo takes back the note
    Q_EMIT note_written(text);
}

void NotesDock::edit(std::optional<std::uint64_t> id) {
    edited_ = id;
    const auto note = std::ranges::find_if(model_.notes, [&](const Note& n) { return n.id == id; });
    field_->setText(id && note != model_.notes.end() ? note->text : QString());
    show_place();
    if (id) field_->setFocus(Qt::OtherFocusReason);
}

void NotesDock::remove_current() {
    if (const Note* note = current()) Q_EMIT note_removed(note->id);
}

void NotesDock::show_place() {
    field_->setPlaceholderText(edited_                  ? tr("Enter keeps the change, Esc gives it up")
                               : model_.place.isEmpty() ? tr("Select a token to write a note on it")
                                                        : tr("Note on %1").arg(model_.place));
    field_->setEnabled(edited_ || !model_.place.isEmpty());
}

void NotesDock::set_model(NotesModel model) {
    model_ = std::move(model);
    const bool is_edited_there =
        edited_ && std::ranges::any_of(model_.notes, [this](const Note& note) { return note.id == edited_; });
    if (edited_ && !is_edited_there) edit(std::nullopt);
    title_bar()->set_note(model_.notes.empty()       ? QString()
                          : model_.notes.size() == 1 ? tr("1 note")
                                                     : tr("%1 notes").arg(model_.notes.size()));
    std::vector<PlainRow> rows;
    for (std::size_t i = 0; i < model_.notes.size(); ++i) {
        const Note& note = model_.notes[i];
        rows.push_back(
            {.texts = {grouped(note.position), i < model_.tokens.size() ? model_.tokens[i] : QString(),
                       place_words(note, model_.shape), in_one_line(note.text)},
             .details = note.text});
    }
    list_->set_rows(std::move(rows));
    fit_columns();
    list_->setVisible(!model_.notes.empty());
    for (QToolButton* button : {edit_button_, remove_button_}) button->setVisible(!model_.notes.empty());
    kept_->setText(model_.notes.empty() ? tr("Notes stand beside their tokens in the picture and the text.")
                                        : model_.kept);
    kept_->setFont(model_.notes.empty() ? theme_.body : theme_.caption);
    show_place();
}

void NotesDock::set_theme(const DockTheme& theme) {
    TitledDock::set_theme(theme);
    theme_ = theme;
    list_->set_theme(theme);
    kept_->setFont(model_.notes.empty() ? theme.body : theme.caption);
    set_text_color(kept_, theme.text_3);
}

}  // namespace moe::app
