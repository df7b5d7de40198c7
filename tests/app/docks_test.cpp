#include <gtest/gtest.h>

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>

#include "app/docks/balance_dock.h"
#include "app/docks/next_token_dock.h"
#include "app/docks/router_model.h"
#include "app/docks/router_table.h"
#include "app/docks/runs_dock.h"
#include "app/docks/token_display.h"
#include "app/docks/token_text_view.h"
#include "engine/stats/expert_load.h"
#include "tests/app/demo_trace.h"
#include "tests/app/routed_token.h"

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

TEST(RouterModelTest, RanksAllExpertsAndFindsTheNearMiss) {
    const TraceSnapshot trace = test::demo_trace(10);
    const RouterModel model = router_model(trace, 3, 1);
    ASSERT_EQ(model.rows.size(), 16u);
    std::vector<float> scores(16);
    ASSERT_TRUE(trace.scores(3, 1, scores));
    for (std::size_t rank = 1; rank < 16; ++rank)
        EXPECT_GE(scores[model.rows[rank - 1].expert], scores[model.rows[rank].expert]);
    EXPECT_TRUE(model.rows[1].is_chosen);
    EXPECT_TRUE(model.rows[2].is_runner_up);
    EXPECT_FALSE(model.rows[2].weight.has_value());
    EXPECT_NEAR(*model.margin,
                static_cast<double>(scores[model.rows[1].expert] - scores[model.rows[2].expert]), 1e-6);
}

TEST(RouterModelTest, ShowsOnlyTheChosenOnesOfATraceWithoutScores) {
    const TraceSnapshot trace = test::demo_trace(10, {.has_weights = false, .has_logits = false});
    const RouterModel model = router_model(trace, 3, 1);
    EXPECT_EQ(model.rows.size(), 2u);
    EXPECT_FALSE(model.rows[0].probability.has_value());
    EXPECT_FALSE(model.entropy.has_value());
    EXPECT_FALSE(model.absent.isEmpty());
}

// The worked example 9 of DeepSeek-V3's router: 8 experts in 4 groups, 2 kept, top 3, scale 2.5.
TEST(RouterArithmeticTest, ShowsTheEnginesNumbersOfAGroupLimitedRouterWithABias) {
    const std::vector<float> bias{-0.20f, 0, 0.10f, 0.05f, 0, -0.30f, 0.25f, 0};
    const MoeSpec spec{.n_experts = 8,
                       .top_k = 3,
                       .gating = Gating::Sigmoid,
                       .n_groups = 4,
                       .n_groups_used = 2,
                       .selection_bias = true,
                       .renormalize = true,
                       .weights_scale = 2.5f};
    const TraceSnapshot trace =
        test::routed_token({1.2f, -0.3f, 0.4f, 0.9f, -1.0f, 2.0f, 0.1f, 0.3f}, spec, bias);
    const RouterModel model = router_model(trace, 0, 0, &spec);
    ASSERT_EQ(model.arithmetic.steps.size(), 6u)
        << "logits, sigmoid, selection, renormalization, scaling, mix";
    EXPECT_EQ(model.arithmetic.steps[1].lines[0].value, QStringLiteral("0.52498"))
        << "expert 6 after sigmoid";
    const ArithmeticStep& selection = model.arithmetic.steps[2];
    EXPECT_EQ(selection.lines[0].value, QStringLiteral("1, 3")) << "the groups that are kept";
    EXPECT_EQ(selection.lines[1].value, QStringLiteral("0.77498")) << "expert 6 with its bias";
    EXPECT_NEAR(selection.lines.back().value.toDouble(), 0.698688 - 0.574443, 1e-5)
        << "the margin to expert 7";
    const ArithmeticStep& scaling = model.arithmetic.steps[4];
    EXPECT_EQ(scaling.lines[0].value, QStringLiteral("0.71538"));
    EXPECT_EQ(scaling.lines[1].value, QStringLiteral("0.96880"));
    EXPECT_EQ(scaling.lines[2].value, QStringLiteral("0.81582"));
    EXPECT_TRUE(model.has_ranked);
    EXPECT_TRUE(model.rows.back().is_in_lost_group);
    for (const ArithmeticStep& step : model.arithmetic.steps) {
        EXPECT_FALSE(step.sentence.isEmpty());
        EXPECT_FALSE(step.source.isEmpty());
    }
}

