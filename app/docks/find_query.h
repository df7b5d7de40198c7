#pragma once

#include <QRegularExpression>
#include <QString>
#include <optional>

#include "engine/trace/trace_store.h"

namespace moe::app {

/// What is looked for among the tokens of a run, or waited for while it grows.
struct FindQuery {
    enum class Kind {
        Nothing,  ///< nothing was typed
        Unclear,  ///< it begins like a rule and is none; `problem` says why, `nearest` is one that is, if any
        Text,     ///< the text up to and with the token ends with `text` for the first time; case ignored
        Pattern,  ///< a match of `pattern` in the text up to and with the token ends in the token
        TokenId,  ///< tokens with the id
        Position,      ///< one token
        Layer,         ///< a place to go to; no token in particular
        ExpertFires,   ///< tokens for which `expert` was chosen
        MarginBelow,   ///< tokens with a router whose margin is below `bound`
        EntropyAbove,  ///< tokens with a router whose entropy, in nats, is above `bound`
    };
    Kind kind = Kind::Nothing;
    QString text = {};  ///< as typed where it is a pattern
    QRegularExpression pattern = {};
    std::size_t number = 0;                 ///< token id or position
    std::optional<std::size_t> layer = {};  ///< by its number in the model; none: any layer will do
    std::size_t expert = 0;
    double bound = 0;
    QString problem = {};
    QString nearest = {};

    bool operator==(const FindQuery&) const = default;
    /// Whether it is about the margins or entropies of routers.
    bool is_rule() const { return kind == Kind::MarginBelow || kind == Kind::EntropyAbove; }
    /// Whether tokens can be looked for with it.
    bool finds_tokens() const {
        return kind != Kind::Nothing && kind != Kind::Unclear && kind != Kind::Layer;
    }
};

/// Reads what was typed: "fox" (text, also in quotes), "/\d/" (a pattern, see text_pattern.h), "#57"
/// (position), "id 594", "L3", "L3 E5", "E5", "margin < 0.03", "L3 entropy > 2.5" (see find_rule.h). `@3.5`
/// is L3 E5 and `/fox` text whatever it looks like.
FindQuery parse_find_query(const QString& typed);

/// What it looks for, as a part of a sentence: "layer 3 chooses expert 5".
QString find_query_in_words(const FindQuery& query);

/// Why no token of such a trace can be meant: it has no router in the query's layer, or no such expert. Empty
/// where it has.
QString why_no_place(const FindQuery& query, const TraceSnapshot& trace);

/// Whether the token at `position` (< n_tokens of `trace`) is meant. A token without routing is met by no
/// rule about routers.
bool matches(const FindQuery& query, const TraceSnapshot& trace, std::size_t position);

}  // namespace moe::app
