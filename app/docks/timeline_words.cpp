#include "app/docks/timeline_words.h"

#include <QObject>

#include "app/docks/token_display.h"
#include "engine/stats/recent_load.h"
#include "engine/stats/repetition.h"
#include "engine/stats/token_density.h"
#include "engine/trace/layer_number.h"

namespace moe::app {

QString TimelineWords::name(TimelineFigure figure) const {
    switch (figure) {
        case TimelineFigure::Density:
            return QObject::tr("Density");
        case TimelineFigure::Entropy:
            return series_.has_scores() ? QObject::tr("Entropy") : QObject::tr("Load entropy");
        case TimelineFigure::Overlap:
            return QObject::tr("Overlap");
        case TimelineFigure::Margin:
            return QObject::tr("Margin");
    }
    return {};
}

QString TimelineWords::unit(TimelineFigure figure) const {
    switch (figure) {
        case TimelineFigure::Density:
            return QObject::tr("tok/s");
        case TimelineFigure::Entropy:
            return QObject::tr("of uniform");
        case TimelineFigure::Overlap:
            return QObject::tr("with token before");
        case TimelineFigure::Margin:
            return QObject::tr("k less k + 1");
    }
    return {};
}

QString TimelineWords::explanation(TimelineFigure figure) const {
    switch (figure) {
        case TimelineFigure::Density:
            return QObject::tr(
                "Density: tokens generated per second of wall time; the prompt is read in pieces and stands dim; bars "
                "beyond twice the median end at the top.");
        case TimelineFigure::Entropy:
            if (series_.has_scores())
                return QObject::tr(
                    "Entropy: −Σ p ln p of the router's scores over ln of the number of experts; 1 if uniform.");
            return QObject::tr(
                       "Load entropy: −Σ s ln s over ln of the number of experts, where s are the experts' shares of "
                       "what the last %1 tokens chose, or all so far; 1 if equal. Derived from the chosen experts, "
                       "because this trace has no scores.\nDashed: its mean if as many tokens chose uniformly. A long "
                       "run's line begins with its token %1.")
                .arg(kRecentTokens);
        case TimelineFigure::Overlap:
            return QObject::tr(
                "Overlap: how many of a token's experts the token before had too, over k (of two numbers of used "
                "slots the larger one). After Jiang et al. 2024, arXiv:2401.04088, table 5.\nDashed: k over the "
                "number of experts, its mean by chance.");
        case TimelineFigure::Margin:
            return QObject::tr("Margin: the least chosen of the ranked scores less the best one that was not chosen.");
    }
    return {};
}

QString TimelineWords::explanation() const {
    QStringList lines;
    for (const TimelineFigure figure : kTimelineFigures) lines << explanation(figure);
    lines << QObject::tr(
        "Line: mean of all layers. Band: their range; where tokens share a pixel, over these too, and none of the "
        "overlap. Accent: the selected layer. A band may go on beyond the end of a scale, a line does not.");
    lines << QObject::tr("Tracks that have no room are in the words of each token.");
    return lines.join(QLatin1Char('\n'));
}

QString TimelineWords::absence(TimelineFigure figure) const {
    if (model_.trace.n_tokens() == 0) return {};
    if (figure == TimelineFigure::Density)
        return model_.is_live || has_token_times(model_.trace) ? QString() : QObject::tr("This trace has no times");
    if (is_dense(model_.trace)) return QObject::tr("A dense model: no router");
    if (figure != TimelineFigure::Margin || !model_.trace.has_shape()) return {};
    if (!series_.has_scores())
        return model_.trace.has_weights()
                   ? QObject::tr("Needs router scores; this trace has the chosen experts and their weights")
                   : QObject::tr("Needs router scores; this trace has the chosen experts only");
    const TraceShape& shape = model_.trace.shape();
    return shape.top_k >= shape.n_experts ? QObject::tr("Every expert is chosen: there is no next one") : QString();
}

std::vector<TimelineFigure> TimelineWords::absent() const {
    std::vector<TimelineFigure> figures;
    for (const TimelineFigure figure : kTimelineFigures) {
        if (!absence(figure).isEmpty()) figures.push_back(figure);
    }
    return figures;
}

std::optional<double> TimelineWords::if_uniform(TimelineFigure figure, std::size_t token) const {
    if (!model_.trace.has_shape() || model_.trace.shape().n_layers == 0) return std::nullopt;
    const TraceShape& shape = model_.trace.shape();
    if (shape.top_k == 0 || shape.top_k > shape.n_experts) return std::nullopt;
    if (figure == TimelineFigure::Overlap) return repetition_null(shape.n_experts, shape.top_k).overlap;
    if (figure != TimelineFigure::Entropy || series_.has_scores()) return std::nullopt;
    return load_entropy_null(
        {.n_tokens = std::min(token + 1, kRecentTokens), .n_experts = shape.n_experts, .top_k = shape.top_k});
}

QString TimelineWords::uniform_name(TimelineFigure figure) const {
    return figure == TimelineFigure::Overlap ? QObject::tr("by chance") : QObject::tr("if uniform");
}

QString TimelineWords::value_line(TimelineFigure figure, std::size_t token) const {
    const auto [all, one, named] = [&]() -> std::tuple<const TimelineTrack&, const TimelineTrack&, QString> {
        if (figure == TimelineFigure::Entropy)
            return {series_.entropy(), series_.layer_entropy(),
                    series_.has_scores() ? QObject::tr("Entropy of uniform") : QObject::tr("Load entropy of uniform")};
        if (figure == TimelineFigure::Overlap)
            return {series_.overlap(), series_.layer_overlap(), QObject::tr("Overlap with the token before")};
        return {series_.margin(), series_.layer_margin(), QObject::tr("Margin")};
    }();
    if (token >= all.n_tokens() || token >= one.n_tokens()) return {};
    const Spread spread = all.over(token, token + 1);
    const Spread own = one.over(token, token + 1);
    if (spread.count == 0 || own.count == 0) return {};
    const auto number = [](double value) { return fixed_number(value, 3); };
    QString line = QObject::tr("%1 %2 in layer %3; mean of layers %4, from %5 to %6")
                       .arg(named, number(own.mean()))
                       .arg(layer_number(model_.trace.shape(), model_.layer))
                       .arg(number(spread.mean()), number(spread.low), number(spread.high));
    const std::optional<double> uniform = if_uniform(figure, token);
    return uniform ? QObject::tr("%1; %2 %3").arg(line, uniform_name(figure), number(*uniform)) : line;
}

QStringList TimelineWords::values_at(std::size_t token) const {
    QStringList lines;
    if (const auto density = token_density(model_.trace, token, token + 1))
        lines << QObject::tr("%1 tok/s").arg(fixed_number(*density, 1));
    for (const TimelineFigure figure : {TimelineFigure::Entropy, TimelineFigure::Overlap, TimelineFigure::Margin}) {
        const QString line = value_line(figure, token);
        if (!line.isEmpty()) lines << line;
    }
    return lines;
}

}  // namespace moe::app
