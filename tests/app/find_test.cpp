#include <gtest/gtest.h>

#include <algorithm>

#include "app/docks/find_hits.h"
#include "app/docks/find_search.h"
#include "app/docks/text_pattern.h"
#include "engine/stats/router_entropy.h"
#include "tests/app/demo_trace.h"

namespace moe::app {
namespace {

using Kind = FindQuery::Kind;

std::string words(const QString& typed) { return find_query_in_words(parse_find_query(typed)).toStdString(); }

TEST(FindQueryTest, ReadsWhatPeopleType) {
    EXPECT_EQ(words("fox"), "the text “fox”");
    EXPECT_EQ(words("\"L3 E5\""), "the text “L3 E5”");
    EXPECT_EQ(words("/ L3"), "the text “ L3”");
    EXPECT_EQ(words("#57"), "token 57");
    EXPECT_EQ(words("id 594"), "tokens with id 594");
    EXPECT_EQ(words("L3"), "layer 3");
    EXPECT_EQ(words("l3 e5"), "tokens for which layer 3 chooses expert 5");
    EXPECT_EQ(words("layer 3, expert 5"), "tokens for which layer 3 chooses expert 5");
    EXPECT_EQ(words("@3.5"), "tokens for which layer 3 chooses expert 5");
    EXPECT_EQ(words("E5"), "tokens for which any layer chooses expert 5");
    EXPECT_EQ(words("margin < 0.03"), "tokens with a margin below 0.03 in any layer");
    EXPECT_EQ(words("L2 entropy above 2.5"), "tokens with an entropy above 2.5 nats in layer 2");
    EXPECT_EQ(parse_find_query("  ").kind, Kind::Nothing);
}

TEST(FindQueryTest, SaysWhatIsMissing) {
    for (const char* typed : {"#", "#x", "@", "margin <", "margin > 0.5", "entropy < 1", "margin < ."}) {
        const FindQuery query = parse_find_query(QString::fromLatin1(typed));
        EXPECT_EQ(query.kind, Kind::Unclear) << typed;
        EXPECT_FALSE(query.problem.isEmpty()) << typed;
        EXPECT_FALSE(matches(query, test::demo_trace(1), 0));
    }
}

TEST(FindQueryTest, ReadsARuleInWhicheverOrderItsPartsStand) {
    for (const char* typed : {"L3 margin<0.01", "margin < 0.01 L3", "margin<0.01 layer 3", "Margin below 0.01 in layer 3",
                              "margin L3 < 0.01", "layer 3: margin < 0,01", "0.01 > margin L3", "margin <= 0.01, l 3", "margin < 1e-2 L3"})
        EXPECT_EQ(words(typed), "tokens with a margin below 0.01 in layer 3") << typed;
    for (const char* typed : {"entropy > 2.7 layer 3", "L3 entropy above 2.7 nats", "2.7<entropy L3"})
        EXPECT_EQ(words(typed), "tokens with an entropy above 2.7 nats in layer 3") << typed;
    for (const char* typed : {"<|endoftext|>", "a < b", "the sky above", "over 5", "if (margin)", "L3 fox", "x -> y"})
        EXPECT_EQ(parse_find_query(typed).kind, Kind::Text) << typed;
    EXPECT_EQ(parse_find_query("\"marge < 0.01\"").kind, Kind::Text);
}

TEST(FindQueryTest, OffersTheNearestRuleForWhatLooksLikeOne) {
    const std::pair<const char*, const char*> pairs[] = {{"marge < 0.01", "margin < 0.01"},
                                                         {"margin > 0.5", "margin < 0.5"},
                                                         {"entropy < 1 L2", "L2 entropy > 1"},
                                                         {"margin <", "margin < 0.03"},
                                                         {"x > 5", "entropy > 5"},
                                                         {"margin < 0.01 please", "margin < 0.01"},
                                                         {"margin < 0.01 L3 L4", "L3 margin < 0.01"}};
    for (const auto& [typed, nearest] : pairs) {
        const FindQuery query = parse_find_query(typed);
        EXPECT_EQ(query.kind, Kind::Unclear) << typed;
        EXPECT_FALSE(query.problem.isEmpty()) << typed;
        EXPECT_EQ(query.nearest.toStdString(), nearest);
        EXPECT_TRUE(parse_find_query(query.nearest).is_rule()) << nearest;
    }
}

TEST(FindQueryTest, SaysThatThereIsNoSuchLayerOrExpert) {
    const TraceSnapshot trace = test::demo_trace(3);
    const auto why = [&](const char* typed) { return why_no_place(parse_find_query(typed), trace).toStdString(); };
    EXPECT_EQ(why("@2.99"), "There is no expert 99; layers 0 to 5 have experts 0 to 15");
    EXPECT_EQ(why("E16"), "There is no expert 16; layers 0 to 5 have experts 0 to 15");
    EXPECT_EQ(why("@9.2"), "Layer 9 has no router; layers 0 to 5 have one");
    EXPECT_EQ(why("margin < 0.1 L7"), "Layer 7 has no router; layers 0 to 5 have one");
    EXPECT_EQ(why("@2.15"), "");
}

std::vector<std::size_t> hits_of(const QString& typed, const TraceSnapshot& trace) {
    FindSearch search;
    search.set_subject(parse_find_query(typed), trace, 1);
    while (!search.advance(7)) {
    }
    return search.hits();
}

/// One token a word; "|" parts tokens.
TraceSnapshot text_trace(const std::string& text) {
    TraceStore store({}, TraceGating::Softmax);
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find('|', begin), text.size());
        const TokenRecord token{
            .id = static_cast<TokenId>(begin), .bytes = text.substr(begin, end - begin), .logprob = {}};
        store.append_tokens({&token, 1});
        begin = end + 1;
    }
    return store.snapshot();
}

