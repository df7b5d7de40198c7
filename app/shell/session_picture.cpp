#include "app/shell/session_picture.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>
#include <array>

#include "render/scene/heatmap_value.h"

namespace moe::app {

namespace {

using render::ColorMap;
using render::ExpertSort;
using render::Fold;

template <class Value>
struct Name {
    Value value;
    const char* name;
};
constexpr std::array kFolds{Name{Fold::Max, "max"}, Name{Fold::Mean, "mean"}, Name{Fold::Count, "count"}};
constexpr std::array kMaps{Name{ColorMap::Tide, "tide"}, Name{ColorMap::Viridis, "viridis"},
                           Name{ColorMap::Cividis, "cividis"}, Name{ColorMap::Magma, "magma"},
                           Name{ColorMap::Grey, "grey"}};
constexpr std::array kSorts{Name{ExpertSort::ById, "id"}, Name{ExpertSort::ByLoad, "load"},
                            Name{ExpertSort::BySimilarity, "similarity"}};

template <class Names, class Value>
QString name_of(const Names& names, Value value) {
    const auto found = std::ranges::find_if(names, [&](const auto& n) { return n.value == value; });
    return QString::fromLatin1(found->name);
}

template <class Names, class Value>
void read(const Names& names, const QJsonValue& json, Value& value) {
    const auto found =
        std::ranges::find_if(names, [&](const auto& n) { return json.toString() == QLatin1String(n.name); });
    if (found != names.end()) value = found->value;
}

QJsonArray json_of(const std::set<std::pair<std::size_t, std::size_t>>& experts) {
    QJsonArray array;
    for (const auto& [layer, expert] : experts)
        array.append(QJsonArray{static_cast<qint64>(layer), static_cast<qint64>(expert)});
    return array;
}

// Numbers that are beyond the file's layers and experts mean nobody there and do no harm.
std::set<std::pair<std::size_t, std::size_t>> experts_of(const QJsonValue& json) {
    std::set<std::pair<std::size_t, std::size_t>> experts;
    for (const QJsonValue& value : json.toArray()) {
        const QJsonArray pair = value.toArray();
        const int layer = pair.at(0).toInt(-1), expert = pair.at(1).toInt(-1);
        if (layer >= 0 && expert >= 0) experts.emplace(layer, expert);
    }
    return experts;
}

}  // namespace

QByteArray text_from_picture(const PictureOptions& options) {
    QJsonArray collapsed;
    for (const std::size_t layer : options.arrangement.collapsed)
        collapsed.append(static_cast<qint64>(layer));
    const bool is_across = options.orientation == render::Orientation::TokensAcross;
    const QJsonObject json{
        {QStringLiteral("transposed"), is_across},
        {QStringLiteral("value"), QString::fromLatin1(render::info_of(options.value).cli_name)},
        {QStringLiteral("fold"), name_of(kFolds, options.fold)},
        {QStringLiteral("map"), name_of(kMaps, options.scale.map)},
        {QStringLiteral("log"), options.scale.is_log},
        {QStringLiteral("low"), static_cast<double>(options.scale.low)},
        {QStringLiteral("high"), static_cast<double>(options.scale.high)},
        {QStringLiteral("sort"), name_of(kSorts, options.arrangement.sort)},
        {QStringLiteral("pinned"), json_of(options.arrangement.pinned)},
        {QStringLiteral("hidden"), json_of(options.arrangement.hidden)},
        {QStringLiteral("collapsed"), collapsed}};
    return QJsonDocument(json).toJson(QJsonDocument::Compact);
}

PictureOptions picture_from_text(const QByteArray& text, bool with_arrangement) {
    const QJsonObject json = QJsonDocument::fromJson(text).object();
    PictureOptions options;
    for (const render::HeatmapValueInfo& info : render::heatmap_values()) {
        if (json[QStringLiteral("value")].toString() == QLatin1String(info.cli_name))
            options.value = info.value;
    }
    if (json[QStringLiteral("transposed")].toBool(false))
        options.orientation = render::Orientation::TokensAcross;
    read(kFolds, json[QStringLiteral("fold")], options.fold);
    read(kMaps, json[QStringLiteral("map")], options.scale.map);
    options.scale.is_log = json[QStringLiteral("log")].toBool(false);
    const double low = json[QStringLiteral("low")].toDouble(0.0),
                 high = json[QStringLiteral("high")].toDouble(1.0);
    if (low >= 0.0 && low < high && high <= 1.0) {
        options.scale.low = static_cast<float>(low);
        options.scale.high = static_cast<float>(high);
    }
    if (!with_arrangement) return options;
    read(kSorts, json[QStringLiteral("sort")], options.arrangement.sort);
    options.arrangement.pinned = experts_of(json[QStringLiteral("pinned")]);
    options.arrangement.hidden = experts_of(json[QStringLiteral("hidden")]);
    for (const QJsonValue& layer : json[QStringLiteral("collapsed")].toArray()) {
        if (layer.toInt(-1) >= 0)
            options.arrangement.collapsed.insert(static_cast<std::size_t>(layer.toInt()));
    }
    return options;
}

}  // namespace moe::app
