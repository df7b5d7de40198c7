#include "app/docks/dock_title.h"

#include <QHBoxLayout>
#include <QPainter>
#include <algorithm>

namespace moe::app {

namespace {

constexpr int kHeight = 30;
constexpr int kTabbedHeight = 24;
constexpr int kSide = 12;
constexpr int kNoteWidth = 96;  // of a note beside tabs, before it is cut

}  // namespace

QSize ElidedLabel::minimumSizeHint() const { return {24, QLabel::minimumSizeHint().height()}; }

void ElidedLabel::paintEvent(QPaintEvent* event) {
    const QString shown = fontMetrics().elidedText(text(), Qt::ElideRight, width());
    const bool is_whole = shown == text();
    const bool has_own_tool_tip = !toolTip().isEmpty() && toolTip() != told_;
    if (!has_own_tool_tip) {
        told_ = is_whole ? QString() : text();
        setToolTip(told_);
    }
    if (is_whole) return QLabel::paintEvent(event);
    QPainter painter(this);
    painter.setPen(palette().color(foregroundRole()));
    painter.drawText(rect(), static_cast<int>(alignment()), shown);
}

DockTitle::DockTitle(const QString& title, QWidget* parent)
    : QWidget(parent),
      title_(new QLabel(title, this)),
      contents_(new QWidget(this)),
      note_(new ElidedLabel(contents_)) {
    setFixedHeight(kHeight);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(kSide, 0, kSide, 0);
    layout->setSpacing(8);
    layout->addWidget(title_);
    layout->addWidget(contents_, 1);
    auto* inside = new QHBoxLayout(contents_);
    inside->setContentsMargins(0, 0, 0, 0);
    inside->setSpacing(8);
    note_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    inside->addWidget(note_, 1);
}

DockTitle::~DockTitle() {
    if (contents_ != nullptr && contents_->parentWidget() != this) delete contents_;
}

void DockTitle::add_control(QWidget* control) {
    contents_->layout()->addWidget(control);
    has_controls_ = true;
    place();
}

QSize DockTitle::sizeHint() const { return {120, maximumHeight()}; }

void DockTitle::set_note(const QString& note) {
    if (note_->text() == note) return;
    note_->setText(note);
    place();
}

void DockTitle::set_tabbed(bool is_tabbed, QTabBar* tab_row) {
    is_tabbed_ = is_tabbed;
    if (tab_row != tab_row_) {
        if (tab_row_ != nullptr) tab_row_->removeEventFilter(this);
        if (tab_row != nullptr) tab_row->installEventFilter(this);
        tab_row_ = tab_row;
    }
    title_->setVisible(!is_tabbed);
    place();
}

/// Of the contents, with a short note: whether there is room does not depend on what the note says.
int DockTitle::width_needed() const {
    const int whole = contents_->sizeHint().width();
    const int note = note_->sizeHint().width();
    return whole - note +
           (note_->text().isEmpty() ? 0 : std::max(kNoteWidth, note_->minimumSizeHint().width()));
}

void DockTitle::place() {
    if (contents_ == nullptr) return;  // the window is going
    if (!is_tabbed_ || tab_row_ != nullptr) {
        const int tabs = tab_row_ == nullptr ? 0 : tab_row_->tabRect(tab_row_->count() - 1).right() + 1;
        const int room = tab_row_ == nullptr ? 0 : tab_row_->width() - tabs - 2 * kSide;
        is_beside_tabs_ = tab_row_ != nullptr && !is_empty() && room >= width_needed();
        QWidget* const home = is_beside_tabs_ ? tab_row_->parentWidget() : this;
        if (contents_->parentWidget() != home) {
            contents_->setParent(home);
            if (home == this) static_cast<QHBoxLayout*>(layout())->addWidget(contents_, 1);
        }
        if (is_beside_tabs_) {
            const QRect row = tab_row_->geometry();
            const int width = std::min(contents_->sizeHint().width(), room);
            contents_->setGeometry(row.right() + 1 - kSide - width, row.top(), width, row.height() - 1);
            contents_->raise();
        }
        contents_->show();
    } else if (is_beside_tabs_) {
        contents_->hide();  // another tab's dock is seen
    }
    fit_height();
}

// The row of tabs comes to its place after the dock, and more slowly.
bool DockTitle::eventFilter(QObject* watched, QEvent* event) {
    const QEvent::Type type = event->type();
    const bool is_placed = type == QEvent::Resize || type == QEvent::Move || type == QEvent::Show ||
                           type == QEvent::LayoutRequest;
    if (watched == tab_row_ && is_placed) place();
    return QWidget::eventFilter(watched, event);
}

void DockTitle::set_floating(bool is_floating) {
    if (is_floating && close_ == nullptr) {
        close_ = new QToolButton(this);
        close_->setText(QStringLiteral("\u00D7"));
        close_->setToolTip(tr("Closes it; the Window menu brings it back"));
        close_->setAccessibleName(tr("Close %1").arg(title_->text()));
        close_->setFocusPolicy(Qt::TabFocus);
        connect(close_, &QToolButton::clicked, this, &DockTitle::close_requested);
        layout()->addWidget(close_);
    }
    if (close_ != nullptr) close_->setVisible(is_floating);
}

void DockTitle::fit_height() {
    const bool is_below_tabs = !is_empty() && !is_beside_tabs_;
    const int height = !is_tabbed_ ? kHeight : is_below_tabs ? kTabbedHeight : 0;
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
    if (is_tabbed_) return;  // the line is the row of tabs'
    QPainter painter(this);
    painter.fillRect(0, height() - 1, width(), 1, line_);
}

}  // namespace moe::app
