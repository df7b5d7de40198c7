#include "app/shell/path_dock.h"

#include <QToolButton>
#include <QVBoxLayout>

#include "app/docks/figure.h"
#include "app/docks/run_view.h"
#include "app/docks/token_display.h"

namespace moe::app {

PathDock::PathDock(QWidget* parent)
    : TitledDock(QStringLiteral("path_dock"), tr("Path"), parent),
      view_(new PathView),
      area_(new QScrollArea),
      note_(new QLabel),
      runner_ups_(new QAction(tr("&Runner-ups"), this)),
      scores_(new QAction(tr("Scores of &all experts"), this)) {
    auto* body = new QWidget(this);
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    note_->setWordWrap(true);
    note_->setMargin(12);
    note_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    area_->setWidget(view_);
    area_->setWidgetResizable(true);
    area_->setFrameShape(QFrame::NoFrame);
    area_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area_->setFocusProxy(view_);
    layout->addWidget(area_, 1);
    layout->addWidget(note_);
    set_body(body);
    runner_ups_->setToolTip(
        tr("A frame around the best ranked expert that was not chosen, amber where it is a near miss"));
    scores_->setToolTip(tr("Every expert's score as the colour of its cell: the token's whole router"));
    for (QAction* action : {runner_ups_, scores_}) action->setCheckable(true);
    runner_ups_->setChecked(view_->shows_runner_ups());
    connect(runner_ups_, &QAction::toggled, view_, &PathView::set_shows_runner_ups);
    connect(scores_, &QAction::toggled, view_, &PathView::set_shows_scores);
    auto* button = new QToolButton(this);
    button->setText(tr("Show"));
    button->setAccessibleName(tr("What the path shows"));
    button->setToolTip(tr("What the path shows"));
    button->setPopupMode(QToolButton::InstantPopup);
    button->addActions({runner_ups_, scores_});
    title_bar()->add_control(button);
    set_model({});
}

void PathDock::set_model(const PathModel& model) {
    view_->set_model(model);
    const render::TokenPath& path = view_->path();
    const bool has_path = !path.layers.empty();
    const auto token = model.selection.token;
    title_bar()->set_note(!has_path           ? QString()
                          : path.has_weights ? tr("token %1, width = w·w′").arg(grouped(*token))
                                             : tr("token %1, no weights in this trace").arg(grouped(*token)));
    QString note = model.has_branches ? QString::fromStdString(render::why_no_branches(path)) : QString();
    if (!has_path) {
        note = is_dense(model.trace) ? tr("A dense model: every token takes the same way through all layers.")
               : token && *token < model.trace.n_tokens()
                   ? tr("This token was not routed yet; its path appears with the next one.")
                   : tr("The way of the selected token through the layers: its chosen experts as squares, "
                        "their weights as the width of the ribbons between them.");
    }
    note_->setFont(has_path ? theme_.caption : theme_.body);
    note_->setText(note);
    note_->setVisible(!note.isEmpty());
    area_->setVisible(view_->path().n_experts > 0);
    if (has_path && model.selection.layer && *model.selection.layer < path.layers.size()) {
        const double y = view_->layout_now().y(static_cast<double>(*model.selection.layer));
        area_->ensureVisible(0, static_cast<int>(y), 0, 24);
    }
}

void PathDock::set_theme(const DockTheme& theme) {
    TitledDock::set_theme(theme);
    theme_ = theme;
    note_->setFont(view_->path().layers.empty() ? theme.body : theme.caption);
    set_text_color(note_, theme.text_3);
    QPalette flat = area_->viewport()->palette();
    flat.setColor(QPalette::Window, theme.surface);
    area_->viewport()->setPalette(flat);
}

}  // namespace moe::app
