#include "render/resolve/mean_code.h"

#include <cmath>

#include "render/resolve/column_sums.h"
#include "render/scene/heatmap_value.h"

namespace moe::render {
namespace {

constexpr std::uint64_t kAtWhite = static_cast<std::uint64_t>(kLoadAtWhite);
static_assert(static_cast<double>(kAtWhite) == kLoadAtWhite);
__extension__ using Wide = unsigned __int128;

// numerator * scale / (denominator * divisor), not negative.
struct Fraction {
    std::uint64_t numerator = 0;
    std::uint64_t scale = 1;
    std::uint64_t denominator = 1;
    std::uint64_t divisor = 1;
};

// Whether `steps` times the root of the fraction is at least (or, beyond a tie, more than) root - 1/2.
bool reaches(const Fraction& value, std::uint64_t steps, std::uint64_t root, bool is_beyond_tie) {
    const std::uint64_t odd = 2 * root - 1;
    const Wide needed = Wide{odd * odd * value.divisor} * value.denominator;
    const Wide there = Wide{4 * steps * steps * value.scale} * value.numerator;
    return is_beyond_tie ? needed < there : needed <= there;
}

// The whole number nearest to `steps` times the root of the fraction, at most `steps`. A guess in floating
// point is put right by exact comparisons.
std::uint64_t nearest_root(const Fraction& value, std::uint64_t steps, bool ties_go_down) {
    const double quotient = static_cast<double>(value.numerator) * static_cast<double>(value.scale) /
                            (static_cast<double>(value.denominator) * static_cast<double>(value.divisor));
    const double guess = std::sqrt(quotient) * static_cast<double>(steps) + 0.5;
    std::uint64_t root = guess < static_cast<double>(steps) ? static_cast<std::uint64_t>(guess) : steps;
    while (root < steps && reaches(value, steps, root + 1, ties_go_down)) ++root;
    while (root > 0 && !reaches(value, steps, root, ties_go_down)) --root;
    return root;
}

}  // namespace

std::uint8_t code_of_load(std::uint64_t sum, std::uint64_t n_cells, const UniformLoad& uniform) {
    const Fraction value{.numerator = sum,
                         .scale = uniform.n_experts,
                         .denominator = n_cells,
                         .divisor = kAtWhite * ColumnSums::kOne * uniform.shared_out};
    return static_cast<std::uint8_t>(1 + nearest_root(value, 254, /*ties_go_down=*/false));
}

std::uint8_t code_of_load_difference(const ChoiceCounts& counts, const UniformLoad& uniform) {
    const std::uint64_t here = counts.here * counts.n_run_tokens;
    const std::uint64_t of_run = counts.of_run * counts.n_tokens;
    const bool is_below = here < of_run;
    const Fraction value{.numerator = is_below ? of_run - here : here - of_run,
                         .scale = uniform.n_experts,
                         .denominator = counts.n_tokens * counts.n_run_tokens * counts.n_columns,
                         .divisor = kAtWhite * uniform.shared_out};
    const std::uint64_t root = nearest_root(value, 127, /*ties_go_down=*/is_below);
    return static_cast<std::uint8_t>(is_below ? 128 - root : 128 + root);
}

}  // namespace moe::render
