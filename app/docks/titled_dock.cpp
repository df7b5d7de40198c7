#include "app/docks/titled_dock.h"

#include <QApplication>
#include <QEvent>
#include <QMainWindow>
#include <QPainter>
#include <QTabBar>
#include <algorithm>

#include "app/docks/dock_body.h"

namespace moe::app {

namespace {

/// The row of tabs that `dock` is in. Qt keeps the dock as the data of its tab; null where it does not.
QTabBar* tab_row_of(const QMainWindow& window, const QDockWidget& dock) {
    for (QTabBar* row : window.findChildren<QTabBar*>(QString(), Qt::FindDirectChildrenOnly)) {
        for (int tab = 0; tab < row->count(); ++tab) {
            if (row->tabData(tab).toULongLong() == reinterpret_cast<quintptr>(&dock)) return row;
        }
    }
    return nullptr;
}

}  // namespace

TitledDock::TitledDock(const QString& name, const QString& title, QWidget* parent)
    : QDockWidget(title, parent),
      title_bar_(new DockTitle(title, this)),
      menu_action_(new QAction(title, this)) {
    setObjectName(name);
    setAttribute(Qt::WA_ShowWithoutActivating);
    setTitleBarWidget(title_bar_);
    setFeatures(DockWidgetMovable | DockWidgetFloatable | DockWidgetClosable);
    menu_action_->setCheckable(true);
    connect(toggleViewAction(), &QAction::toggled, menu_action_, &QAction::setChecked);
    connect(this, &QDockWidget::visibilityChanged, this, [this](bool is_seen) {
        is_seen_ = is_seen;
        fit_title();
    });
    connect(this, &QDockWidget::topLevelChanged, this, [this](bool is_floating) {
        title_bar_->set_floating(is_floating);
        fit_title();
        fit_titles_soon();
    });
    connect(menu_action_, &QAction::triggered, this, &TitledDock::show_or_close);
    connect(title_bar_, &DockTitle::close_requested, this, &QDockWidget::close);
}

void TitledDock::set_body(QWidget* content) {
    body_ = new DockBody(content, this);
    setWidget(body_);
}

int TitledDock::needed_height() const {
    return title_bar_->sizeHint().height() + (body_ != nullptr ? body_->needed_height() : 0);
}

void TitledDock::show_from(QWidget& part) {
    if (body_ == nullptr) return;
    QMetaObject::invokeMethod(
        &part, [this, &part] { body_->show_from(part); }, Qt::QueuedConnection);
}

void TitledDock::show_or_close() {
    is_seen_ ? static_cast<void>(close()) : bring_forward();
    menu_action_->setChecked(!isHidden());
}

void TitledDock::bring_forward() {
    show();
    raise();
    if (isFloating()) activateWindow();
    QWidget* target = focus_target();
    if (!target->isVisible()) {
        const QList<QWidget*> parts = widget()->findChildren<QWidget*>();
        const auto takes_focus = [](const QWidget* part) {
            return part->isVisible() && part->isEnabled() && (part->focusPolicy() & Qt::TabFocus) != 0;
        };
        const auto found = std::find_if(parts.begin(), parts.end(), takes_focus);
        if (found == parts.end()) return;
        target = *found;
    }
    target->setFocus(Qt::ShortcutFocusReason);
}

bool TitledDock::event(QEvent* event) {
    const bool is_handled = QDockWidget::event(event);
    switch (event->type()) {
        case QEvent::Resize:
        case QEvent::Show:
        case QEvent::Hide:
        case QEvent::Move:
            fit_title();
            fit_titles_soon();
            hide_behind_tab();
            break;
        default:
            break;
    }
    return is_handled;
}

void TitledDock::fit_title() {
    const auto* window = qobject_cast<QMainWindow*>(parentWidget());
    const auto is_there = [](const QDockWidget* dock) { return !dock->isHidden(); };
    const bool is_tabbed = window != nullptr && !isFloating() &&
                           std::ranges::any_of(window->tabifiedDockWidgets(this), is_there);
    title_bar_->set_tabbed(is_tabbed, is_tabbed && is_seen_ ? tab_row_of(*window, *this) : nullptr);
}

// A dock that comes or goes as a tab changes the titles of its neighbours, whom nothing tells.
void TitledDock::fit_titles_soon() {
    if (parentWidget() == nullptr || fits_titles_soon_) return;
    fits_titles_soon_ = true;
    QMetaObject::invokeMethod(
        this,
        [this] {
            fits_titles_soon_ = false;
            for (TitledDock* dock :
                 parentWidget()->findChildren<TitledDock*>(QString(), Qt::FindDirectChildrenOnly))
                dock->fit_title();
        },
        Qt::QueuedConnection);
}

// Qt moves what lies behind another tab out of the window and leaves it shown.
void TitledDock::hide_behind_tab() {
    const QRect place = geometry();
    const bool is_behind = !isFloating() && (place.right() < 0 || place.bottom() < 0);
    if (is_behind == is_behind_tab_ || widget() == nullptr) return;
    is_behind_tab_ = is_behind;
    if (is_behind && isAncestorOf(QApplication::focusWidget())) Q_EMIT hidden_with_focus();
    for (QWidget* part : {widget(), static_cast<QWidget*>(title_bar_)}) {
        QSizePolicy policy = part->sizePolicy();
        policy.setRetainSizeWhenHidden(true);  // raising a tab is to move nothing
        part->setSizePolicy(policy);
        part->setVisible(!is_behind);
    }
}

void TitledDock::set_theme(const DockTheme& theme) {
    border_ = theme.border_strong;
    title_bar_->set_theme(theme);
    update();
}

void TitledDock::paintEvent(QPaintEvent* event) {
    QDockWidget::paintEvent(event);
    if (!isFloating()) return;
    QPainter painter(this);
    painter.setPen(border_);
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

}  // namespace moe::app
