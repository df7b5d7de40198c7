// Opens a trace file in the window and prints when its first picture was there, when all of it was, when the
// timeline was there, how long the window did not answer meanwhile, and the memory.
//
//   xvfb-run -a trace_opening FILE [PICTURE.png]      the window as it was half-way
#include "app/shell/main_window.h"  // first: it includes Vulkan before Qt

#include <unistd.h>

#include <QApplication>
#include <QElapsedTimer>
#include <QTimer>
#include <algorithm>
#include <cstdio>
#include <fstream>

namespace moe::app {
namespace {

constexpr int kBeat = 5;  // ms

double resident_megabytes() {
    std::ifstream file("/proc/self/statm");
    double total = 0, resident = 0;
    file >> total >> resident;
    return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e6;
}

class Opening : public QObject {
  public:
    Opening(MainWindow& window, std::filesystem::path path, const char* picture)
        : window_(window), path_(std::move(path)), picture_(picture) {
        connect(&beat_, &QTimer::timeout, this, &Opening::beat);
        connect(window_.picture(), &PictureView::frame_done, this, &Opening::look);
        beat_.start(kBeat);
    }

  private:
    bool is_shown() const { return window_.picture()->model().trace.n_routed() > 0; }

    void beat() {
        if (!is_begun_) {
            if (!window_.is_settled()) return;
            is_begun_ = true;
            before_ = resident_megabytes();
            since_.start();
            window_.controller().open_file(path_);
        }
        if (since_beat_.isValid()) longest_ = std::max(longest_, since_beat_.elapsed() - kBeat);
        if (read_ >= 0) longest_later_ = std::max(longest_later_, since_beat_.elapsed() - kBeat);
        since_beat_.start();
        look_at_timeline();
        const bool is_read = has_picture_ && window_.controller().state().busy.text.isEmpty();
        if (is_read && read_ < 0) {
            read_ = since_.elapsed();
            std::printf("all of it after         %6lld ms\n", static_cast<long long>(read_));
        }
        if (read_ < 0 || !window_.is_settled()) return;
        std::printf("settled after           %6lld ms\n", static_cast<long long>(since_.elapsed()));
        if (coarse_curve_ >= 0)
            std::printf("timeline coarse after   %6lld ms, first curve %lld ms\n",
                        static_cast<long long>(coarse_curve_), static_cast<long long>(first_curve_));
        std::printf("frames until then       %6d\n", n_frames_);
        std::printf("longest without answer  %6lld ms, %lld ms while the timeline filled in\n",
                    static_cast<long long>(longest_), static_cast<long long>(longest_later_));
        const TraceSnapshot& trace = window_.picture()->model().trace;
        const double more = resident_megabytes() - before_;
        const auto n_cells =
            static_cast<double>(trace.n_routed() * trace.shape().n_layers * trace.shape().n_experts);
        std::printf("memory                  %6.0f MB, %.0f of them since it was opened: %.3f bytes a cell\n",
                    resident_megabytes(), more, more * 1e6 / n_cells);
        QCoreApplication::quit();
    }

    // The whole length coarsely: every stretch that is asked for now fills one between two that are known.
    void look_at_timeline() {
        const TimelineSeries& series = window_.timeline_dock()->view()->series();
        if (series.n_known() == 0) return;
        if (first_curve_ < 0) first_curve_ = since_.elapsed();
        if (coarse_curve_ >= 0 || series.n_missing() == 0) return;
        if (read_ >= 0 && series.next_tasks({}).front().tokens.size() > 1) coarse_curve_ = since_.elapsed();
    }

    void look() {
        if (!is_begun_ || !is_shown()) return;
        ++n_frames_;
        if (picture_ != nullptr && window_.controller().state().busy.share > 0.5)
            window_.grab().save(QString::fromLocal8Bit(std::exchange(picture_, nullptr)));
        if (std::exchange(has_picture_, true)) return;
        std::printf("first picture after     %6lld ms, of %zu tokens\n",
                    static_cast<long long>(since_.elapsed()), window_.picture()->model().trace.n_routed());
    }

    MainWindow& window_;
    std::filesystem::path path_;
    const char* picture_;
    QTimer beat_;
    QElapsedTimer since_, since_beat_;
    qint64 longest_ = 0, longest_later_ = 0, read_ = -1, first_curve_ = -1, coarse_curve_ = -1;
    bool is_begun_ = false, has_picture_ = false;
    int n_frames_ = 0;
    double before_ = 0;
};

}  // namespace
}  // namespace moe::app

int main(int argc, char** argv) {
    if (argc != 2 && argc != 3) {
        std::fprintf(stderr, "trace_opening FILE [PICTURE.png]\n");
        return 2;
    }
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    QApplication application(argc, argv);
    moe::app::MainWindow window({.remembers_layout = false, .theme = moe::app::ThemeChoice::Dark});
    window.resize(1280, 800);
    window.show();
    moe::app::Opening opening(window, argv[1], argc == 3 ? argv[2] : nullptr);
    return QApplication::exec();
}
