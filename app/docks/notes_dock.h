#pragma once

#include <QLineEdit>
#include <QToolButton>
#include <optional>
#include <vector>

#include "app/docks/note.h"
#include "app/docks/plain_table.h"
#include "app/docks/titled_dock.h"

namespace moe::app {

/// What the notes dock shows.
struct NotesModel {
    std::vector<Note> notes;      ///< of the shown run and what it inherits, by position
    std::vector<QString> tokens;  ///< the text of each note's token
    TraceShape shape;             ///< of the run
    QString place;                ///< where a new note goes, "token 171, layer 3"; empty: nothing is selected
    QString kept;                 ///< where the notes are kept, one sentence
};

/// The notes on tokens of the shown run: a field to write one, and the list.
class NotesDock : public TitledDock {
    Q_OBJECT
  public:
    explicit NotesDock(QWidget* parent = nullptr);

    void set_model(NotesModel model);
    void set_theme(const DockTheme& theme) override;
    QWidget* focus_target() const override { return field_; }
    QLineEdit* field() const { return field_; }
    PlainTable* list() const { return list_; }
    QString kept() const { return kept_->text(); }

  Q_SIGNALS:
    void note_written(const QString& text);  ///< a new one, on the selection
    void note_changed(std::uint64_t id, const QString& text);
    void note_removed(std::uint64_t id);
    void note_chosen(const moe::app::Note& note);  ///< to be gone to

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;  // keys of the list and the field

  private:
    QWidget* buttons();
    const Note* current() const;
    void write();
    void edit(std::optional<std::uint64_t> id);
    void remove_current();
    void show_place();
    void fit_columns();

    QLineEdit* field_;
    QToolButton* edit_button_;
    QToolButton* remove_button_;
    PlainTable* list_;
    QLabel* kept_;
    DockTheme theme_;
    NotesModel model_;
    std::optional<std::uint64_t> edited_;
};

}  // namespace moe::app
