#include "app/shell/picture_menu.h"

#include "app/viewport/color_range_dialog.h"
#include "render/scene/heatmap_value.h"

namespace moe::app {

using render::ColorMap;
using render::Fold;

PictureMenu::PictureMenu(PictureView* picture, QMenu* view_menu) : QObject(view_menu), picture_(picture) {
    view_menu->addSeparator();
    add_values(view_menu->addMenu(tr("&Show")));
    add_choices<Fold>(view_menu->addMenu(tr("Fold&ed pixels")),
                      {{Fold::Max, QT_TR_NOOP("&Maximum")},
                       {Fold::Mean, QT_TR_NOOP("M&ean")},
                       {Fold::Count, QT_TR_NOOP("&Count")}},
                      &PictureOptions::fold);
    add_color_maps(view_menu->addMenu(tr("Colour ma&p")));
    QMenu* experts = view_menu->addMenu(tr("E&xperts"));
    add_experts(experts);
    experts->addSeparator();
    add_layers(experts);
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
    connect(action, &QAction::triggered, this, [this, wanted = std::move(change)] { this->change(wanted); });
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

void PictureMenu::change(const std::function<void(PictureOptions&)>& change) {
    PictureOptions options = picture_->options();
    change(options);
    picture_->set_options(options);
    show(picture_->options());
}

void PictureMenu::add_experts(QMenu* menu) {
    using render::ExpertSort;
    auto* group = new QActionGroup(menu);
    for (const auto& [sort, text] :
         {std::pair{ExpertSort::ById, QT_TR_NOOP("Sorted by &id")},
          std::pair{ExpertSort::ByLoad, QT_TR_NOOP("Sorted by &load")},
          std::pair{ExpertSort::BySimilarity, QT_TR_NOOP("Sorted by &similar use")}}) {
        add_action(
            menu, group, text, [sort](PictureOptions& options) { options.arrangement.sort = sort; },
            [sort](const PictureOptions& options) { return options.arrangement.sort == sort; });
    }
    connect(menu->addAction(tr("Sort &again")), &QAction::triggered, picture_, &PictureView::arrange_again);
    menu->addSeparator();
    const auto add = [&](const QString& text, auto&& change_expert) {
        connect(menu->addAction(text), &QAction::triggered, this, [this, change_expert] {
            const render::CellRef& selection = picture_->model().selection;
            if (!selection.layer || !selection.expert) return;
            change([&](PictureOptions& options) {
                change_expert(options.arrangement, std::pair{*selection.layer, *selection.expert});
            });
        });
    };
    using Expert = std::pair<std::size_t, std::size_t>;
    add(tr("&Pin or release selected expert"), [](render::ArrangementChoice& choice, const Expert& expert) {
        if (choice.pinned.erase(expert) == 0) choice.pinned.insert(expert);
    });
    add(tr("&Hide selected expert"),
        [](render::ArrangementChoice& choice, const Expert& expert) { choice.hidden.insert(expert); });
    connect(menu->addAction(tr("Show all &experts")), &QAction::triggered, this,
            [this] { change([](PictureOptions& options) { options.arrangement.hidden.clear(); }); });
}

void PictureMenu::add_layers(QMenu* menu) {
    const auto add = [&](const QString& text, auto&& change_layers) {
        connect(menu->addAction(text), &QAction::triggered, this, [this, change_layers] {
            change([&](PictureOptions& options) { change_layers(options.arrangement.collapsed); });
        });
    };
    add(tr("&Collapse or expand selected layer"), [this](std::set<std::size_t>& collapsed) {
        const std::optional<std::size_t> layer = picture_->model().selection.layer;
        if (layer && collapsed.erase(*layer) == 0) collapsed.insert(*layer);
    });
    add(tr("C&ollapse all layers"), [this](std::set<std::size_t>& collapsed) {
        for (std::size_t layer = 0; layer < picture_->n_layers(); ++layer) collapsed.insert(layer);
    });
    add(tr("E&xpand all layers"), [](std::set<std::size_t>& collapsed) { collapsed.clear(); });
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
