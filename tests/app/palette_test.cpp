#include <gtest/gtest.h>

#include <QMenu>
#include <QMenuBar>
#include <QSettings>
#include <QTest>

#include "app/shell/command_palette.h"
#include "app/shell/fuzzy_match.h"
#include "app/shell/settings.h"
#include "tests/support/paths.h"

namespace moe::app {
namespace {

/// The text with the typed letters in brackets: "[C]ontinue [f]rom [h]ere"; "-" if it does not match.
std::string marked(const QString& pattern, const QString& text) {
    const std::optional<FuzzyMatch> found = fuzzy_match(pattern, text);
    if (!found) return "-";
    QString marked;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const bool is_typed = std::ranges::count(found->positions, i) > 0;
        marked += is_typed ? QLatin1Char('[') + QString(text[i]) + QLatin1Char(']') : QString(text[i]);
    }
    return marked.replace(QStringLiteral("]["), QString()).toStdString();
}

int score(const QString& pattern, const QString& text) {
    const std::optional<FuzzyMatch> found = fuzzy_match(pattern, text);
    return found ? found->score : -1;
}

TEST(FuzzyMatchTest, FindsLettersInTheirOrderAndPrefersBeginningsOfWords) {
    EXPECT_EQ(marked("cfh", "Continue from here"), "[C]ontinue [f]rom [h]ere");
    EXPECT_EQ(marked("zoo", "Zoom out"), "[Zoo]m out");
    EXPECT_EQ(marked("out", "Zoom out"), "Zoom [out]");
    EXPECT_EQ(marked("hfc", "Continue from here"), "-");
    EXPECT_EQ(marked("ex", "Next expert"), "Next [ex]pert")
        << "the word that begins so, not the first letters";
}

TEST(FuzzyMatchTest, TakesWordsInAnyOrderAndIgnoresCase) {
    EXPECT_EQ(marked("OUT zoom", "Zoom out"), "[Zoom] [out]");
    EXPECT_EQ(marked("zoom in", "Zoom out"), "-");
    EXPECT_EQ(marked("  ", "Zoom out"), "Zoom out");
}

TEST(FuzzyMatchTest, RanksWholeBeginningsAboveScatteredLetters) {
    EXPECT_GT(score("play", "Play or pause"), score("play", "Pick a layer"));
    EXPECT_GT(score("reset", "Reset layout"), score("reset", "Record the set"));
}

std::vector<PaletteEntry> entries_named(const QStringList& names) {
    std::vector<PaletteEntry> entries;
    for (const QString& name : names) entries.push_back({.name = name, .key = name, .group = QStringLiteral("View")});
    return entries;
}

QStringList names_of(const std::vector<PaletteEntry>& entries) {
    QStringList names;
    for (const PaletteEntry& entry : entries) names << entry.name;
    return names;
}

TEST(PaletteEntriesTest, PutsRecentOnesFirstWhileNothingIsTyped) {
    const auto entries = entries_named({"Open", "Zoom in", "Zoom out"});
    EXPECT_EQ(names_of(matching_entries(entries, {}, {"Zoom out", "Gone"})),
              QStringList({"Zoom out", "Open", "Zoom in"}));
    EXPECT_EQ(matching_entries(entries, {}, {"Zoom out"}).front().group, QStringLiteral("Recent"));
}

TEST(PaletteEntriesTest, FindsByWhatACommandDoesBehindThoseFoundByName) {
    auto entries = entries_named({"Follow", "Newest token"});
    entries.front().hint = "Keeps the newest row in view";
    EXPECT_EQ(names_of(matching_entries(entries, "newest", {})), QStringList({"Newest token", "Follow"}));
}

TEST(PaletteEntriesTest, ReadsMenusAndSubmenusWithTheirKeys) {
    QMenuBar bar;
    QMenu* view = bar.addMenu("&View");
    view->addAction("Zoom &in")->setShortcut(QKeySequence("Ctrl++"));
    view->addSeparator();
    view->addMenu("&Show")->addAction("&Probability")->setEnabled(false);
    const std::vector<PaletteEntry> entries = palette_entries(bar);
    EXPECT_EQ(names_of(entries), QStringList({"Zoom in", "Show: Probability"}));
    EXPECT_EQ(entries[0].keys, QStringLiteral("Ctrl++"));
    EXPECT_EQ(entries[0].group, QStringLiteral("View"));
    EXPECT_FALSE(entries[1].is_enabled);
}

/// A palette over a window of its own, with three commands that count how often they ran.
class CommandPaletteTest : public testing::Test {
  protected:
    void SetUp() override {
        QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope,
                           QString::fromStdString(folder_.path().string()));
        window_.resize(900, 700);
        window_.show();
        auto entries = entries_named({"Open", "Zoom in", "Zoom out"});
        for (PaletteEntry& entry : entries) {
            entry.run = [this, name = entry.name] { ran_ << name; };
        }
        entries[1].is_enabled = false;
        palette_.open_with(entries);
    }

    test::TemporaryFolder folder_;
    QWidget window_;
    CommandPalette palette_{&window_};
    QStringList ran_;
};

TEST_F(CommandPaletteTest, RunsWhatIsTypedAndRemembersIt) {
    QTest::keyClicks(palette_.field(), "zout");
    ASSERT_NE(palette_.current(), nullptr);
    EXPECT_EQ(palette_.current()->name, QStringLiteral("Zoom out"));
    QTest::keyClick(palette_.field(), Qt::Key_Return);
    QTest::qWait(0);
    EXPECT_EQ(ran_, QStringList({"Zoom out"}));
    EXPECT_FALSE(palette_.isVisible());
    EXPECT_EQ(settings::recent_commands(), QStringList({"Zoom out"}));
}

TEST_F(CommandPaletteTest, WalksRoundItsEntriesAndOverTheirHeadings) {
    EXPECT_EQ(palette_.current()->name, QStringLiteral("Open"));
    QTest::keyClick(palette_.field(), Qt::Key_Up);
    EXPECT_EQ(palette_.current()->name, QStringLiteral("Zoom out"));
    QTest::keyClick(palette_.field(), Qt::Key_Down);
    EXPECT_EQ(palette_.current()->name, QStringLiteral("Open"));
    QTest::keyClick(palette_.field(), Qt::Key_PageDown);
    EXPECT_EQ(palette_.current()->name, QStringLiteral("Zoom out"));
}

TEST_F(CommandPaletteTest, DoesNotRunWhatIsNotPossibleAndClosesOnEscape) {
    QTest::keyClick(palette_.field(), Qt::Key_Down);
    QTest::keyClick(palette_.field(), Qt::Key_Return);
    QTest::qWait(0);
    EXPECT_TRUE(ran_.isEmpty());
    EXPECT_TRUE(palette_.isVisible());
    QTest::keyClick(palette_.field(), Qt::Key_Escape);
    EXPECT_FALSE(palette_.isVisible());
}

}  // namespace
}  // namespace moe::app
