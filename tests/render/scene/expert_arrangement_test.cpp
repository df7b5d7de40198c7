#include "render/scene/expert_arrangement.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "engine/base/rng.h"
#include "render/resolve/cpu_resolve.h"
#include "render/scene/expert_clusters.h"
#include "render/scene/load_panel.h"
#include "render/scene/picking.h"
#include "tests/render/render_fixture.h"
#include "tests/support/trace_text.h"

namespace moe::render {
namespace {

using Experts = std::vector<std::size_t>;

// Experts 0 and 3 are used together, so are 1 and 2; 4 is never used.
constexpr std::string_view kTwoGroups = R"(
    0.3
    3.0
    0.3
    1.2
    2.1
)";

Experts experts_of(const ExpertArrangement& arrangement, std::size_t layer) {
    Experts experts;
    for (std::size_t i = 0; i < arrangement.n_shown(layer); ++i)
        experts.push_back(arrangement.expert_at(layer, i));
    return experts;
}

Experts order_of(const TraceSnapshot& trace, const ArrangementChoice& choice) {
    return experts_of(*arranged(trace, trace.shape(), choice), 0);
}

TEST(ExpertArrangementTest, IsNothingWhereNothingIsSpecial) {
    const TraceSnapshot trace = test::trace_from_text(kTwoGroups, {.n_experts = 5});
    EXPECT_EQ(arranged(trace, trace.shape(), {}), nullptr);
    EXPECT_EQ(arranged({}, {}, {.sort = ExpertSort::ByLoad}), nullptr) << "there is nothing to sort";
}

TEST(ExpertArrangementTest, SortsByLoadAndTiesById) {
    const TraceSnapshot trace = test::trace_from_text(kTwoGroups, {.n_experts = 5});
    EXPECT_EQ(order_of(trace, {.sort = ExpertSort::ByLoad}), (Experts{0, 3, 1, 2, 4}));
}

TEST(ExpertArrangementTest, PutsExpertsOfTheSameTokensSideBySide) {
    const TraceSnapshot trace = test::trace_from_text(kTwoGroups, {.n_experts = 5});
    EXPECT_EQ(order_of(trace, {.sort = ExpertSort::BySimilarity}), (Experts{0, 3, 1, 2, 4}));
}

TEST(ExpertArrangementTest, PinnedStandFirstAndHiddenHaveNoColumn) {
    const TraceSnapshot trace = test::trace_from_text(kTwoGroups, {.n_experts = 5});
    ArrangementChoice choice{.pinned = {{0, 4}, {0, 2}}, .hidden = {{0, 1}, {0, 2}}};
    EXPECT_EQ(order_of(trace, choice), (Experts{2, 4, 0, 3})) << "a pinned expert is not hidden";
    choice = {.hidden = {{0, 0}, {0, 1}, {0, 2}, {0, 3}, {0, 4}}};
    EXPECT_EQ(order_of(trace, choice), (Experts{0, 1, 2, 3, 4})) << "a layer is never empty";
    const ExpertArrangement some({{3, 1}}, {false}, 5);
    EXPECT_EQ(some.position_of(0, 1), 1u);
    EXPECT_EQ(some.position_of(0, 2), std::nullopt);
}

// The oracle joins the most similar pair of groups again and again, in n^3 steps.
std::vector<std::set<std::size_t>> slow_groups(const PairCounts& counts, std::size_t n_groups) {
    std::vector<std::set<std::size_t>> groups;
    for (std::size_t e = 0; e < counts.rows(); ++e) groups.push_back({e});
    const auto similarity = [&](const std::set<std::size_t>& a, const std::set<std::size_t>& b) {
        double sum = 0;
        for (const std::size_t i : a) {
            for (const std::size_t j : b)
                sum +=
                    static_cast<double>(counts.row(i)[j]) /
                    std::sqrt(static_cast<double>(counts.row(i)[i]) * static_cast<double>(counts.row(j)[j]));
        }
        return sum / static_cast<double>(a.size() * b.size());
    };
    while (groups.size() > n_groups) {
        std::size_t best_a = 0, best_b = 1;
        for (std::size_t a = 0; a < groups.size(); ++a) {
            for (std::size_t b = a + 1; b < groups.size(); ++b) {
                if (similarity(groups[a], groups[b]) > similarity(groups[best_a], groups[best_b]))
                    std::tie(best_a, best_b) = std::pair{a, b};
            }
        }
        groups[best_a].insert(groups[best_b].begin(), groups[best_b].end());
        groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(best_b));
    }
    return groups;
}

