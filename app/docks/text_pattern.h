#pragma once

#include <QRegularExpression>
#include <QString>
#include <span>

#include "engine/base/result.h"

namespace moe::app {

/// Whether what was typed is a regular expression between slashes, "/\d/".
bool is_pattern(const QString& typed);

/// What was typed as an expression to search with: a pattern (is_pattern) as it is, anything else as text in
/// whatever case. Fails for a pattern that is no regular expression.
Result<QRegularExpression> text_expression(const QString& typed);

/// A kind of text that people look for.
struct PatternExample {
    const char* name;     ///< to be translated
    const char* pattern;  ///< with slashes
};
std::span<const PatternExample> pattern_examples();

/// The pattern that was perhaps meant by a text that was not found: "/\d/" for "\d" or "digits"; empty where
/// it looks like plain text.
QString pattern_meant_by(const QString& typed);

}  // namespace moe::app
