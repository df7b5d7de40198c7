#include "app/docks/runs_dock.h"

#include <QAction>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QScopedValueRollback>
#include <QVBoxLayout>
#include <algorithm>

#include "app/docks/token_display.h"

namespace moe::app {

namespace {

constexpr int kSourceRole = Qt::UserRole + 1;
constexpr int kIdRole = Qt::UserRole + 2;
enum Column { Name, Tokens, State, kColumns };

QList<QStandardItem*> new_row() {
    QList<QStandardItem*> row;
    for (int column = 0; column < kColumns; ++column) {
        row << new QStandardItem;
        row.back()->setEditable(false);
    }
    row[Tokens]->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    return row;
}

RunKey key_of(const QModelIndex& index) {
    const QModelIndex name = index.siblingAtColumn(Name);
    return {.source = static_cast<RunKey::Source>(name.data(kSourceRole).toInt()),
            .id = name.data(kIdRole).toLongLong()};
}

QStandardItem* sibling(QStandardItem* item, int column) {
    return item->model()->itemFromIndex(item->index().siblingAtColumn(column));
}

}  // namespace

RunsDock::RunsDock(QWidget* parent)
    : TitledDock(QStringLiteral("runs_dock"), tr("Runs"), parent),
      tree_(new QTreeView),
      model_(new QStandardItemModel(this)) {
    auto* body = new QWidget(this);
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 4, 0, 0);
    empty_ = new QLabel(
        tr("Runs and their branches appear here. A branch shares the past of the run it left."), body);
    empty_->setWordWrap(true);
    empty_->setMargin(12);
    empty_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    layout->addWidget(empty_);
    auto* tree_row = new QHBoxLayout;
    tree_row->setContentsMargins(6, 0, 8, 0);
    tree_row->addWidget(tree_);
    layout->addLayout(tree_row, 1);
    set_body(body);
    model_->setHorizontalHeaderLabels({tr("Run"), tr("Tokens"), QStringLiteral("  ") + tr("State")});
    model_->horizontalHeaderItem(Tokens)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    tree_->setObjectName(QStringLiteral("runs_tree"));
    tree_->setAccessibleName(tr("Runs and branches"));
    tree_->setModel(model_);
    tree_->setFrameShape(QFrame::NoFrame);
    tree_->setUniformRowHeights(true);
    tree_->setIndentation(14);
    tree_->setTextElideMode(Qt::ElideRight);
    tree_->header()->setStretchLastSection(false);
    tree_->header()->setMinimumSectionSize(30);
    tree_->header()->setSectionResizeMode(Name, QHeaderView::Stretch);
    tree_->header()->setSectionResizeMode(Tokens, QHeaderView::Fixed);
    tree_->header()->setSectionResizeMode(State, QHeaderView::Fixed);
    tree_->header()->resizeSection(Tokens, 56);
    tree_->header()->resizeSection(State, 86);
    const auto choose = [this](const QModelIndex& index) {
        if (const RunKey key = key_of(index); key.id != 0) Q_EMIT run_chosen(key);
    };
    connect(tree_, &QTreeView::activated, this, choose);
    connect(tree_, &QTreeView::clicked, this, choose);
    add_actions();
    set_model({}, {});
}

// In the context menu, and by their keys while the tree has the focus.
void RunsDock::add_actions() {
    const auto add = [this](const QString& text, const QKeySequence& keys, auto handler) {
        auto* action = new QAction(text, tree_);
        action->setShortcut(keys);
        action->setShortcutContext(Qt::WidgetShortcut);
        connect(action, &QAction::triggered, this, [this, handler] {
            if (const RunKey key = current_run(); key.id != 0) handler(key);
        });
        tree_->addAction(action);
    };
    tree_->setContextMenuPolicy(Qt::ActionsContextMenu);
    tree_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    add(tr("&Rename"), Qt::Key_F2,
        [this](RunKey) { tree_->edit(tree_->currentIndex().siblingAtColumn(Name)); });
    add(tr("&Compare with the shown run"), {}, [this](RunKey key) { Q_EMIT comparison_requested(key); });
    add(tr("&Delete"), Qt::Key_Delete, [this](RunKey key) { Q_EMIT deletion_requested(key); });
    connect(model_, &QStandardItemModel::itemChanged, this, [this](QStandardItem* item) {
        if (is_updating_ || item->column() != Name) return;
        const RunKey key = key_of(item->index());
        if (key.id != 0) Q_EMIT run_renamed(key, item->text().trimmed());
    });
}

RunKey RunsDock::current_run() const { return key_of(tree_->currentIndex()); }

