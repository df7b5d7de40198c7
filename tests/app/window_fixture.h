#pragma once

#include "app/shell/main_window.h"  // first: it includes Vulkan before Qt

#include <gtest/gtest.h>

#include <QSettings>
#include <QTest>
#include <fstream>

#include "render/renderer.h"
#include "tests/support/paths.h"

namespace moe::app {

inline constexpr int kTimeoutMs = 60000;  // a software renderer on a busy machine

/// The window with the embedded model and settings of its own, and a hand that uses it.
class WindowTest : public testing::Test {
  protected:
    void SetUp() override {
        QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope,
                           QString::fromStdString(folder_.path().string()));
        window_ = std::make_unique<MainWindow>(
            MainWindow::Options{.remembers_layout = true, .theme = ThemeChoice::Dark});
        window_->resize(1280, 800);
        window_->show();
        QObject::connect(&controller(), &AppController::failed,
                         [this](const Failure& failure) { failures_.push_back(failure); });
        ASSERT_TRUE(QTest::qWaitForWindowExposed(window_.get()));
        window_->activateWindow();
        controller().open_embedded_model();
        ASSERT_TRUE(wait_for([this] { return state().model.has_value() && window_->is_settled(); }));
    }

    void TearDown() override {
        window_.reset();
        EXPECT_EQ(render::n_validation_messages(), 0u);
    }

    static bool wait_for(const std::function<bool()>& condition) {
        return QTest::qWaitFor(condition, kTimeoutMs);
    }
    bool settle() {
        return wait_for([this] { return window_->is_settled(); });
    }

    AppController& controller() { return window_->controller(); }
    const AppState& state() { return controller().state(); }
    std::size_t n_tokens() {
        return state().shown_run() == nullptr ? 0 : state().shown_run()->snapshot.n_tokens();
    }

    void press(int key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
        window_->picture()->setFocus();
        QTest::keyClick(window_->picture(), static_cast<Qt::Key>(key), modifiers);
    }

    /// Reads the prompt and generates `n_steps` greedy tokens, one key press each.
    void generate(std::size_t n_steps) {
        window_->prompt_dock()->set_sampling({.seed = 7, .temperature = 0.0f});
        controller().set_sampling({.seed = 7, .temperature = 0.0f});
        for (std::size_t step = 0; step < n_steps; ++step) {
            press(Qt::Key_Right);
            ASSERT_TRUE(settle());
        }
    }

    /// Goes on from the selected token in a branch, and pauses there.
    void branch_and_pause() {
        const std::optional<RunKey> parent = state().shown;
        controller().set_speed(0.01);
        controller().continue_from_selection();
        ASSERT_TRUE(wait_for([&] { return state().shown != parent && state().is_generating(); }));
        controller().play_or_pause();
        ASSERT_TRUE(settle());
    }

    /// Closes the window and opens another one, as in the next session.
    void open_again() {
        EXPECT_TRUE(window_->close());
        window_ = std::make_unique<MainWindow>(MainWindow::Options{.theme = ThemeChoice::Dark});
        window_->resize(1280, 800);
        window_->show();
        ASSERT_TRUE(QTest::qWaitForWindowExposed(window_.get()));
        QCoreApplication::processEvents();
    }

    std::string write_file(const std::string& name, const std::string& bytes) {
        const std::filesystem::path path = folder_.path() / name;
        std::ofstream(path, std::ios::binary) << bytes;
        return path.string();
    }

    test::TemporaryFolder folder_;
    std::unique_ptr<MainWindow> window_;
    std::vector<Failure> failures_;
};

}  // namespace moe::app
