#include "app/docks/expert_finder.h"

#include <algorithm>

#include "app/docks/text_pattern.h"
#include "engine/base/check.h"
#include "engine/base/matrix.h"

namespace moe::app {

Result<std::vector<bool>> matching_tokens(const TraceSnapshot& trace, const TokenRange& range,
                                          const QString& pattern) {
    MOE_TRY(const QRegularExpression expression, text_expression(pattern));
    QString text;
    std::vector<qsizetype> ends;  // of each token in the text
    for (std::size_t position = range.first; position < range.end; ++position) {
        text += QString::fromStdString(trace.token(position).bytes);
        ends.push_back(text.size());
    }
    std::vector<bool> matches(range.size(), false);
    for (auto found = expression.globalMatch(text); found.hasNext();) {
        const QRegularExpressionMatch match = found.next();
        if (match.capturedLength() == 0) continue;
        auto token = std::ranges::upper_bound(ends, match.capturedStart()) - ends.begin();
        const auto n = static_cast<std::ptrdiff_t>(ends.size());
        for (; token < n; ++token) {
            matches[static_cast<std::size_t>(token)] = true;
            if (ends[static_cast<std::size_t>(token)] >= match.capturedEnd()) break;
        }
    }
    return matches;
}

ExpertHits find_experts(const TraceSnapshot& trace, const TokenRange& range,
                        const std::vector<bool>& matches) {
    MOE_CHECK(matches.size() == range.size() && range.end <= trace.n_routed());
    const TraceShape& shape = trace.shape();
    Matrix<std::size_t> hits(shape.n_layers, shape.n_experts), loads(shape.n_layers, shape.n_experts);
    ExpertHits found;
    for (std::size_t position = range.first; position < range.end; ++position) {
        const bool is_match = matches[position - range.first];
        found.n_matching += is_match ? 1 : 0;
        for (std::size_t layer = 0; layer < shape.n_layers; ++layer) {
            for (const std::uint16_t expert : trace.experts(position, layer)) {
                if (expert == kNoExpert) continue;
                ++loads.row(layer)[expert];
                if (is_match) ++hits.row(layer)[expert];
            }
        }
    }
    const double least = std::max(static_cast<double>(std::min(kLeastHits, found.n_matching)),
                                  kLeastHitShare * static_cast<double>(found.n_matching));
    for (std::size_t layer = 0; layer < shape.n_layers; ++layer) {
        for (std::size_t expert = 0; expert < shape.n_experts; ++expert) {
            ExpertHit hit{.layer = layer, .expert = expert, .n_hits = hits.row(layer)[expert]};
            if (hit.n_hits == 0 || static_cast<double>(hit.n_hits) < least) continue;
            hit.expected = static_cast<double>(loads.row(layer)[expert]) *
                           static_cast<double>(found.n_matching) / static_cast<double>(range.size());
            hit.lift = static_cast<double>(hit.n_hits) / hit.expected;
            found.hits.push_back(hit);
        }
    }
    std::stable_sort(found.hits.begin(), found.hits.end(), [](const ExpertHit& a, const ExpertHit& b) {
        return a.lift != b.lift ? a.lift > b.lift : a.n_hits > b.n_hits;
    });
    return found;
}

}  // namespace moe::app