// Worked example 1: softmax over [2, 1, 0, -1], top 2, renormalized.
TEST(RouterArithmeticTest, TellsFromTheWeightsOfATraceWhetherTheyWereRenormalized) {
    MoeSpec spec{.n_experts = 4, .top_k = 2, .renormalize = true};
    const RouterModel scaled = router_model(test::routed_token({2, 1, 0, -1}, spec, {}), 0, 0);
    ASSERT_EQ(scaled.arithmetic.steps.size(), 5u);
    EXPECT_EQ(scaled.arithmetic.steps[1].lines[2].value, QStringLiteral("0.64391"));
    EXPECT_EQ(scaled.arithmetic.steps[3].title, QStringLiteral("Renormalization"));
    EXPECT_EQ(scaled.arithmetic.steps[3].lines[1].value, QStringLiteral("0.26894"));
    EXPECT_TRUE(scaled.arithmetic.origin.contains(QStringLiteral("derived")));
    spec.renormalize = false;
    const RouterModel plain = router_model(test::routed_token({2, 1, 0, -1}, spec, {}), 0, 0);
    EXPECT_EQ(plain.arithmetic.steps[3].title, QStringLiteral("No renormalization"));
    EXPECT_EQ(plain.arithmetic.steps[3].lines[1].value, QStringLiteral("0.23688"));
}

// Worked example 19: gpt-oss takes its weights from the chosen logits.
TEST(RouterArithmeticTest, ShowsTheSecondSoftmaxOverTheChosenLogits) {
    const MoeSpec spec{.n_experts = 4, .top_k = 2, .gating = Gating::SoftmaxTopK};
    const RouterModel model =
        router_model(test::routed_token({1.8f, 0.3f, 0.9f, 1.4f}, spec, {}), 0, 0, &spec);
    EXPECT_EQ(model.arithmetic.steps[3].lines[0].value, QStringLiteral("0.59869"));
    EXPECT_EQ(model.arithmetic.steps[3].lines[1].value, QStringLiteral("0.40131"));
}

TEST(TokenColoringTest, PutsSureAndUnsureTokensAtTheEndsOfTheScale) {
    const MoeSpec spec{.n_experts = 4, .top_k = 1};
    const TraceSnapshot unsure = test::routed_token({1, 1, 1, 1}, spec, {});
    EXPECT_NEAR(token_shade(unsure, 0, 0, TextColoring::Entropy)->place, 1.0, 1e-6);
    EXPECT_EQ(token_shade(unsure, 0, 0, TextColoring::Margin)->place, 1.0) << "a tie is the closest call";
    const TraceSnapshot sure = test::routed_token({50, 0, 0, 0}, spec, {});
    EXPECT_NEAR(token_shade(sure, 0, 0, TextColoring::Entropy)->place, 0.0, 1e-6);
    EXPECT_EQ(token_shade(sure, 0, 0, TextColoring::Margin)->place, 0.0);
    EXPECT_FALSE(token_shade(sure, 0, 0, TextColoring::Logprob)) << "a prompt's token has no probability";
    EXPECT_FALSE(token_shade(sure, 0, 0, TextColoring::TopExpert));
}

TEST(BalanceDockTest, ShowsEachLayerBesideChanceAndPhasesApart) {
    BalanceDock dock;
    dock.set_theme({});
    dock.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&dock));
    RunView view{.identity = 1, .trace = test::demo_trace(200)};  // 35 tokens of prompt
    dock.set_model(view);
    ASSERT_TRUE(QTest::qWaitFor([&] { return dock.is_settled() && dock.table()->rows().rowCount() > 0; }));
    const BalanceTableModel& rows = dock.table()->rows();
    ASSERT_EQ(rows.rowCount(), 7) << "6 layers under the row of chance";
    const LoadBalance oracle = *load_balance(tokens_per_expert(view.trace, 4, 0, 200));
    EXPECT_DOUBLE_EQ(rows.row_at(5)->balance.gini, oracle.gini);
    EXPECT_EQ(rows.index(0, BalanceTableModel::Layer).data().toString(), QStringLiteral("if uniform"));
    dock.table()->model()->sort(BalanceTableModel::Gini, Qt::DescendingOrder);
    EXPECT_EQ(rows.row_at(0), nullptr) << "chance stays on top";
    EXPECT_GE(rows.row_at(1)->balance.gini, rows.row_at(2)->balance.gini);
    dock.phase()->setCurrentIndex(1);
    ASSERT_TRUE(QTest::qWaitFor([&] { return dock.is_settled() && rows.model().n_tokens == 35; }));
    const LoadBalance prefill = *load_balance(tokens_per_expert(view.trace, 0, 0, 35));
    const auto* first = std::ranges::find(rows.model().rows, 0u, &BalanceRow::layer).base();
    EXPECT_DOUBLE_EQ(first->balance.cv, prefill.cv);
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

