#include "app/shell/explanation_dialog.h"

#include <QTextBrowser>
#include <QVBoxLayout>

#include "app/shell/dialog_parts.h"

namespace moe::app {

namespace {

constexpr QSize kSize(560, 480);
constexpr int kRoomAround = 60;  // to the window's edges
constexpr int kSide = 20;

QString html_of(const std::vector<Explanation>& explanations) {
    QString html;
    for (const Explanation& one : explanations) {
        html += QStringLiteral("<p style='margin-bottom:12px'><span style='font-weight:600'>%1</span><br>%2</p>")
                    .arg(one.name.toHtmlEscaped(),
                         one.text.toHtmlEscaped().replace(QLatin1Char('\n'), QStringLiteral("<br>")));
    }
    return html;
}

}  // namespace

ExplanationDialog::ExplanationDialog(const QString& pane, const std::vector<Explanation>& explanations,
                                     QWidget* window)
    : QDialog(window) {
    setWindowTitle(tr("%1: what is shown").arg(pane));
    resize(kSize.boundedTo(window->size() - QSize(kRoomAround, kRoomAround)));
    auto* text = new QTextBrowser(this);
    text->setObjectName(QStringLiteral("explanations"));
    text->setAccessibleName(windowTitle());
    text->setOpenLinks(false);
    text->document()->setDocumentMargin(kSide);
    text->setFrameShape(QFrame::NoFrame);
    QPalette flat = text->palette();
    flat.setColor(QPalette::Base, palette().color(QPalette::Window));
    text->setPalette(flat);
    text->setHtml(explanations.empty() ? tr("This pane shows no numbers.") : html_of(explanations));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 18, 0, 16);
    layout->setSpacing(0);
    QLabel* title = dialog_title(windowTitle(), this);
    title->setIndent(kSide);
    layout->addWidget(title);
    layout->addWidget(text, 1);
    layout->addSpacing(12);
    layout->addLayout(closing_row(*this));
    text->setFocus();
}

}  // namespace moe::app
