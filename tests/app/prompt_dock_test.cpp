#include "app/docks/prompt_dock.h"

#include <gtest/gtest.h>

namespace moe::app {
namespace {

TEST(PromptDockTest, ShowsARecordedPromptAndGivesTheUsersBack) {
    PromptDock dock({});
    auto* editor = dock.findChild<QPlainTextEdit*>(QStringLiteral("prompt_editor"));
    ASSERT_NE(editor, nullptr);
    dock.set_prompt(QStringLiteral("mine"));
    int n_edited = 0;
    QObject::connect(&dock, &PromptDock::prompt_edited, [&] { ++n_edited; });

    PromptModel model;
    model.recorded = QStringLiteral("theirs");
    dock.set_model(model);
    dock.set_model(model);
    EXPECT_EQ(editor->toPlainText(), QStringLiteral("theirs"));
    EXPECT_TRUE(editor->isReadOnly());
    EXPECT_EQ(dock.prompt(), QStringLiteral("mine")) << "what would be run";
    EXPECT_EQ(n_edited, 0);

    dock.set_model({});
    EXPECT_EQ(editor->toPlainText(), QStringLiteral("mine"));
    EXPECT_FALSE(editor->isReadOnly());
}

TEST(PromptDockTest, APromptThatIsSetMeanwhileIsTheUsers) {
    PromptDock dock({});
    PromptModel model;
    model.recorded = QString();
    dock.set_model(model);
    dock.set_prompt(QStringLiteral("later"));
    EXPECT_EQ(dock.prompt(), QStringLiteral("later"));
    dock.set_model({});
    EXPECT_EQ(dock.prompt(), QStringLiteral("later"));
}

}  // namespace
}  // namespace moe::app
