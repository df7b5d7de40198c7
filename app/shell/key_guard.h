#pragma once

#include <QObject>

namespace moe::app {

/// Lets a list, a button or a combo box keep the plain keys that it lives by (arrows, Home, End, Space on
/// a button), which are commands of the window everywhere else; and a text field the keys of undo, as long as
/// it has something of its own to undo or redo. Install it on the application.
class KeyGuard : public QObject {
    Q_OBJECT
  public:
    using QObject::QObject;
    bool eventFilter(QObject* watched, QEvent* event) override;
};

}  // namespace moe::app
