#include "app/docks/figure.h"

#include <QVBoxLayout>

namespace moe::app {

namespace {

QString rich_number(const QString& value, const QString& unit) {
    return unit.isEmpty() ? value
                          : QStringLiteral("%1 <span style='font-size:11px; font-weight:400'>%2</span>")
                                .arg(value, unit);
}

}  // namespace

Figure::Figure(const QString& name, const QString& explanation, QWidget* parent)
    : QWidget(parent), name_(new QLabel(name)), value_(new QLabel), reference_(new QLabel) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    for (QLabel* label : {name_, value_, reference_}) layout->addWidget(label);
    value_->setTextFormat(Qt::RichText);
    setToolTip(explanation);
    setAccessibleName(name);
}

void Figure::set_values(const QString& value, const QString& unit, const QString& reference) {
    value_->setText(rich_number(value, unit));
    reference_->setText(reference);
    setAccessibleDescription(QStringLiteral("%1 %2, %3").arg(value, unit, reference));
}

void Figure::set_theme(const DockTheme& theme) {
    name_->setFont(theme.caption);
    reference_->setFont(theme.caption);
    QFont large = theme.mono_bold;
    large.setPixelSize(14);
    value_->setFont(large);
    set_text_color(name_, theme.text_3);
    set_text_color(reference_, theme.text_3);
    set_text_color(value_, theme.text_1);
}

void set_text_color(QLabel* label, const QColor& color) {
    QPalette colors = label->palette();
    colors.setColor(QPalette::WindowText, color);
    label->setPalette(colors);
}

}  // namespace moe::app
