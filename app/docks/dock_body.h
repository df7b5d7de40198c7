#pragma once

#include <QScrollArea>

namespace moe::app {

/// Room for what a dock shows: all of the dock, or what that needs at least, with bars to scroll by. However
/// much it needs now and then, the dock may be as small as the user wants, so that it does not move its
/// neighbours.
class DockBody : public QScrollArea {
    Q_OBJECT
  public:
    DockBody(QWidget* content, QWidget* parent);
    int needed_height() const;  ///< for all of the content, without scrolling
    /// Scrolls so that a part of the content stands at the top, as far as there is something below it.
    void show_from(const QWidget& part);
    /// Gives all of the content its place at once, after `part` of it asked for another size.
    void lay_out_around(const QWidget& part);

  protected:
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void fit();
};

}  // namespace moe::app
