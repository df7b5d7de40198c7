#pragma once

#include "app/shell/main_window.h"  // first: it includes Vulkan before Qt

#include <QTimer>

namespace moe::app {

/// Waits until the window shows what was asked for, saves it, and leaves. The program makes its own
/// pictures this way.
class ScreenshotJob : public QObject {
    Q_OBJECT
  public:
    struct Options {
        QString path;             ///< empty: saves nothing
        std::size_t n_steps = 0;  ///< tokens to generate first
        QStringList commands;     ///< then these, by their names in the menus
        QString typed;            ///< then this, into the field that has the focus
        bool leaves = true;
    };
    ScreenshotJob(MainWindow& window, const Options& options);

    /// The exit status so far: 1 when the picture could not be saved or something failed.
    int status() const { return status_; }

  private:
    void look();
    void prepare();
    void type(const QString& text);
    QPixmap grab() const;
    void save();

    MainWindow& window_;
    Options options_;
    QTimer timer_;              // a picture settles without a signal
    bool is_started_ = false;   // the file is open, and the steps were asked for
    bool is_prepared_ = false;  // the commands were given
    int status_ = 0;
};

}  // namespace moe::app
