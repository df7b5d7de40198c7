#include "app/docks/arithmetic_panel.h"

#include <QAbstractTextDocumentLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QVBoxLayout>
#include <QtMath>

namespace moe::app {

namespace {

QString html_of(const RouterArithmetic& arithmetic, const QString& quiet, const QString& mono_family) {
    QString html;
    const QString small = QStringLiteral("<p style='margin:0 0 3px 0; color:%1; font-size:11px'>%2</p>");
    if (!arithmetic.absent.isEmpty()) html += small.arg(quiet, arithmetic.absent);
    for (std::size_t i = 0; i < arithmetic.steps.size(); ++i) {
        const ArithmeticStep& step = arithmetic.steps[i];
        html += QStringLiteral("<p style='margin:%1px 0 2px 0; font-weight:600'>%2. %3</p>")
                    .arg(i == 0 ? 0 : 12)
                    .arg(i + 1)
                    .arg(step.title);
        html += small.arg(quiet, step.sentence);
        html += QStringLiteral(
                    "<table width='100%' cellspacing='0' cellpadding='1' style=\"font-family:'%1'; "
                    "font-size:11px\">")
                    .arg(mono_family);
        for (const ArithmeticLine& line : step.lines) {
            html +=
                QStringLiteral("<tr><td width='46'>%1</td><td>%2</td><td align='right'><b>%3</b></td></tr>")
                    .arg(line.name, line.expression, line.value);
        }
        html += QStringLiteral("</table>") + small.arg(quiet, step.source);
    }
    return html;
}

}  // namespace

ArithmeticPanel::ArithmeticPanel(QWidget* parent)
    : QWidget(parent), toggle_(new QToolButton), origin_(new ElidedLabel), steps_(new QTextBrowser) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    auto* heading = new QHBoxLayout;
    heading->setContentsMargins(6, 2, 12, 2);
    heading->addWidget(toggle_, 0, Qt::AlignLeft);
    origin_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    heading->addWidget(origin_, 1);
    layout->addLayout(heading);
    layout->addWidget(steps_, 1);
    toggle_->setToolTip(tr("How the logits of this token became the weights, step by step"));
    toggle_->setCheckable(true);
    toggle_->setAccessibleName(tr("Show the arithmetic"));
    toggle_->setAutoRaise(true);
    toggle_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    toggle_->setFixedHeight(26);
    origin_->setToolTip(tr("Where the numbers and the rule come from"));
    steps_->setObjectName(QStringLiteral("router_arithmetic"));
    steps_->setAccessibleName(tr("Arithmetic of the router's decision"));
    steps_->setFrameShape(QFrame::NoFrame);
    steps_->setOpenLinks(false);
    for (const auto direction :
         {&QTextBrowser::setVerticalScrollBarPolicy, &QTextBrowser::setHorizontalScrollBarPolicy})
        (steps_->*direction)(Qt::ScrollBarAlwaysOff);
    steps_->installEventFilter(this);
    steps_->viewport()->installEventFilter(this);
    connect(steps_->document()->documentLayout(), &QAbstractTextDocumentLayout::documentSizeChanged, this,
            &ArithmeticPanel::fit);
    connect(toggle_, &QToolButton::toggled, this, &ArithmeticPanel::set_open);
    set_open(false);
}

void ArithmeticPanel::set_open(bool is_open) {
    toggle_->setChecked(is_open);
    toggle_->setArrowType(is_open ? Qt::DownArrow : Qt::RightArrow);
    toggle_->setText(is_open ? tr("Arithmetic") : tr("Show the arithmetic"));
    origin_->setVisible(is_open);
    steps_->setVisible(is_open);
    if (is_open) show_steps();
    Q_EMIT open_changed(is_open);
}

void ArithmeticPanel::set_model(RouterArithmetic arithmetic) {
    arithmetic_ = std::move(arithmetic);
    origin_->setText(arithmetic_.origin);
    if (is_open()) show_steps();
}

void ArithmeticPanel::show_steps() {
    steps_->setHtml(html_of(arithmetic_, theme_.text_3.name(), theme_.mono.families().value(0)));
    fit();
}

void ArithmeticPanel::fit() { steps_->setFixedHeight(qCeil(steps_->document()->size().height())); }

bool ArithmeticPanel::eventFilter(QObject* watched, QEvent* event) {
    if (watched == steps_->viewport() && event->type() == QEvent::Wheel) {
        event->ignore();  // the page scrolls
        return true;
    }
    const bool is_press = event->type() == QEvent::KeyPress;
    const bool is_key = is_press || event->type() == QEvent::ShortcutOverride;
    if (watched != steps_ || !is_key) return QWidget::eventFilter(watched, event);
    switch (static_cast<QKeyEvent*>(event)->key()) {
        case Qt::Key_Up:
        case Qt::Key_Down:
        case Qt::Key_PageUp:
        case Qt::Key_PageDown:
            event->setAccepted(
                !is_press);  // neither a command of the window nor the text's own: the page scrolls
            return true;
        default:
            return QWidget::eventFilter(watched, event);
    }
}

void ArithmeticPanel::set_theme(const DockTheme& theme) {
    theme_ = theme;
    QFont heading = theme.title;
    toggle_->setFont(heading);
    origin_->setFont(theme.caption);
    steps_->setFont(theme.body);
    steps_->document()->setDocumentMargin(12);
    QPalette flat = steps_->palette();
    flat.setColor(QPalette::Base, theme.surface);
    flat.setColor(QPalette::Text, theme.text_1);
    steps_->setPalette(flat);
    QPalette quiet = origin_->palette();
    quiet.setColor(QPalette::WindowText, theme.text_3);
    origin_->setPalette(quiet);
    show_steps();
}

}  // namespace moe::app
