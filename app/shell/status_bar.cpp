#include "app/shell/status_bar.h"

#include <QHBoxLayout>
#include <QLocale>
#include <cmath>

#include "app/docks/token_display.h"
#include "app/shell/theme.h"

namespace moe::app {

namespace {

constexpr int kSaidMs = 6000;
constexpr int kWideEnough = 1440;  // for all that the bar can say
constexpr int kWideEnoughForTime = 1200;
constexpr int kWideEnoughForModel = 1000;
constexpr int kShortModelWidth = 120;

QString colored_dot(const render::Color& color) {
    return QStringLiteral("<span style='color:%1'>●</span> ").arg(to_qcolor(color).name());
}

// Two figures are enough for a glance and keep the width.
QString frame_text(double ms) { return ms <= 0 ? QStringLiteral("–") : fixed_number(ms, ms < 100 ? 1 : 0); }

}  // namespace

QString model_summary(const AppState& state) {
    if (state.shows_trace()) {
        const RunEntry* run = state.shown_run();
        QString text = QString::fromStdString(state.trace_path.filename().string());
        if (run != nullptr && run->is_imported) text += QObject::tr(", imported");
        if (!state.trace_model.isEmpty()) text += QObject::tr(", made by %1").arg(state.trace_model);
        // Some models' names say it already.
        if (run != nullptr && run->snapshot.has_shape() &&
            !state.trace_model.contains(QLatin1String("top-"))) {
            const TraceShape& shape = run->snapshot.shape();
            text += QObject::tr(", %1 layers × %2 experts, top-%3")
                        .arg(shape.n_layers)
                        .arg(shape.n_experts)
                        .arg(shape.top_k);
        }
        return text;
    }
    if (!state.model) return QObject::tr("No model");
    const TraceShape& shape = state.model->shape;
    if (shape.n_layers == 0) return QObject::tr("%1, dense: no router").arg(state.model->name);
    return QObject::tr("%1, %2 layers × %3 experts, top-%4")
        .arg(state.model->name)
        .arg(shape.n_layers)
        .arg(shape.n_experts)
        .arg(shape.top_k);
}

StatusBar::StatusBar(QWidget* parent)
    : QStatusBar(parent), row_(new QWidget(this)), selection_(new ElidedLabel), recording_(new QLabel) {
    setSizeGripEnabled(false);
    setFixedHeight(24);
    auto* layout = new QHBoxLayout(row_);
    layout->setContentsMargins(10, 0, 10, 0);
    layout->setSpacing(10);
    addWidget(row_, 1);
    state_ = add_item(QStringLiteral("● Reading prompt"));
    add_to_row(state_, tr("State"));
    model_ = add_words();
    add_to_row(model_, tr("Model"));
    tokens_ = add_item(QStringLiteral("99,999 tokens"));
    add_to_row(tokens_, tr("Tokens"));
    speed_ = add_item(QStringLiteral("9,999.9 tok/s"));
    add_to_row(speed_, tr("Speed"));
    frame_ = add_item(QStringLiteral("frame 999.9 ms"));
    frame_end_ = add_to_row(frame_, tr("Frame time"));
    backend_ = add_words();
    backend_end_ = add_to_row(backend_, tr("Back end"));
    selection_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    selection_->setAccessibleName(tr("Selection"));
    layout->addWidget(selection_, 1);
    recording_->setAccessibleName(tr("Recording"));
    recording_->setTextFormat(Qt::RichText);
    add_separator();
    layout->addWidget(recording_);
}

QLabel* StatusBar::add_item(const QString& widest) {
    auto* label = new QLabel(this);
    label->setTextFormat(Qt::RichText);
    label->setProperty("widest", widest);
    return label;
}

ElidedLabel* StatusBar::add_words() {
    auto* label = new ElidedLabel(this);
    label->setTextFormat(Qt::PlainText);
    return label;
}

QFrame* StatusBar::add_to_row(QLabel* label, const QString& name) {
    label->setAccessibleName(name);
    row_->layout()->addWidget(label);
    return add_separator();
}

// Where there is little room, the selection needs it more; what draws the picture is one hover away.
void StatusBar::resizeEvent(QResizeEvent* event) {
    QStatusBar::resizeEvent(event);
    for (QWidget* part : {static_cast<QWidget*>(backend_), static_cast<QWidget*>(backend_end_)})
        part->setVisible(width() >= kWideEnough);
    for (QWidget* part : {static_cast<QWidget*>(frame_), static_cast<QWidget*>(frame_end_)})
        part->setVisible(width() >= kWideEnoughForTime);
    model_->setMaximumWidth(width() >= kWideEnoughForModel ? QWIDGETSIZE_MAX : kShortModelWidth);
}

QFrame* StatusBar::add_separator() {
    auto* line = new QFrame(row_);
    line->setObjectName(QStringLiteral("separator"));
    line->setFixedSize(1, 12);
    line->setAutoFillBackground(true);
    row_->layout()->addWidget(line);
    return line;
}

QString StatusBar::number_html(const QString& number, const QString& unit) const {
    return QStringLiteral(
               "<span style=\"font-family:'JetBrains Mono'; font-weight:600; color:%1\">%2</span> %3")
        .arg(to_qcolor(theme_.text_1).name(), number, unit);
}

QString StatusBar::state_html(const AppState& state) const {
    const render::Color color = state.is_generating() ? theme_.ok : theme_.text_3;
    return colored_dot(color) + state_word(state).toHtmlEscaped();
}

void StatusBar::set_state(const AppState& state, const PictureFacts& picture, const QString& selection) {
    const RunEntry* run = state.shown_run();
    state_->setText(state_html(state));
    state_->setToolTip(why_paused(state));
    model_->setText(model_summary(state));
    const std::size_t n_tokens = run != nullptr ? run->n_tokens : 0;
    tokens_->setText(number_html(grouped(n_tokens), n_tokens == 1 ? tr("token") : tr("tokens")));
    const double speed = run != nullptr ? run->tokens_per_second : 0;
    speed_->setText(number_html(
        speed > 0 ? QLocale(QLocale::English).toString(speed, 'f', 1) : QStringLiteral("–"), tr("tok/s")));
    speed_->setToolTip(run != nullptr && run->prompt_tokens_per_second > 0
                           ? tr("Generation, measured over the last second; the prompt was read at %1 tok/s")
                                 .arg(fixed_number(run->prompt_tokens_per_second, 0))
                           : tr("Generation, measured over the last second"));
    frame_->setText(tr("frame") + QLatin1Char(' ') + number_html(frame_text(picture.frame_ms), tr("ms")));
    frame_->setToolTip(tr("Time that the last picture took; drawn by %1").arg(picture.backend));
    backend_->setText(picture.backend);
    selection_->setText(selection.left(1).toUpper() + selection.mid(1));
    show_recording(state);
}

void StatusBar::show_recording(const AppState& state) {
    if (!state.recording.is_recording && state.shows_trace()) {
        recording_->setText(tr("On disk"));
        recording_->setToolTip(QString::fromStdString(state.trace_path.string()));
        return;
    }
    if (!state.recording.is_recording) {
        recording_->setText(tr("Not recorded to disk"));
        recording_->setToolTip(
            tr("Runs are kept in memory until the window closes; Record writes them to a file"));
        return;
    }
    const QString name = QString::fromStdString(state.recording.path.filename().string());
    const QString size =
        QLocale(QLocale::English)
            .formattedDataSize(state.recording.size_bytes, 0, QLocale::DataSizeTraditionalFormat);
    recording_->setText(colored_dot(theme_.recording) + tr("%1, %2").arg(name.toHtmlEscaped(), size));
    recording_->setToolTip(QString::fromStdString(state.recording.path.string()));
}

void StatusBar::say(const QString& words) { showMessage(words, kSaidMs); }

void StatusBar::set_theme(const render::Theme& theme) {
    theme_ = theme;
    const QFont font = ui_font(12);
    QPalette colors = palette();
    colors.setColor(QPalette::WindowText, to_qcolor(theme.text_2));
    colors.setColor(QPalette::Window, to_qcolor(theme.raised));
    setPalette(colors);
    for (QLabel* label : findChildren<QLabel*>()) {
        label->setFont(font);
        label->setPalette(colors);
        const QString widest = label->property("widest").toString();
        if (!widest.isEmpty()) label->setMinimumWidth(QFontMetrics(font).horizontalAdvance(widest) + 12);
    }
    QPalette lines = colors;
    lines.setColor(QPalette::Window, to_qcolor(theme.border_strong));
    for (QFrame* line : findChildren<QFrame*>(QStringLiteral("separator"))) line->setPalette(lines);
}

}  // namespace moe::app