TEST(ExpertClustersTest, KeepEveryGroupOfTheOracleTogether) {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        Rng rng(seed);
        PairCounts counts(12, 12);
        for (std::size_t a = 0; a < 12; ++a) {
            for (std::size_t b = a; b < 12; ++b)
                counts.row(a)[b] = counts.row(b)[a] = a == b ? 5000 + rng.below(5000) : rng.below(5000);
        }
        const std::vector<std::uint16_t> order = clustered_order(counts);
        EXPECT_EQ(order, clustered_order(counts)) << "the same every time";
        ASSERT_EQ(std::set(order.begin(), order.end()).size(), 12u);
        for (std::size_t n_groups = 1; n_groups < 12; ++n_groups) {
            for (const std::set<std::size_t>& group : slow_groups(counts, n_groups)) {
                std::size_t first = order.size(), last = 0;
                for (std::size_t i = 0; i < order.size(); ++i) {
                    if (!group.contains(order[i])) continue;
                    first = std::min(first, i);
                    last = i;
                }
                EXPECT_EQ(last - first + 1, group.size()) << "seed " << seed << ", " << n_groups << " groups";
            }
        }
    }
}

FrameInput arranged_frame(const ArrangementChoice& choice, int width) {
    FrameInput input = test::synthetic_frame({.n_tokens = 40}, width, 700);
    input.view.arrangement = arranged(input.trace, input.trace.shape(), choice);
    return input;
}

const ArrangementChoice kMixed{.sort = ExpertSort::ByLoad,
                               .pinned = {{0, 5}, {2, 1}},
                               .hidden = {{1, 3}, {1, 4}, {5, 0}},
                               .collapsed = {3}};

// As drawn: every pixel of a bar lies over the column of the expert whose load it shows.
TEST(ExpertArrangementTest, PutsEveryBarExactlyUnderItsColumn) {
    for (int width = 400; width < 2400; width += 133) {
        const FrameInput input = arranged_frame(kMixed, width);
        const PanelLayout layout = panel_layout(input);
        LoadCounter counter;
        const LoadPanel panel = load_panel(input, layout, counter);
        for (std::size_t layer = 0; layer < 6; ++layer) {
            for (std::size_t i = 0; i < layout.columns.per_layer(layer); ++i) {
                const std::int64_t left = layout.columns.pixel_from_column(layer, i);
                for (int x = 0; x < layout.columns.column_pixels(layer); ++x)
                    EXPECT_EQ(layout.columns.column_from_pixel(left + x), layout.columns.column(layer, i));
            }
        }
        Marks marks;
        add_load_marks(input, layout, panel, marks);
        std::size_t n_bars = 0;
        for (const Mark& mark : marks) {
            if (mark.color != input.theme.bar || mark.rect.bottom() != layout.load_bars.bottom()) continue;
            const auto column = layout.columns.column_from_pixel(mark.rect.x - layout.heatmap.x);
            ASSERT_TRUE(column.has_value());
            EXPECT_EQ(mark.rect.x - layout.heatmap.x,
                      layout.columns.pixel_from_column(column->layer, column->index));
            double sum = 0;
            for (std::size_t p = column->first_position; p < column->end_position; ++p)
                sum += static_cast<double>(
                    panel.counts[column->layer * 16 + layout.columns.expert_at(column->layer, p)]);
            EXPECT_EQ(mark.rect.height,
                      bar_height(panel, layout, sum / static_cast<double>(column->n_experts())));
            ++n_bars;
        }
        EXPECT_GT(n_bars, 10u);
    }
}

TEST(ExpertArrangementTest, ShowsEachCellWhereItsExpertStands) {
    const FrameInput input = arranged_frame(kMixed, 1200);
    const PanelLayout layout = panel_layout(input);
    CpuResolve resolve;
    TokenPyramids pyramids;
    ReadBudget unlimited;
    CodeImage image;
    ASSERT_TRUE(resolve.resolve(input.trace, heatmap_request(input, layout), pyramids, unlimited, image));
    for (std::size_t token = 0; token < 10; ++token) {
        const auto y =
            static_cast<std::size_t>(layout.tokens.pixel_from_token(static_cast<std::int64_t>(token)));
        for (std::size_t layer = 0; layer < 6; ++layer) {
            std::uint8_t largest = 0;
            for (std::size_t slot = 0; slot < 2; ++slot) {
                const std::size_t expert = input.trace.experts(token, layer)[slot];
                const std::uint8_t code = code_from_value(input.trace.weights(token, layer)[slot]);
                const auto x = layout.columns.pixel_from_expert(layer, expert);
                if (!x) continue;
                largest = std::max(largest, code);
                const std::uint8_t drawn =
                    image.codes[y * static_cast<std::size_t>(image.width) + static_cast<std::size_t>(*x)];
                if (layer != 3) {
                    EXPECT_EQ(drawn, code);
                }
                const Hit hit = pick(input, layout, layout.heatmap.x + static_cast<int>(*x),
                                     layout.heatmap.y + static_cast<int>(y));
                EXPECT_EQ(hit.cell.layer, layer);
                if (layer != 3) {
                    EXPECT_EQ(hit.cell.expert, expert);
                }
            }
            if (layer != 3) continue;
            const auto x = static_cast<std::size_t>(layout.columns.pixel_from_layer(3));
            EXPECT_EQ(image.codes[y * static_cast<std::size_t>(image.width) + x], largest)
                << "the top-1 weight";
        }
    }
}

}  // namespace
}  // namespace moe::render