TEST(RunsDockTest, PutsABranchUnderItsParentAndNamesTheRunThatIsChosen) {
    RunsDock dock;
    dock.set_theme({});
    const RunKey parent{.source = RunKey::Source::Engine, .id = 1};
    const RunKey branch{.source = RunKey::Source::Engine, .id = 2};
    dock.set_model({{.key = parent, .parent = {}, .name = "Run 1", .n_tokens = 20, .state = "paused"},
                    {.key = branch,
                     .parent = parent,
                     .name = "Run 2 from 7",
                     .fork_pos = 7,
                     .n_tokens = 9,
                     .state = "paused",
                     .is_current = true}},
                   {});
    const QAbstractItemModel* model = dock.tree()->model();
    const QModelIndex top = model->index(0, 0);
    ASSERT_EQ(model->rowCount(top), 1);
    EXPECT_EQ(model->index(0, 0, top).data().toString(), QStringLiteral("Run 2 from 7"));
    RunKey chosen;
    QObject::connect(&dock, &RunsDock::run_chosen, [&chosen](RunKey key) { chosen = key; });
    Q_EMIT dock.tree()->activated(top);
    EXPECT_EQ(chosen, parent);
}

TEST(RunsDockTest, TellsTheNameThatWasTypedAndKeepsItsOwnTextsToItself) {
    RunsDock dock;
    dock.set_theme({});
    const RunKey key{.source = RunKey::Source::Engine, .id = 1};
    std::vector<std::pair<RunKey, QString>> renamed;
    QObject::connect(&dock, &RunsDock::run_renamed,
                     [&](RunKey run, const QString& name) { renamed.emplace_back(run, name); });
    dock.set_model({{.key = key, .parent = {}, .name = "Run 1", .n_tokens = 2, .state = "paused"}}, {});
    dock.set_model({{.key = key, .parent = {}, .name = "Run 1", .n_tokens = 3, .state = "paused"}}, {});
    EXPECT_TRUE(renamed.empty());
    QAbstractItemModel* model = dock.tree()->model();
    ASSERT_TRUE(model->flags(model->index(0, 0)).testFlag(Qt::ItemIsEditable));
    model->setData(model->index(0, 0), QStringLiteral(" Fox "));
    ASSERT_EQ(renamed.size(), 1u);
    EXPECT_EQ(renamed[0], std::pair(key, QStringLiteral("Fox")));
}

TEST(RunsDockTest, TheCursorStaysWhereItWasPutUntilAnotherRunIsShown) {
    RunsDock dock;
    dock.set_theme({});
    std::vector<RunItem> items;
    for (const RunId id : {1, 2, 3}) {
        items.push_back({.key = {.source = RunKey::Source::Engine, .id = id},
                         .parent = {},
                         .name = QStringLiteral("Run %1").arg(id),
                         .n_tokens = 2,
                         .state = "paused",
                         .is_current = id == 1});
    }
    dock.set_model(items, {});
    const auto row = [&] { return dock.tree()->currentIndex().row(); };
    EXPECT_EQ(row(), 0);
    dock.tree()->setCurrentIndex(dock.tree()->model()->index(1, 0));
    items[1].name = "Fox";
    items[0].n_tokens = 3;
    dock.set_model(items, {});
    EXPECT_EQ(row(), 1) << "Delete would mean another run";
    items.erase(items.begin() + 2);
    dock.set_model(items, {});
    EXPECT_EQ(row(), 1);
    items.erase(items.begin() + 1);
    dock.set_model(items, {});
    EXPECT_EQ(row(), 0) << "the shown one, now that its own is gone";
    items.push_back({.key = {.source = RunKey::Source::Engine, .id = 4}, .parent = {}, .name = "Run 4", .state = ""});
    std::swap(items[0].is_current, items[1].is_current);
    dock.set_model(items, {});
    EXPECT_EQ(row(), 1);
}

TEST(NextTokenDockTest, TakesTheTokenOnEnterOnlyWhilePaused) {
    NextTokenDock dock;
    dock.set_theme({});
    std::vector<TokenId> taken;
    QObject::connect(&dock, &NextTokenDock::token_taken, [&taken](std::size_t, TokenId id) { taken.push_back(id); });
    auto* list = static_cast<QListView*>(dock.focus_target());
    NextTokenModel model{.position = 4,
                         .candidates = {{.id = 11, .text = "a", .details = {}, .probability = 0.5f}},
                         .can_take = false,
                         .hint = {}};
    dock.set_model(model);
    Q_EMIT list->activated(list->model()->index(0, 0));
    EXPECT_TRUE(taken.empty());
    model.can_take = true;
    dock.set_model(model);
    Q_EMIT list->activated(list->model()->index(0, 0));
    EXPECT_EQ(taken, std::vector<TokenId>{11});
    model.candidates[0].is_taken = true;
    dock.set_model(model);
    Q_EMIT list->activated(list->model()->index(0, 0));
    EXPECT_EQ(taken.size(), 1u) << "the run has that one";
}

}  // namespace
}  // namespace moe::app
