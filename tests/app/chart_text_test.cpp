// The widths that charts count on, against the fonts that they are painted with.
#include "app/viewport/chart_painter.h"  // first: it includes Vulkan before Qt

#include <gtest/gtest.h>

#include <QFontMetricsF>

#include "app/viewport/fonts.h"
#include "render/scene/text_width.h"

namespace moe::app {
namespace {

constexpr double kRounding = 0.03;  // pixels a letter: advances are thousandths here

TEST(ChartTextTest, EveryLetterIsAsWideAsThePaintedOne) {
    register_fonts();
    using render::ChartFont;
    for (const ChartFont role : {ChartFont::Title, ChartFont::Heading, ChartFont::Body, ChartFont::Digits}) {
        const QFontMetricsF metrics(chart_font(role));
        QString letters;
        for (char16_t code = 32; code < 127; ++code) letters += QChar(code);
        letters += QStringLiteral("\u00B7\u00D7\u03A3\u2013\u2026\u2192\u2212");
        for (const QChar letter : letters) {
            const double width = render::text_width(QString(letter).toStdString(), role);
            EXPECT_NEAR(width, metrics.horizontalAdvance(letter), kRounding)
                << static_cast<int>(role) << " " << static_cast<int>(letter.unicode());
        }
    }
}

TEST(ChartTextTest, LinesOfAnyScriptAreNotPaintedWider) {
    register_fonts();
    using render::ChartFont;
    for (const char* line : {"How evenly the experts are loaded, layer by layer", "A \u2212 B  AVATAR To. Ty, \u2013",
                             "\u0416\u0448\u0449\u042E", "\u4E2D\u6587\u5B57", "\u0928\u092E\u0938\u094D\u0924\u0947",
                             "\u00E9\u00F1\u00FC\u00DF", "\U0001F600\U0001F680"}) {
        for (const ChartFont role : {ChartFont::Title, ChartFont::Heading, ChartFont::Body, ChartFont::Digits}) {
            const double painted = QFontMetricsF(chart_font(role)).horizontalAdvance(QString::fromUtf8(line));
            EXPECT_GE(render::text_width(line, role) + 1.0, painted) << line << " " << static_cast<int>(role);
        }
    }
}

}  // namespace
}  // namespace moe::app
