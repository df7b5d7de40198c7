#include "engine/moe/dispatch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "engine/moe/combine.h"

namespace moe {
namespace {

using testing::ElementsAre;

// Three tokens, two slots, four experts; nobody chose expert 1.
const std::vector<std::uint16_t> kExperts{2, 0,  //
                                          2, 3,  //
                                          0, 2};

Dispatch three_tokens() {
    Dispatch out;
    dispatch({kExperts.data(), 3, 2}, /*n_experts=*/4, out);
    return out;
}

TEST(DispatchTest, GroupsTokensByExpertInTokenOrder) {
    const Dispatch out = three_tokens();
    EXPECT_THAT(out.token_of_row, ElementsAre(0, 2, /*expert 2*/ 0, 1, 2, /*expert 3*/ 1));
    ASSERT_EQ(out.groups.size(), 3u);
    EXPECT_EQ(out.groups[0].expert, 0u);
    EXPECT_EQ(out.groups[1].expert, 2u);
    EXPECT_EQ(out.groups[1].first_row, 2u);
    EXPECT_EQ(out.groups[1].n_rows, 3u);
    EXPECT_EQ(out.groups[2].expert, 3u);
}

TEST(DispatchTest, FindsTheRowOfEverySlot) {
    EXPECT_THAT(three_tokens().row_of_slot, ElementsAre(2, 0, 3, 5, 1, 4));
}

TEST(DispatchTest, ForgetsTheBatchBefore) {
    Dispatch out = three_tokens();
    const std::vector<std::uint16_t> one{1};
    dispatch({one.data(), 1, 1}, /*n_experts=*/4, out);
    ASSERT_EQ(out.groups.size(), 1u);
    EXPECT_EQ(out.groups[0].expert, 1u);
    EXPECT_THAT(out.token_of_row, ElementsAre(0));
}

TEST(CombineTest, SumsWeightedRows) {
    const std::vector<float> outputs{1.0f,   2.0f,    //
                                     100.0f, 100.0f,  //
                                     10.0f,  20.0f};
    std::vector<float> mixed(2, 5.0f);
    combine({outputs.data(), 3, 2}, std::vector<std::size_t>{2, 0}, std::vector<float>{0.5f, 2.0f}, mixed);
    EXPECT_THAT(mixed, ElementsAre(7.0f, 14.0f));
}

}  // namespace
}  // namespace moe
