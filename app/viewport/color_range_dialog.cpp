#include "app/viewport/color_range_dialog.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QPushButton>

#include "render/scene/heatmap_value.h"
#include "render/scene/value_histogram.h"

namespace moe::app {
namespace {

QString unit_of(render::CellMeaning meaning) {
    switch (meaning) {
        case render::CellMeaning::Load:
        case render::CellMeaning::LoadDifference:
            return QStringLiteral(" \u00D7 fair");
        default:
            return {};
    }
}

}  // namespace

ColorRangeDialog::ColorRangeDialog(PictureView* picture, QWidget* parent)
    : QDialog(parent), picture_(picture) {
    setWindowTitle(tr("Colour range"));
    auto* form = new QFormLayout(this);
    const bool has_sign = render::is_signed(picture->meaning());
    low_ = add_field(has_sign ? tr("Size where colour begins") : tr("Black point"));
    high_ = add_field(has_sign ? tr("Size of the strongest colour") : tr("White point"));
    form->addRow(low_->property("name").toString(), low_);
    form->addRow(high_->property("name").toString(), high_);
    log_ = new QCheckBox(tr("Logarithmic"), this);
    form->addRow(QString(), log_);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close | QDialogButtonBox::Reset, this);
    QPushButton* fit = buttons->addButton(tr("Fit to view"), QDialogButtonBox::ActionRole);
    fit->setToolTip(tr("1st to 99th percentile of the pixels in view"));
    form->addRow(buttons);

    connect(log_, &QCheckBox::toggled, this, &ColorRangeDialog::apply);
    connect(fit, &QPushButton::clicked, picture_, &PictureView::fit_color_range);
    connect(buttons->button(QDialogButtonBox::Reset), &QPushButton::clicked, picture_,
            &PictureView::reset_color_range);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::accept);
    connect(picture_, &PictureView::options_changed, this, &ColorRangeDialog::show_options);
    show_options();
}

QDoubleSpinBox* ColorRangeDialog::add_field(const QString& name) {
    const render::CellMeaning meaning = picture_->meaning();
    auto* field = new QDoubleSpinBox(this);
    const bool is_rank = meaning == render::CellMeaning::Rank;
    const std::size_t n_experts = picture_->n_experts();
    field->setDecimals(is_rank ? 0 : 4);
    field->setSingleStep(is_rank ? 1 : 0.01);
    const double lowest = render::number_from_value(meaning, 0.0f, n_experts);
    const double highest = render::number_from_value(meaning, 1.0f, n_experts);
    field->setRange(std::min(lowest, highest), std::max(lowest, highest));
    field->setSuffix(unit_of(meaning));
    field->setAccessibleName(name);
    field->setProperty("name", name);
    connect(field, &QDoubleSpinBox::valueChanged, this, &ColorRangeDialog::apply);
    return field;
}

void ColorRangeDialog::show_options() {
    is_showing_ = true;
    const render::ColorScale& scale = picture_->options().scale;
    const auto number = [this](float value) {
        return render::number_from_value(picture_->meaning(), value, picture_->n_experts());
    };
    low_->setValue(number(scale.low));
    high_->setValue(number(scale.high));
    log_->setChecked(scale.is_log);
    is_showing_ = false;
}

void ColorRangeDialog::apply() {
    if (is_showing_) return;
    PictureOptions options = picture_->options();
    const auto value = [this](const QDoubleSpinBox& field) {
        return render::value_from_number(picture_->meaning(), field.value(), picture_->n_experts());
    };
    options.scale.low = value(*low_);
    options.scale.high = value(*high_);
    options.scale.is_log = log_->isChecked();
    picture_->set_options(options);
}

}  // namespace moe::app
