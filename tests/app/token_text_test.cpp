// Tokens as text: what each shows, how they break into lines, and the view of them.
#include <gtest/gtest.h>

#include <QSignalSpy>
#include <QTest>

#include "app/docks/token_display.h"
#include "app/docks/token_text_view.h"
#include "tests/app/demo_trace.h"

namespace moe::app {
namespace {

TEST(TokenDisplayTest, ShowsSpacesBreaksAndStrayBytes) {
    EXPECT_EQ(token_by_itself(" many"), QStringLiteral("·many"));
    EXPECT_EQ(token_by_itself("\n\n"), QStringLiteral("⏎⏎"));
    EXPECT_EQ(token_by_itself("\xE2\x82"), QStringLiteral("<E2><82>"));
    EXPECT_EQ(token_by_itself("\xE2\x82\xAC"), QStringLiteral("€"));
    EXPECT_EQ(token_by_itself(""), QStringLiteral("–"));
    EXPECT_EQ(token_in_text(std::string_view("a\0b", 3)), QStringLiteral("a␀b"));
    // A smile in four tokens, of which the last one ends it.
    EXPECT_EQ(token_in_text("so", "\xF0"), QStringLiteral("·"));
    EXPECT_EQ(token_in_text("o\xF0", "\x9F"), QStringLiteral("·"));
    EXPECT_EQ(token_in_text("\xF0\x9F", "\x98"), QStringLiteral("·"));
    EXPECT_EQ(token_in_text("\xF0\x9F\x98", "\x80 a"), QStringLiteral("\U0001F600 a"));
    EXPECT_EQ(token_in_text("x", "y\xE4\xBD"), QStringLiteral("y")) << "the rest comes with the next one";
    EXPECT_EQ(token_in_text("\xE4\xBD", "\xA0"), QStringLiteral("\u4F60"));
    EXPECT_EQ(token_in_text("\xE4\xBD", "z"), QStringLiteral("\uFFFD\uFFFDz")) << "what ends nowhere is shown as that";
    EXPECT_EQ(token_in_text("\u4F60", "\u597D"), QStringLiteral("\u597D"));
    EXPECT_EQ(token_in_text("", "\x80"), QStringLiteral("\uFFFD"));
    EXPECT_EQ(token_in_text("", ""), QString());
}

TEST(TokenDisplayTest, AnIdThatATraceLacksIsADash) {
    EXPECT_EQ(token_id_text(7), QStringLiteral("7"));
    EXPECT_EQ(token_id_text(-1), QStringLiteral("–"));
}

TEST(TokenDisplayTest, GroupsThousandsAndWritesATrueMinus) {
    EXPECT_EQ(grouped(1234567), QStringLiteral("1,234,567"));
    EXPECT_EQ(fixed_number(-0.5, 2), QStringLiteral("−0.50"));
}

TokenLayout::Piece word(float width) { return {.width = width + 1, .leading_space = 1, .starts_word = true}; }
TokenLayout::Piece tail(float width) { return {.width = width}; }

TEST(TokenLayoutTest, MovesAWordOfSeveralTokensToTheNextLineAsAWhole) {
    TokenLayout layout;
    layout.reset(10);
    layout.append(tail(4));
    layout.append(word(3));
    layout.append(tail(4));
    ASSERT_EQ(layout.lines().size(), 2u);
    EXPECT_EQ(layout.lines()[0].end, 1u);
    EXPECT_EQ(layout.left_of(1), 0.0f);
    EXPECT_EQ(layout.left_of(2), 3.0f) << "the space at the start of a line takes no room";
}

TEST(TokenLayoutTest, BreaksAfterALineBreakAndInsideAWordThatIsTooLong) {
    TokenLayout layout;
    layout.reset(10);
    layout.append({.width = 2, .ends_line = true});
    for (int i = 0; i < 3; ++i) layout.append(tail(6));
    ASSERT_EQ(layout.lines().size(), 4u);
    EXPECT_EQ(layout.line_of(0), 0u);
    EXPECT_EQ(layout.line_of(3), 3u);
}

TEST(TokenLayoutTest, GivesTheSameLinesWhetherItGrewOrWasResized) {
    TokenLayout grown, resized;
    grown.reset(30);
    resized.reset(17);
    for (int i = 0; i < 200; ++i) {
        const TokenLayout::Piece piece{.width = static_cast<float>(2 + i * 7 % 9),
                                       .leading_space = i % 3 == 0 ? 1.0f : 0.0f,
                                       .starts_word = i % 3 == 0,
                                       .ends_line = i % 29 == 0};
        grown.append(piece);
        resized.append(piece);
    }
    resized.set_width(30);
    ASSERT_EQ(grown.lines().size(), resized.lines().size());
    for (std::size_t i = 0; i < 200; ++i) {
        EXPECT_EQ(grown.left_of(i), resized.left_of(i));
        EXPECT_EQ(grown.line_of(i), resized.line_of(i));
        EXPECT_EQ(grown.piece_at(grown.line_of(i), grown.left_of(i) + 0.5f), i);
    }
}

TEST(TokenLayoutTest, LeavesALineForTheHeadingOfATurn) {
    TokenLayout layout;
    layout.reset(10);
    layout.append({.width = 4, .starts_turn = true});
    layout.append(tail(4));
    layout.append({.width = 4, .ends_line = true, .starts_turn = true});
    layout.append({.width = 4, .starts_turn = true});
    ASSERT_EQ(layout.lines().size(), 6u)
        << "three turns of a heading and a line, however the line before ended";
    for (std::size_t line = 0; line < 6; ++line)
        EXPECT_EQ(layout.lines()[line].is_heading(), line % 2 == 0) << line;
    EXPECT_EQ(layout.line_of(1), 1u);
    EXPECT_EQ(layout.line_of(2), 3u);
    EXPECT_EQ(layout.piece_at(2, 5.0f), 2u) << "a heading stands for the first token under it";
    layout.set_width(3);
    EXPECT_EQ(layout.lines().size(), 7u);
    EXPECT_TRUE(layout.lines()[3].is_heading());
}

TEST(TokenTextViewTest, TakesALongTraceAndChoosesWhatIsClicked) {
    TokenTextView view;
    view.resize(280, 400);
    view.set_theme({});
    view.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&view));
    TokenTextModel model;
    model.identity = 1;
    model.trace = test::demo_trace(100'000);
    model.selected = 50'000;
    view.set_model(model);
    const std::optional<QRectF> rect = view.rect_of(50'000);
    ASSERT_TRUE(rect.has_value()) << "the selected token is brought into view";
    const auto [first, end] = view.visible_tokens();
    EXPECT_LT(end - first, 1000u) << "only what is visible is painted";
    QSignalSpy chosen(&view, &TokenTextView::token_chosen);
    QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, rect->center().toPoint());
    ASSERT_EQ(chosen.size(), 1);
    EXPECT_EQ(chosen[0][0].toULongLong(), 50'000u);
}

TEST(TokenTextViewTest, LinesAreAsHighAsALargeFontNeeds) {
    TokenTextView view;
    view.resize(600, 400);
    DockTheme theme;
    theme.mono.setPixelSize(24);
    view.set_theme(theme);
    view.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&view));
    TokenTextModel model;
    model.identity = 1;
    model.trace = test::demo_trace(300);
    model.selected = 200;
    view.set_model(model);
    const std::optional<QRectF> rect = view.rect_of(200);
    ASSERT_TRUE(rect.has_value());
    EXPECT_GE(rect->height(), QFontMetricsF(theme.mono).height());
    QSignalSpy chosen(&view, &TokenTextView::token_chosen);
    QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, rect->center().toPoint());
    ASSERT_EQ(chosen.size(), 1);
    EXPECT_EQ(chosen[0][0].toULongLong(), 200u);
}

