#include <gtest/gtest.h>

#include <QClipboard>
#include <QGuiApplication>
#include <QSignalSpy>
#include <QTest>
#include <QThread>
#include <atomic>
#include <map>
#include <set>

#include "app/docks/background.h"
#include "app/docks/compare_dock.h"
#include "app/docks/expert_dock.h"
#include "app/docks/matrices_dock.h"
#include "tests/app/demo_trace.h"
#include "tests/support/trace_text.h"

namespace moe::app {
namespace {

constexpr double kRounding = 1e-12;
constexpr int kTimeoutMs = 60000;

bool wait_for(const std::function<bool()>& condition) { return QTest::qWaitFor(condition, kTimeoutMs); }

// Rows are tokens, columns are layers: expert 0 goes with 1, 2 with 3; layer 1 swaps the pairs.
constexpr std::string_view kPairs = R"(
    0.1  2.3
    1.0  3.2
    2.3  0.1
    3.2  1.0
    0.1  2.3
    2.0  0.1
)";

TraceSnapshot pairs() { return test::trace_from_text(kPairs, {.n_experts = 4}); }

TEST(BackgroundTest, AnswersTheNewestQuestionAndSkipsThoseItOvertook) {
    Background background(std::chrono::milliseconds(1));
    std::vector<int> answers;
    std::atomic<int> n_worked = 0;
    std::atomic<bool> may_go_on = false;
    for (int question = 0; question < 10; ++question) {
        background.ask([&, question]() -> Background::Answer {
            while (question == 0 && !may_go_on) QThread::yieldCurrentThread();
            ++n_worked;
            return [&answers, question] { answers.push_back(question); };
        });
    }
    may_go_on = true;
    ASSERT_TRUE(wait_for([&] { return background.is_idle(); }));
    EXPECT_EQ(answers, (std::vector<int>{0, 9}));
    EXPECT_EQ(n_worked, 2);
}

TEST(BackgroundTest, DropsTheAnswersToWhatWasForgotten) {
    Background background(std::chrono::milliseconds(1));
    bool was_told = false;
    background.ask([&]() -> Background::Answer { return [&was_told] { was_told = true; }; });
    background.forget();
    ASSERT_TRUE(wait_for([&] { return background.is_idle(); }));
    EXPECT_FALSE(was_told);
}

TEST(BackgroundTest, AnswersAnotherQuestionWithoutWaitingForTheRest) {
    Background background(std::chrono::hours(1));
    int answer = 0;
    const auto ask = [&](int number, Background::Urgency urgency) {
        background.ask(
            [&answer, number]() -> Background::Answer { return [&answer, number] { answer = number; }; },
            urgency);
    };
    ask(1, Background::Urgency::Later);
    ASSERT_TRUE(wait_for([&] { return answer == 1; }));
    ask(2, Background::Urgency::Later);
    QCoreApplication::processEvents();
    EXPECT_FALSE(background.is_idle()) << "the same question waits";
    ask(3, Background::Urgency::Now);
    ASSERT_TRUE(wait_for([&] { return background.is_idle(); }));
    EXPECT_EQ(answer, 3);
}

TEST(AskedTest, AsksAgainOnlyWhereTheAnswerMayDiffer) {
    Asked<int, int> asked;
    EXPECT_EQ(asked.urgency_of(1, 10), Background::Urgency::Now);
    EXPECT_EQ(asked.urgency_of(1, 10), std::nullopt);
    EXPECT_EQ(asked.urgency_of(1, 11), Background::Urgency::Later);
    EXPECT_EQ(asked.urgency_of(2, 11), Background::Urgency::Now);
    asked.forget();
    EXPECT_EQ(asked.urgency_of(2, 11), Background::Urgency::Now);
}

TEST(ScopeComboTest, FollowsTheSelectedRangeAndGoesBackToTheWholeRun) {
    ScopeCombo scope;
    RunView view{.identity = 1,
                 .trace = test::demo_trace(50),
                 .first_visible = 10,
                 .end_visible = 20,
                 .range = TokenRange{30, 80}};
    EXPECT_EQ(scope.range_of(view), (TokenRange{0, 50}));
    scope.follow(view);
    EXPECT_EQ(scope.range_of(view), (TokenRange{30, 50})) << "what is routed of it";
    scope.setCurrentIndex(ScopeCombo::VisibleRows);
    EXPECT_EQ(scope.range_of(view), (TokenRange{10, 20}));
    scope.setCurrentIndex(ScopeCombo::SelectedRange);
    view.range.reset();
    scope.follow(view);
    EXPECT_EQ(scope.range_of(view), (TokenRange{0, 50}));
    EXPECT_EQ(scope.count(), 2);
}

TEST(MatrixModelTest, CountsPairsOfALayerWithShareAndLift) {
    const MatrixModel model = matrix_model(pairs(), {.layer = 0, .range = {0, 6}});
    const MatrixCell together = model.cell(0, 1);
    EXPECT_EQ(together.count, 3u);
    EXPECT_NEAR(*together.share, 3.0 / 4, kRounding) << "expert 0 has 4 tokens";
    // Loads 4 3 3 2, 12 ordered pairs: 12 * 4 * 3 / (144 - 38).
    EXPECT_NEAR(together.expected, 12.0 * 12 / 106, kRounding);
    EXPECT_NEAR(*together.lift, 3 / (12.0 * 12 / 106), kRounding);
    EXPECT_FALSE(model.cell(2, 2).lift) << "the diagonal is the load";
}

TEST(MatrixModelTest, CountsTheFlowToTheNextLayer) {
    const MatrixModel model = matrix_model(pairs(), {.kind = MatrixKind::Flow, .layer = 0, .range = {0, 6}});
    EXPECT_EQ(model.cell(0, 2).count, 3u);
    EXPECT_EQ(model.cell(0, 0).count, 1u) << "the last token alone";
    EXPECT_NEAR(*model.cell(0, 2).share, 3.0 / 8, kRounding);
}

TEST(MatrixModelTest, PutsPartnersSideBySideWhenClustered) {
    const TraceSnapshot trace =
        test::trace_from_text("0.2\n 2.0\n 1.3\n 3.1\n 0.2\n 1.3\n", {.n_experts = 4});
    const MatrixModel model = matrix_model(trace, {.range = {0, 6}, .clusters = true});
    const auto place = [&](std::size_t expert) {
        return std::ranges::find(model.row_order, expert) - model.row_order.begin();
    };
    EXPECT_EQ(std::abs(place(0) - place(2)), 1);
    EXPECT_EQ(std::abs(place(1) - place(3)), 1);
}

TEST(MatricesDockTest, ListsTheTokensBehindTheCellThatIsClicked) {
    MatricesDock dock;
    dock.set_theme({});
    dock.resize(340, 700);
    dock.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&dock));
    dock.set_model({.identity = 1, .trace = pairs()});
    ASSERT_TRUE(wait_for([&] { return dock.is_settled() && dock.matrix()->model() != nullptr; }));
    QTest::mouseClick(dock.matrix(), Qt::LeftButton, {},
                      dock.matrix()->rect_of({.from = 2, .to = 3}).center().toPoint());
    ASSERT_TRUE(wait_for([&] { return dock.is_settled() && dock.tokens()->tokens().rowCount() == 2; }));
    EXPECT_EQ(dock.tokens()->tokens().position(0), 2u);
    EXPECT_EQ(dock.tokens()->tokens().position(1), 3u);
    std::size_t chosen = 0;
    QObject::connect(&dock, &MatricesDock::token_chosen, [&](std::size_t position) { chosen = position; });
    Q_EMIT dock.tokens()->activated(dock.tokens()->model()->index(1, 0));
    EXPECT_EQ(chosen, 3u);
    QTest::keyClick(dock.matrix(), Qt::Key_Left);
    EXPECT_EQ(dock.matrix()->chosen(), (ExpertPair{.from = 2, .to = 2})) << "arrows move the cell";
}

