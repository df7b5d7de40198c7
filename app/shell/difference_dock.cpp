#include "app/shell/difference_dock.h"

#include <QVBoxLayout>

#include "app/docks/figure.h"

namespace moe::app {

DifferenceDock::DifferenceDock(QWidget* parent)
    : TitledDock(QStringLiteral("difference_dock"), tr("Difference"), parent),
      view_(new CompareView),
      note_(new QLabel) {
    auto* body = new QWidget(this);
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    note_->setWordWrap(true);
    note_->setMargin(12);  // a style resets a frame's contents margins
    note_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    layout->addWidget(note_);
    layout->addWidget(view_, 1);
    setWidget(body);
    set_pair({}, {});
}

void DifferenceDock::set_pair(const ComparePair& pair, const QString& why_not) {
    const bool has_pair = pair.a.n_tokens() > 0 && pair.b.n_tokens() > 0 && why_not.isEmpty();
    note_->setText(!why_not.isEmpty()
                       ? why_not
                       : tr("Two runs row by row appear here: A, what B has more or less, B. Continue from a "
                            "token to make a branch, or run another prompt."));
    note_->setVisible(!has_pair);
    view_->setVisible(has_pair);
    if (has_pair) view_->set_pair(pair);
}

void DifferenceDock::set_theme(const DockTheme& theme) {
    TitledDock::set_theme(theme);
    note_->setFont(theme.body);
    set_text_color(note_, theme.text_3);
}

}  // namespace moe::app
