#include "app/docks/timeline_dock.h"

#include <utility>

#include "app/docks/token_display.h"
#include "engine/trace/layer_number.h"

namespace moe::app {

TimelineDock::TimelineDock(QWidget* parent)
    : TitledDock(QStringLiteral("timeline_dock"), tr("Timeline"), parent),
      view_(new TimelineView(this)),
      legend_(new QLabel(this)) {
    setWidget(view_);
    legend_->setTextFormat(Qt::RichText);
    title_bar()->add_control(legend_);
}

void TimelineDock::set_model(const TimelineModel& model) {
    view_->set_model(model);
    const QString range = model.range ? tr("range %1–%2%3")
                                            .arg(grouped(model.range->first), grouped(model.range->end - 1),
                                                 model.loops ? tr(", loops") : QString())
                                      : QString();
    title_bar()->set_note(range);
    const std::size_t number =
        model.trace.has_shape() ? layer_number(model.trace.shape(), model.layer) : model.layer;
    if (std::exchange(layer_number_, number) != number) show_legend();
}

void TimelineDock::set_theme(const DockTheme& theme) {
    TitledDock::set_theme(theme);
    theme_ = theme;
    view_->set_theme(theme);
    legend_->setFont(theme.caption);
    QPalette quiet = legend_->palette();
    quiet.setColor(QPalette::WindowText, theme.text_3);
    legend_->setPalette(quiet);
    show_legend();
}

void TimelineDock::show_legend() {
    const auto swatch = [](const QColor& color, const char* sign) {
        return QStringLiteral("<span style='color:%1'>%2</span> ").arg(color.name(), QString::fromUtf8(sign));
    };
    legend_->setText(swatch(theme_.accent, "━") + tr("layer %1").arg(layer_number_) +
                     QStringLiteral("&nbsp;&nbsp; ") + swatch(theme_.text_1, "━") + tr("mean of layers") +
                     QStringLiteral("&nbsp;&nbsp; ") + swatch(theme_.bar, "■") + tr("range of layers"));
}

}  // namespace moe::app
