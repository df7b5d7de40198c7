#include "app/shell/picture_menu.h"

namespace moe::app {

using render::ColorMap;
using render::Fold;
using render::HeatmapValue;

PictureMenu::PictureMenu(PictureView* picture, QMenu* view_menu) : QObject(view_menu), picture_(picture) {
    view_menu->addSeparator();
    add_choices<HeatmapValue>(view_menu->addMenu(tr("&Show")),
                              {{HeatmapValue::AppliedWeight, QT_TR_NOOP("&Applied weight")},
                               {HeatmapValue::Score, QT_TR_NOOP("&Probability")},
                               {HeatmapValue::Selected, QT_TR_NOOP("&Chosen or not")}},
                              &PictureOptions::value);
    add_choices<Fold>(view_menu->addMenu(tr("Fol&ded pixels")),
                      {{Fold::Max, QT_TR_NOOP("&Maximum")}, {Fold::Mean, QT_TR_NOOP("M&ean")}},
                      &PictureOptions::fold);
    add_color_maps(view_menu->addMenu(tr("Colour ma&p")));
    connect(picture_, &PictureView::options_changed, this, &PictureMenu::show);
    show(picture_->options());
}

QAction* PictureMenu::add_action(QMenu* menu, QActionGroup* group, const char* text,
                                 std::function<void(PictureOptions&)> change,
                                 std::function<bool(const PictureOptions&)> is_chosen) {
    QAction* action = menu->addAction(tr(text));
    action->setCheckable(true);
    if (group != nullptr) action->setActionGroup(group);
    connect(action, &QAction::triggered, this, [this, change = std::move(change)] {
        PictureOptions options = picture_->options();
        change(options);
        picture_->set_options(options);
        show(options);
    });
    actions_.emplace_back(action, std::move(is_chosen));
    return action;
}

template <class Value>
void PictureMenu::add_choices(QMenu* menu, std::initializer_list<Choice<Value>> choices,
                              Value PictureOptions::*field) {
    auto* group = new QActionGroup(menu);
    for (const Choice<Value>& choice : choices) {
        add_action(
            menu, group, choice.text,
            [value = choice.value, field](PictureOptions& options) { options.*field = value; },
            [value = choice.value, field](const PictureOptions& options) { return options.*field == value; });
    }
}

void PictureMenu::add_color_maps(QMenu* menu) {
    auto* group = new QActionGroup(menu);
    const std::initializer_list<Choice<ColorMap>> maps{{ColorMap::Tide, QT_TR_NOOP("&Tide")},
                                                       {ColorMap::Viridis, QT_TR_NOOP("&Viridis")},
                                                       {ColorMap::Cividis, QT_TR_NOOP("&Cividis")},
                                                       {ColorMap::Magma, QT_TR_NOOP("&Magma")},
                                                       {ColorMap::Grey, QT_TR_NOOP("&Grey")}};
    for (const Choice<ColorMap>& choice : maps) {
        add_action(
            menu, group, choice.text,
            [map = choice.value](PictureOptions& options) { options.scale.map = map; },
            [map = choice.value](const PictureOptions& options) { return options.scale.map == map; });
    }
    menu->addSeparator();
    add_action(
        menu, nullptr, QT_TR_NOOP("&Logarithmic"),
        [](PictureOptions& options) { options.scale.is_log = !options.scale.is_log; },
        [](const PictureOptions& options) { return options.scale.is_log; });
}

void PictureMenu::show(const PictureOptions& options) {
    for (const auto& [action, is_chosen] : actions_) action->setChecked(is_chosen(options));
}

}  // namespace moe::app
