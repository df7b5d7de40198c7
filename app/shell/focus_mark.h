#pragma once

#include <QAbstractScrollArea>
#include <QPointer>

namespace moe::app {

/// Shows where keys act: a ring above the list, table or text of a window that has the focus, which none of
/// them paints itself, and in a list the row that the first key starts from.
class FocusMark : public QWidget {
    Q_OBJECT
  public:
    explicit FocusMark(QWidget* window);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    void follow(QWidget* focus);

    QWidget* window_;
    QPointer<QAbstractScrollArea> marked_;
};

}  // namespace moe::app
