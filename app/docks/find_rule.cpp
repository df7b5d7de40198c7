#include "app/docks/find_rule.h"

#include <QObject>
#include <QRegularExpression>

#include "engine/stats/router_entropy.h"
#include "engine/trace/layer_number.h"

namespace moe::app {

namespace {

using Kind = FindQuery::Kind;

/// "name operator number" and what stands beside it.
struct Comparison {
    QString name;
    bool is_below = false;
    bool has_sign = false;  ///< not a word, as in "the sky above"
    QString number;
    std::optional<std::size_t> layer = {};
    QString rest = {};
};

QRegularExpression expression(const char* pattern) {
    return QRegularExpression(QString::fromUtf8(pattern), QRegularExpression::CaseInsensitiveOption |
                                                              QRegularExpression::UseUnicodePropertiesOption);
}

/// Takes the layer out of a text, wherever it is named.
std::optional<std::size_t> take_layer(QString& text) {
    static const QRegularExpression layer = expression(
        "(?:^|[\\s,;]|(?<=\\d))(?:(?:in|at|of|for)\\s+)?(?:l|layer)\\s*(\\d{1,6})(?=$|[\\s,;:<>≤≥])[,;:]?");
    const QRegularExpressionMatch match = layer.match(text);
    if (!match.hasMatch()) return std::nullopt;
    text = (text.left(match.capturedStart()) + QLatin1Char(' ') + text.mid(match.capturedEnd())).trimmed();
    return match.captured(1).toULongLong();
}

std::optional<Comparison> comparison_in(QString text) {
    static const QRegularExpression turned = expression("(\\d[\\d.,]*)\\s*([<>])=?\\s*(margin|entropy)");
    static const QRegularExpression compares = expression(
        "([a-z_]+)\\s*(?:([<>]=?|[≤≥])|\\b(below|under|above|over|(?:less|smaller|lower|more|greater|larger|"
        "higher) "
        "than)\\b)\\s*((?:(?:\\d+(?:[.,]\\d*)?|[.,]\\d+)(?:e-?\\d+)?)?)\\s*(?:nats?\\b)?");
    static const QRegularExpression below = expression("^(?:<|≤|below|under|less|smaller|lower)");
    static const QRegularExpression punctuation = expression("[.,;:]");
    const std::optional<std::size_t> layer = take_layer(text);
    if (const auto match = turned.match(text); match.hasMatch()) {
        const QString sign =
            match.captured(2) == QLatin1String("<") ? QStringLiteral(">") : QStringLiteral("<");
        text.replace(match.capturedStart(), match.capturedLength(),
                     match.captured(3) + sign + match.captured(1));
    }
    const QRegularExpressionMatch match = compares.match(text);
    if (!match.hasMatch()) return std::nullopt;
    const QString sign = match.captured(2) + match.captured(3);
    QString rest = text.left(match.capturedStart()) + text.mid(match.capturedEnd());
    return Comparison{.name = match.captured(1).toLower(),
                      .is_below = below.match(sign).hasMatch(),
                      .has_sign = match.capturedLength(2) > 0,
                      .number = match.captured(4).replace(QLatin1Char(','), QLatin1Char('.')),
                      .layer = layer,
                      .rest = rest.remove(punctuation).simplified()};
}

/// A rule in the words of the hint.
QString rule_text(bool is_margin, const std::optional<double>& bound,
                  const std::optional<std::size_t>& layer) {
    const QString rule = is_margin ? QStringLiteral("margin < %1").arg(bound.value_or(0.03))
                                   : QStringLiteral("entropy > %1").arg(bound.value_or(2.5));
    return layer ? QStringLiteral("L%1 ").arg(*layer) + rule : rule;
}

}  // namespace

std::optional<FindQuery> parse_find_rule(const QString& typed) {
    const std::optional<Comparison> found = comparison_in(typed.trimmed());
    if (!found) return std::nullopt;
    const bool is_margin = found->name == QLatin1String("margin");
    const bool is_entropy = found->name == QLatin1String("entropy");
    bool is_number = false;
    const double bound = found->number.toDouble(&is_number);
    const bool is_known = is_margin || is_entropy;
    const bool is_rule = is_known && is_number && found->is_below == is_margin && found->rest.isEmpty();
    if (is_rule)
        return FindQuery{.kind = is_margin ? Kind::MarginBelow : Kind::EntropyAbove,
                         .layer = found->layer,
                         .bound = bound};
    const bool looks_like_one = is_known ? found->has_sign || found->rest.isEmpty()
                                         : found->has_sign && is_number && found->rest.isEmpty();
    if (!looks_like_one) return std::nullopt;
    const bool means_margin =
        is_margin || (!is_entropy && (found->name.startsWith(QLatin1Char('m')) || found->is_below));
    FindQuery query{.kind = Kind::Unclear, .layer = found->layer};
    query.nearest = rule_text(means_margin, is_number ? std::optional(bound) : std::nullopt, found->layer);
    query.problem =
        !is_known ? QObject::tr(
                        "“%1” cannot be compared, only margin and entropy can; as a text it stands in quotes")
                        .arg(found->name)
        : !is_number             ? QObject::tr("A number is missing")
        : !found->rest.isEmpty() ? QObject::tr("“%1” was not understood").arg(found->rest)
        : is_margin
            ? QObject::tr("Margins can be asked for from below: small ones are the close calls")
            : QObject::tr("Entropies can be asked for from above: large ones are the unsure decisions");
    return query;
}

std::optional<RuleValue> rule_value(const FindQuery& rule, const TraceSnapshot& trace, std::size_t position) {
    if (position >= trace.n_routed() || !trace.has_shape()) return std::nullopt;
    std::size_t first = 0;
    std::size_t end = trace.shape().n_layers;
    if (rule.layer) {
        const std::optional<std::size_t> layer = layer_with_number(trace.shape(), *rule.layer);
        if (!layer) return std::nullopt;
        first = *layer;
        end = first + 1;
    }
    std::optional<RuleValue> best;
    for (std::size_t layer = first; layer < end; ++layer) {
        const std::optional<RouterCertainty> certainty = router_certainty(trace, position, layer);
        if (!certainty) continue;
        const bool is_margin = rule.kind == Kind::MarginBelow;
        const auto& value = is_margin ? certainty->margin : certainty->entropy;
        if (!value || (is_margin ? *value >= rule.bound : *value <= rule.bound)) continue;
        if (!best || (is_margin ? *value < best->value : *value > best->value))
            best = RuleValue{.layer = layer, .value = *value};
    }
    return best;
}

}  // namespace moe::app
