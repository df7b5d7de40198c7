#include "engine/base/result.h"

#include <gtest/gtest.h>

#include <memory>

namespace moe {
namespace {

Result<int> half(int number) {
    if (number % 2 != 0) return make_error("{}: is odd; give an even number", number);
    return number / 2;
}

Result<int> quarter(int number) {
    MOE_TRY(const int once, half(number));
    MOE_TRY(const int twice, half(once));
    return twice;
}

Result<void> check_even(int number) {
    MOE_TRY(half(number));
    return {};
}

Result<std::unique_ptr<int>> boxed(int number) {
    MOE_TRY(std::unique_ptr<int> box, Result<std::unique_ptr<int>>(std::make_unique<int>(number)));
    return box;
}

TEST(ResultTest, HoldsAValueOrAnError) {
    EXPECT_EQ(half(8).value(), 4);
    EXPECT_EQ(half(7).error().message, "7: is odd; give an even number");
}

TEST(ResultTest, TryPassesTheFirstErrorUp) {
    EXPECT_EQ(quarter(8).value(), 2);
    EXPECT_EQ(quarter(6).error().message, "3: is odd; give an even number");
    EXPECT_TRUE(check_even(2).has_value());
    EXPECT_FALSE(check_even(1).has_value());
}

TEST(ResultTest, MovesValuesThatCannotBeCopied) { EXPECT_EQ(**boxed(5), 5); }

TEST(ResultDeathTest, AskingForAMissingValueIsABug) { EXPECT_DEATH(half(1).value(), "bug at"); }

}  // namespace
}  // namespace moe
