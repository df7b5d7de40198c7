#pragma once

#include <QAction>
#include <QDockWidget>

#include "app/docks/dock_title.h"

namespace moe::app {

class DockBody;

/// What all docks share: a DockTitle in place of the system's title bar, an object name to be saved by, and a
/// frame and a close button while it floats. What lies behind another tab takes no part: neither Tab nor a
/// letter nor a screen reader comes to it.
class TitledDock : public QDockWidget {
    Q_OBJECT
  public:
    TitledDock(const QString& name, const QString& title, QWidget* parent);

    /// Shows it in a DockBody.
    void set_body(QWidget* content);
    int needed_height() const;  ///< that shows all of it without scrolling
    virtual void set_theme(const DockTheme& theme);
    DockTitle* title_bar() const { return title_bar_; }
    virtual QWidget* focus_target() const = 0;  ///< what takes the focus when panes are walked
    /// Shows it before the tabs that hide it and gives it the focus: its target, or its first control where
    /// there is nothing in that.
    void bring_forward();
    /// For menus: brings the dock forward, or closes it where it is seen. Qt's own toggleViewAction closes
    /// what stands behind another tab.
    QAction* menu_action() const { return menu_action_; }
    bool is_seen() const { return is_seen_; }  ///< shown, and not behind another tab

  Q_SIGNALS:
    void hidden_with_focus();  ///< by another tab; nothing in it keeps the focus

  protected:
    /// Scrolls the body, when it has been laid out, so that `part` of it stands at the top, as far as
    /// there is something below.
    void show_from(QWidget& part);
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    void show_or_close();
    void fit_title();
    void fit_titles_soon();
    void hide_behind_tab();

    DockTitle* title_bar_;
    DockBody* body_ = nullptr;
    QAction* menu_action_;
    QColor border_;
    bool is_seen_ = false;
    bool is_behind_tab_ = false;
    bool fits_titles_soon_ = false;
};

}  // namespace moe::app
