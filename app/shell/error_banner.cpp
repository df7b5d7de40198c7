#include "app/shell/error_banner.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QPainter>
#include <QVBoxLayout>
#include <initializer_list>

#include "app/shell/icons.h"
#include "app/shell/theme.h"

namespace moe::app {

ErrorBanner::ErrorBanner(QWidget* parent) : QToolBar(tr("Error"), parent) {
    setObjectName(QStringLiteral("error_banner"));
    setMovable(false);
    setFloatable(false);
    setContextMenuPolicy(Qt::PreventContextMenu);
    toggleViewAction()->setVisible(false);
    addWidget(body());
    hide();
}

QWidget* ErrorBanner::body() {
    auto* widget = new QWidget(this);
    widget->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    icon_ = new QLabel(widget);
    title_ = new ElidedLabel(widget);
    reason_ = new ElidedLabel(widget);
    advice_ = new ElidedLabel(widget);
    auto* words = new QVBoxLayout;
    words->setSpacing(2);
    for (QLabel* label : {title_, reason_, advice_}) {
        label->setTextFormat(Qt::PlainText);
        words->addWidget(label);
    }
    other_file_ = new QPushButton(tr("Open another file…"), widget);
    other_file_->setProperty("primary", true);
    retry_ = new QPushButton(tr("Try again"), widget);
    copy_ = new QPushButton(tr("Copy details"), widget);
    close_ = new QToolButton(widget);
    close_->setToolTip(tr("Close this message"));
    close_->setAccessibleName(tr("Close this message"));
    close_->setFocusPolicy(Qt::TabFocus);
    auto* layout = new QHBoxLayout(widget);
    layout->setContentsMargins(12, 8, 10, 8);
    layout->setSpacing(12);
    layout->addWidget(icon_, 0, Qt::AlignVCenter);
    layout->addLayout(words, 1);
    layout->setSpacing(8);
    for (QWidget* button : std::initializer_list<QWidget*>{other_file_, retry_, copy_, close_})
        layout->addWidget(button);
    connect(other_file_, &QPushButton::clicked, this, &ErrorBanner::other_file_requested);
    connect(retry_, &QPushButton::clicked, this, [this] {
        const auto retry = failure_.retry;
        dismiss();
        if (retry) retry();
    });
    connect(copy_, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(failure_.details); });
    connect(close_, &QToolButton::clicked, this, &ErrorBanner::dismiss);
    return widget;
}

void ErrorBanner::show_failure(const Failure& failure) {
    failure_ = failure;
    title_->setText(failure.title);
    reason_->setText(failure.reason);
    const QString advice = failure.advice.isEmpty() ? QString()
                                                    : failure.advice.left(1).toUpper() +
                                                          failure.advice.mid(1) + QStringLiteral(". ");
    advice_->setText(advice + tr("What you had open is unchanged."));
    const bool has_other = failure.remedy == Remedy::OtherFile;
    other_file_->setVisible(has_other);
    retry_->setText(failure.retry_words.isEmpty() ? tr("Try again") : failure.retry_words);
    retry_->setVisible(static_cast<bool>(failure.retry));
    retry_->setProperty("primary", !has_other);  // one button is
    show_icons();
    setAccessibleName(text());
    show();
}

void ErrorBanner::dismiss() {
    hide();
    failure_ = {};
}

QString ErrorBanner::text() const {
    return QStringList{title_->text(), reason_->text(), advice_->text()}.join(QLatin1Char('\n'));
}

void ErrorBanner::set_theme(const render::Theme& theme) {
    theme_ = theme;
    title_->setFont(ui_font(13, QFont::DemiBold));
    reason_->setFont(ui_font(12));
    advice_->setFont(ui_font(12));
    QPalette quiet = palette();
    quiet.setColor(QPalette::WindowText, to_qcolor(theme.text_2));
    reason_->setPalette(quiet);
    advice_->setPalette(quiet);
    icon_->setPixmap(icon_pixmap(QStringLiteral("alert"), to_qcolor(theme.dead), 18, devicePixelRatioF()));
    copy_->setIcon(tinted_icon(QStringLiteral("copy"), to_qcolor(theme.text_1), to_qcolor(theme.disabled)));
    show_icons();
    close_->setIcon(tinted_icon(QStringLiteral("close"), to_qcolor(theme.text_2), to_qcolor(theme.disabled)));
}

// White on the fill of the primary button.
void ErrorBanner::show_icons() {
    const auto show_on = [this](QPushButton* button, const QString& icon) {
        const bool is_primary = button->property("primary").toBool();
        const QColor color = is_primary ? QColor(Qt::white) : to_qcolor(theme_.text_1);
        QPalette colors = palette();
        colors.setColor(QPalette::ButtonText, color);
        button->setPalette(colors);
        button->setIcon(tinted_icon(icon, color, color));
    };
    show_on(other_file_, QStringLiteral("file"));
    show_on(retry_, QStringLiteral("retry"));
}

void ErrorBanner::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), to_qcolor(theme_.surface));
    QColor tint = to_qcolor(theme_.dead);
    tint.setAlphaF(0.07f);
    painter.fillRect(rect(), tint);
    painter.fillRect(QRect(0, 0, 3, height()), to_qcolor(theme_.dead));
}

}  // namespace moe::app