TEST(ExpertModelTest, AgreesWithARecount) {
    const TraceSnapshot trace = test::demo_trace(300);
    const ExpertModel model = expert_model(trace, {20, 280}, 3, 7);
    std::map<TokenId, std::pair<std::size_t, std::size_t>> used_and_seen;
    std::size_t n_used = 0;
    for (std::size_t position = 20; position < 280; ++position) {
        const auto experts = trace.experts(position, 3);
        const bool is_used = std::ranges::count(experts, 7) > 0;
        n_used += is_used ? 1 : 0;
        auto& [used, seen] = used_and_seen[trace.token(position).id];
        used += is_used ? 1 : 0;
        ++seen;
    }
    ASSERT_GT(n_used, 0u);
    EXPECT_EQ(model.n_used, n_used);
    EXPECT_EQ(model.positions.size(), n_used);
    EXPECT_NEAR(model.fair_share, 260 * 2 / 16.0, kRounding);
    for (const TokenUse& use : model.tokens) {
        EXPECT_EQ(use.n_used, used_and_seen[use.id].first);
        EXPECT_EQ(use.n_seen, used_and_seen[use.id].second);
        EXPECT_NEAR(use.lift,
                    static_cast<double>(use.n_used) / static_cast<double>(use.n_seen) /
                        (static_cast<double>(n_used) / 260),
                    1e-9);
    }
    std::size_t n_partners = 0;
    for (const Partner& partner : model.partners) n_partners += partner.count;
    EXPECT_EQ(n_partners, n_used) << "top 2: each use has one partner";
}

