#include "app/shell/explanations.h"

#include <QAbstractButton>
#include <QCoreApplication>
#include <QHeaderView>
#include <QLabel>
#include <QTreeView>
#include <algorithm>
#include <utility>

#include "app/docks/balance_table.h"

namespace moe::app {

namespace {

QString plain(QString text) { return text.remove(QLatin1Char('&')).simplified(); }

QString name_of(const QWidget& part) {
    if (!part.accessibleName().isEmpty()) return plain(part.accessibleName());
    if (const auto* button = qobject_cast<const QAbstractButton*>(&part)) return plain(button->text());
    if (const auto* label = qobject_cast<const QLabel*>(&part)) return plain(label->text());
    return {};
}

class Collector {
  public:
    void add(const QString& name, const QString& text) {
        const bool says_more = !text.isEmpty() && text != name;
        const bool is_known = std::ranges::find(found_, text, &Explanation::text) != found_.end();
        if (says_more && !is_known && !name.isEmpty()) found_.push_back({.name = name, .text = text});
    }

    void add_table(const QAbstractItemView& view) {
        const QAbstractItemModel* model = view.model();
        if (model == nullptr) return;
        const auto* tree = qobject_cast<const QTreeView*>(&view);
        for (int column = 0; column < model->columnCount(); ++column) {
            if (tree != nullptr && tree->isColumnHidden(column)) continue;
            add(plain(model->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString()),
                model->headerData(column, Qt::Horizontal, Qt::ToolTipRole).toString());
        }
        for (const QModelIndex& row : {model->index(0, 0), view.currentIndex().siblingAtColumn(0)}) {
            if (!row.isValid()) continue;
            add(plain(row.data(Qt::DisplayRole).toString()), row.data(Qt::ToolTipRole).toString());
        }
    }

    std::vector<Explanation> take() { return std::move(found_); }

  private:
    std::vector<Explanation> found_;
};

}  // namespace

std::vector<Explanation> explanations_of(const QWidget& pane) {
    QList<QWidget*> parts = pane.findChildren<QWidget*>();
    parts.removeIf([&pane](const QWidget* part) { return !part->isVisibleTo(&pane); });
    const auto place = [&pane](const QWidget* part) {
        const QPoint corner = part->mapTo(&pane, QPoint());
        return std::pair{corner.y(), corner.x()};
    };
    std::ranges::stable_sort(parts, {}, place);
    Collector found;
    for (const QWidget* part : parts) {
        found.add(name_of(*part), part->whatsThis().isEmpty() ? part->toolTip() : part->whatsThis());
        const auto* view = qobject_cast<const QAbstractItemView*>(part);
        if (view != nullptr && qobject_cast<const QHeaderView*>(part) == nullptr) found.add_table(*view);
    }
    return found.take();
}

std::vector<Explanation> explanations_of_picture(const PictureView& picture) {
    const auto tr = [](const char* text) { return QCoreApplication::translate("Explanations", text); };
    const render::HeatmapValueInfo& value = render::info_of(picture.options().value);
    return {
        {.name = tr(value.name), .text = QStringLiteral("%1\n%2").arg(tr(value.formula), tr(value.unit))},
        {.name = tr("Where cells share a pixel"),
         .text = tr(render::fold_formula(picture.meaning(), picture.options().fold))},
        {.name = tr("Load"),
         .text =
             tr("Tokens in view that chose the expert; counted here.\nFair share: tokens × top-k / number of "
                "experts. Orange: above what chance gives. ✕: unused.")},
        {.name = tr("Max violation"), .text = balance_explanation(BalanceTableModel::MaxViolation)}};
}

}  // namespace moe::app
