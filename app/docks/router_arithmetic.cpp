#include "app/docks/router_arithmetic.h"

#include <QObject>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "app/docks/router_decision.h"
#include "app/docks/token_display.h"
#include "engine/base/check.h"

namespace moe::app {

namespace {

constexpr int kDigits = 5;
constexpr float kSameShare = 1e-4f;  // weights are recorded in 16 bits at worst: 11 of them count

QString number(float value) {
    return std::abs(value) > 0 && std::abs(value) < 1e-4f
               ? QString::number(static_cast<double>(value), 'e', 3).replace('-', QChar(0x2212))
               : fixed_number(static_cast<double>(value), kDigits);
}

QString indexed(const char* letter, std::size_t expert) {
    return QStringLiteral("%1<sub>%2</sub>").arg(QLatin1String(letter)).arg(expert);
}

ArithmeticStep logit_step(const RouterDecision& decision) {
    ArithmeticStep step{
        .title = QObject::tr("Logits"),
        .sentence = QObject::tr("The router is one matrix with a row for each expert; a logit says how well "
                                "the token's hidden state h fits that row."),
        .source = QObject::tr("Shazeer et al. 2017, arXiv:1701.06538, eq. 2: x · W_g"),
        .lines = {}};
    for (const std::size_t expert : decision.followed()) {
        step.lines.push_back({.name = indexed("z", expert),
                              .expression = indexed("W", expert) + QStringLiteral(" · h"),
                              .value = number(decision.logits[expert])});
    }
    return step;
}

ArithmeticStep softmax_step(const RouterDecision& decision) {
    const float largest = *std::ranges::max_element(decision.logits);
    std::vector<float> powers;
    for (const float logit : decision.logits) powers.push_back(std::exp(logit - largest));
    const float sum = std::accumulate(powers.begin(), powers.end(), 0.0f);
    ArithmeticStep step{
        .title = QObject::tr("Gating function: softmax"),
        .sentence = QObject::tr("Softmax turns the logits of all %1 experts into shares that sum to 1; the "
                                "largest logit is taken off first, so that no power overflows.")
                        .arg(decision.logits.size()),
        .source = QObject::tr("Shazeer et al. 2017, arXiv:1701.06538, eq. 2"),
        .lines = {{.name = QStringLiteral("m"),
                   .expression = QObject::tr("largest logit"),
                   .value = number(largest)},
                  {.name = QStringLiteral("Σ"),
                   .expression = QObject::tr("sum of e<sup>z − m</sup> over all experts"),
                   .value = number(sum)}}};
    for (const std::size_t expert : decision.followed()) {
        step.lines.push_back(
            {.name = indexed("p", expert),
             .expression =
                 QStringLiteral("e<sup>z−m</sup>/Σ = %1/%2").arg(number(powers[expert]), number(sum)),
             .value = number(decision.scores[expert])});
    }
    return step;
}

ArithmeticStep sigmoid_step(const RouterDecision& decision) {
    ArithmeticStep step{.title = QObject::tr("Gating function: sigmoid"),
                        .sentence = QObject::tr(
                            "Each logit becomes a score between 0 and 1 by itself; experts do not compete "
                            "yet, so the scores need not sum to 1."),
                        .source = QObject::tr("DeepSeek-V3, arXiv:2412.19437, eq. 15"),
                        .lines = {}};
    for (const std::size_t expert : decision.followed()) {
        step.lines.push_back(
            {.name = indexed("p", expert),
             .expression = QStringLiteral("1 / (1 + e<sup>−(%1)</sup>)").arg(number(decision.logits[expert])),
             .value = number(decision.scores[expert])});
    }
    return step;
}

void add_groups(ArithmeticStep& step, const RouterDecision& decision, const MoeSpec& spec) {
    const std::size_t size = spec.n_experts / spec.n_groups;
    QStringList kept;
    for (std::size_t group = 0; group < spec.n_groups; ++group) {
        const auto first = decision.ranked.begin() + static_cast<std::ptrdiff_t>(group * size);
        if (!std::all_of(first, first + static_cast<std::ptrdiff_t>(size), is_lost_group))
            kept << QString::number(group);
    }
    step.sentence += QObject::tr(
                         " The experts stand in %1 groups of %2; only the %3 groups whose two best "
                         "experts have the largest sums may be chosen from.")
                         .arg(spec.n_groups)
                         .arg(size)
                         .arg(spec.n_groups_used);
    step.lines.push_back({.name = QObject::tr("groups"),
                          .expression = QObject::tr("kept of 0 to %1").arg(spec.n_groups - 1),
                          .value = kept.join(QStringLiteral(", "))});
}

ArithmeticStep selection_step(const RouterDecision& decision, const MoeSpec* spec) {
    const bool ranks_logits = spec != nullptr && spec->rank == RouterConfig::Rank::Logits;
    const bool has_bias =
        !decision.ranks_scores && !ranks_logits && (spec == nullptr || spec->selection_bias);
    ArithmeticStep step{.title = QObject::tr("Selection: top %1").arg(decision.chosen.size()),
                        .sentence = QObject::tr("The %1 largest of what is ranked are chosen, the rest do no "
                                                "work; equal ones go to the lower index.")
                                        .arg(decision.chosen.size()),
                        .source = QObject::tr("Shazeer et al. 2017, arXiv:1701.06538, eq. 5: KeepTopK"),
                        .lines = {}};
    if (has_bias) {
        step.sentence += QObject::tr(
            " A bias b for each expert is added for ranking only: training raises it while an expert has too "
            "little load.");
        step.source += QObject::tr("; bias: Wang et al. 2024, arXiv:2408.15664, algorithm 1");
    }
    if (spec != nullptr && spec->n_groups > 1) {
        add_groups(step, decision, *spec);
        step.source += QObject::tr("; groups: DeepSeek-V3, arXiv:2412.19437, section 2.1.2");
    }
    for (const std::size_t expert : decision.followed()) {
        const float ranked = decision.ranked[expert];
        const bool is_runner_up = decision.runner_up == expert;
        QString text = is_runner_up ? QObject::tr("runner-up") : QObject::tr("chosen");
        if (has_bias && !is_lost_group(ranked)) {
            text = QStringLiteral("%1 + (%2), %3")
                       .arg(number(decision.scores[expert]), number(ranked - decision.scores[expert]), text);
        }
        const char* letter = ranks_logits ? "z" : decision.ranks_scores ? "p" : "r";
        step.lines.push_back({.name = indexed(letter, expert),
                              .expression = text,
                              .value = is_lost_group(ranked) ? QObject::tr("group lost") : number(ranked)});
    }
    if (!decision.runner_up || decision.chosen.empty() || is_lost_group(decision.ranked[*decision.runner_up]))
        return step;
    const float last = decision.ranked[decision.chosen.back()];
    const float next = decision.ranked[*decision.runner_up];
    step.lines.push_back({.name = QObject::tr("margin"),
                          .expression = QStringLiteral("%1 − %2").arg(number(last), number(next)),
                          .value = number(last - next)});
    return step;
}

enum class Mix { ScoresAsTheyAre, Renormalized, SoftmaxOfChosen, Other };

struct MixRule {
    Mix mix = Mix::Other;
    float scale = 1.0f;
    bool is_derived = false;
};

bool is_about(float a, float b) { return std::abs(a - b) <= kSameShare * std::max(std::abs(a), std::abs(b)); }

/// What turns the chosen scores into the recorded weights, where that can be told from the numbers.
MixRule rule_from_weights(const RouterDecision& decision, TraceGating gating) {
    MixRule rule{.mix = Mix::Other, .scale = 1.0f, .is_derived = true};
    if (gating == TraceGating::SoftmaxTopK) {
        rule.mix = Mix::SoftmaxOfChosen;
        return rule;
    }
    const float sum = decision.sum_of_chosen();
    const float factor = decision.weights[0] / decision.scores[decision.chosen[0]];
    for (std::size_t slot = 0; slot < decision.chosen.size(); ++slot) {
        const float expected = decision.scores[decision.chosen[slot]] * factor;
        // Small weights of a 16-bit record are exact to fewer digits.
        if (std::abs(expected - decision.weights[slot]) > 1e-3f * std::abs(expected) + 1e-6f) return rule;
    }
    rule.mix = is_about(factor, 1.0f) ? Mix::ScoresAsTheyAre : Mix::Renormalized;
    if (rule.mix == Mix::Renormalized && !is_about(factor * sum, 1.0f)) rule.scale = factor * sum;
    return rule;
}

MixRule rule_of(const MoeSpec& spec) {
    return {.mix = spec.gating == Gating::SoftmaxTopK ? Mix::SoftmaxOfChosen
                   : spec.renormalize                 ? Mix::Renormalized
                                                      : Mix::ScoresAsTheyAre,
            .scale = spec.weights_scale,
            .is_derived = false};
}

ArithmeticStep weights_step(const RouterDecision& decision, const MixRule& rule) {
    ArithmeticStep step;
    const bool is_renormalized = rule.mix == Mix::Renormalized;
    const float sum = decision.sum_of_chosen();
    std::vector<float> chosen_powers;
    float sum_of_powers = 0.0f;
    if (rule.mix == Mix::SoftmaxOfChosen && !decision.logits.empty()) {
        const float largest = decision.logits[decision.chosen.front()];
        for (const std::size_t expert : decision.chosen)
            chosen_powers.push_back(std::exp(decision.logits[expert] - largest));
        sum_of_powers = std::accumulate(chosen_powers.begin(), chosen_powers.end(), 0.0f);
    }
    for (std::size_t slot = 0; slot < decision.chosen.size(); ++slot) {
        const std::size_t expert = decision.chosen[slot];
        const float score = decision.scores[expert];
        ArithmeticLine line{.name = indexed("w", expert), .expression = {}, .value = {}};
        if (!chosen_powers.empty()) {
            line.expression = QStringLiteral("e<sup>z−m</sup>/Σ = %1/%2")
                                  .arg(number(chosen_powers[slot]), number(sum_of_powers));
        } else if (is_renormalized) {
            line.expression = QStringLiteral("%1 / %2").arg(number(score), number(sum));
        } else {
            line.expression = indexed("p", expert);
        }
        line.value = number(decision.weights[slot] / rule.scale);
        step.lines.push_back(line);
    }
    if (rule.mix == Mix::SoftmaxOfChosen) {
        step.title = QObject::tr("Weights: softmax of the chosen");
        step.sentence = QObject::tr(
            "A second softmax over the chosen logits alone gives the weights, so that "
            "they sum to 1.");
        step.source = QObject::tr("Shazeer et al. 2017, arXiv:1701.06538, eq. 3; gpt-oss");
    } else if (is_renormalized) {
        step.title = QObject::tr("Renormalization");
        step.sentence = QObject::tr(
                            "The chosen scores are divided by their sum %1, so that the weights sum to "
                            "1 and the output does not shrink when the router is unsure.")
                            .arg(number(sum));
        step.source =
            QObject::tr("Mixtral, arXiv:2401.04088, section 2.1; DeepSeek-V3, arXiv:2412.19437, eq. 13");
    } else {
        step.title = QObject::tr("No renormalization");
        step.sentence = QObject::tr(
                            "The chosen scores are the weights as they are, %1 together: an unsure "
                            "router lets its experts say less.")
                            .arg(number(sum));
        step.source = QObject::tr("OLMoE, arXiv:2409.02060");
    }
    return step;
}

ArithmeticStep scaling_step(const RouterDecision& decision, float scale) {
    ArithmeticStep step{
        .title = QObject::tr("Scaling"),
        .sentence =
            QObject::tr("All weights are multiplied by %1, a constant of the model.").arg(number(scale)),
        .source = QObject::tr("DeepSeek-V2, arXiv:2405.04434; routed_scaling_factor"),
        .lines = {}};
    for (std::size_t slot = 0; slot < decision.chosen.size(); ++slot) {
        step.lines.push_back({.name = indexed("w", decision.chosen[slot]),
                              .expression = QStringLiteral("%1 · %2").arg(
                                  number(decision.weights[slot] / scale), number(scale)),
                              .value = number(decision.weights[slot])});
    }
    return step;
}

ArithmeticStep mix_step(const RouterDecision& decision) {
    QStringList terms;
    for (std::size_t slot = 0; slot < decision.chosen.size(); ++slot)
        terms << QStringLiteral("%1·%2(h)")
                     .arg(number(decision.weights[slot]), indexed("E", decision.chosen[slot]));
    return {
        .title = QObject::tr("Mix"),
        .sentence = QObject::tr("Each chosen expert computes its output, and the outputs are added up with "
                                "these weights."),
        .source = QObject::tr("Shazeer et al. 2017, arXiv:1701.06538, eq. 1"),
        .lines = {
            {.name = QStringLiteral("y"), .expression = terms.join(QStringLiteral(" + ")), .value = {}}}};
}

QString origin_of(const MoeSpec* spec, bool is_rule_derived) {
    if (spec != nullptr) return QObject::tr("computed here, float32");
    return is_rule_derived ? QObject::tr("numbers from the file, rule derived from them")
                           : QObject::tr("numbers from the file");
}

}  // namespace

RouterArithmetic router_arithmetic(const TraceSnapshot& trace, std::size_t position, std::size_t layer,
                                   const MoeSpec* spec) {
    MOE_CHECK(position < trace.n_routed() && layer < trace.shape().n_layers);
    const RouterDecision decision = router_decision(trace, position, layer);
    RouterArithmetic arithmetic;
    arithmetic.origin = origin_of(spec, false);
    if (decision.scores.empty() || decision.chosen.empty()) {
        arithmetic.absent = QObject::tr("This trace holds no router scores, so there is nothing to redo.");
        return arithmetic;
    }
    if (!decision.logits.empty()) {
        arithmetic.steps.push_back(logit_step(decision));
        const bool is_sigmoid = trace.gating() == TraceGating::Sigmoid;
        if (is_sigmoid) arithmetic.steps.push_back(sigmoid_step(decision));
        if (trace.gating() == TraceGating::Softmax || trace.gating() == TraceGating::SoftmaxTopK)
            arithmetic.steps.push_back(softmax_step(decision));
    } else {
        arithmetic.absent = QObject::tr("This trace holds scores but no logits; the steps begin there.");
    }
    arithmetic.steps.push_back(selection_step(decision, spec));
    if (decision.weights.empty()) {
        arithmetic.absent =
            QObject::tr("This trace holds no applied weights; the steps end with the choice.");
        return arithmetic;
    }
    const MixRule rule = spec != nullptr ? rule_of(*spec) : rule_from_weights(decision, trace.gating());
    arithmetic.origin = origin_of(spec, rule.is_derived);
    if (rule.mix == Mix::Other) {
        arithmetic.absent = QObject::tr("How the weights follow from the scores is not in this trace.");
    } else {
        arithmetic.steps.push_back(weights_step(decision, rule));
        if (rule.scale != 1.0f) arithmetic.steps.push_back(scaling_step(decision, rule.scale));
    }
    arithmetic.steps.push_back(mix_step(decision));
    return arithmetic;
}

}  // namespace moe::app