TEST(ExpertFinderTest, RanksTheExpertThatFiresOnAPatternByItsLift) {
    const auto store = std::make_shared<TraceStore>(
        TraceShape{.n_layers = 1, .n_experts = 4, .top_k = 1, .layer_ids = {0}}, TraceGating::Softmax);
    std::vector<TokenRecord> tokens;
    auto chunk = std::make_shared<TraceChunk>();
    for (const std::string text : {"a", " 1", "2", " b", "3", " c", "d", "4"}) {
        tokens.push_back({.id = 1, .bytes = text, .logprob = {}});
        const bool is_digit = text.find_first_of("1234") != std::string::npos;
        chunk->experts.push_back(is_digit ? 3 : text == "a" ? 3 : 0);
    }
    chunk->n_tokens = tokens.size();
    store->append_tokens(tokens);
    store->append_chunk(std::move(chunk));
    const TraceSnapshot trace = store->snapshot();
    const Result<std::vector<bool>> matches = matching_tokens(trace, {0, 8}, QStringLiteral("/\\d/"));
    ASSERT_TRUE(matches);
    EXPECT_EQ(*matches, (std::vector<bool>{false, true, true, false, true, false, false, true}));
    const ExpertHits found = find_experts(trace, {0, 8}, *matches);
    ASSERT_EQ(found.hits.size(), 1u);
    EXPECT_EQ(found.hits[0].expert, 3u);
    EXPECT_EQ(found.hits[0].n_hits, 4u);
    EXPECT_NEAR(found.hits[0].expected, 5.0 * 4 / 8, kRounding);
    EXPECT_NEAR(found.hits[0].lift, 1.6, kRounding);
}

TEST(ExpertFinderTest, MatchesTextAcrossTokensAndRefusesABrokenExpression) {
    const TraceSnapshot trace = test::demo_trace(28);
    const Result<std::vector<bool>> matches = matching_tokens(trace, {0, 28}, QStringLiteral("COUNTED"));
    ASSERT_TRUE(matches);
    for (std::size_t position = 0; position < 28; ++position)
        EXPECT_EQ((*matches)[position], position == 11 || position == 12) << position;
    const Result<std::vector<bool>> broken = matching_tokens(trace, {0, 28}, QStringLiteral("/(/"));
    ASSERT_FALSE(broken);
    EXPECT_NE(broken.error().message.find("not a regular expression"), std::string::npos);
}

TEST(ExpertDockTest, ShowsTheCardOfTheExpertAndFindsOthers) {
    ExpertDock dock;
    dock.set_theme({});
    dock.resize(340, 800);
    dock.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&dock));
    dock.set_model({.identity = 1, .trace = test::demo_trace(200), .layer = 2, .expert = 4});
    ASSERT_TRUE(wait_for([&] { return dock.is_settled() && dock.contexts()->tokens().rowCount() > 0; }));
    EXPECT_EQ(dock.heading(), QStringLiteral("Layer 2, expert 4"));
    EXPECT_GT(dock.partners()->rows().rowCount(), 0);
    dock.find(QStringLiteral("many"));
    ASSERT_TRUE(wait_for([&] { return dock.is_settled() && dock.found()->rows().rowCount() > 0; }));
    std::pair<std::size_t, std::size_t> chosen{99, 99};
    QObject::connect(&dock, &ExpertDock::expert_chosen, [&](std::size_t layer, std::size_t expert) {
        chosen = {layer, expert};
    });
    Q_EMIT dock.found()->activated(dock.found()->model()->index(0, 0));
    EXPECT_LT(chosen.first, 6u);
    dock.find(QStringLiteral("/(/"));
    ASSERT_TRUE(wait_for([&] { return dock.found_note()->model().text.contains(QStringLiteral("not a regular")); }));
    EXPECT_EQ(dock.found()->rows().rowCount(), 0);
    for (const char* typed : {"\\d", "digits", "[0-9]"}) {
        dock.find(QString::fromLatin1(typed));
        ASSERT_TRUE(wait_for([&] { return dock.is_settled() && !dock.found_note()->model().step.isEmpty(); })) << typed;
        dock.found_note()->button()->click();
        ASSERT_TRUE(wait_for([&] { return dock.is_settled() && dock.found()->rows().rowCount() > 0; })) << typed;
        EXPECT_TRUE(dock.found_note()->model().step.isEmpty());
    }
}

