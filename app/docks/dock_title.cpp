#include "app/docks/dock_title.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QMainWindow>
#include <QPainter>

namespace moe::app {

namespace {

constexpr int kHeight = 30;
constexpr int kTabbedHeight = 24;

}  // namespace

QSize ElidedLabel::minimumSizeHint() const { return {24, QLabel::minimumSizeHint().height()}; }

void ElidedLabel::paintEvent(QPaintEvent* event) {
    const QString shown = fontMetrics().elidedText(text(), Qt::ElideRight, width());
    if (shown == text()) {
        if (toolTip() == text()) setToolTip({});
        QLabel::paintEvent(event);
        return;
    }
    if (toolTip().isEmpty()) setToolTip(text());
    QPainter painter(this);
    painter.setPen(palette().color(foregroundRole()));
    painter.drawText(rect(), static_cast<int>(alignment()), shown);
}

DockTitle::DockTitle(const QString& title, QWidget* parent)
    : QWidget(parent), title_(new QLabel(title, this)), note_(new ElidedLabel(this)) {
    setFixedHeight(kHeight);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 0, 12, 0);
    layout->setSpacing(8);
    layout->addWidget(title_);
    note_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    layout->addWidget(note_, 1);
}

void DockTitle::add_control(QWidget* control) {
    layout()->addWidget(control);
    has_controls_ = true;
    fit_height();
}

QSize DockTitle::sizeHint() const { return {120, maximumHeight()}; }

void DockTitle::set_note(const QString& note) {
    if (note_->text() == note) return;
    note_->setText(note);
    fit_height();
}

void DockTitle::set_tabbed(bool is_tabbed) {
    if (is_tabbed == is_tabbed_) return;
    is_tabbed_ = is_tabbed;
    title_->setVisible(!is_tabbed);
    fit_height();
}

void DockTitle::fit_height() {
    const bool is_empty = note_->text().isEmpty() && !has_controls_;
    const int height = !is_tabbed_ ? kHeight : is_empty ? 0 : kTabbedHeight;
    if (height == maximumHeight()) return;
    setFixedHeight(height);
    // A dock that has its place does not lay out anew by itself.
    QWidget* const dock = parentWidget();
    if (dock == nullptr) return;
    QMetaObject::invokeMethod(
        dock,
        [dock] {
            if (dock->layout() == nullptr) return;
            dock->layout()->invalidate();
            dock->layout()->activate();
        },
        Qt::QueuedConnection);
}

void DockTitle::set_theme(const DockTheme& theme) {
    line_ = theme.border;
    title_->setFont(theme.title);
    note_->setFont(theme.caption);
    QPalette quiet = note_->palette();
    quiet.setColor(QPalette::WindowText, theme.text_3);
    note_->setPalette(quiet);
    update();
}

void DockTitle::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(0, height() - 1, width(), 1, line_);
}

TitledDock::TitledDock(const QString& name, const QString& title, QWidget* parent)
    : QDockWidget(title, parent), title_bar_(new DockTitle(title, this)), menu_action_(new QAction(title, this)) {
    setObjectName(name);
    setTitleBarWidget(title_bar_);
    setFeatures(DockWidgetMovable | DockWidgetFloatable | DockWidgetClosable);
    menu_action_->setCheckable(true);
    connect(toggleViewAction(), &QAction::toggled, menu_action_, &QAction::setChecked);
    connect(this, &QDockWidget::visibilityChanged, this, [this](bool is_seen) { is_seen_ = is_seen; });
    connect(menu_action_, &QAction::triggered, this, &TitledDock::show_or_close);
}

void TitledDock::show_or_close() {
    if (is_seen_) {
        close();
    } else {
        show();
        raise();
    }
    menu_action_->setChecked(!isHidden());
}

// Another dock that comes or goes as a tab changes this one's size, which is all that Qt tells.
bool TitledDock::event(QEvent* event) {
    if (event->type() == QEvent::Resize || event->type() == QEvent::Show) {
        const auto* window = qobject_cast<QMainWindow*>(parentWidget());
        title_bar_->set_tabbed(window != nullptr && !isFloating() &&
                               !window->tabifiedDockWidgets(this).isEmpty());
    }
    return QDockWidget::event(event);
}

void TitledDock::set_theme(const DockTheme& theme) { title_bar_->set_theme(theme); }

}  // namespace moe::app
