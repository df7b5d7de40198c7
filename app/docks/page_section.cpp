#include "app/docks/page_section.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QTreeView>
#include <QVBoxLayout>
#include <algorithm>

#include "app/docks/dock_body.h"
#include "app/docks/figure.h"

namespace moe::app {

namespace {

constexpr int kSide = 12;  // to the dock's edges

DockBody* page_of(const QWidget* part) {
    for (QWidget* above = part->parentWidget(); above != nullptr; above = above->parentWidget()) {
        if (auto* page = qobject_cast<DockBody*>(above)) return page;
    }
    return nullptr;
}

}  // namespace

PageSection::PageSection(const QString& title, QWidget* content, int n_few_rows)
    : title_(new ElidedLabel(title)),
      all_(new QToolButton),
      list_(qobject_cast<QAbstractItemView*>(content)),
      n_few_rows_(n_few_rows) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 6, 0, 0);
    layout->setSpacing(2);
    auto* heading = new QHBoxLayout;
    heading->setContentsMargins(kSide, 0, kSide, 0);
    heading->setSpacing(8);
    heading->addWidget(title_, 1);
    heading->addWidget(all_);
    layout->addLayout(heading);
    layout->addWidget(content);
    all_->setAutoRaise(true);
    all_->setCheckable(true);
    all_->hide();
    connect(all_, &QToolButton::toggled, this, &PageSection::show_all);
    if (list_ == nullptr) return;
    list_->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list_->installEventFilter(this);
    list_->viewport()->installEventFilter(this);
    for (const auto changed : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(list_->model(), changed, this, &PageSection::fit);
    connect(list_->model(), &QAbstractItemModel::modelReset, this, [this] {
        fit();
        reveal_soon();
    });
    connect(list_->selectionModel(), &QItemSelectionModel::currentChanged, this, &PageSection::reveal_soon);
    fit();
}

void PageSection::set_title(const QString& title) { title_->setText(title); }

int PageSection::n_rows() const { return list_->model()->rowCount(); }

int PageSection::n_shown() const {
    const bool is_cut = n_few_rows_ != kAllRows && !shows_all_;
    return is_cut ? std::min(n_rows(), n_few_rows_) : n_rows();
}

void PageSection::show_all(bool shows_all) {
    shows_all_ = shows_all;
    fit();
}

void PageSection::fit() {
    if (list_ == nullptr) return;
    const auto* tree = qobject_cast<const QTreeView*>(list_);
    const int head = tree != nullptr && !tree->isHeaderHidden() ? tree->header()->sizeHint().height() : 0;
    const int rows = n_shown() == 0 ? 0 : n_shown() * list_->sizeHintForRow(0);
    list_->setFixedHeight(head + rows);
    const bool has_more = n_few_rows_ != kAllRows && n_rows() > n_few_rows_;
    all_->setVisible(has_more);
    all_->setText(shows_all_ ? tr("Fewer") : tr("All %1").arg(n_rows()));
    all_->setAccessibleName(tr("%1: %2").arg(title_->text(), all_->text()));
}

bool PageSection::eventFilter(QObject* watched, QEvent* event) {
    if (watched == list_->viewport() && event->type() == QEvent::Wheel) {
        event->ignore();  // the page scrolls
        return true;
    }
    if (watched == list_ && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        const bool goes_on = key == Qt::Key_Down || key == Qt::Key_PageDown || key == Qt::Key_End;
        const bool is_at_end = list_->currentIndex().row() + 1 >= n_shown();
        if (goes_on && is_at_end && n_shown() < n_rows()) all_->setChecked(true);
    }
    if (watched == list_ && event->type() == QEvent::FocusIn) reveal_soon();
    return QWidget::eventFilter(watched, event);
}

// The rows have their places when the layout has been done.
void PageSection::reveal_soon() {
    if (list_->hasFocus()) QMetaObject::invokeMethod(this, &PageSection::reveal, Qt::QueuedConnection);
}

void PageSection::reveal() {
    DockBody* const page = page_of(this);
    const QModelIndex row =
        list_->currentIndex().isValid() ? list_->currentIndex() : list_->model()->index(0, 0);
    if (page == nullptr || !row.isValid() || !list_->hasFocus()) return;
    if (row.row() >= n_shown()) all_->setChecked(true);
    page->lay_out_around(*list_);
    const QRect place = list_->visualRect(row);
    const QPoint top = list_->viewport()->mapTo(page->widget(), place.topLeft());
    const int margin = place.height();  // its neighbours
    page->ensureVisible(0, top.y(), 0, margin);
    page->ensureVisible(0, top.y() + place.height(), 0, margin);
}

void PageSection::set_theme(const DockTheme& theme) {
    title_->setFont(theme.title);
    set_text_color(title_, theme.text_1);
    all_->setFont(theme.caption);
    fit();
}

}  // namespace moe::app
