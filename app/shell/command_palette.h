#pragma once

#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QWidget>

#include "app/shell/palette_list.h"

namespace moe::app {

/// Everything the window can do, found by a few letters: a popup over the picture. Up and Down choose, Enter
/// runs, Esc closes. What cannot be done now is listed with the reason.
class CommandPalette : public QWidget {
    Q_OBJECT
  public:
    explicit CommandPalette(QWidget* window);

    /// Opens over the window, with `text` typed already.
    void open_with(std::vector<PaletteEntry> entries, const QString& text = {});
    /// What can be gone to or looked for by a text; listed before the commands.
    void set_places(std::function<std::vector<PaletteEntry>(const QString&)> places);
    void set_theme(const render::Theme& theme);

    QLineEdit* field() const { return field_; }
    const PaletteList& list() const { return *list_; }
    const PaletteEntry* current() const { return list_->entry(view_->currentIndex().row()); }

  protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void refill();
    void place();
    bool press(int key);  // whether the palette took it
    void move_by(int rows);
    void run_current();

    QLineEdit* field_;
    QLabel *count_, *keys_;
    QListView* view_;
    PaletteList* list_;
    PaletteDelegate* delegate_;
    std::vector<PaletteEntry> entries_;
    std::function<std::vector<PaletteEntry>(const QString&)> places_;
    render::Theme theme_ = render::kDarkTheme;
};

}  // namespace moe::app
