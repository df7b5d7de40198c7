#pragma once

#include <QString>
#include <optional>
#include <vector>

namespace moe::app {

/// How well a text answers to what was typed, and which of its letters did.
struct FuzzyMatch {
    int score = 0;                     ///< higher is better; comparable for one pattern only
    std::vector<qsizetype> positions;  ///< of the letters in the text that were typed, ascending
};

/// The words of `pattern`, in any order, each as letters of `text` in their order: "cfh" and "from cont" both
/// find "Continue from here". Beginnings of words and neighbouring letters count more. Case does not matter.
/// None if a word is not there; an empty pattern matches everything with score 0.
std::optional<FuzzyMatch> fuzzy_match(const QString& pattern, const QString& text);

}  // namespace moe::app
