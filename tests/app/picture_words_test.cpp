// Words and numbers of the picture: what is spoken, written on cards, painted as labels.
#include <gtest/gtest.h>

#include <QApplication>
#include <algorithm>
#include <cmath>

#include "app/viewport/cell_facts.h"
#include "app/viewport/label_strip.h"
#include "app/viewport/number_text.h"
#include "app/viewport/selection_words.h"
#include "engine/trace/trace_store.h"

namespace moe::app {
namespace {

constexpr float kRounding = 1e-6f;

/// Which columns the trace below has.
enum class Columns { All, ExpertsAndWeights, ExpertsOnly };

/// One token " many", one layer, four experts; 1 and 3 are chosen with weights 0.61 and 0.39. The scores
/// are written down, so that every number can be checked by hand: 0.1, 0.4, 0.228, 0.272.
TraceSnapshot one_token(Columns columns, const std::string& bytes = " many") {
    TraceStore store({.n_layers = 1, .n_experts = 4, .top_k = 2, .layer_ids = {0}}, TraceGating::Softmax);
    store.append_tokens(std::vector<TokenRecord>{
        {.id = 7, .bytes = bytes, .phase = Phase::Prefill, .t_ns = 0, .logprob = {}}});
    auto chunk = std::make_shared<TraceChunk>();
    chunk->n_tokens = 1;
    chunk->experts = {1, 3};
    if (columns != Columns::ExpertsOnly) chunk->weights = {0.61f, 0.39f};
    if (columns == Columns::All) chunk->scores = {0.1f, 0.4f, 0.228f, 0.272f};
    store.append_chunk(std::move(chunk));
    return store.snapshot();
}

const render::CellRef kFirst{.token = 0, .layer = 0, .expert = {}};

TEST(SelectionWordsTest, NameChosenExpertsWeightsAndTheNearMiss) {
    EXPECT_EQ(
        selection_in_words(one_token(Columns::All), kFirst),
        "token 0, many, layer 0: experts 1 and 3, weights 0.61 and 0.39, runner-up expert 2, margin 0.044");
}

TEST(SelectionWordsTest, LeaveOutWhatTheTraceLacks) {
    EXPECT_EQ(selection_in_words(one_token(Columns::ExpertsAndWeights), kFirst),
              "token 0, many, layer 0: experts 1 and 3, weights 0.61 and 0.39");
    EXPECT_EQ(selection_in_words(one_token(Columns::ExpertsOnly), kFirst),
              "token 0, many, layer 0: experts 1 and 3");
}

TEST(SelectionWordsTest, SayLessAboutAPartOfACell) {
    const TraceSnapshot trace = one_token(Columns::All);
    EXPECT_EQ(selection_in_words(trace, {}), "nothing selected");
    EXPECT_EQ(selection_in_words(trace, {.token = 0, .layer = {}, .expert = {}}), "token 0, many");
    EXPECT_EQ(selection_in_words(trace, {.token = {}, .layer = 0, .expert = {}}), "layer 0");
    EXPECT_EQ(selection_in_words(trace, {.token = 5, .layer = 0, .expert = {}}),
              "token 5, layer 0: not routed yet");
    EXPECT_EQ(selection_in_words(trace, {.token = 0, .layer = 9, .expert = {}}), "token 0, many, layer 9");
    EXPECT_EQ(selection_in_words({}, kFirst), "token 0, layer 0");
}

TEST(SelectionWordsTest, NameTokensThatHaveNoSound) {
    const auto words = [](const std::string& bytes) {
        return selection_in_words(one_token(Columns::ExpertsOnly, bytes),
                                  {.token = 0, .layer = {}, .expert = {}});
    };
    EXPECT_EQ(words(" "), "token 0, space");
    EXPECT_EQ(words("\n\n"), "token 0, line end");
    EXPECT_EQ(words(""), "token 0, no text");
    EXPECT_EQ(words("\xE2\x82"), "token 0, <E2><82>");
}

TEST(CellFactsTest, TellChosenFromNotChosen) {
    const TraceSnapshot trace = one_token(Columns::All);
    const CellFacts chosen = cell_facts(trace, 0, 0, 3);
    EXPECT_TRUE(chosen.is_chosen);
    EXPECT_NEAR(chosen.applied_weight.value(), 0.39f, kRounding);
    EXPECT_NEAR(chosen.probability.value(), 0.272f, kRounding);
    EXPECT_EQ(chosen.rank, 2U);
    EXPECT_FALSE(chosen.logit.has_value());
    const CellFacts other = cell_facts(trace, 0, 0, 0);
    EXPECT_FALSE(other.is_chosen);
    EXPECT_FALSE(other.applied_weight.has_value());
    EXPECT_EQ(other.rank, 4U);
}

TEST(CellFactsTest, KnowNoRankWithoutScores) {
    EXPECT_FALSE(cell_facts(one_token(Columns::ExpertsOnly), 0, 0, 0).rank.has_value());
    EXPECT_EQ(cell_facts(one_token(Columns::ExpertsOnly), 0, 0, 1).rank, 1U);
}

TEST(CellFactsTest, FindTheLargestWeightThatAPixelHides) {
    const FoldedFacts facts = folded_facts(one_token(Columns::All), {0, 4}, 0, {2, 3});
    EXPECT_EQ(facts.n_cells, 2U) << "tokens that are not routed do not count";
    EXPECT_EQ(facts.n_chosen, 1U);
    EXPECT_NEAR(facts.largest_weight.value(), 0.39f, kRounding);
    EXPECT_EQ(facts.largest_expert, 3U);
}

TEST(NumberTextTest, WritesAMinusSignAndADashForWhatIsMissing) {
    EXPECT_EQ(decimals_text(-0.25, 3), "\u22120.250");
    EXPECT_EQ(decimals_text(-0.0001, 3), "0.000");
    EXPECT_EQ(decimals_text(std::optional<float>(), 3), "\u2013");
    EXPECT_EQ(decimals_text(std::nan(""), 3), "\u2013");
}

TEST(NumberTextTest, ShowsEveryByteOfAToken) {
    EXPECT_EQ(token_text(" many"), "\u00B7many");
    EXPECT_EQ(token_text("a\n"), "a\u23CE");
    EXPECT_EQ(token_text("\x1B["), "<1B>[");
    EXPECT_EQ(token_text("\xE2\x82"), "<E2><82>");
    EXPECT_EQ(token_text("\u4F60\u597D"), "\u4F60\u597D");
}

render::TextMark token_mark(const render::PixelRect& box, const std::string& text) {
    return {.box = box,
            .text = text,
            .role = render::TextRole::Token,
            .align = render::TextAlign::Left,
            .color = {255, 255, 255, 255},
            .bold = false};
}

/// Pixels of the strip with any ink inside (or else outside) `box`.
std::size_t n_inked(const render::RgbaImage& image, const render::PixelRect& box, bool inside) {
    std::size_t n = 0;
    for (int y = 0; y < image.height; ++y) {
        for (int x = 0; x < image.width; ++x) {
            const std::size_t alpha = (static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) +
                                       static_cast<std::size_t>(x)) *
                                          4 +
                                      3;
            if (image.rgba[alpha] > 0 && box.contains(x, y) == inside) ++n;
        }
    }
    return n;
}

TEST(LabelStripTest, KeepsAnyScriptInsideItsBox) {
    const render::PixelRect box{40, 30, 60, 15};
    std::string stacked = "a";
    for (int i = 0; i < 40; ++i) stacked += "\u0301\u0323";
    for (const std::string& text :
         {std::string(" antidisestablishmentarianism"), stacked, std::string("\u202Eabc\u202E"),
          std::string("\u0645\u0631\u062D\u0628\u0627 \u05E9\u05DC\u05D5\u05DD"),
          std::string("\U0001F600\U0001F3FD"),
          std::string("\u4F60\u597D\u4F60\u597D\u4F60\u597D\u4F60\u597D")}) {
        const render::RgbaImage image =
            paint_strip({.rect = {0, 0, 160, 80}, .marks = {token_mark(box, text)}}, 1.0);
        EXPECT_GT(n_inked(image, box, /*inside=*/true), 0U) << text;
        EXPECT_EQ(n_inked(image, box, /*inside=*/false), 0U) << text;
    }
}

TEST(LabelStripTest, KeepsTheImageOfAStripThatDidNotChange) {
    LabelStripCache cache;
    const render::TextStrip same{.rect = {0, 0, 80, 20}, .marks = {token_mark({0, 0, 80, 20}, "one")}};
    render::TextStrip other{.rect = {0, 20, 80, 20}, .marks = {token_mark({0, 20, 80, 20}, "two")}};
    const auto first = cache.paint({same, other}, 1.0);
    other.marks[0].text = "three";
    const auto second = cache.paint({same, other}, 1.0);
    EXPECT_EQ(first[0].image, second[0].image);
    EXPECT_NE(first[1].image, second[1].image);
    EXPECT_EQ(cache.n_painted(), 3U);
    EXPECT_NE(cache.paint({same, other}, 2.0)[0].image, first[0].image) << "another scale is another picture";
}

}  // namespace
}  // namespace moe::app
