#include "app/docks/token_text_dock.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QScrollBar>
#include <QVBoxLayout>
#include <algorithm>
#include <map>

#include "app/docks/expert_tint.h"
#include "app/docks/layer_combo.h"
#include "app/docks/token_display.h"

namespace moe::app {

namespace {

constexpr int kSwatch = 7;
constexpr int kLegendStep = 40;

}  // namespace

ExpertLegend::ExpertLegend(QWidget* parent) : QWidget(parent) {
    setFixedHeight(24);
    setToolTip(tr("The most frequent top experts among the visible tokens, within this layer only"));
}

void ExpertLegend::set_experts(std::vector<std::size_t> experts) {
    if (experts == experts_) return;
    experts_ = std::move(experts);
    update();
}

void ExpertLegend::set_theme(const DockTheme& theme) {
    theme_ = theme;
    update();
}

void ExpertLegend::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QFont font = theme_.mono;
    font.setPixelSize(11);
    painter.setFont(font);
    int left = 12;
    for (const std::size_t expert : experts_) {
        if (left + kLegendStep > width()) break;
        painter.setPen(Qt::NoPen);
        painter.setBrush(expert_tint(expert, theme_.is_dark));
        painter.drawRoundedRect(QRectF(left, (height() - kSwatch) / 2.0, kSwatch, kSwatch), 1.5, 1.5);
        painter.setPen(theme_.text_2);
        const QString name = QStringLiteral("E%1").arg(expert);
        painter.drawText(QRect(left + kSwatch + 4, 0, kLegendStep, height()), Qt::AlignVCenter, name);
        left += kSwatch + 4 + painter.fontMetrics().horizontalAdvance(name) + 10;
    }
}

TokenTextDock::TokenTextDock(QWidget* parent)
    : TitledDock(QStringLiteral("token_text_dock"), tr("Text"), parent),
      coloring_(new QComboBox),
      layer_(new QComboBox),
      legend_(new ExpertLegend),
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
    setWidget(body);
    coloring_->addItem(tr("Colour by top expert"));
    coloring_->addItem(tr("No colour"));
    coloring_->setAccessibleName(tr("Colour of the text"));
    coloring_->setToolTip(tr("What the tint and the line under a token say"));
    layer_->setAccessibleName(tr("Layer of the text's colours"));
    layer_->setMinimumWidth(84);
    for (auto* combo : {coloring_, layer_}) combo->setFixedHeight(24);
    coloring_->setMinimumContentsLength(8);
    connect(view_, &TokenTextView::token_chosen, this, &TokenTextDock::token_chosen);
    connect(view_->verticalScrollBar(), &QScrollBar::valueChanged, this, &TokenTextDock::update_legend);
    connect(layer_, &QComboBox::activated, this,
            [this](int index) { Q_EMIT layer_chosen(static_cast<std::size_t>(index)); });
    connect(coloring_, &QComboBox::activated, this, [this] { set_model(view_->model()); });
}

void TokenTextDock::set_model(TokenTextModel model) {
    model.coloring = coloring_->currentIndex() == 0 ? TextColoring::TopExpert : TextColoring::None;
    title_bar()->set_note(model.n_tokens() > 0 ? tr("%1 tokens").arg(grouped(model.n_tokens())) : QString());
    show_layers(layer_, model.trace, model.layer);
    coloring_->setEnabled(model.trace.n_routed() > 0);
    view_->set_model(std::move(model));
    update_legend();
}

void TokenTextDock::update_legend() {
    const TokenTextModel& model = view_->model();
    std::vector<std::size_t> experts;
    const auto [first, end] = view_->visible_tokens();
    const bool is_colored = model.coloring == TextColoring::TopExpert && model.trace.n_routed() > 0 &&
                            model.layer < model.trace.shape().n_layers;
    if (is_colored) {
        std::map<std::size_t, std::size_t> counts;
        for (std::size_t token = first; token < std::min(end, model.trace.n_routed()); ++token) {
            const auto chosen = model.trace.experts(token, model.layer);
            if (!chosen.empty() && chosen[0] != kNoExpert) ++counts[chosen[0]];
        }
        for (const auto& [expert, count] : counts) experts.push_back(expert);
        std::stable_sort(experts.begin(), experts.end(),
                         [&](auto a, auto b) { return counts[a] > counts[b]; });
    }
    legend_->set_experts(std::move(experts));
}

void TokenTextDock::set_theme(const DockTheme& theme) {
    TitledDock::set_theme(theme);
    legend_->set_theme(theme);
    view_->set_theme(theme);
}

}  // namespace moe::app
