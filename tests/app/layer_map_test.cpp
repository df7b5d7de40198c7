// The layer map: every cell against counts made one by one, and how one moves in it.
#include <gtest/gtest.h>

#include <QKeyEvent>
#include <QSignalSpy>
#include <QTest>

#include "app/docks/balance_dock.h"
#include "tests/app/demo_trace.h"

namespace moe::app {
namespace {

constexpr std::size_t kTokens = 41;
constexpr TokenRange kRange{.first = 5, .end = 33};

TraceSnapshot made_trace() { return test::demo_trace(kTokens, {.n_layers = 3, .n_experts = 7, .top_k = 2}); }

std::size_t count_by_hand(const TraceSnapshot& trace, const TokenRange& range, std::size_t layer, std::size_t expert) {
    std::size_t count = 0;
    for (std::size_t token = range.first; token < range.end; ++token) {
        for (const std::uint16_t chosen : trace.experts(token, layer)) count += chosen == expert ? 1 : 0;
    }
    return count;
}

/// A theme whose map tells the value: red is the place in the map.
DockTheme telling_theme() {
    DockTheme theme;
    for (int i = 0; i < 256; ++i) theme.map[static_cast<std::size_t>(i)] = qRgb(i, 0, 0);
    theme.accent = Qt::green;
    theme.surface = Qt::blue;
    return theme;
}

BalanceModel made_model(const TraceSnapshot& trace) {
    RunningPhaseLoad load;
    load.move_to(trace, kRange.first, kRange.end);
    return balance_model(load, trace.shape(), kRange, PhaseFilter::All);
}

TEST(LayerMapTest, EveryCellHasItsLoadInMultiplesOfTheFairShare) {
    const TraceSnapshot trace = made_trace();
    LayerMapView map;
    map.resize(420, 300);
    map.set_theme(telling_theme());
    map.set_model(made_model(trace));
    const double fair = (kRange.end - kRange.first) * 2 / 7.0;
    const QImage picture = map.grab().toImage();
    for (std::size_t layer = 0; layer < 3; ++layer) {
        for (std::size_t expert = 0; expert < 7; ++expert) {
            const LayerExpert cell{.layer = layer, .expert = expert};
            const double expected = static_cast<double>(count_by_hand(trace, kRange, layer, expert)) / fair;
            EXPECT_DOUBLE_EQ(map.multiple(cell), expected);
            const QColor seen = picture.pixelColor(map.rect_of(cell).center().toPoint() * picture.devicePixelRatio());
            EXPECT_NEAR(seen.red(), 255 * expected / LayerMapView::kScaleEnd, 1) << layer << ' ' << expert;
        }
    }
}

TEST(LayerMapTest, AClickAndTheArrowsChooseALayersExpert) {
    LayerMapView map;
    map.resize(420, 300);
    map.set_theme(telling_theme());
    map.set_model(made_model(made_trace()));
    map.set_chosen(1, std::nullopt);
    QSignalSpy chosen(&map, &LayerMapView::expert_chosen);
    const auto last = [&] {
        return LayerExpert{.layer = chosen.back()[0].toULongLong(), .expert = chosen.back()[1].toULongLong()};
    };
    QTest::mouseClick(&map, Qt::LeftButton, {}, map.rect_of({.layer = 2, .expert = 5}).center().toPoint());
    EXPECT_EQ(last(), (LayerExpert{.layer = 2, .expert = 5}));
    map.set_chosen(2, 5);
    QTest::keyClick(&map, Qt::Key_Right);
    EXPECT_EQ(last(), (LayerExpert{.layer = 2, .expert = 6}));
    map.set_chosen(2, 6);
    QTest::keyClick(&map, Qt::Key_Right);
    QTest::keyClick(&map, Qt::Key_Down);
    EXPECT_EQ(last(), (LayerExpert{.layer = 2, .expert = 6})) << "it ends there";
    QTest::keyClick(&map, Qt::Key_Up);
    EXPECT_EQ(last(), (LayerExpert{.layer = 1, .expert = 6}));
    const qsizetype n_before = chosen.size();
    QTest::mouseClick(&map, Qt::LeftButton, {}, QPoint(2, 2));
    EXPECT_EQ(chosen.size(), n_before);
}

TEST(LayerMapTest, KeepsTheArrowsButNotThoseOfTheHistory) {
    LayerMapView map;
    const auto is_kept = [&map](Qt::KeyboardModifiers modifiers) {
        QKeyEvent event(QEvent::ShortcutOverride, Qt::Key_Left, modifiers);
        event.ignore();
        QCoreApplication::sendEvent(&map, &event);
        return event.isAccepted();
    };
    EXPECT_TRUE(is_kept(Qt::NoModifier));
    EXPECT_FALSE(is_kept(Qt::AltModifier));
}

TEST(LayerMapTest, StandsInPlaceOfTheTable) {
    BalanceDock dock;
    dock.resize(420, 600);
    dock.set_theme(telling_theme());
    dock.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&dock));
    dock.set_model({.identity = 1, .trace = made_trace(), .end_visible = kTokens});
    ASSERT_TRUE(QTest::qWaitFor([&] { return dock.is_settled(); }, 60000));
    ASSERT_TRUE(QTest::qWaitFor([&] { return dock.table()->rows().rowCount() > 0; }));
    EXPECT_FALSE(dock.map()->isVisible());
    EXPECT_TRUE(dock.table()->isVisible());
    dock.show_map();
    EXPECT_TRUE(dock.map()->isVisible());
    EXPECT_FALSE(dock.table()->isVisible());
    EXPECT_EQ(dock.focus_target(), dock.map());
    QSignalSpy chosen(&dock, &BalanceDock::expert_chosen);
    QTest::mouseClick(dock.map(), Qt::LeftButton, {},
                      dock.map()->rect_of({.layer = 0, .expert = 3}).center().toPoint());
    EXPECT_EQ(chosen.size(), 1);
}

}  // namespace
}  // namespace moe::app
