#include "app/shell/samples.h"

#include <QObject>

namespace moe::app {

std::vector<PromptSample> prompt_samples() {
    return {
        {.name = QObject::tr("Story"),
         .text = QStringLiteral("Once upon a time, a curious fox named Rusty"),
         .explanation = QObject::tr("See names, quotes and full stops find their experts")},
        {.name = QObject::tr("Question"),
         .text = QStringLiteral("Question: What is the opposite of hot?\nAnswer:"),
         .explanation = QObject::tr("See how sure the router is of an answer")},
        {.name = QObject::tr("SQL"),
         .text = QStringLiteral("SELECT name, price\nFROM"),
         .explanation = QObject::tr("See code go to experts that stories leave alone")},
        {.name = QObject::tr("German"),
         .text = QStringLiteral("Es war einmal"),
         .explanation = QObject::tr("See which layers tell languages apart")},
    };
}

}  // namespace moe::app
