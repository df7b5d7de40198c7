#pragma once

#include <QLabel>
#include <QLayout>
#include <QPointer>
#include <QTabBar>
#include <QToolButton>
#include <QWidget>

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

  private:
    QString told_;  ///< the whole text as a tool tip, while it is cut
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
    /// Shows the name in any case, and a button that closes the dock.
    void set_floating(bool is_floating);
    /// A small control at the right end.
    void add_control(QWidget* control);
    void set_theme(const DockTheme& theme);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {60, sizeHint().height()}; }

  Q_SIGNALS:
    void close_requested();

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
    QToolButton* close_ = nullptr;  // from when it first floats
    bool is_tabbed_ = false;
    bool is_beside_tabs_ = false;
    bool has_controls_ = false;
    QColor line_;
};

}  // namespace moe::app
