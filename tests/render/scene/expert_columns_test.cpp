#include "render/scene/expert_columns.h"

#include <gtest/gtest.h>

#include "tests/support/trace_text.h"

namespace moe::render {
namespace {

using test::make_shape;

TEST(ExpertColumnsTest, FitsTheColumnsOfTheDesign) {
    // SPEC section 4: six layers of 16 experts in 818 pixels have columns of 8 and gaps of 10.
    const ExpertColumns columns = expert_columns({}, make_shape(6, 16, 2), 818, 1.0);
    EXPECT_EQ(columns.axis.column_pixels, 8);
    EXPECT_EQ(columns.axis.gap_pixels, 10);
    EXPECT_EQ(columns.total_width(), 818);
}

TEST(ExpertColumnsTest, ShowsEveryExpertAtAnyWidthAndScale) {
    for (const double ratio : {1.0, 1.25, 1.5, 2.0}) {
        for (const auto& [layers, experts] :
             {std::pair<std::size_t, std::size_t>{1, 4}, {6, 16}, {24, 60}, {48, 128}, {61, 256}}) {
            for (int width = 64; width < 4000; width += 37) {
                const ExpertColumns columns =
                    expert_columns({}, make_shape(layers, experts, 2), width, ratio);
                if (static_cast<std::size_t>(width) >= layers) {
                    EXPECT_LE(columns.total_width(), width) << layers << " x " << experts << " in " << width;
                }
                EXPECT_TRUE(columns.axis.column_pixels == 1 || columns.axis.column_experts == 1);
                EXPECT_GE(columns.per_layer(0) * static_cast<std::size_t>(columns.axis.column_experts),
                          experts);
            }
        }
    }
}

TEST(ExpertColumnsTest, FindsTheColumnOfEveryPixelItDraws) {
    const ExpertAxis shifted{
        .fits_width = false, .offset_pixels = 17, .column_pixels = 5, .column_experts = 1, .gap_pixels = 3};
    for (const ExpertAxis& axis : {ExpertAxis{}, shifted}) {
        const ExpertColumns columns = expert_columns(axis, make_shape(5, 12, 2), 500, 1.0);
        for (std::size_t layer = 0; layer < 5; ++layer) {
            for (std::size_t index = 0; index < columns.per_layer(0); ++index) {
                const std::int64_t left = columns.pixel_from_column(layer, index);
                for (int i = 0; i < columns.axis.column_pixels; ++i) {
                    EXPECT_EQ(columns.column_from_pixel(left + i), columns.column(layer, index));
                }
            }
        }
    }
}

TEST(ExpertColumnsTest, HasNoColumnInAGapOrOutside) {
    const ExpertColumns columns = expert_columns({}, make_shape(2, 4, 1), 100, 1.0);
    EXPECT_FALSE(columns.column_from_pixel(-1));
    EXPECT_FALSE(columns.column_from_pixel(columns.layer_width(0)));
    EXPECT_FALSE(columns.column_from_pixel(columns.total_width()));
    EXPECT_EQ(columns.layer_from_pixel(columns.layer_width(0)), 0u)
        << "the gap belongs to the layer before it";
}

TEST(ExpertColumnsTest, LeavesThePartialColumnItsExperts) {
    // 128 experts by 7 are 18 full columns and one of 2.
    const ExpertAxis axis{
        .fits_width = false, .offset_pixels = 0, .column_pixels = 1, .column_experts = 7, .gap_pixels = 1};
    const ExpertColumns columns = expert_columns(axis, make_shape(1, 128, 8), 100, 1.0);
    EXPECT_EQ(columns.per_layer(0), 19u);
    EXPECT_EQ(columns.column(0, 18), (Column{0, 18, 126, 128}));
}

}  // namespace
}  // namespace moe::render