void RunsDock::set_model(const std::vector<RunItem>& items, const QString& trace_name) {
    if (items == items_ && trace_name == trace_name_ && !rows_.empty()) return;
    const bool is_same = has_same_runs(items) && trace_name == trace_name_;
    trace_name_ = trace_name;
    const RunKey cursor = current_run();
    if (!is_same) rebuild(items);
    items_ = items;
    update_texts(items);
    place_cursor(items, cursor);
    title_bar()->set_note(items.empty()       ? QString()
                          : items.size() == 1 ? tr("1 run")
                                              : tr("%1 runs").arg(items.size()));
    empty_->setVisible(items.empty());
    tree_->setVisible(!items.empty());
}

bool RunsDock::has_same_runs(const std::vector<RunItem>& items) const {
    return std::equal(
        items.begin(), items.end(), items_.begin(), items_.end(),
        [](const RunItem& a, const RunItem& b) { return a.key == b.key && a.parent == b.parent; });
}

QStandardItem* RunsDock::group(RunKey::Source source) {
    if (trace_name_.isEmpty()) return model_->invisibleRootItem();
    const QString name = source == RunKey::Source::Trace ? trace_name_ : tr("This session");
    for (QStandardItem* found : model_->findItems(name)) return found;
    const QList<QStandardItem*> row = new_row();
    row[Name]->setText(name);
    row[Name]->setSelectable(false);
    model_->appendRow(row);
    return row[Name];
}

void RunsDock::rebuild(const std::vector<RunItem>& items) {
    const QScopedValueRollback updating(is_updating_, true);
    model_->removeRows(0, model_->rowCount());
    rows_.clear();
    for (const RunItem& item : items) {
        const QList<QStandardItem*> row = new_row();
        row[Name]->setEditable(true);
        row[Name]->setData(static_cast<int>(item.key.source), kSourceRole);
        row[Name]->setData(static_cast<qlonglong>(item.key.id), kIdRole);
        const auto parent = item.parent ? rows_.find(*item.parent) : rows_.end();
        QStandardItem* above = parent != rows_.end() ? parent->second : group(item.key.source);
        above->appendRow(row);
        rows_[item.key] = row[Name];
    }
    tree_->expandAll();
}

void RunsDock::update_texts(const std::vector<RunItem>& items) {
    const QScopedValueRollback updating(is_updating_, true);
    for (const RunItem& item : items) {
        QStandardItem* name = rows_.at(item.key);
        name->setText(item.name);
        name->setToolTip(
            item.parent ? tr("%1: a branch, its own from token %2").arg(item.name, grouped(item.fork_pos))
                        : item.name);
        QFont font = theme_.body;
        font.setWeight(item.is_current ? QFont::DemiBold : QFont::Normal);
        name->setFont(font);
        name->setForeground(item.is_current ? theme_.text_1 : theme_.text_2);
        QStandardItem* tokens = sibling(name, Tokens);
        tokens->setText(grouped(item.n_tokens));
        tokens->setFont(theme_.mono);
        tokens->setForeground(theme_.text_2);
        QStandardItem* state = sibling(name, State);
        state->setText(QStringLiteral("  ") + item.state);
        state->setFont(theme_.caption);
        state->setForeground(theme_.text_3);
    }
}

// The cursor follows what is shown, and otherwise stays where it was put.
void RunsDock::place_cursor(const std::vector<RunItem>& items, RunKey before) {
    const auto shown = std::ranges::find_if(items, &RunItem::is_current);
    const RunKey shown_key = shown == items.end() ? RunKey{} : shown->key;
    const bool is_other = shown_key != shown_;
    shown_ = shown_key;
    const auto place = rows_.find(is_other || !rows_.contains(before) ? shown_key : before);
    if (place != rows_.end()) tree_->setCurrentIndex(place->second->index());
}

void RunsDock::set_theme(const DockTheme& theme) {
    TitledDock::set_theme(theme);
    theme_ = theme;
    tree_->header()->setFont(theme.caption);
    QPalette quiet = tree_->header()->palette();
    quiet.setColor(QPalette::ButtonText, theme.text_3);
    tree_->header()->setPalette(quiet);
    QPalette flat = tree_->palette();
    flat.setColor(QPalette::Base, theme.surface);
    flat.setColor(QPalette::HighlightedText, theme.text_1);
    tree_->setPalette(flat);
    QPalette note = empty_->palette();
    note.setColor(QPalette::WindowText, theme.text_3);
    empty_->setPalette(note);
    update_texts(items_);
}

}  // namespace moe::app
