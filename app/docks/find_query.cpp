#include "app/docks/find_query.h"

#include <QObject>
#include <QRegularExpression>
#include <algorithm>
#include <map>

#include "app/docks/find_rule.h"
#include "app/docks/text_pattern.h"
#include "app/docks/token_display.h"
#include "engine/trace/layer_number.h"

namespace moe::app {

namespace {

using Kind = FindQuery::Kind;

QRegularExpressionMatch match_whole(const QString& pattern, const QString& text) {
    static std::map<QString, QRegularExpression> known;
    QRegularExpression& expression = known[pattern];
    if (expression.pattern().isEmpty()) {
        expression = QRegularExpression(QRegularExpression::anchoredPattern(pattern),
                                        QRegularExpression::CaseInsensitiveOption);
    }
    return expression.match(text);
}

const QString kLayer = QStringLiteral("(?:l|layer)\\s*(\\d{1,6})");
const QString kExpert = QStringLiteral("(?:e|expert)\\s*(\\d{1,6})");

std::optional<std::size_t> number_in(const QRegularExpressionMatch& match, int group) {
    if (match.capturedLength(group) <= 0) return std::nullopt;
    return match.captured(group).toULongLong();
}

std::optional<FindQuery> parse_number(const QString& typed) {
    if (const auto position = match_whole(QStringLiteral("#\\s*(\\d{1,12})"), typed); position.hasMatch())
        return FindQuery{.kind = Kind::Position, .number = *number_in(position, 1)};
    if (const auto id = match_whole(QStringLiteral("(?:token\\s+)?id\\s*(\\d{1,9})"), typed); id.hasMatch())
        return FindQuery{.kind = Kind::TokenId, .number = *number_in(id, 1)};
    return std::nullopt;
}

std::optional<FindQuery> parse_place(const QString& typed) {
    const QString at = QStringLiteral("@\\s*(\\d{1,6})\\s*[.,\\s]\\s*(\\d{1,6})");
    for (const QString& pattern : {at, kLayer + QStringLiteral("[\\s,]*") + kExpert}) {
        const auto both = match_whole(pattern, typed);
        if (!both.hasMatch()) continue;
        return FindQuery{
            .kind = Kind::ExpertFires, .layer = number_in(both, 1), .expert = *number_in(both, 2)};
    }
    if (const auto expert = match_whole(kExpert, typed); expert.hasMatch())
        return FindQuery{.kind = Kind::ExpertFires, .expert = *number_in(expert, 1)};
    for (const QString& pattern : {kLayer, QStringLiteral("@\\s*(\\d{1,6})")}) {
        if (const auto layer = match_whole(pattern, typed); layer.hasMatch())
            return FindQuery{.kind = Kind::Layer, .layer = number_in(layer, 1)};
    }
    return std::nullopt;
}

QString unquoted(QString text) {
    const bool is_quoted =
        text.size() > 2 && text.startsWith(QLatin1Char('"')) && text.endsWith(QLatin1Char('"'));
    return is_quoted ? text.mid(1, text.size() - 2) : text;
}

bool continues_letter(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

/// Whether the running text up to and with the token holds the text so that it ends in the token.
bool ends_text(const QString& text, const TraceSnapshot& trace, std::size_t position) {
    std::string bytes;
    const auto wanted = static_cast<std::size_t>(text.toUtf8().size());
    for (std::size_t i = position; i > 0 && bytes.size() < wanted; --i)
        bytes.insert(0, trace.token(i - 1).bytes);
    const auto letter = std::find_if_not(bytes.begin(), bytes.end(), continues_letter);
    bytes.erase(bytes.begin(), letter);
    const auto n_before = static_cast<qsizetype>(bytes.size());
    const QString whole = QString::fromStdString(bytes + trace.token(position).bytes);
    const qsizetype last = whole.lastIndexOf(text, -1, Qt::CaseInsensitive);
    return last >= 0 && whole.left(last + text.size()).toUtf8().size() > n_before;
}

/// Whether a match in the running text ends in the token; it may begin some tokens before.
bool ends_match(const QRegularExpression& pattern, const TraceSnapshot& trace, std::size_t position) {
    constexpr std::size_t kTokensBefore = 16;
    std::string before;
    for (std::size_t i = position - std::min(position, kTokensBefore); i < position; ++i)
        before += trace.token(i).bytes;
    const qsizetype n_before = QString::fromStdString(before).size();
    const QString whole = QString::fromStdString(before + trace.token(position).bytes);
    for (auto found = pattern.globalMatch(whole); found.hasNext();) {
        const QRegularExpressionMatch match = found.next();
        if (match.capturedLength() > 0 && match.capturedEnd() > n_before) return true;
    }
    return false;
}

bool chooses(const TraceSnapshot& trace, std::size_t position, std::size_t layer, std::size_t expert) {
    const ExpertsView chosen = trace.experts(position, layer);
    return std::ranges::find(chosen, expert) != chosen.end();
}

/// "layers 0 to 5"; few that are no run of numbers by name.
QString layers_in_words(const TraceShape& shape) {
    constexpr std::size_t kMostNamed = 4;
    const std::size_t n_layers = shape.n_layers;
    const std::size_t first = layer_number(shape, 0);
    const std::size_t last = layer_number(shape, n_layers - 1);
    if (n_layers == 1) return QObject::tr("layer %1").arg(first);
    if (last - first + 1 == n_layers) return QObject::tr("layers %1 to %2").arg(first).arg(last);
    QStringList numbers;
    for (std::size_t layer = 0; layer + 1 < std::min(n_layers, kMostNamed); ++layer)
        numbers << QString::number(layer_number(shape, layer));
    return (n_layers > kMostNamed ? QObject::tr("layers %1 … %2") : QObject::tr("layers %1 and %2"))
        .arg(numbers.join(QStringLiteral(", ")))
        .arg(last);
}

}  // namespace

FindQuery parse_find_query(const QString& typed) {
    const QString text = typed.trimmed();
    if (text.isEmpty()) return {};
    if (is_pattern(text)) {
        Result<QRegularExpression> expression = text_expression(text);
        if (!expression)
            return {.kind = Kind::Unclear, .problem = QString::fromStdString(expression.error().message)};
        return {.kind = Kind::Pattern, .text = text, .pattern = std::move(*expression)};
    }
    if (text.startsWith(QLatin1Char('/'))) {
        if (text.size() == 1) return {};
        return {.kind = Kind::Text, .text = typed.mid(typed.indexOf(QLatin1Char('/')) + 1)};
    }
    for (const auto parse : {parse_number, parse_place, parse_find_rule}) {
        if (const std::optional<FindQuery> query = parse(text)) return *query;
    }
    if (text.startsWith(QLatin1Char('#')))
        return {.kind = Kind::Unclear, .problem = QObject::tr("# wants a token's position, as in #57")};
    if (text.startsWith(QLatin1Char('@')))
        return {.kind = Kind::Unclear, .problem = QObject::tr("@ wants a layer and an expert, as in @3.5")};
    return {.kind = Kind::Text, .text = unquoted(text)};
}

QString find_query_in_words(const FindQuery& query) {
    const QString layer = query.layer ? QObject::tr("layer %1").arg(*query.layer) : QObject::tr("any layer");
    switch (query.kind) {
        case Kind::Text:
            return QObject::tr("the text “%1”").arg(query.text);
        case Kind::Pattern:
            return QObject::tr("what the pattern %1 matches").arg(query.text);
        case Kind::TokenId:
            return QObject::tr("tokens with id %1").arg(query.number);
        case Kind::Position:
            return QObject::tr("token %1").arg(grouped(query.number));
        case Kind::Layer:
            return layer;
        case Kind::ExpertFires:
            return QObject::tr("tokens for which %1 chooses expert %2").arg(layer).arg(query.expert);
        case Kind::MarginBelow:
            return QObject::tr("tokens with a margin below %1 in %2").arg(query.bound).arg(layer);
        case Kind::EntropyAbove:
            return QObject::tr("tokens with an entropy above %1 nats in %2").arg(query.bound).arg(layer);
        case Kind::Nothing:
        case Kind::Unclear:
            break;
    }
    return query.problem;
}

QString why_no_place(const FindQuery& query, const TraceSnapshot& trace) {
    if (!trace.has_shape()) return {};
    const TraceShape& shape = trace.shape();
    const bool is_missing_layer = query.layer && !layer_with_number(shape, *query.layer);
    const bool is_missing_expert = query.kind == Kind::ExpertFires && query.expert >= shape.n_experts;
    if (!is_missing_layer && !is_missing_expert) return {};
    if (shape.n_layers == 0) return QObject::tr("The model has no routers");
    const QString layers = layers_in_words(shape);
    const bool is_one = shape.n_layers == 1;
    if (is_missing_layer)
        return (is_one ? QObject::tr("Layer %1 has no router; %2 has one")
                       : QObject::tr("Layer %1 has no router; %2 have one"))
            .arg(*query.layer)
            .arg(layers);
    return (is_one ? QObject::tr("There is no expert %1; %2 has experts 0 to %3")
                   : QObject::tr("There is no expert %1; %2 have experts 0 to %3"))
        .arg(query.expert)
        .arg(layers)
        .arg(shape.n_experts - 1);
}

bool matches(const FindQuery& query, const TraceSnapshot& trace, std::size_t position) {
    switch (query.kind) {
        case Kind::Nothing:
        case Kind::Unclear:
        case Kind::Layer:
            return false;
        case Kind::Text:
            return ends_text(query.text, trace, position);
        case Kind::Pattern:
            return ends_match(query.pattern, trace, position);
        case Kind::TokenId:
            return static_cast<std::size_t>(trace.token(position).id) == query.number;
        case Kind::Position:
            return position == query.number;
        case Kind::MarginBelow:
        case Kind::EntropyAbove:
            return rule_value(query, trace, position).has_value();
        case Kind::ExpertFires:
            break;
    }
    if (position >= trace.n_routed() || !trace.has_shape()) return false;
    if (query.layer) {
        const std::optional<std::size_t> layer = layer_with_number(trace.shape(), *query.layer);
        return layer && chooses(trace, position, *layer, query.expert);
    }
    for (std::size_t layer = 0; layer < trace.shape().n_layers; ++layer) {
        if (chooses(trace, position, layer, query.expert)) return true;
    }
    return false;
}

}  // namespace moe::app
