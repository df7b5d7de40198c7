// A model whose routers are in its layers 1 and 3: every place calls them that.
#include "tests/app/window_fixture.h"  // first: it includes Vulkan before Qt

#include <gtest/gtest.h>

#include "app/viewport/selection_words.h"
#include "engine/trace_io/write_trace.h"
#include "tests/app/demo_trace.h"

namespace moe::app {
namespace {

TraceSnapshot layers_1_and_3() { return test::demo_trace(40, {.n_layers = 2, .layer_ids = {1, 3}}); }

class LayerNumbersTest : public WindowTest {
  protected:
    void SetUp() override {
        WindowTest::SetUp();
        const std::filesystem::path path = folder_.path() / "layers.moetrace";
        RunSource source = source_of(trace_);
        source.model.name = "two of four";
        source.model.config_json = "{}";
        source.info = {.parent = {}, .name = "Run 1", .prompt = "", .params_json = "{}", .build_json = "{}"};
        ASSERT_TRUE(write_moetrace(path, source));
        controller().open_file(path);
        ASSERT_TRUE(settle());
        ASSERT_EQ(n_tokens(), trace_.n_tokens());
    }

    void find(const QString& typed) {
        window_->find_dock()->show();
        window_->find_dock()->find(typed);
        ASSERT_TRUE(settle());
    }
    bool some_label_says(const QWidget* widget, const QString& words) {
        const auto labels = widget->findChildren<QLabel*>();
        return std::ranges::any_of(labels, [&](const QLabel* label) { return label->text().contains(words); });
    }

    TraceSnapshot trace_ = layers_1_and_3();
};

TEST_F(LayerNumbersTest, AreWhatFindMeansAndGoesTo) {
    for (const std::size_t layer : {0u, 1u}) {
        const std::size_t number = 2 * layer + 1;
        const std::size_t expert = trace_.experts(12, layer)[0];
        std::vector<std::size_t> expected;
        for (std::size_t position = 0; position < trace_.n_routed(); ++position) {
            const ExpertsView chosen = trace_.experts(position, layer);
            if (std::ranges::find(chosen, expert) != chosen.end()) expected.push_back(position);
        }
        find(QStringLiteral("L%1 E%2").arg(number).arg(expert));
        EXPECT_EQ(window_->find_dock()->search().hits(), expected) << number;
        controller().select_token(0);
        window_->find_dock()->go_to_next();
        EXPECT_EQ(state().selection.layer, layer);
        EXPECT_EQ(state().selection.expert, expert);
        find(QStringLiteral("L%1").arg(number));
        controller().select({.token = {}, .layer = 1 - layer, .expert = {}});
        window_->find_dock()->go_to_next();
        EXPECT_EQ(state().selection.layer, layer);
    }
    find(QStringLiteral("L0 E4"));
    EXPECT_TRUE(window_->find_dock()->search().hits().empty());
    EXPECT_TRUE(some_label_says(window_->find_dock(), "Layer 0 has no router; layers 1 and 3 have one"));
}

TEST_F(LayerNumbersTest, AreSaidAlikeInEveryPlace) {
    controller().select_token(12);
    controller().select({.token = 12, .layer = 1, .expert = 5});
    ASSERT_TRUE(settle());
    EXPECT_NE(selection_in_words(trace_, state().selection).find("layer 3"), std::string::npos);
    EXPECT_TRUE(some_label_says(window_.get(), "layer 3&nbsp;")) << "the legend of the timeline";
    EXPECT_TRUE(some_label_says(window_->notes_dock(), "layer 3, expert 5") ||
                window_->notes_dock()->field()->placeholderText().contains("layer 3, expert 5"));
    EXPECT_TRUE(window_->expert_dock()->heading().isEmpty() ||
                window_->expert_dock()->heading() == "Layer 3, expert 5");
    window_->commands().action(CommandId::FindExpert)->trigger();
    ASSERT_TRUE(settle());
    EXPECT_EQ(window_->find_dock()->field()->text(), "L3 E5");
    press(Qt::Key_K, Qt::ControlModifier);
    QTest::keyClicks(window_->palette()->field(), "@1");
    QTest::keyClick(window_->palette()->field(), Qt::Key_Return);
    EXPECT_TRUE(wait_for([this] { return state().selection.layer == 0u; }));
}

}  // namespace
}  // namespace moe::app
