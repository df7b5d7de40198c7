#include "app/shell/start_page.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>
#include <QVBoxLayout>

#include "app/docks/dock_body.h"
#include "app/shell/icons.h"
#include "app/shell/status_bar.h"
#include "app/shell/theme.h"

namespace moe::app {

namespace {

constexpr int kCardWidth = 600;
constexpr int kNameWidth = 108;
constexpr int kPictureHead = 74;     // the picture's controls and layers, which the card leaves in sight
constexpr int kPictureGutter = 116;  // its tokens
constexpr int kLeastWidth = 520;
constexpr int kMargin = 8;
constexpr int kFrame = 1;

QWidget* hairline(QWidget* parent) {
    auto* line = new QFrame(parent);
    line->setObjectName(QStringLiteral("hairline"));
    line->setFixedHeight(1);
    line->setAutoFillBackground(true);
    return line;
}

void set_text_color(QLabel* label, const render::Color& color) {
    QPalette colors = label->palette();
    colors.setColor(QPalette::WindowText, to_qcolor(color));
    label->setPalette(colors);
}

}  // namespace

SampleButton::SampleButton(const PromptSample& sample, QWidget* parent)
    : QAbstractButton(parent), sample_(sample) {
    setCheckable(true);
    setText(sample.name);
    setAccessibleName(sample.name);
    setAccessibleDescription(sample.text);
    setToolTip(sample.text);
    setFocusPolicy(Qt::StrongFocus);
    setFixedHeight(46);
    setAttribute(Qt::WA_Hover);
}

void SampleButton::set_theme(const render::Theme& theme) {
    theme_ = theme;
    update();
}

void SampleButton::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    painter.setPen(QPen(to_qcolor(isChecked() ? theme_.accent : theme_.border), 1));
    painter.setBrush(to_qcolor(underMouse() ? theme_.hover : theme_.field));
    painter.drawRoundedRect(box, 5, 5);
    if (isChecked()) {
        painter.setBrush(to_qcolor(theme_.soft));
        painter.drawRoundedRect(box, 5, 5);
    }
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(to_qcolor(theme_.accent), 2));
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 5, 5);
    }
    const auto line = [&](const QRect& place, const QFont& font, const render::Color& color,
                          const QString& text) {
        painter.setFont(font);
        painter.setPen(to_qcolor(color));
        painter.drawText(place, Qt::AlignVCenter | Qt::AlignLeft,
                         painter.fontMetrics().elidedText(text, Qt::ElideRight, place.width()));
    };
    const QRect name(12, 0, kNameWidth, height());
    const bool is_checked = isChecked();
    line(is_checked ? QRect(name.left(), 6, name.width(), 17) : name, ui_font(12, QFont::Medium),
         theme_.text_1, sample_.name);
    if (is_checked)
        line(QRect(name.left(), 23, name.width(), 16), ui_font(11), theme_.accent, tr("in the editor"));
    const QRect words(name.right() + 8, 6, width() - name.right() - 20, 17);
    line(words, mono_font(12), theme_.text_1,
         QString(sample_.text).replace(QLatin1Char('\n'), QStringLiteral(" ⏎ ")));
    line(words.translated(0, 17), ui_font(11), theme_.text_3, sample_.explanation);
}

StartPage::StartPage(const std::vector<PromptSample>& samples, QWidget* picture) : QFrame(picture) {
    setObjectName(QStringLiteral("start_page"));
    setFrameShape(NoFrame);
    picture->installEventFilter(this);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(kFrame, kFrame, kFrame, kFrame);
    content_ = new QWidget(this);
    outer->addWidget(new DockBody(content_, this));
    auto* layout = new QVBoxLayout(content_);
    layout->setContentsMargins(24, 20, 24, 18);
    layout->setSpacing(8);
    layout->addLayout(head());
    layout->addSpacing(4);
    layout->addWidget(hairline(this));
    samples_title_ = new QLabel(tr("Or start from a sample"), this);
    layout->addWidget(samples_title_);
    for (const PromptSample& sample : samples) {
        auto* button = new SampleButton(sample, this);
        samples_.push_back(button);
        layout->addWidget(button);
        connect(button, &QAbstractButton::clicked, this,
                [this, text = sample.text] { Q_EMIT sample_chosen(text); });
    }
    layout->addSpacing(4);
    layout->addWidget(hairline(this));
    model_note_ = new QLabel(this);
    model_note_->setWordWrap(true);
    layout->addWidget(model_note_);
    layout->addLayout(foot());
}

