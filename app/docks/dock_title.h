#pragma once

#include <QAction>
#include <QDockWidget>
#include <QLabel>
#include <QLayout>
#include <QPointer>
#include <QTabBar>

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
    ~DockTitle() override;

    void set_note(const QString& note);
    QString note() const { return note_->text(); }
    /// Leaves the name to the dock's tab. The note and the controls stand at the end of the row of tabs where
    /// that has room for them, else below it, or there are none. `tab_row` may be null: not under tabs now.
    void set_tabbed(bool is_tabbed, QTabBar* tab_row);
    /// A small control at the right end.
    void add_control(QWidget* control);
    void set_theme(const DockTheme& theme);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {60, sizeHint().height()}; }

  protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void place();
    void fit_height();
    bool is_empty() const { return note_->text().isEmpty() && !has_controls_; }
    int width_needed() const;

    QLabel* title_;
    QPointer<QWidget> contents_;  // the note and the controls; the window's while they stand beside tabs
    ElidedLabel* note_;
    QPointer<QTabBar> tab_row_;
    bool is_tabbed_ = false;
    bool is_beside_tabs_ = false;
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
    /// For menus: shows the dock, brings it before the tabs that hide it, or closes it where it is seen. Qt's
    /// own toggleViewAction closes what stands behind another tab.
    QAction* menu_action() const { return menu_action_; }
    bool is_seen() const { return is_seen_; }  ///< shown, and not behind another tab

  protected:
    bool event(QEvent* event) override;

  private:
    void show_or_close();
    void place_title();

    DockTitle* title_bar_;
    QAction* menu_action_;
    bool is_seen_ = false;
};

}  // namespace moe::app
