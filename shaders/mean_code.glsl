// render/resolve/mean_code for shaders: the same integers, the same codes.

const uint64_t kOne = 65535ul;  // ColumnSums::kOne
const uint64_t kAtWhite = 4ul;  // kLoadAtWhite

// A product of two 64-bit numbers.
struct Wide {
    uint64_t high;
    uint64_t low;
};

Wide product(uint64_t a, uint64_t b) {
    const uint64_t half_mask = 0xFFFFFFFFul;
    uint64_t low = (a & half_mask) * (b & half_mask);
    uint64_t cross_a = (a >> 32) * (b & half_mask);
    uint64_t cross_b = (a & half_mask) * (b >> 32);
    uint64_t middle = (low >> 32) + (cross_a & half_mask) + (cross_b & half_mask);
    return Wide((a >> 32) * (b >> 32) + (cross_a >> 32) + (cross_b >> 32) + (middle >> 32),
                middle << 32 | (low & half_mask));
}

bool is_less(Wide a, Wide b) { return a.high < b.high || (a.high == b.high && a.low < b.low); }

// numerator * scale / (denominator * divisor)
struct Fraction {
    uint64_t numerator;
    uint64_t scale;
    uint64_t denominator;
    uint64_t divisor;
};

bool reaches(Fraction value, uint steps, uint root, bool is_beyond_tie) {
    uint64_t odd = 2 * root - 1;
    Wide needed = product(odd * odd * value.divisor, value.denominator);
    Wide there = product(uint64_t(4 * steps * steps) * value.scale, value.numerator);
    return is_beyond_tie ? is_less(needed, there) : !is_less(there, needed);
}

// The whole number nearest to `steps` times the root of the fraction, at most `steps`: the last that it
// reaches, found by halving.
uint nearest_root(Fraction value, uint steps, bool ties_go_down) {
    uint root = 0;
    for (uint stride = 128; stride > 0; stride /= 2) {
        uint next = root + stride;
        if (next <= steps && reaches(value, steps, next, ties_go_down)) root = next;
    }
    return root;
}

uint code_of_load(uint64_t sum, uint64_t n_cells, uint n_experts, uint shared_out) {
    return 1 + nearest_root(Fraction(sum, n_experts, n_cells, kAtWhite * kOne * shared_out), 254, false);
}

uint code_of_load_difference(uint64_t here, uint n_tokens, uint64_t of_run, uint n_run_tokens, uint n_columns,
                             uint n_experts, uint shared_out) {
    uint64_t a = here * n_run_tokens;
    uint64_t b = of_run * n_tokens;
    bool is_below = a < b;
    Fraction value = Fraction(is_below ? b - a : a - b, n_experts,
                              uint64_t(n_tokens) * n_run_tokens * n_columns, kAtWhite * shared_out);
    uint root = nearest_root(value, 127, is_below);
    return is_below ? 128 - root : 128 + root;
}
