#pragma once

#include "app/viewport/picture_view.h"  // first: it includes Vulkan before Qt

#include <QActionGroup>
#include <QMenu>

namespace moe::app {

/// What the cards in the picture can set, as menus: value, fold, colour map and range;
/// and which experts and layers have columns.
class PictureMenu : public QObject {
    Q_OBJECT
  public:
    /// Adds its submenus at the end of `view_menu`.
    PictureMenu(PictureView* picture, QMenu* view_menu);

  private:
    template <class Value>
    struct Choice {
        Value value;
        const char* text;
    };
    template <class Value>
    void add_choices(QMenu* menu, std::initializer_list<Choice<Value>> choices, Value PictureOptions::*field);
    void add_values(QMenu* menu);
    void add_experts(QMenu* menu);
    void add_layers(QMenu* menu);
    void change(const std::function<void(PictureOptions&)>& change);
    void add_color_maps(QMenu* menu);
    QAction* add_action(QMenu* menu, QActionGroup* group, const char* text,
                        std::function<void(PictureOptions&)> change,
                        std::function<bool(const PictureOptions&)> is_chosen);
    void show(const PictureOptions& options);

    PictureView* picture_;
    std::vector<std::pair<QAction*, std::function<bool(const PictureOptions&)>>> actions_;
};

}  // namespace moe::app