using Positions = std::vector<std::size_t>;

TEST(FindSearchTest, FindsTextWhereItIsCompleteAndAcrossTokens) {
    const TraceSnapshot trace = text_trace("A fox| and a F|ox,| fo|x|es|fox");
    EXPECT_EQ(hits_of("fox", trace), (Positions{0, 2, 4, 6}));
    EXPECT_EQ(hits_of("ox, fox", trace), (Positions{4}));
    EXPECT_EQ(hits_of("wolf", trace), Positions{});
}

TEST(FindSearchTest, FindsLettersThatTokensCutInHalf) {
    const TraceSnapshot trace = text_trace("na\xC3|\xAFve| \xE2\x82|\xAC");
    EXPECT_EQ(hits_of(QString::fromUtf8("naïve"), trace), (Positions{1}));
    EXPECT_EQ(hits_of(QString::fromUtf8("€"), trace), (Positions{3}));
}

TEST(FindSearchTest, FindsTokensInWhichAPatternEnds) {
    const TraceSnapshot trace = text_trace("A1| fox|, 2|3!| B|.\n");
    EXPECT_EQ(hits_of("/\\d/", trace), (Positions{0, 2, 3}));
    EXPECT_EQ(hits_of("/\\d\\d/", trace), (Positions{3}));
    EXPECT_EQ(hits_of("/\\p{Lu}/", trace), (Positions{0, 4}));
    EXPECT_EQ(hits_of("/FOX/", trace), Positions{}) << "a pattern minds the case";
    EXPECT_EQ(words("/\\d/"), "what the pattern /\\d/ matches");
    EXPECT_EQ(parse_find_query("/(/").kind, Kind::Unclear);
}

TEST(TextPatternTest, GuessesThePatternThatWasMeant) {
    const auto meant = [](const char* typed) { return pattern_meant_by(QString::fromLatin1(typed)).toStdString(); };
    EXPECT_EQ(meant("\\d"), "/\\d/");
    EXPECT_EQ(meant("[0-9]"), "/[0-9]/");
    EXPECT_EQ(meant("Digits"), "/\\d/");
    EXPECT_EQ(meant("digit"), "/\\d/");
    EXPECT_EQ(meant("cat|dog"), "/cat|dog/");
    EXPECT_EQ(meant("\\d+("), "") << "it is no expression";
    for (const char* typed : {"", "fox", "/\\d/", "a + b", "What?", "3.5"}) EXPECT_EQ(meant(typed), "") << typed;
}

TEST(FindSearchTest, FindsWhatALoopOverEveryRouterFinds) {
    const TraceSnapshot trace = test::demo_trace(130);
    Positions fires, narrow, unsure_in_2;
    for (std::size_t position = 0; position < 130; ++position) {
        bool is_narrow = false;
        for (std::size_t layer = 0; layer < 6; ++layer)
            is_narrow = is_narrow || *router_certainty(trace, position, layer)->margin < 0.002;
        if (is_narrow) narrow.push_back(position);
        if (*router_certainty(trace, position, 2)->entropy > 2.3) unsure_in_2.push_back(position);
        if (trace.experts(position, 3)[0] == 5 || trace.experts(position, 3)[1] == 5)
            fires.push_back(position);
    }
    ASSERT_FALSE(fires.empty() || narrow.empty() || unsure_in_2.empty());
    EXPECT_EQ(hits_of("L3 E5", trace), fires);
    EXPECT_EQ(hits_of("margin < 0.002", trace), narrow);
    EXPECT_EQ(hits_of("L2 entropy > 2.3", trace), unsure_in_2);
}

