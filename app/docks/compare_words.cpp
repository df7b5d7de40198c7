#include "app/docks/compare_words.h"

#include <QObject>
#include <string>

#include "app/docks/token_display.h"
#include "engine/trace_io/csv.h"

namespace moe::app {

std::vector<PlainColumn> compared_layer_columns() {
    return {
        {.title = QObject::tr("Layer"), .width = 54},
        {.title = QString(), .is_number = false, .is_bar = true},
        {.title = QObject::tr("Slots"),
         .explanation = QObject::tr("Chosen slots of A whose expert B did not choose, over the tokens of the "
                                    "same text, of all its slots there. Counted here."),
         .width = 60}};
}

std::vector<PlainColumn> compared_position_columns() {
    return {{.title = QStringLiteral("#"), .width = 40},
            {.title = QObject::tr("A"), .is_number = false},
            {.title = QObject::tr("B"), .is_number = false},
            {.title = QObject::tr("Layers"),
             .explanation = QObject::tr("Layers that chose other experts in B than in A"),
             .width = 62}};
}

std::optional<std::size_t> end_of_same_text(const RunComparison& comparison) {
    if (comparison.first_different_token) return comparison.first_different_token;
    return comparison.end_of_a ? comparison.end_of_a : comparison.end_of_b;
}

QString end_of_same_text_words(const RunComparison& comparison) {
    if (const auto& token = comparison.first_different_token)
        return QObject::tr("Texts part at %1").arg(grouped(*token));
    if (comparison.end_of_a) return QObject::tr("A ends at %1").arg(grouped(*comparison.end_of_a));
    if (comparison.end_of_b) return QObject::tr("B ends at %1").arg(grouped(*comparison.end_of_b));
    return {};
}

QString same_text_words(const RunComparison& comparison) {
    if (!comparison.has_routes)
        return QObject::tr("The runs have other layers or experts: only their texts can be compared.");
    const bool is_same_route = comparison.n_same_text > 0 && !comparison.first_different_route;
    return (is_same_route ? QObject::tr("%1 of the same text, with the same experts; A has %2, B %3")
                          : QObject::tr("%1 of the same text; A has %2, B %3"))
        .arg(tokens_text(comparison.n_same_text), grouped(comparison.n_tokens_a),
             grouped(comparison.n_tokens_b));
}

QString differences_csv(const RunComparison& comparison, const TraceSnapshot& a, const TraceSnapshot& b) {
    std::string csv = "position,token_a,token_b,layers_that_differ\n";
    const auto token_of = [](const TraceSnapshot& trace, std::size_t position) {
        return position < trace.n_tokens() ? csv_field(trace.token(position).bytes) : std::string();
    };
    for (const RunDifference& difference : comparison.differences) {
        const std::size_t position = difference.position;
        csv += std::to_string(position) + ',' + token_of(a, position) + ',' + token_of(b, position) + ',' +
               std::to_string(difference.n_layers) + '\n';
    }
    return QString::fromStdString(csv);
}

}  // namespace moe::app
