// What an open window costs the engine: generates with the window shown and with it hidden, in turns, and
// prints the tokens per second of both, how long the window did not answer, and what it takes when idle.
//
//   xvfb-run -a window_cost MODEL [THREADS [TOKENS [ROUNDS]]]
#include "app/shell/main_window.h"  // first: it includes Vulkan before Qt

#include <sys/resource.h>

#include <QApplication>
#include <QElapsedTimer>
#include <QTimer>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <vector>

namespace moe::app {
namespace {

constexpr int kBeat = 5;          // ms
constexpr int kIdleTime = 10000;  // ms
constexpr int kRest = 1000;       // ms, before the idle time: carets and fades come to rest

double processor_seconds() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values.empty() ? 0 : values[values.size() / 2];
}

class WindowCost : public QObject {
  public:
    struct Options {
        std::filesystem::path model;
        std::size_t n_threads, n_tokens, n_rounds;
    };
    WindowCost(MainWindow& window, const Options& options) : window_(window), options_(options) {
        connect(&beat_, &QTimer::timeout, this, &WindowCost::beat);
        connect(window_.picture(), &PictureView::frame_done, this, [this] { ++n_frames_; });
        beat_.start(kBeat);
    }

  private:
    enum class Stage { Start, Load, Prompt, Generate, Rest, Idle };

    std::size_t n_tokens() const {
        const RunEntry* run = window_.controller().state().shown_run();
        return run == nullptr ? 0 : run->snapshot.n_routed();
    }

    void beat() {
        AppController& controller = window_.controller();
        switch (stage_) {
            case Stage::Start:
                if (!window_.is_settled()) return;
                controller.open_file(options_.model);
                stage_ = Stage::Load;
                return;
            case Stage::Load:
                if (!controller.state().model || !controller.is_idle()) return;
                controller.set_threads(options_.n_threads);
                controller.set_speed(0);
                controller.run_prompt(AppController::Then::Pause);
                stage_ = Stage::Prompt;
                return;
            case Stage::Prompt:
                if (n_tokens() > 0 && controller.is_idle()) begin_turn();
                return;
            case Stage::Generate: {
                if (is_shown_) longest_ = std::max(longest_, since_beat_.elapsed() - kBeat);
                since_beat_.start();
                if (controller.is_idle()) end_turn();
                return;
            }
            case Stage::Rest:
                if (since_.elapsed() < kRest || !window_.is_settled()) return;
                beat_.setInterval(kIdleTime);  // this program's own beat is not the window's work
                n_frames_ = 0;
                processor_ = processor_seconds();
                since_.start();
                stage_ = Stage::Idle;
                return;
            case Stage::Idle:
                print();
                return QCoreApplication::quit();
        }
    }

    // Shown, hidden, hidden, shown ...: a context that grows costs both the same.
    void begin_turn() {
        is_shown_ = n_turns_ % 4 == 0 || n_turns_ % 4 == 3;
        window_.setVisible(is_shown_);
        QCoreApplication::processEvents();
        before_ = n_tokens();
        n_frames_ = 0;
        since_.start();
        since_beat_.start();
        processor_ = processor_seconds();
        window_.controller().generate(options_.n_tokens);
        stage_ = Stage::Generate;
    }

    void end_turn() {
        const double seconds = static_cast<double>(since_.nsecsElapsed()) / 1e9;
        const double speed = static_cast<double>(n_tokens() - before_) / seconds;
        std::printf("%-6s %8.2f tokens/s, %.2f of a core, %4d frames\n", is_shown_ ? "shown" : "hidden", speed,
                    (processor_seconds() - processor_) / seconds, n_frames_);
        // The first pair warms up.
        if (n_turns_ >= 2) (is_shown_ ? shown_ : hidden_).push_back(speed);
        if (++n_turns_ < 2 * (options_.n_rounds + 1)) return begin_turn();
        window_.show();
        since_.start();
        stage_ = Stage::Rest;
    }

    void print() const {
        const double idle = (processor_seconds() - processor_) / static_cast<double>(since_.elapsed()) * 1e3;
        std::printf("shown, of hidden        %6.1f %%  (medians of %zu)\n", 100 * median(shown_) / median(hidden_),
                    shown_.size());
        std::printf("longest without answer  %6lld ms\n", static_cast<long long>(longest_));
        std::printf("idle                    %6.2f %% of a core, %d frames\n", 100 * idle, n_frames_);
    }

    MainWindow& window_;
    Options options_;
    QTimer beat_;
    QElapsedTimer since_, since_beat_;
    Stage stage_ = Stage::Start;
    bool is_shown_ = true;
    std::size_t n_turns_ = 0, before_ = 0;
    double processor_ = 0;
    qint64 longest_ = 0;
    int n_frames_ = 0;
    std::vector<double> shown_, hidden_;
};

}  // namespace
}  // namespace moe::app

int main(int argc, char** argv) {
    if (argc < 2 || argc > 5) {
        std::fprintf(stderr, "window_cost MODEL [THREADS [TOKENS [ROUNDS]]]\n");
        return 2;
    }
    const auto number = [&](int at, std::size_t otherwise) {
        return argc > at ? std::strtoull(argv[at], nullptr, 10) : otherwise;
    };
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    QApplication application(argc, argv);
    moe::app::MainWindow window({.remembers_layout = false, .theme = moe::app::ThemeChoice::Dark});
    window.resize(1280, 800);
    window.show();
    moe::app::WindowCost cost(
        window, {.model = argv[1], .n_threads = number(2, 0), .n_tokens = number(3, 200), .n_rounds = number(4, 6)});
    return QApplication::exec();
}
