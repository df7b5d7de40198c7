#include <gtest/gtest.h>

#include <QSignalSpy>
#include <QTest>

#include "app/docks/balance_dock.h"
#include "app/docks/next_token_dock.h"
#include "app/docks/router_model.h"
#include "app/docks/router_table.h"
#include "app/docks/runs_dock.h"
#include "app/docks/token_coloring.h"
#include "engine/stats/expert_load.h"
#include "tests/app/demo_trace.h"
#include "tests/app/routed_token.h"

namespace moe::app {
namespace {

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
