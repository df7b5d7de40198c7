#include "app/docks/sampling_form.h"

#include <QGridLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <algorithm>
#include <limits>

namespace moe::app {

namespace {

struct FieldText {
    QString label;
    QString explanation;
};

void add_field(QGridLayout* layout, int row, int column, QAbstractSpinBox* box, const FieldText& text) {
    auto* label = new QLabel(text.label);
    label->setBuddy(box);
    label->setToolTip(text.explanation);
    box->setToolTip(text.explanation);
    box->setAccessibleName(text.label);
    box->setButtonSymbols(QAbstractSpinBox::NoButtons);
    box->setKeyboardTracking(false);
    box->setFixedHeight(24);
    box->setMinimumWidth(48);
    layout->addWidget(label, row, column);
    layout->addWidget(box, row, column + 1);
}

QDoubleSpinBox* decimal_box(double low, double high) {
    auto* box = new QDoubleSpinBox;
    box->setRange(low, high);
    box->setDecimals(2);
    box->setSingleStep(0.05);
    return box;
}

QSpinBox* whole_box(int high) {
    auto* box = new QSpinBox;
    box->setRange(0, high);
    return box;
}

}  // namespace

SamplingForm::SamplingForm(QWidget* parent)
    : QWidget(parent),
      temperature_(decimal_box(0.0, 5.0)),
      top_k_(whole_box(1'000'000)),
      top_p_(decimal_box(0.01, 1.0)),
      seed_(whole_box(std::numeric_limits<int>::max())) {
    auto* layout = new QGridLayout(this);
    layout->setContentsMargins(12, 10, 12, 10);
    layout->setHorizontalSpacing(8);
    layout->setVerticalSpacing(8);
    layout->setColumnStretch(1, 1);
    layout->setColumnStretch(3, 1);
    add_field(layout, 0, 0, temperature_,
              {tr("Te&mperature"),
               tr("Divides the logits before the draw; 0 always takes the most probable token")});
    add_field(layout, 0, 2, top_k_,
              {tr("Top-&k"), tr("Draws among this many most probable tokens; 0 keeps all")});
    add_field(
        layout, 1, 0, top_p_,
        {tr("Top-&p"), tr("Draws among the fewest tokens whose probabilities reach this sum; 1 keeps all")});
    add_field(layout, 1, 2, seed_, {tr("See&d"), tr("The same seed, prompt and model give the same text")});
    for (auto* box : {temperature_, top_p_}) {
        connect(box, &QDoubleSpinBox::valueChanged, this, &SamplingForm::edited);
    }
    for (auto* box : {top_k_, seed_}) connect(box, &QSpinBox::valueChanged, this, &SamplingForm::edited);
    set_sampling(SamplingParams{});
}

SamplingParams SamplingForm::sampling() const {
    return {.seed = static_cast<std::uint64_t>(seed_->value()),
            .temperature = static_cast<float>(temperature_->value()),
            .top_k = static_cast<std::size_t>(top_k_->value()),
            .top_p = static_cast<float>(top_p_->value())};
}

void SamplingForm::set_sampling(const SamplingParams& sampling) {
    const QSignalBlocker no_temperature(temperature_), no_k(top_k_), no_p(top_p_), no_seed(seed_);
    temperature_->setValue(static_cast<double>(sampling.temperature));
    top_k_->setValue(static_cast<int>(std::min<std::size_t>(sampling.top_k, 1'000'000)));
    top_p_->setValue(static_cast<double>(sampling.top_p));
    seed_->setValue(
        static_cast<int>(std::min<std::uint64_t>(sampling.seed, std::numeric_limits<int>::max())));
}

void SamplingForm::set_theme(const DockTheme& theme) {
    for (QWidget* box : {static_cast<QWidget*>(temperature_), static_cast<QWidget*>(top_k_),
                         static_cast<QWidget*>(top_p_), static_cast<QWidget*>(seed_)}) {
        box->setFont(theme.mono);
    }
    QPalette labels = palette();
    labels.setColor(QPalette::WindowText, theme.text_2);
    for (auto* label : findChildren<QLabel*>()) label->setPalette(labels);
}

}  // namespace moe::app
