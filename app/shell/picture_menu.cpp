#include "app/shell/picture_menu.h"

#include "app/viewport/color_range_dialog.h"
#include "render/scene/heatmap_value.h"

namespace moe::app {

using render::ColorMap;
using render::Fold;

PictureMenu::PictureMenu(PictureView* picture, QMenu* view_menu) : QObject(view_menu), picture_(picture) {
    view_menu->addSeparator();
    add_values(view_menu->addMenu(tr("&Show")));
    add_choices<Fold>(view_menu->addMenu(tr("Fol&ded pixels")),
                      {{Fold::Max, QT_TR_NOOP("&Maximum")},
                       {Fold::Mean, QT_TR_NOOP("M&ean")},
                       {Fold::Count, QT_TR_NOOP("&Count")}},
                      &PictureOptions::fold);
    add_color_maps(view_menu->addMenu(tr("Colour ma&p")));
    connect(picture_, &PictureView::options_changed, this, &PictureMenu::show);
    show(picture_->options());
}

void PictureMenu::add_values(QMenu* menu) {
    auto* group = new QActionGroup(menu);
    for (const render::HeatmapValueInfo& info : render::heatmap_values()) {
        QAction* action = add_action(
            menu, group, info.name, [&info](PictureOptions& options) { options.value = info.value; },
            [&info](const PictureOptions& options) { return options.value == info.value; });
        action->setToolTip(QStringLiteral("%1 (%2)").arg(tr(info.formula), tr(info.unit)));
    }
    menu->setToolTipsVisible(true);
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
    menu->addSeparator();
    connect(menu->addAction(tr("&Fit range to view")), &QAction::triggered, picture_,
            &PictureView::fit_color_range);
    connect(menu->addAction(tr("R&eset range")), &QAction::triggered, picture_,
            &PictureView::reset_color_range);
    connect(menu->addAction(tr("Colour &range\u2026")), &QAction::triggered, this,
            [this] { ColorRangeDialog(picture_, picture_->window()).exec(); });
}

void PictureMenu::show(const PictureOptions& options) {
    for (const auto& [action, is_chosen] : actions_) action->setChecked(is_chosen(options));
}

}  // namespace moe::app
