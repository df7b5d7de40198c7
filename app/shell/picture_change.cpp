#include "app/shell/picture_change.h"

#include <QCoreApplication>
#include <algorithm>
#include <iterator>
#include <set>

#include "engine/trace/layer_number.h"
#include "render/scene/heatmap_value.h"

namespace moe::app {

namespace {

using render::ColorMap;
using render::ExpertSort;
using render::Fold;
using Expert = std::pair<std::size_t, std::size_t>;  // layer and expert

QString tr(const char* text) { return QCoreApplication::translate("PictureChange", text); }

// What is in `a` and not in `b`.
template <class Value>
std::vector<Value> less(const std::set<Value>& a, const std::set<Value>& b) {
    std::vector<Value> rest;
    std::ranges::set_difference(a, b, std::back_inserter(rest));
    return rest;
}

QString value_name(render::HeatmapValue value) {
    const QString name = tr(render::info_of(value).name);
    return tr("Show %1").arg(name.left(1).toLower() + name.mid(1));
}

QString fold_name(Fold fold) {
    switch (fold) {
        case Fold::Max:
            return tr("Fold by maximum");
        case Fold::Mean:
            return tr("Fold by mean");
        case Fold::Count:
            break;
    }
    return tr("Fold by count");
}

QString map_name(ColorMap map) {
    switch (map) {
        case ColorMap::Tide:
            return tr("Colour map Tide");
        case ColorMap::Viridis:
            return tr("Colour map Viridis");
        case ColorMap::Cividis:
            return tr("Colour map Cividis");
        case ColorMap::Magma:
            return tr("Colour map Magma");
        case ColorMap::Grey:
            break;
    }
    return tr("Colour map Grey");
}

QString sort_name(ExpertSort sort) {
    switch (sort) {
        case ExpertSort::ById:
            return tr("Sort by id");
        case ExpertSort::ByLoad:
            return tr("Sort by load");
        case ExpertSort::BySimilarity:
            break;
    }
    return tr("Sort by similar use");
}

QString experts_name(const std::vector<Expert>& experts, const QString& one, const QString& several,
                     const TraceShape& shape) {
    if (experts.size() != 1) return several;
    return one.arg(experts[0].second).arg(layer_number(shape, experts[0].first));
}

QString arrangement_name(const render::ArrangementChoice& before, const render::ArrangementChoice& after,
                         const TraceShape& shape) {
    if (before.sort != after.sort) return sort_name(after.sort);
    if (const auto pinned = less(after.pinned, before.pinned); !pinned.empty())
        return experts_name(pinned, tr("Pin expert %1 of layer %2"), tr("Pin experts"), shape);
    if (const auto released = less(before.pinned, after.pinned); !released.empty())
        return experts_name(released, tr("Release expert %1 of layer %2"), tr("Release experts"), shape);
    if (const auto hidden = less(after.hidden, before.hidden); !hidden.empty())
        return experts_name(hidden, tr("Hide expert %1 of layer %2"), tr("Hide experts"), shape);
    if (before.hidden != after.hidden) return tr("Show all experts");
    if (const auto collapsed = less(after.collapsed, before.collapsed); !collapsed.empty())
        return collapsed.size() == 1 ? tr("Collapse layer %1").arg(layer_number(shape, collapsed[0]))
                                     : tr("Collapse all layers");
    const auto expanded = less(before.collapsed, after.collapsed);
    return expanded.size() == 1 ? tr("Expand layer %1").arg(layer_number(shape, expanded[0]))
                                : tr("Expand all layers");
}

}  // namespace

PictureChange picture_change(const PictureOptions& before, const PictureOptions& after,
                             const TraceShape& shape) {
    if (before.orientation != after.orientation) return {.name = tr("Transpose")};
    if (before.value != after.value) return {.name = value_name(after.value)};
    if (before.fold != after.fold) return {.name = fold_name(after.fold)};
    if (before.scale.map != after.scale.map) return {.name = map_name(after.scale.map)};
    if (before.scale.is_log != after.scale.is_log)
        return {.name = after.scale.is_log ? tr("Logarithmic colours") : tr("Linear colours")};
    if (before.arrangement != after.arrangement)
        return {.name = arrangement_name(before.arrangement, after.arrangement, shape)};
    return {.name = tr("Colour range"), .is_of_range = true};
}

}  // namespace moe::app
