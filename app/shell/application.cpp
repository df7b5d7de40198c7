#include "app/shell/application.h"

#include "app/shell/main_window.h"  // first: it includes Vulkan before Qt

#include <QApplication>
#include <QCommandLineParser>
#include <QFile>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "app/shell/screenshot.h"
#include "app/shell/settings.h"

namespace moe::app {

namespace {

struct WindowArguments {
    QString file;
    std::optional<ThemeChoice> theme;
    std::optional<QSize> size;
    QString prompt;
    ScreenshotJob::Options job;
    bool has_job = false;
};

std::optional<QSize> parse_size(const QString& text) {
    const QStringList parts = text.split(QLatin1Char('x'));
    bool is_width = false, is_height = false;
    if (parts.size() != 2) return std::nullopt;
    const QSize size(parts[0].toInt(&is_width), parts[1].toInt(&is_height));
    const bool is_sensible = is_width && is_height && size.width() >= 1 && size.height() >= 1 &&
                             size.width() <= 16384 && size.height() <= 16384;
    return is_sensible ? std::optional(size) : std::nullopt;
}

Result<WindowArguments> parse_arguments(const QStringList& arguments) {
    QCommandLineParser parser;
    parser.addPositionalArgument(QStringLiteral("file"), {});
    parser.addOptions({{QStringLiteral("theme"), {}, QStringLiteral("dark|light")},
                       {QStringLiteral("size"), {}, QStringLiteral("WxH")},
                       {QStringLiteral("prompt"), {}, QStringLiteral("text")},
                       {QStringLiteral("steps"), {}, QStringLiteral("n")},
                       {QStringLiteral("command"), {}, QStringLiteral("name")},
                       {QStringLiteral("type"), {}, QStringLiteral("text")},
                       {QStringLiteral("screenshot"), {}, QStringLiteral("png")},
                       {QStringLiteral("quit"), {}}});
    if (!parser.parse(arguments)) return make_error("{}", parser.errorText().toStdString());
    if (parser.positionalArguments().size() > 1)
        return make_error("more than one file; give one model or one trace");
    WindowArguments result;
    result.file = parser.positionalArguments().value(0);
    result.prompt = parser.value(QStringLiteral("prompt"));
    const QString theme = parser.value(QStringLiteral("theme"));
    if (theme == QLatin1String("dark")) result.theme = ThemeChoice::Dark;
    if (theme == QLatin1String("light")) result.theme = ThemeChoice::Light;
    if (!theme.isEmpty() && !result.theme)
        return make_error("--theme {}: unknown; give dark or light", theme.toStdString());
    const QString size = parser.value(QStringLiteral("size"));
    result.size = parse_size(size);
    if (!size.isEmpty() && !result.size)
        return make_error("--size {}: not a size; give WIDTHxHEIGHT", size.toStdString());
    bool is_number = true;
    const QString steps = parser.value(QStringLiteral("steps"));
    if (!steps.isEmpty()) result.job.n_steps = steps.toUInt(&is_number);
    if (!is_number) return make_error("--steps {}: not a number of tokens", steps.toStdString());
    result.job.path = parser.value(QStringLiteral("screenshot"));
    result.job.commands = parser.values(QStringLiteral("command"));
    result.job.typed = parser.value(QStringLiteral("type"));
    result.job.leaves = parser.isSet(QStringLiteral("quit")) || !result.job.path.isEmpty();
    result.has_job = result.job.leaves || result.job.n_steps > 0 || !result.job.commands.isEmpty();
    return result;
}

// Qt's remarks about the desktop are for developers. Where it gives up, people get one line that says what to
// do.
void handle_qt_message(QtMsgType type, const QMessageLogContext&, const QString& text) {
    if (qEnvironmentVariableIsSet("MOESCOPE_QT_MESSAGES")) std::fprintf(stderr, "%s\n", qUtf8Printable(text));
    if (type != QtFatalMsg) return;
    if (text.contains(QStringLiteral("platform plugin"))) {
        std::fputs(
            "moescope: no display: the window cannot be opened; set DISPLAY or WAYLAND_DISPLAY, or use a "
            "verb (moescope --help)\n",
            stderr);
    } else {
        std::fprintf(stderr, "moescope: Qt: %s; please report this\n", qUtf8Printable(text));
    }
    std::_Exit(1);
}

// Qt reads its scale once, at the start. Pictures made by command do not depend on the preferences.
void apply_ui_scale(int argc, char** argv) {
    const bool makes_picture = std::any_of(
        argv, argv + argc, [](const char* word) { return std::string_view(word) == "--screenshot"; });
    if (makes_picture || settings::ui_scale() == 1.0 || qEnvironmentVariableIsSet("QT_SCALE_FACTOR")) return;
    qputenv("QT_SCALE_FACTOR", QByteArray::number(settings::ui_scale()));
}

}  // namespace

int run_window(int argc, char** argv) {
    qInstallMessageHandler(handle_qt_message);
    QCoreApplication::setOrganizationName(QStringLiteral("moescope"));
    QCoreApplication::setApplicationName(QStringLiteral("moescope"));
    QGuiApplication::setApplicationDisplayName(QStringLiteral("MoEScope"));
    QGuiApplication::setHighDpiScaleFactorRoundingPolicy(Qt::HighDpiScaleFactorRoundingPolicy::PassThrough);
    apply_ui_scale(argc, argv);
    const QApplication application(argc, argv);
    const Result<WindowArguments> arguments = parse_arguments(QCoreApplication::arguments());
    if (!arguments) {
        std::fprintf(stderr, "moescope: %s\n", arguments.error().message.c_str());
        return 2;
    }
    MainWindow window({.backend = PictureView::Backend::Best,
                       .remembers_layout = !arguments->has_job,
                       .theme = arguments->theme});
    if (arguments->size) window.resize(*arguments->size);
    if (!arguments->prompt.isEmpty()) window.prompt_dock()->set_prompt(arguments->prompt);
    std::optional<ScreenshotJob> job;
    if (arguments->has_job) job.emplace(window, arguments->job);
    window.show();
    const bool resumes = !arguments->has_job && arguments->file.isEmpty() && settings::reopens_session() &&
                         QFile::exists(settings::session().file);
    if (resumes) {
        window.resume_session();
    } else if (arguments->file.isEmpty()) {
        window.controller().open_embedded_model();
    } else {
        window.open_file(arguments->file.toStdString());
    }
    return QApplication::exec();
}

}  // namespace moe::app
