#include "app/viewport/accessible_picture.h"

#include "app/viewport/picture_view.h"

#include <QAccessible>
#include <QAccessibleWidget>

#include "app/viewport/selection_words.h"

namespace moe::app {
namespace {

class AccessiblePicture : public QAccessibleWidget {
  public:
    explicit AccessiblePicture(PictureView* view)
        : QAccessibleWidget(view, QAccessible::Chart, view->accessibleName()), view_(view) {}

    QString text(QAccessible::Text kind) const override {
        if (kind != QAccessible::Value) return QAccessibleWidget::text(kind);
        return QString::fromStdString(selection_in_words(view_->model().trace, view_->model().selection));
    }

  private:
    PictureView* view_;  // Qt drops this object before the view
};

QAccessibleInterface* make_accessible(const QString& class_name, QObject* object) {
    if (class_name != QLatin1String("moe::app::PictureView")) return nullptr;
    auto* view = qobject_cast<PictureView*>(object);
    return view != nullptr ? new AccessiblePicture(view) : nullptr;
}

}  // namespace

void install_accessible_picture() {
    static const bool is_done = [] {
        QAccessible::installFactory(make_accessible);
        return true;
    }();
    Q_UNUSED(is_done);
}

}  // namespace moe::app
