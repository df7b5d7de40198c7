#pragma once

#include <QMainWindow>
#include <QTimer>
#include <functional>
#include <vector>

#include "app/docks/dock_title.h"

namespace moe::app {

/// Notices when docks are closed, opened, moved or taken out of the window, by whatever means, and tells what
/// was before. How large they are is kept up with, but no change of its own, nor is which tab lies above.
class LayoutWatch : public QObject {
    Q_OBJECT
  public:
    /// `version` is that of the window's saved states.
    LayoutWatch(QMainWindow* window, std::vector<TitledDock*> docks, int version);

    /// Takes what is there now as it is, and watches from here on.
    void accept();
    /// Until `accept` nothing is noticed.
    void pause();
    /// Makes a change of the whole layout under a name of its own; here sizes count too.
    void change_as(const QString& name, const std::function<void()>& change);

  Q_SIGNALS:
    void changed(const QByteArray& before, const QByteArray& after, const QString& name);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    struct Place {
        bool is_closed = false;
        bool is_floating = false;
        Qt::DockWidgetArea area = Qt::NoDockWidgetArea;
        std::vector<QString> tabs = {};  // behind or before it, sorted
        bool operator==(const Place&) const = default;
    };
    std::vector<Place> places_now() const;
    QString name_of_change(const std::vector<Place>& now) const;
    void look_soon();
    void look();
    void tell_changes();
    void take(std::vector<Place> places);

    QMainWindow* window_;
    std::vector<TitledDock*> docks_;
    int version_;
    std::vector<Place> places_;
    QByteArray state_;
    const TitledDock* dropped_ = nullptr;  // by the user, somewhere: perhaps within its area
    bool is_watching_ = false;
    QTimer soon_;
};

}  // namespace moe::app
