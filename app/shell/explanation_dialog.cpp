#include "app/shell/explanation_dialog.h"

#include <QPushButton>
#include <QTextBrowser>
#include <QVBoxLayout>

namespace moe::app {

namespace {

constexpr QSize kSize(560, 480);

QString html_of(const std::vector<Explanation>& explanations) {
    QString html;
    for (const Explanation& one : explanations) {
        html += QStringLiteral("<p style='margin-bottom:12px'><b>%1</b><br>%2</p>")
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
    resize(kSize);
    auto* text = new QTextBrowser(this);
    text->setObjectName(QStringLiteral("explanations"));
    text->setAccessibleName(windowTitle());
    text->setOpenLinks(false);
    text->document()->setDocumentMargin(12);
    text->setHtml(explanations.empty() ? tr("This pane shows no numbers.") : html_of(explanations));
    auto* close = new QPushButton(tr("Close"), this);
    close->setDefault(true);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(text, 1);
    layout->addWidget(close, 0, Qt::AlignRight);
    text->setFocus();
}

}  // namespace moe::app
