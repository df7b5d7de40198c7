#pragma once

#include <string>
#include <variant>
#include <vector>

#include "render/scene/text_mark.h"
#include "render/scene/theme.h"

namespace moe::render {

/// Which font a chart's text uses; sizes are logical pixels.
enum class ChartFont {
    Title,    ///< Inter 600, 18
    Heading,  ///< Inter 600, 13
    Body,     ///< Inter 400, 12
    Digits,   ///< JetBrains Mono 400, 11
};

struct ChartPoint {
    double x = 0;
    double y = 0;
    bool operator==(const ChartPoint&) const = default;
};

/// A filled rectangle. Edges on whole numbers are sharp at every scale.
struct ChartRect {
    double x = 0;
    double y = 0;
    double width = 0;
    double height = 0;
    Color color{};
    double radius = 0;  ///< of its corners
};

/// A band between two points that leaves and arrives vertically.
struct ChartRibbon {
    ChartPoint from;
    ChartPoint to;
    double width = 1.0;
    Color color{};
};

/// A line through points, dashed or not.
struct ChartLine {
    std::vector<ChartPoint> points;
    Color color{};
    double width = 1.0;
    bool is_dashed = false;
};

struct ChartDot {
    ChartPoint center;
    double radius = 0;
    Color color{};
};

/// One line of text, centred vertically on `anchor`, which is its left end, middle or right end.
struct ChartText {
    ChartPoint anchor;
    std::string text;  ///< UTF-8, valid
    ChartFont font = ChartFont::Body;
    TextAlign align = TextAlign::Left;
    Color color{};
    bool is_upright = false;  ///< turned by a quarter, read from bottom to top
};

using ChartItem = std::variant<ChartRect, ChartRibbon, ChartLine, ChartDot, ChartText>;

/// A picture of a few shapes in logical pixels, drawn in this order: as SVG as it is, as PNG by the
/// application, which has the fonts. A chart is a function of its model.
struct Chart {
    int width = 0;
    int height = 0;
    Color background{};
    std::string title;  ///< what it shows in words
    std::vector<ChartItem> items;

    void add(ChartItem item);  ///< a text without letters is left out
};

/// The distance of axis labels that are `label_pixels` wide and their axis' `step_pixels`: every 1, 2,
/// 5, 10...
std::size_t label_step(double step_pixels, double label_pixels);

/// Round numbers at most `most` steps apart that cover [low, high]; the first is at or below `low`.
std::vector<double> round_ticks(double low, double high, std::size_t most);

/// A tick's number with as many decimals as `step` needs.
std::string tick_text(double value, double step);

}  // namespace moe::render
