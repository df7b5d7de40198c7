#include <gtest/gtest.h>

#include "engine/base/rng.h"
#include "engine/families/load_model.h"
#include "engine/model/forward.h"
#include "tests/support/tiny_model.h"

namespace moe {
namespace {

constexpr std::size_t kMutants = 3000;

/// Loads a file image and, if it is accepted, runs three tokens. Any outcome but a crash is right.
bool loads(const std::string& bytes, ThreadPool& pool) {
    auto file = GgufReader::from_bytes(test::as_bytes(bytes), "mutant");
    if (!file) return false;
    const auto model = load_model(std::move(file).value(), "mutant");
    if (!model) return false;
    auto state = SequenceState::create((*model)->spec, 8);
    if (!state) return false;
    Matrix<float> logits;
    const std::vector<TokenId> tokens{1, 2, 3};
    const auto done = forward(**model, *state, tokens, LogitsOf::LastToken, nullptr, pool, {}, logits);
    return done.has_value();
}

TEST(MutatedModelTest, IsRefusedOrRunsButNeverCrashes) {
    ThreadPool pool(1);
    const std::string whole = test::TinyModel().bytes();
    const std::size_t header_bytes = whole.find(std::string(256, '\0'));  // about where the weights begin
    std::size_t n_loaded = 0;
    for (std::uint64_t seed = 0; seed < kMutants; ++seed) {
        Rng rng(seed);
        std::string mutant = whole;
        for (std::uint64_t n_changes = 1 + rng.below(3); n_changes > 0; --n_changes) {
            mutant[rng.below(header_bytes)] = static_cast<char>(rng.below(256));
        }
        if (loads(mutant, pool)) ++n_loaded;
    }
    EXPECT_GT(n_loaded, 0u);
    EXPECT_LT(n_loaded, kMutants / 2);
}

}  // namespace
}  // namespace moe