TEST(TokenTextViewTest, GivesEachTurnOfAChatAHeading) {
    TokenTextView view;
    view.resize(280, 400);
    view.set_theme({});
    view.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&view));
    TokenTextModel model;
    model.identity = 1;
    for (const char letter : std::string("ppddp")) {
        model.planned_tokens.push_back({.id = 1,
                                        .bytes = "word",
                                        .phase = letter == 'p' ? Phase::Prefill : Phase::Decode,
                                        .logprob = {}});
    }
    model.selected = 2;
    view.set_model(model);
    const qreal plain_top = view.rect_of(4)->top();
    EXPECT_EQ(plain_top, view.rect_of(0)->top());
    model.shows_turns = true;
    view.set_model(model);
    const qreal line = view.rect_of(0)->height();
    EXPECT_EQ(view.rect_of(0)->top(), plain_top + line);
    EXPECT_EQ(view.rect_of(2)->top(), plain_top + 3 * line);
    EXPECT_EQ(view.rect_of(4)->top(), plain_top + 5 * line);
    model.selected = 3;
    view.set_model(model);
    EXPECT_TRUE(view.accessibleDescription().endsWith(QStringLiteral("Assistant")));
    model.has_system = true;
    model.selected = 0;
    view.set_model(model);
    EXPECT_TRUE(view.accessibleDescription().endsWith(QStringLiteral("System and user")));
}

}  // namespace
}  // namespace moe::app
