#pragma once

#include <QString>
#include <optional>
#include <vector>

#include "app/docks/plain_table.h"
#include "engine/stats/run_comparison.h"

namespace moe::app {

/// Of the two tables of a comparison.
std::vector<PlainColumn> compared_layer_columns();
std::vector<PlainColumn> compared_position_columns();

/// The first position that only one of the two runs has, or that they have other tokens at; nothing where the
/// texts are the same to the end of both.
std::optional<std::size_t> end_of_same_text(const RunComparison& comparison);

/// "Texts part at 57", of the button that leads there; empty where they do not.
QString end_of_same_text_words(const RunComparison& comparison);

/// How far the two runs are the same.
QString same_text_words(const RunComparison& comparison);

/// The differences by position of the two runs with a heading, for a spreadsheet; tokens are their bytes.
QString differences_csv(const RunComparison& comparison, const TraceSnapshot& a, const TraceSnapshot& b);

}  // namespace moe::app
