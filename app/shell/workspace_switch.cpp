#include "app/shell/workspace_switch.h"

#include <QAction>
#include <QHBoxLayout>
#include <QPainter>
#include <QToolButton>

#include "app/shell/theme.h"
#include "app/shell/workspace.h"

namespace moe::app {

namespace {

constexpr int kControlHeight = 28;
constexpr int kInset = 2;
constexpr double kRadius = 5;

}  // namespace

WorkspaceSwitch::WorkspaceSwitch(CommandList& commands, QWidget* parent)
    : QWidget(parent), commands_(commands), row_(new QWidget(this)), box_(new QComboBox(this)) {
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(row_);
    layout->addWidget(box_);
    row_->setObjectName(QStringLiteral("workspace_row"));
    auto* row = new QHBoxLayout(row_);
    row->setContentsMargins(kInset, kInset, kInset, kInset);
    row->setSpacing(2);
    for (const Workspace workspace : kWorkspaces) {
        QAction* const action = commands_.action(command_of(workspace));
        auto* button = new QToolButton(row_);
        button->setDefaultAction(action);
        button->setToolButtonStyle(Qt::ToolButtonTextOnly);
        button->setFont(ui_font(13));
        button->setFixedHeight(kControlHeight - 2 * kInset);
        button->setFocusPolicy(Qt::TabFocus);
        button->setAccessibleName(tr("Workspace %1").arg(title_of(workspace)));
        row->addWidget(button);
        box_->addItem(title_of(workspace));
        connect(action, &QAction::toggled, this, &WorkspaceSwitch::show_chosen);
    }
    box_->setFixedHeight(kControlHeight);
    box_->setFont(ui_font(13));
    box_->setAccessibleName(tr("Workspace"));
    box_->setToolTip(tr("What the panes are arranged for (Alt+1 to Alt+5)"));
    connect(box_, &QComboBox::activated, this, [this](int index) {
        commands_.action(command_of(kWorkspaces[static_cast<std::size_t>(index)]))->trigger();
    });
    box_->hide();
    show_chosen();
}

void WorkspaceSwitch::show_chosen() {
    for (std::size_t i = 0; i < kWorkspaces.size(); ++i) {
        if (commands_.action(command_of(kWorkspaces[i]))->isChecked()) box_->setCurrentIndex(static_cast<int>(i));
    }
}

int WorkspaceSwitch::row_width() const { return row_->sizeHint().width(); }

void WorkspaceSwitch::fit_into(int width) {
    const bool has_room = row_width() <= width;
    row_->setVisible(has_room);
    box_->setVisible(!has_room);
}

void WorkspaceSwitch::set_theme(const render::Theme& theme) {
    theme_ = theme;
    update();
}

void WorkspaceSwitch::paintEvent(QPaintEvent* /*event*/) {
    if (row_->isHidden()) return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(to_qcolor(theme_.border));
    painter.setBrush(to_qcolor(theme_.field));
    painter.drawRoundedRect(QRectF(row_->geometry()).adjusted(0.5, 0.5, -0.5, -0.5), kRadius, kRadius);
}

}  // namespace moe::app
