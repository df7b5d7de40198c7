#include "app/docks/text_pattern.h"

#include <array>

namespace moe::app {

namespace {

constexpr std::array kExamples = {
    PatternExample{"Digits", "/\\d/"},
    PatternExample{"Numbers", "/\\d+/"},
    PatternExample{"Punctuation", "/\\p{P}/"},
    PatternExample{"Capitals", "/\\p{Lu}/"},
    PatternExample{"Spaces", "/\\s/"},
    PatternExample{"Line ends", "/\\n/"},
};

}  // namespace

bool is_pattern(const QString& typed) {
    return typed.size() > 2 && typed.startsWith(QLatin1Char('/')) && typed.endsWith(QLatin1Char('/'));
}

Result<QRegularExpression> text_expression(const QString& typed) {
    const QRegularExpression expression(
        is_pattern(typed) ? typed.mid(1, typed.size() - 2) : QRegularExpression::escape(typed),
        is_pattern(typed) ? QRegularExpression::NoPatternOption : QRegularExpression::CaseInsensitiveOption);
    if (!expression.isValid())
        return make_error("{}: not a regular expression, {}; correct it", typed.toStdString(),
                          expression.errorString().toStdString());
    return expression;
}

std::span<const PatternExample> pattern_examples() { return kExamples; }

QString pattern_meant_by(const QString& typed) {
    const QString text = typed.trimmed();
    if (text.isEmpty() || is_pattern(text)) return {};
    for (const PatternExample& example : kExamples) {
        QString name = QString::fromLatin1(example.name);
        const bool is_named = name.compare(text, Qt::CaseInsensitive) == 0;
        if (name.endsWith(QLatin1Char('s'))) name.chop(1);
        if (is_named || name.compare(text, Qt::CaseInsensitive) == 0)
            return QString::fromLatin1(example.pattern);
    }
    static const QRegularExpression looks_like_one(
        QStringLiteral("\\\\[a-zA-Z.]|\\[.+\\]|\\(.*\\)|[.\\w\\])][*+]|\\w\\|\\w|^\\^|\\$$"));
    const QString pattern = QLatin1Char('/') + text + QLatin1Char('/');
    return looks_like_one.match(text).hasMatch() && text_expression(pattern) ? pattern : QString();
}

}  // namespace moe::app