TEST(CompareDockTest, ComparesTheShownRunWithTheOneBeforeIt) {
    CompareDock dock;
    dock.set_theme({});
    dock.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&dock));
    const RunKey first{.source = RunKey::Source::Engine, .id = 1};
    const RunKey second{.source = RunKey::Source::Engine, .id = 2};
    const TraceSnapshot trace = test::demo_trace(90);
    dock.set_runs({{.key = first, .name = "Run 1", .identity = 2, .trace = test::demo_trace(60)},
                   {.key = second, .name = "Run 2", .identity = 4, .trace = trace}},
                  second);
    ASSERT_TRUE(wait_for([&] { return dock.is_settled() && dock.comparison().n_tokens_b == 90; }));
    EXPECT_EQ(dock.comparison().n_tokens_a, 60u);
    EXPECT_FALSE(dock.comparison().first_different_token.has_value());
    EXPECT_EQ(dock.comparison().end_of_a, 60u);
    EXPECT_EQ(dock.differences()->rows().rowCount(), 0);
    const std::shared_ptr<TraceStore> other = test::demo_store({});
    std::vector<TokenRecord> tokens;
    for (std::size_t position = 0; position < 30; ++position) tokens.push_back(test::demo_token(position + 1));
    other->append_tokens(tokens);
    dock.set_runs({{.key = first, .name = "Run 1", .identity = 6, .trace = other->snapshot()},
                   {.key = second, .name = "Run 2", .identity = 4, .trace = trace}},
                  second);
    ASSERT_TRUE(wait_for([&] { return dock.is_settled() && dock.comparison().n_tokens_a == 30; }));
    EXPECT_EQ(dock.comparison().first_different_token, 0u);
    EXPECT_EQ(dock.differences()->rows().rowCount(), 30);
    std::optional<std::size_t> place;
    QObject::connect(&dock, &CompareDock::place_chosen,
                     [&](RunKey run, std::size_t position, std::optional<std::size_t>) {
                         EXPECT_EQ(run, second);
                         place = position;
                     });
    Q_EMIT dock.differences()->activated(dock.differences()->model()->index(2, 0));
    EXPECT_EQ(place, 2u);
    EXPECT_EQ(dock.token_button()->text(), "Texts part at 0");
    dock.differences()->actions().front()->trigger();
    const QString copied = QGuiApplication::clipboard()->text();
    EXPECT_TRUE(copied.startsWith("position,token_a,token_b,layers_that_differ\n0,"));
    for (int position = 1; position < 30; ++position)
        EXPECT_TRUE(copied.contains(QStringLiteral("\n%1,").arg(position))) << position;
}

