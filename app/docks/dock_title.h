#pragma once

#include <QAction>
#include <QDockWidget>
#include <QLabel>
#include <QLayout>

#include "app/docks/dock_theme.h"

namespace moe::app {

/// One line that gives way when there is no room: an ellipsis, and the whole text on hover.
class ElidedLabel : public QLabel {
    Q_OBJECT
  public:
    using QLabel::QLabel;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
};

/// The title bar of a dock and of a section in it: a name on the left, a quiet note on the right.
class DockTitle : public QWidget {
    Q_OBJECT
  public:
    explicit DockTitle(const QString& title, QWidget* parent = nullptr);

    void set_note(const QString& note);
    QString note() const { return note_->text(); }
    /// Leaves the name to the dock's tab; what remains are the note and the controls, or nothing.
    void set_tabbed(bool is_tabbed);
    /// A small control at the right end.
    void add_control(QWidget* control);
    void set_theme(const DockTheme& theme);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {60, sizeHint().height()}; }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    void fit_height();

    QLabel* title_;
    ElidedLabel* note_;
    bool is_tabbed_ = false;
    bool has_controls_ = false;
    QColor line_;
};

/// What all docks share: a DockTitle in place of the system's title bar and an object name to be saved by.
class TitledDock : public QDockWidget {
    Q_OBJECT
  public:
    TitledDock(const QString& name, const QString& title, QWidget* parent);

    virtual void set_theme(const DockTheme& theme);
    DockTitle* title_bar() const { return title_bar_; }
    virtual QWidget* focus_target() const = 0;  ///< what takes the focus when panes are walked
    /// For menus: shows the dock, brings it before the tabs that hide it, or closes it where it is seen. Qt's own
    /// toggleViewAction closes what stands behind another tab.
    QAction* menu_action() const { return menu_action_; }
    bool is_seen() const { return is_seen_; }  ///< shown, and not behind another tab

  protected:
    bool event(QEvent* event) override;

  private:
    void show_or_close();

    DockTitle* title_bar_;
    QAction* menu_action_;
    bool is_seen_ = false;
};

}  // namespace moe::app
