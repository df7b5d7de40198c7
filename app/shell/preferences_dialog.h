#pragma once

#include <QDialog>
#include <QFormLayout>
#include <QSpinBox>
#include <functional>

#include "app/shell/theme.h"
#include "app/viewport/presenter_choice.h"
#include "render/renderer.h"

namespace moe::app {

/// What is set once for this machine. A change holds at once, but for the scale, which says so; there is
/// nothing to confirm.
class PreferencesDialog : public QDialog {
    Q_OBJECT
  public:
    explicit PreferencesDialog(QWidget* window);

  Q_SIGNALS:
    void threads_chosen(std::size_t n_threads);  ///< 0: automatic
    void theme_chosen(moe::app::ThemeChoice choice);
    void reduced_motion_chosen();  ///< the other way round than it was
    void resolve_chosen(moe::render::ResolveOn place);
    void presenter_chosen(moe::app::PresenterChoice choice);

  private:
    void add_looks();
    void add_picture();
    void add_session();
    void add_engine();
    void add_box(const QString& text, const QString& name, bool is_checked,
                 const std::function<void(bool)>& choose);
    void add_heading(const QString& text);
    void add_note(const QString& text);

    QFormLayout* form_;
    QSpinBox* threads_;
};

}  // namespace moe::app