TEST(CompareDockTest, BeginsWithTheNewBranchAndItsParentUntilTheUserChooses) {
    CompareDock dock;
    dock.set_theme({});
    const auto key = [](RunId id) { return RunKey{.source = RunKey::Source::Engine, .id = id}; };
    const auto run = [&](RunId id, std::optional<RunKey> parent) {
        return ComparedRun{.key = key(id),
                           .name = QStringLiteral("Run %1").arg(id),
                           .parent = parent,
                           .identity = 2 * static_cast<std::uint64_t>(id),
                           .trace = test::demo_trace(20)};
    };
    std::vector<ComparedRun> runs{run(1, {}), run(2, {})};
    dock.set_runs(runs, key(2));
    EXPECT_EQ(dock.run_a()->key, key(1));
    EXPECT_EQ(dock.run_b()->key, key(2));
    runs.push_back(run(3, key(1)));
    dock.set_runs(runs, key(3));
    EXPECT_EQ(dock.run_a()->key, key(1));
    EXPECT_EQ(dock.run_b()->key, key(3));
    runs.push_back(run(4, key(3)));
    dock.set_runs(runs, key(4));
    EXPECT_EQ(dock.run_a()->key, key(3));
    EXPECT_EQ(dock.run_b()->key, key(4));
    dock.set_runs(runs, key(2));
    EXPECT_EQ(dock.run_b()->key, key(4)) << "looking at another run changes nothing";
    dock.choose(key(1), key(2));
    runs.push_back(run(5, key(4)));
    dock.set_runs(runs, key(5));
    EXPECT_EQ(dock.run_a()->key, key(1));
    EXPECT_EQ(dock.run_b()->key, key(2)) << "that was the user's choice";
}

TEST(CompareDockTest, AsksForTheRunThatWasNotReadAndKeepsTheTwoApart) {
    CompareDock dock;
    dock.set_theme({});
    dock.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&dock));
    const auto key = [](RunId id) { return RunKey{.source = RunKey::Source::Trace, .id = id}; };
    std::optional<RunKey> wanted;
    QObject::connect(&dock, &CompareDock::run_wanted, [&](std::optional<RunKey> run) { wanted = run; });
    std::vector<ComparedRun> runs{{.key = key(1), .name = "one", .identity = 2, .trace = test::demo_trace(60)},
                                  {.key = key(2), .name = "two"},
                                  {.key = key(3), .name = "three"}};
    dock.set_runs(runs, key(1));
    EXPECT_EQ(wanted, key(2));
    runs[1].share_read = 0.415;
    dock.set_runs(runs, key(1));
    EXPECT_EQ(dock.note()->model().text, "Reading two, 41 %");
    bool is_given_up = false;
    QObject::connect(&dock, &CompareDock::reading_given_up, [&] { is_given_up = true; });
    EXPECT_EQ(dock.note()->model().step, "Stop");
    dock.note()->button()->click();
    EXPECT_TRUE(is_given_up);
    runs[1].share_read.reset();
    runs[1].is_left_unread = true;
    wanted = key(1);
    dock.set_runs(runs, key(1));
    EXPECT_EQ(wanted, std::nullopt) << "nobody asks again";
    EXPECT_EQ(dock.note()->model().text, "two was not read to its end");
    EXPECT_EQ(dock.note()->model().step, "Read");
    dock.note()->button()->click();
    EXPECT_EQ(wanted, key(2)) << "but the user";
    runs[1].is_left_unread = false;
    dock.set_runs(runs, key(1));
    dock.choose(key(3), key(2));
    EXPECT_EQ(wanted, key(3)) << "A goes first";
    dock.choice_b()->setCurrentIndex(2);
    Q_EMIT dock.choice_b()->activated(2);
    EXPECT_EQ(dock.run_b()->key, key(3));
    EXPECT_EQ(dock.run_a()->key, key(2)) << "A takes what B had";
    runs[1].unreadable = "chunk 3 of run 2: ends early; copy the file again";
    dock.set_runs(runs, key(1));
    EXPECT_EQ(wanted, key(3)) << "what cannot be read is not asked for";
    EXPECT_EQ(dock.note()->model().text, "two cannot be read\n" + runs[1].unreadable);
    wanted.reset();
    dock.note()->button()->click();
    EXPECT_EQ(wanted, key(2)) << "unless the user asks";
    EXPECT_EQ(dock.choice_a()->currentText(), "A  two, unreadable");
}

TEST(CompareDockTest, OffersTheCommandThatLeadsToASecondRun) {
    CompareDock dock;
    dock.set_theme({});
    QAction command("&Continue from here");
    int n_triggered = 0;
    QObject::connect(&command, &QAction::triggered, [&] { ++n_triggered; });
    dock.set_next_step(&command);
    EXPECT_EQ(dock.note()->model().step, "Continue from here");
    dock.note()->button()->click();
    EXPECT_EQ(n_triggered, 1);
    command.setEnabled(false);
    EXPECT_FALSE(dock.note()->button()->isEnabled());
    dock.set_next_step(nullptr);
    EXPECT_TRUE(dock.note()->button()->isHidden());
}

}  // namespace
}  // namespace moe::app
