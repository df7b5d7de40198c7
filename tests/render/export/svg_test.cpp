#include "render/export/svg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace moe::render {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

Chart small_chart() {
    Chart chart{.width = 200,
                .height = 100,
                .background = Color::rgb(0x101318),
                .title = "a < b & \"c\"",
                .items = {}};
    chart.add(ChartRect{1, 2.5, 30, 4, Color::rgb(0xFF8000)});
    chart.add(ChartLine{{{0, 0}, {10.25, 3}}, Color::rgb(0x00FF00), 1.5, true});
    chart.add(ChartDot{{7, 8}, 3.5, Color::rgb(0x0000FF)});
    chart.add(
        ChartText{{9, 9}, "x < y\x01", ChartFont::Digits, TextAlign::Right, Color::rgb(0xFFFFFF), true});
    return chart;
}

TEST(SvgTest, WritesEveryShapeAndTextAsText) {
    const std::string svg = svg_text(small_chart());
    EXPECT_THAT(svg, StartsWith("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"200\" height=\"100\""));
    EXPECT_THAT(svg, HasSubstr("<title>a &lt; b &amp; &quot;c&quot;</title>"));
    EXPECT_THAT(svg, HasSubstr("<rect x=\"1\" y=\"2.5\" width=\"30\" height=\"4\" fill=\"#ff8000\"/>"));
    EXPECT_THAT(svg, HasSubstr("<polyline points=\"0,0 10.25,3\""));
    EXPECT_THAT(svg, HasSubstr("stroke-dasharray"));
    EXPECT_THAT(svg, HasSubstr("<circle cx=\"7\" cy=\"8\" r=\"3.5\" fill=\"#0000ff\"/>"));
    EXPECT_THAT(
        svg,
        HasSubstr("text-anchor=\"end\" fill=\"#ffffff\" transform=\"rotate(-90 9 9)\">x &lt; y </text>"));
    EXPECT_EQ(svg.find('\x01'), std::string::npos);
    EXPECT_EQ(svg, svg_text(small_chart()));
}

}  // namespace
}  // namespace moe::render
