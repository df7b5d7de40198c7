#pragma once

#include <QString>
#include <optional>
#include <vector>

#include "engine/blocks/moe_spec.h"
#include "engine/trace/trace_store.h"

namespace moe::app {

/// One number of a step with how it came about.
struct ArithmeticLine {
    QString name;        ///< "p1"; may have HTML subscripts
    QString expression;  ///< with this token's numbers, to be redone by hand
    QString value;
};

/// One step of a router's decision.
struct ArithmeticStep {
    QString title;
    QString sentence = {};  ///< what happens and why, for a learner
    QString source = {};    ///< paper and equation
    std::vector<ArithmeticLine> lines = {};
};

/// The arithmetic of one decision, from logits to the mix.
struct RouterArithmetic {
    QString origin;  ///< whose numbers these are: computed here, from the file, or derived
    std::vector<ArithmeticStep> steps;
    QString absent;  ///< not empty: why there are no steps, or fewer
};

/// The steps for a routed token. All numbers are those of the trace, the divisors alone are summed here, in
/// the order and precision of engine/moe/router. `spec` says how the model's layer routes; without it what
/// the recorded weights show is told, marked as derived.
RouterArithmetic router_arithmetic(const TraceSnapshot& trace, std::size_t position, std::size_t layer,
                                   const MoeSpec* spec);

}  // namespace moe::app
