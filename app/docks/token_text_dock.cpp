#include "app/docks/token_text_dock.h"

#include <QAbstractItemView>
#include <QHBoxLayout>
#include <QScrollBar>
#include <QVBoxLayout>
#include <algorithm>
#include <map>
#include <utility>

#include "app/docks/layer_combo.h"
#include "app/docks/token_display.h"

namespace moe::app {

namespace {

constexpr int kBodyPixels = 13;  // letters, of the usual size
constexpr int kChoiceHeight = 24;
constexpr int kLayerWidth = 84;

}  // namespace

TokenTextDock::TokenTextDock(QWidget* parent)
    : TitledDock(QStringLiteral("token_text_dock"), tr("Text"), parent),
      coloring_(new QComboBox),
      layer_(new QComboBox),
      legend_(new TokenLegend),
      view_(new TokenTextView) {
    auto* body = new QWidget(this);
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 8, 0, 0);
    layout->setSpacing(0);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(10, 0, 10, 2);
    row->setSpacing(6);
    row->addWidget(coloring_, 1);
    row->addWidget(layer_);
    layout->addLayout(row);
    layout->addWidget(legend_);
    layout->addWidget(view_, 1);
    set_body(body);
    const std::vector<std::pair<TextColoring, QString>> colorings{
        {TextColoring::TopExpert, tr("Colour: top expert")},
        {TextColoring::Entropy, tr("Colour: entropy")},
        {TextColoring::Margin, tr("Colour: margin")},
        {TextColoring::Logprob, tr("Colour: log-probability")},
        {TextColoring::None, tr("No colour")}};
    for (const auto& [coloring, name] : colorings) coloring_->addItem(name, static_cast<int>(coloring));
    coloring_->setAccessibleName(tr("Colour of the text"));
    coloring_->setToolTip(tr("What the tint and the line under a token say"));
    layer_->setAccessibleName(tr("Layer of the text's colours"));
    coloring_->setMinimumContentsLength(8);
    connect(view_, &TokenTextView::token_chosen, this, &TokenTextDock::token_chosen);
    connect(view_->verticalScrollBar(), &QScrollBar::valueChanged, this, &TokenTextDock::update_legend);
    connect(layer_, &QComboBox::activated, this,
            [this](int index) { Q_EMIT layer_chosen(static_cast<std::size_t>(index)); });
    connect(coloring_, &QComboBox::activated, this, [this] { set_model(view_->model()); });
}

void TokenTextDock::set_model(TokenTextModel model) {
    model.coloring = static_cast<TextColoring>(coloring_->currentData().toInt());
    show_layers(layer_, model.trace, model.layer);
    coloring_->setEnabled(model.trace.n_routed() > 0);
    view_->set_model(std::move(model));
    update_legend();
}

void TokenTextDock::set_coloring(TextColoring coloring) {
    coloring_->setCurrentIndex(coloring_->findData(static_cast<int>(coloring)));
    set_model(view_->model());
}

void TokenTextDock::update_legend() {
    const TokenTextModel& model = view_->model();
    if (model.trace.n_tokens() > 0) {
        if (const auto scale = shade_scale(model.trace, model.coloring)) return legend_->set_scale(*scale);
    }
    legend_->set_experts(visible_top_experts());
}

// The most frequent first.
std::vector<std::size_t> TokenTextDock::visible_top_experts() const {
    const TokenTextModel& model = view_->model();
    const bool is_colored = model.coloring == TextColoring::TopExpert && model.trace.n_routed() > 0 &&
                            model.layer < model.trace.shape().n_layers;
    if (!is_colored) return {};
    const auto [first, end] = view_->visible_tokens();
    std::map<std::size_t, std::size_t> counts;
    for (std::size_t token = first; token < std::min(end, model.trace.n_routed()); ++token) {
        const auto chosen = model.trace.experts(token, model.layer);
        if (!chosen.empty() && chosen[0] != kNoExpert) ++counts[chosen[0]];
    }
    std::vector<std::size_t> experts;
    for (const auto& [expert, count] : counts) experts.push_back(expert);
    std::stable_sort(experts.begin(), experts.end(), [&](auto a, auto b) { return counts[a] > counts[b]; });
    return experts;
}

void TokenTextDock::set_theme(const DockTheme& theme) {
    TitledDock::set_theme(theme);
    // The choices are as large as the other words of the dock, which a presentation enlarges.
    const auto scaled = [&](int size) {
        return size * std::max(theme.body.pixelSize(), kBodyPixels) / kBodyPixels;
    };
    for (auto* combo : {coloring_, layer_}) {
        combo->setFont(theme.body);
        combo->view()->setFont(theme.body);
        combo->setFixedHeight(scaled(kChoiceHeight));
    }
    layer_->setMinimumWidth(scaled(kLayerWidth));
    legend_->set_theme(theme);
    view_->set_theme(theme);
}

}  // namespace moe::app
