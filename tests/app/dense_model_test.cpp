// A dense model's trace has tokens and no router: nothing in the window may take one for granted.
#include "tests/app/window_fixture.h"  // first: it includes Vulkan before Qt

#include <QLabel>
#include <algorithm>

#include "engine/trace_io/moetrace_writer.h"
#include "tests/support/trace_text.h"

namespace moe::app {
namespace {

class DenseModelTest : public WindowTest {
  protected:
    void open_dense_trace() {
        const std::filesystem::path path = folder_.path() / "dense.moetrace";
        const TraceModelInfo model{.name = "dense",
                                   .family = "llama",
                                   .config_json = "{}",
                                   .fingerprint = "",
                                   .shape = test::make_shape(0, 0, 0)};
        auto writer = MoetraceWriter::create(path, MoetraceWriter::IfExists::Refuse, model, {}).value();
        const RunId run =
            writer
                ->begin_run({.parent = {}, .name = "dense", .prompt = "", .params_json = "{}", .build_json = "{}"})
                .value();
        writer->append_tokens(run, 0, test::random_tokens(1, 0, kTokens, 4)).value();
        writer
            ->append_chunk(run,
                           std::make_shared<const TraceChunk>(test::random_chunk(1, model.shape, 0, kTokens)))
            .value();
        writer->set_status(run, RunStatus::Complete).value();
        writer->close().value();
        controller().open_file(path);
        ASSERT_TRUE(settle());
    }

    static constexpr std::size_t kTokens = 40;
};

TEST_F(DenseModelTest, EveryValueOfThePictureIsShownWithoutARouter) {
    open_dense_trace();
    ASSERT_EQ(n_tokens(), kTokens);
    EXPECT_FALSE(state().selection.layer);
    const QList<QLabel*> labels = window_->router_dock()->findChildren<QLabel*>();
    EXPECT_TRUE(std::ranges::any_of(labels, [](const QLabel* label) { return label->text().contains("is dense"); }));
    for (const auto orientation : {render::Orientation::TokensDown, render::Orientation::TokensAcross}) {
        for (const auto value :
             {render::HeatmapValue::AppliedWeight, render::HeatmapValue::Score, render::HeatmapValue::Selected,
              render::HeatmapValue::Rank, render::HeatmapValue::Margin, render::HeatmapValue::Entropy,
              render::HeatmapValue::LoadDifference}) {
            PictureOptions options = window_->picture()->options();
            options.orientation = orientation;
            options.value = value;
            window_->picture()->set_options(options);
            press(Qt::Key_Left);
            press(Qt::Key_Down);
            ASSERT_TRUE(settle());
        }
    }
    EXPECT_FALSE(state().selection.layer);
    EXPECT_TRUE(failures_.empty());
}

TEST_F(DenseModelTest, EveryCommandEndsWithoutARouter) {
    open_dense_trace();
    for (const CommandInfo& command : all_commands()) {
        const QString name = QString::fromUtf8(command.text).remove(QLatin1Char('&'));
        const bool opens_a_dialog = name.endsWith(QChar(0x2026)) || command.menu == CommandMenu::Help;
        if (opens_a_dialog || command.id == CommandId::Quit || command.id == CommandId::SearchCommands) continue;
        window_->run_command(name);  // false where it is not to be had now
        ASSERT_TRUE(settle()) << command.text;
    }
    EXPECT_FALSE(state().selection.layer);
    EXPECT_TRUE(failures_.empty());
}

}  // namespace
}  // namespace moe::app
