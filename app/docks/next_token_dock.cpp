#include "app/docks/next_token_dock.h"

#include <QPainter>
#include <QVBoxLayout>

#include "app/docks/token_display.h"

namespace moe::app {

namespace {

constexpr int kRowHeight = 22;
constexpr int kTextWidth = 76;
constexpr int kNumberWidth = 52;

}  // namespace

void NextTokenList::set_candidates(std::vector<NextToken> candidates) {
    if (candidates.size() == candidates_.size()) {
        candidates_ = std::move(candidates);
        if (!candidates_.empty()) Q_EMIT dataChanged(index(0), index(rowCount() - 1));
        return;
    }
    beginResetModel();
    candidates_ = std::move(candidates);
    endResetModel();
}

int NextTokenList::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(candidates_.size());
}

QVariant NextTokenList::data(const QModelIndex& index, int role) const {
    const NextToken& token = candidate(index.row());
    if (role == Qt::DisplayRole) return token.text;
    if (role == Qt::ToolTipRole)
        return tr("%1, id %2, probability %3")
            .arg(token.details)
            .arg(token.id)
            .arg(fixed_number(static_cast<double>(token.probability), 3));
    if (role == Qt::AccessibleTextRole)
        return tr("%1, probability %2")
            .arg(token.text, fixed_number(static_cast<double>(token.probability), 3));
    return {};
}

QSize NextTokenDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {100, kRowHeight};
}

void NextTokenDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                              const QModelIndex& index) const {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const NextToken& token = list_->candidate(index.row());
    const bool is_selected = option.state.testFlag(QStyle::State_Selected);
    if (is_selected) painter->fillRect(option.rect, theme_.soft);
    painter->setFont(theme_.mono);
    painter->setPen(theme_.text_1);
    const QRect text_rect(option.rect.left() + 12, option.rect.top(), kTextWidth, option.rect.height());
    painter->drawText(text_rect, Qt::AlignVCenter,
                      painter->fontMetrics().elidedText(token.text, Qt::ElideRight, kTextWidth));
    painter->drawText(option.rect.adjusted(0, 0, -12, 0), Qt::AlignRight | Qt::AlignVCenter,
                      fixed_number(static_cast<double>(token.probability), 3));
    const QRectF groove(text_rect.right() + 6, option.rect.top() + 7,
                        option.rect.right() - 12 - kNumberWidth - text_rect.right(), 8);
    painter->setPen(Qt::NoPen);
    painter->setBrush(theme_.track);
    painter->drawRoundedRect(groove, 2, 2);
    painter->setBrush(is_selected ? theme_.accent : theme_.bar);
    painter->drawRoundedRect(QRectF(groove.left(), groove.top(),
                                    qMax(1.0, groove.width() * static_cast<double>(token.probability)), 8),
                             2, 2);
    painter->restore();
}

NextTokenDock::NextTokenDock(QWidget* parent)
    : TitledDock(QStringLiteral("next_token_dock"), tr("Next token"), parent),
      view_(new QListView),
      list_(new NextTokenList(this)),
      delegate_(new NextTokenDelegate(list_)) {
    auto* body = new QWidget(this);
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 4, 0, 4);
    empty_ = new QLabel(body);
    empty_->setWordWrap(true);
    empty_->setMargin(12);
    empty_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    layout->addWidget(empty_);
    layout->addWidget(view_, 1);
    set_body(body);
    view_->setObjectName(QStringLiteral("next_token_list"));
    view_->setAccessibleName(tr("Candidates for the next token"));
    view_->setModel(list_);
    delegate_->setParent(this);
    view_->setItemDelegate(delegate_);
    view_->setFrameShape(QFrame::NoFrame);
    view_->setUniformItemSizes(true);
    view_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    connect(view_, &QListView::activated, this, [this](const QModelIndex& index) {
        if (model_.can_take) Q_EMIT token_taken(list_->candidate(index.row()).id);
    });
    set_model({});
}

void NextTokenDock::set_model(const NextTokenModel& model) {
    model_ = model;
    list_->set_candidates(model.candidates);
    const bool is_empty = model.candidates.empty();
    title_bar()->set_note(is_empty ? QString() : tr("for position %1").arg(grouped(model.position)));
    view_->setToolTip(model.can_take ? tr("Enter takes the token") : model.hint);
    empty_->setText(!model.why_none.isEmpty() ? model.why_none
                                              : tr("The candidates for the next token appear here. Choose one to "
                                                   "take it instead of the drawn one."));
    empty_->setVisible(is_empty);
    view_->setVisible(!is_empty);
}

void NextTokenDock::set_theme(const DockTheme& theme) {
    TitledDock::set_theme(theme);
    delegate_->set_theme(theme);
    QPalette flat = view_->palette();
    flat.setColor(QPalette::Base, theme.surface);
    view_->setPalette(flat);
    QPalette note = empty_->palette();
    note.setColor(QPalette::WindowText, theme.text_3);
    empty_->setPalette(note);
    view_->viewport()->update();
}

}  // namespace moe::app
