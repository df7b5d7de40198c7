#pragma once

#include <QAbstractScrollArea>
#include <QPointer>

namespace moe::app {

/// Shows where keys act: a ring above the list, table or text of a window that has the focus, which none of
/// them paints itself, beside its bars, which lie above whatever else there is; and in a list the row that
/// the first key starts from.
class FocusMark : public QWidget {
    Q_OBJECT
  public:
    explicit FocusMark(QWidget* window);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    void follow(QWidget* focus);
    void fit();

    QWidget* window_;
    QPointer<QAbstractScrollArea> marked_;
    QPointer<QWidget> viewport_;  // of the marked
};

}  // namespace moe::app