QLayout* StartPage::head() {
    title_ = new QLabel(this);
    title_->setTextFormat(Qt::RichText);
    subtitle_ = new QLabel(this);
    subtitle_->setWordWrap(true);
    set_orientation(render::Orientation::TokensDown);
    run_ = new QPushButton(tr("Run"), this);
    run_->setObjectName(QStringLiteral("start_run"));
    run_->setProperty("primary", true);
    run_->setFixedSize(88, 36);
    auto* words = new QVBoxLayout;
    words->setSpacing(4);
    words->addWidget(title_);
    words->addWidget(subtitle_);
    auto* row = new QHBoxLayout;
    row->addLayout(words, 1);
    row->addWidget(run_, 0, Qt::AlignTop);
    connect(run_, &QPushButton::clicked, this, &StartPage::run_requested);
    return row;
}

QLayout* StartPage::foot() {
    open_model_ = new QPushButton(tr("Open a model…"), this);
    open_trace_ = new QPushButton(tr("Open a trace…"), this);
    drop_note_ = new QLabel(tr("or drop a file"), this);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(open_model_);
    row->addWidget(open_trace_);
    row->addStretch(1);
    row->addWidget(drop_note_);
    connect(open_model_, &QPushButton::clicked, this, &StartPage::open_model_requested);
    connect(open_trace_, &QPushButton::clicked, this, &StartPage::open_trace_requested);
    return row;
}

void StartPage::set_state(const AppState& state) {
    const QString reason = why_not_run_prompt(state);
    run_->setEnabled(reason.isEmpty());
    run_->setToolTip(reason);
    for (SampleButton* button : samples_) button->setChecked(button->sample().text == state.prompt);
    const bool is_embedded = state.model && state.model->is_embedded;
    model_note_->setText(is_embedded ? tr("This is a tiny teaching model, made for this program: it tells "
                                          "simple stories and knows little. "
                                          "Open a model of your own to see a real one.")
                                     : model_summary(state));
    place();
}

void StartPage::set_orientation(render::Orientation orientation) {
    subtitle_->setText(orientation == render::Orientation::TokensDown
                           ? tr("Your prompt is ready. Each token becomes a row, each expert a column.")
                           : tr("Your prompt is ready. Each token becomes a column, each expert a row."));
}

void StartPage::set_theme(const render::Theme& theme) {
    theme_ = theme;
    title_->setFont(ui_font(18, QFont::DemiBold));
    title_->setText(tr("Press <span style='font-size:14px; font-weight:400; background:%1'>&nbsp; Space "
                       "&nbsp;</span> to generate")
                        .arg(to_qcolor(theme.press).name()));
    subtitle_->setFont(ui_font(12));
    samples_title_->setFont(ui_font(12, QFont::DemiBold));
    model_note_->setFont(ui_font(12));
    drop_note_->setFont(ui_font(12));
    for (QLabel* label : {static_cast<QLabel*>(subtitle_), samples_title_, model_note_})
        set_text_color(label, theme.text_2);
    set_text_color(drop_note_, theme.text_3);
    for (SampleButton* button : samples_) button->set_theme(theme);
    QPalette line = palette();
    line.setColor(QPalette::Window, to_qcolor(theme.border));
    for (QFrame* frame : findChildren<QFrame*>(QStringLiteral("hairline"))) frame->setPalette(line);
    QPalette on_fill = palette();
    on_fill.setColor(QPalette::ButtonText, Qt::white);
    run_->setPalette(on_fill);
    run_->setIcon(tinted_icon(QStringLiteral("play"), Qt::white, to_qcolor(theme.disabled)));
    open_model_->setIcon(
        tinted_icon(QStringLiteral("layers"), to_qcolor(theme.text_1), to_qcolor(theme.disabled)));
    open_trace_->setIcon(
        tinted_icon(QStringLiteral("file"), to_qcolor(theme.text_1), to_qcolor(theme.disabled)));
}

void StartPage::place() {
    const QWidget* picture = parentWidget();
    const int columns = picture->width() - kPictureGutter;
    const int gutter = columns - 2 * kMargin >= kLeastWidth ? kPictureGutter : 0;
    const int width = std::min(kCardWidth, picture->width() - gutter - 2 * kMargin);
    const int needed = std::max(content_->heightForWidth(width - 2 * kFrame), content_->minimumSizeHint().height());
    const int height = std::min(needed + 2 * kFrame, picture->height());
    const int head = picture->height() - height >= kPictureHead + 2 * kMargin ? kPictureHead : 0;
    setGeometry(gutter + (picture->width() - gutter - width) / 2,
                head + (picture->height() - head - height) / 2, width, height);
}

void StartPage::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), to_qcolor(theme_.view));
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(to_qcolor(theme_.border_strong), 1));
    painter.setBrush(to_qcolor(theme_.card));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
}

bool StartPage::eventFilter(QObject* watched, QEvent* event) {
    if (watched == parentWidget() && event->type() == QEvent::Resize) place();
    return QFrame::eventFilter(watched, event);
}

}  // namespace moe::app
