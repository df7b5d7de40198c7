#pragma once

#include <QDialog>
#include <QLineEdit>
#include <QListView>
#include <vector>

#include "app/shell/palette_list.h"

namespace moe::app {

/// Every command with all its keys, by menu, and a field that leaves those that answer to what is typed.
class KeyHelpDialog : public QDialog {
    Q_OBJECT
  public:
    /// `entries` are those of the palette.
    KeyHelpDialog(std::vector<PaletteEntry> entries, const render::Theme& theme, QWidget* window);

  private:
    void refill();

    std::vector<PaletteEntry> entries_;
    QLineEdit* field_;
    QListView* view_;
    PaletteList* list_;
};

}  // namespace moe::app