TEST(FindHitsTest, ShowsTheRouterThatMeetsARuleBestAndSortsByIt) {
    const TraceSnapshot trace = test::demo_trace(130);
    FindSearch search;
    search.set_subject(parse_find_query("margin < 0.01"), trace, 1);
    while (!search.advance(100)) {
    }
    ASSERT_GT(search.hits().size(), 3u);
    ASSERT_EQ(search.values().size(), search.hits().size());
    for (std::size_t i = 0; i < search.hits().size(); ++i) {
        double smallest = 1;
        for (std::size_t layer = 0; layer < 6; ++layer)
            smallest = std::min(smallest, *router_certainty(trace, search.hits()[i], layer)->margin);
        EXPECT_EQ(search.values()[i].value, smallest);
        EXPECT_EQ(*router_certainty(trace, search.hits()[i], search.values()[i].layer)->margin, smallest);
    }
    FindHits rows;
    rows.set_hits(trace, search, FindHits::Order::Position);
    EXPECT_EQ(rows.position(0), search.hits()[0]);
    rows.set_hits(trace, search, FindHits::Order::Value);
    const auto closest = std::ranges::min_element(search.values(), {}, &RuleValue::value) - search.values().begin();
    EXPECT_EQ(rows.position(0), search.hits()[static_cast<std::size_t>(closest)]);
    EXPECT_TRUE(rows.value_text(0).startsWith(QStringLiteral("L")));
    EXPECT_EQ(rows.row_of(rows.position(2)), 2);
    EXPECT_EQ(rows.rowCount(), static_cast<int>(search.hits().size()));
}

TEST(FindSearchTest, GoesOnWithARunThatGrowsAndRoundItsEnds) {
    const std::shared_ptr<TraceStore> store = test::demo_store({});
    test::append_demo_tokens(*store, 30, {});
    FindSearch search;
    search.set_subject(parse_find_query("apples"), store->snapshot(), 1);
    EXPECT_TRUE(search.advance(1000));
    EXPECT_EQ(search.hits(), (Positions{3}));
    test::append_demo_tokens(*store, 30, {});
    search.set_subject(parse_find_query("apples"), store->snapshot(), 1);
    EXPECT_EQ(search.n_searched(), 30u);
    EXPECT_TRUE(search.advance(1000));
    EXPECT_EQ(search.hits(), (Positions{3, 31, 59}));
    EXPECT_EQ(search.next_hit(3), 31u);
    EXPECT_EQ(search.next_hit(59), 3u);
    EXPECT_EQ(search.previous_hit(31), 3u);
    EXPECT_EQ(search.previous_hit(2), 59u);
    EXPECT_EQ(search.next_hit({}), 3u);
}

TEST(FindSearchTest, LooksAtARangeAloneWhereThereIsOne) {
    const TraceSnapshot trace = test::demo_trace(60);
    FindSearch search;
    search.set_subject(parse_find_query("apples"), trace, 1, TokenRange{.first = 10, .end = 40});
    EXPECT_TRUE(search.advance(1000));
    EXPECT_EQ(search.hits(), (Positions{31}));
    EXPECT_EQ(search.n_searched(), 30u);
    search.set_subject(parse_find_query("apples"), trace, 1, TokenRange{.first = 59, .end = 90});
    EXPECT_TRUE(search.advance(1000));
    EXPECT_EQ(search.hits(), (Positions{59})) << "the run ends before the range";
    search.set_subject(parse_find_query("apples"), trace, 1);
    EXPECT_TRUE(search.advance(1000));
    EXPECT_EQ(search.hits(), (Positions{3, 31, 59}));
}

TEST(FindSearchTest, KnowsNoMarginOfATraceWithoutScores) {
    EXPECT_EQ(hits_of("margin < 1", test::demo_trace(40, {.has_logits = false})), Positions{});
    EXPECT_FALSE(hits_of("E1", test::demo_trace(40, {.has_logits = false})).empty());
    EXPECT_EQ(hits_of("L99 E1", test::demo_trace(40)), Positions{});
}

}  // namespace
}  // namespace moe::app
