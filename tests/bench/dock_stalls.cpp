// How long the window does not answer with each dock open over a long trace: prints, for every dock alone
// beside the picture, the longest event while it is opened, tokens are stepped through, a range is dragged and
// the selection jumps about the run.
//
//   xvfb-run -a dock_stalls TRACE [TITLE]     of that dock only
#include "app/shell/main_window.h"  // first: it includes Vulkan before Qt

#include <QApplication>
#include <QElapsedTimer>
#include <algorithm>
#include <cstdio>
#include <functional>

#include "engine/base/rng.h"

namespace moe::app {
namespace {

constexpr int kSteps = 24;       // of each kind
constexpr int kStepTime = 60;    // ms, a key held down or a drag
constexpr int kOpenTime = 1500;  // ms

/// Knows how long the longest event took.
class WatchedApplication : public QApplication {
  public:
    using QApplication::QApplication;

    bool notify(QObject* receiver, QEvent* event) override {
        if (depth_ > 0) return QApplication::notify(receiver, event);
        const Outermost outermost(*this);
        return QApplication::notify(receiver, event);
    }
    /// Calls `work` as if it were an event.
    void call(const std::function<void()>& work) {
        const Outermost outermost(*this);
        work();
    }
    double take_longest_ms() { return std::exchange(longest_ms_, 0.0); }

  private:
    struct Outermost {
        explicit Outermost(WatchedApplication& owner) : owner_(owner) {
            ++owner_.depth_;
            timer_.start();
        }
        ~Outermost() {
            --owner_.depth_;
            owner_.longest_ms_ = std::max(owner_.longest_ms_, static_cast<double>(timer_.nsecsElapsed()) / 1e6);
        }
        WatchedApplication& owner_;
        QElapsedTimer timer_;
    };
    int depth_ = 0;
    double longest_ms_ = 0;
};

class DockStalls {
  public:
    DockStalls(WatchedApplication& application, MainWindow& window) : application_(application), window_(window) {}

    void open(const char* path) {
        wait_until([this] { return window_.is_settled(); });
        application_.call([&] { window_.controller().open_file(path); });
        wait_until([this] { return trace().n_routed() > 0 && window_.controller().state().busy.text.isEmpty(); });
        wait_until([this] { return window_.is_settled(); });
        application_.take_longest_ms();
    }

    void measure_all(const QString& title) {
        std::printf("%-28s %8s %8s %8s %8s\n", "longest event, ms", "opened", "step", "range", "jump");
        const QList<TitledDock*> docks = window_.findChildren<TitledDock*>();
        for (TitledDock* dock : docks) dock->hide();
        measure("picture alone", [] {});
        for (TitledDock* dock : docks) {
            if (!title.isEmpty() && dock->windowTitle() != title) continue;
            measure(dock->windowTitle().toUtf8().constData(), [&] { dock->show(); });
            measure_variants(dock);
            dock->hide();
        }
        if (title.isEmpty()) measure_pictures();
    }

  private:
    const TraceSnapshot& trace() const { return window_.picture()->model().trace; }

    void measure_pictures() {
        PictureOptions options = window_.picture()->options();
        for (std::size_t layer = 0; layer < trace().shape().n_layers; layer += 2)
            options.arrangement.collapsed.insert(layer);
        measure("picture, layers collapsed", [&] { window_.picture()->set_options(options); });
        options = {};
        measure("picture, whole run", [&] {
            window_.picture()->set_options(options);
            window_.picture()->zoom_rows(-40);
        });
        for (const auto& [name, sort] : {std::pair{"picture, sorted by load", render::ExpertSort::ByLoad},
                                         std::pair{"picture, sorted by use", render::ExpertSort::BySimilarity}}) {
            options.arrangement.sort = sort;
            measure(name, [&] { window_.picture()->set_options(options); });
        }
    }

    void measure_variants(TitledDock* dock) {
        if (dock == window_.text_dock()) {
            measure("  by entropy", [&] { window_.text_dock()->set_coloring(TextColoring::Entropy); });
        } else if (dock == window_.find_dock()) {
            measure("  a text", [&] { window_.find_dock()->find(QStringLiteral(" w7")); });
            measure("  a margin", [&] { window_.find_dock()->find(QStringLiteral("margin < 0.01")); });
        } else if (dock == window_.expert_dock()) {
            measure("  search for a text", [&] { window_.expert_dock()->find(QStringLiteral("w12")); });
        }
    }

    void measure(const char* name, const std::function<void()>& open_it) {
        AppController& controller = window_.controller();
        controller.clear_range();
        controller.select({.token = 10, .layer = 1, .expert = 2});
        pump(kStepTime);
        application_.take_longest_ms();
        application_.call(open_it);
        pump(kOpenTime);
        const double opened = application_.take_longest_ms();
        const double step = longest([&](int) { controller.step_forward(); });
        const std::size_t n = trace().n_routed();
        const double range = longest([&](int i) {
            const std::size_t first = n / 5 - n / 200 * static_cast<std::size_t>(i % 4);
            controller.set_range({.first = first, .end = first + n * static_cast<std::size_t>(i + 1) / 40});
        });
        Rng rng(5);
        const double jump = longest([&](int) {
            controller.select({.token = rng.below(n),
                               .layer = rng.below(trace().shape().n_layers),
                               .expert = rng.below(trace().shape().n_experts)});
        });
        std::printf("%-28s %8.0f %8.0f %8.0f %8.0f\n", name, opened, step, range, jump);
    }

    double longest(const std::function<void(int)>& step) {
        for (int i = 0; i < kSteps; ++i) {
            application_.call([&] { step(i); });
            pump(kStepTime);
        }
        pump(10 * kStepTime);  // the answers from behind
        return application_.take_longest_ms();
    }

    void pump(int milliseconds) {
        QElapsedTimer timer;
        timer.start();
        while (timer.elapsed() < milliseconds) QCoreApplication::processEvents(QEventLoop::AllEvents, 5);
    }

    void wait_until(const std::function<bool()>& is_done) {
        while (!is_done()) pump(20);
    }

    WatchedApplication& application_;
    MainWindow& window_;
};

}  // namespace
}  // namespace moe::app

int main(int argc, char** argv) {
    if (argc != 2 && argc != 3) {
        std::fprintf(stderr, "dock_stalls TRACE [TITLE]\n");
        return 2;
    }
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    moe::app::WatchedApplication application(argc, argv);
    moe::app::MainWindow window({.remembers_layout = false, .theme = moe::app::ThemeChoice::Dark});
    window.resize(1280, 800);
    window.show();
    moe::app::DockStalls stalls(application, window);
    stalls.open(argv[1]);
    stalls.measure_all(argc == 3 ? QString::fromLocal8Bit(argv[2]) : QString());
    return 0;
}
