// What the model would have said otherwise, in the window.
#include "tests/app/window_fixture.h"  // first: it includes Vulkan before Qt

#include <gtest/gtest.h>

#include <QMenuBar>

#include "app/shell/palette_entries.h"

namespace moe::app {
namespace {

class CandidatesTest : public WindowTest {
  protected:
    const NextTokenModel& shown() const { return window_->next_token_dock()->model(); }
    std::size_t n_taken() const {
        return static_cast<std::size_t>(std::ranges::count_if(shown().candidates, &NextToken::is_taken));
    }
};

TEST_F(CandidatesTest, AreThoseOfTheSelectedTokenAndKeptAsTheRunGrew) {
    generate(4);
    const std::size_t last = n_tokens() - 1;
    EXPECT_EQ(shown().position, last + 1) << "at the live end the next one";
    EXPECT_EQ(n_taken(), 0u);
    controller().select_token(last - 1);
    ASSERT_TRUE(settle());
    EXPECT_EQ(shown().position, last - 1);
    ASSERT_FALSE(shown().candidates.empty());
    EXPECT_TRUE(shown().candidates.front().is_taken) << "greedy";
    EXPECT_EQ(shown().candidates.front().id, state().shown_run()->snapshot.token(last - 1).id);
    EXPECT_FALSE(shown().in_place_of.isEmpty());
}

TEST_F(CandidatesTest, AreFoundForATokenOfThePromptWhenAsked) {
    generate(2);
    controller().select_token(3);
    ASSERT_TRUE(settle());
    EXPECT_TRUE(shown().candidates.empty());
    ASSERT_TRUE(shown().can_ask);
    EXPECT_TRUE(window_->run_command("Show candidates for the next token"));
    QPushButton* const button = window_->next_token_dock()->note()->button();
    EXPECT_TRUE(wait_for([&] { return window_->focusWidget() == button; }));
    button->click();
    ASSERT_TRUE(settle());
    EXPECT_EQ(shown().position, 3u);
    EXPECT_FALSE(shown().candidates.empty());
    controller().select_token(0);
    ASSERT_TRUE(settle());
    EXPECT_FALSE(shown().can_ask) << "nothing stands before it";
    EXPECT_FALSE(shown().why_none.isEmpty());
}

TEST_F(CandidatesTest, MakeABranchWhereOneIsTaken) {
    generate(5);
    const RunKey parent = *state().shown;
    const std::size_t position = n_tokens() - 3;
    controller().select_token(position);
    ASSERT_TRUE(settle());
    const NextToken other = shown().candidates.at(1);
    ASSERT_FALSE(other.is_taken);
    controller().set_speed(100);
    Q_EMIT window_->next_token_dock()->list()->activated(window_->next_token_dock()->list()->model()->index(1, 0));
    ASSERT_TRUE(wait_for([&] { return state().shown != parent && n_tokens() > position + 2; })) << "it goes on";
    EXPECT_EQ(state().busy.text, QString()) << "what was read again is no news any more";
    EXPECT_EQ(window_->focusWidget(), window_->picture()) << "Space is to pause it";
    press(Qt::Key_Space);
    ASSERT_TRUE(settle());
    const RunEntry& branch = *state().shown_run();
    EXPECT_EQ(branch.fork_pos, position);
    EXPECT_EQ(branch.snapshot.token(position).id, other.id);
    controller().select_token(position - 1);
    ASSERT_TRUE(settle());
    EXPECT_FALSE(shown().candidates.empty()) << "inherited from the parent";
}

TEST_F(CandidatesTest, AreFoundInThePaletteByWhatOneAsks) {
    for (const char* typed : {"candidates", "otherwise", "next token"}) {
        const auto entries =
            matching_entries(palette_entries(*window_->menuBar()), QString::fromLatin1(typed), {});
        EXPECT_EQ(std::ranges::count(entries, "Show candidates for the next token", &PaletteEntry::name), 1) << typed;
        for (const PaletteEntry& entry : entries)
            EXPECT_EQ(std::ranges::count(entries, entry.name, &PaletteEntry::name), 1)
                << entry.name.toStdString();
    }
}

}  // namespace
}  // namespace moe::app
