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

QString NextTokenList::probability_words() {
    return tr(
        "Probability: softmax of the model's logits over the whole vocabulary, before temperature, top-k and "
        "top-p, by which the token is drawn.");
}

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
                   .arg(fixed_number(static_cast<double>(token.probability), 3)) +
               (token.is_taken ? tr(": the run has it here") : QString()) + QLatin1Char('\n') +
               probability_words();
    if (role == Qt::AccessibleTextRole)
        return tr("%1, probability %2%3")
            .arg(token.text, fixed_number(static_cast<double>(token.probability), 3),
                 token.is_taken ? tr(", chosen") : QString());
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
    painter->setFont(token.is_taken ? theme_.mono_bold : theme_.mono);
    painter->setPen(token.is_taken ? theme_.accent : theme_.text_1);
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
    painter->setBrush(is_selected || token.is_taken ? theme_.accent : theme_.bar);
    painter->drawRoundedRect(QRectF(groove.left(), groove.top(),
                                    qMax(1.0, groove.width() * static_cast<double>(token.probability)), 8),
                             2, 2);
    painter->restore();
}

NextTokenDock::NextTokenDock(QWidget* parent)
    : TitledDock(QStringLiteral("next_token_dock"), tr("Next token"), parent),
      view_(new QListView),
      list_(new NextTokenList(this)),
      delegate_(new NextTokenDelegate(list_)),
      note_(new StepNote) {
    auto* body = new QWidget(this);
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 4, 0, 4);
    layout->addWidget(note_);
    layout->addWidget(view_, 1);
    layout->addStretch(0);
    set_body(body);
    view_->setObjectName(QStringLiteral("next_token_list"));
    view_->setAccessibleName(tr("Candidates for the next token"));
    view_->setWhatsThis(tr("The most probable tokens, best first; the run's own one is marked.\n%1")
                            .arg(NextTokenList::probability_words()));
    view_->setModel(list_);
    delegate_->setParent(this);
    view_->setItemDelegate(delegate_);
    view_->setFrameShape(QFrame::NoFrame);
    view_->setUniformItemSizes(true);
    view_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    connect(view_, &QListView::activated, this, [this](const QModelIndex& index) {
        const NextToken& token = list_->candidate(index.row());
        if (model_.can_take && !token.is_taken) Q_EMIT token_taken(model_.position, token.id);
    });
    connect(note_, &StepNote::step_requested, this, &NextTokenDock::candidates_wanted);
    set_model({});
}

void NextTokenDock::set_model(const NextTokenModel& model) {
    model_ = model;
    list_->set_candidates(model.candidates);
    const bool is_empty = model.candidates.empty();
    title_bar()->set_note(is_empty ? QString()
                          : model.in_place_of.isEmpty()
                              ? tr("for position %1").arg(grouped(model.position))
                              : tr("at %1 instead of %2").arg(grouped(model.position), model.in_place_of));
    view_->setToolTip(
        !model.can_take ? model.hint
        : model.in_place_of.isEmpty()
            ? tr("Enter takes the token")
            : tr("Enter makes a branch with that token in place of “%1”").arg(model.in_place_of));
    note_->set_model(
        {.text = !model.why_none.isEmpty()
                     ? model.why_none
                     : tr("The candidates for the next token appear here, or what else the selected "
                          "token could have been. Choose one to take it instead."),
         .step = model.can_ask ? tr("Find the candidates") : QString(),
         .hint = tr("The engine reads the run again up to there")});
    const bool had_focus = note_->button()->hasFocus();
    note_->setVisible(is_empty);
    view_->setVisible(!is_empty);
    if (had_focus && !is_empty) view_->setFocus(Qt::OtherFocusReason);
}

QWidget* NextTokenDock::focus_target() const {
    return note_->button()->isVisibleTo(this) ? static_cast<QWidget*>(note_->button()) : view_;
}

void NextTokenDock::set_theme(const DockTheme& theme) {
    TitledDock::set_theme(theme);
    delegate_->set_theme(theme);
    QPalette flat = view_->palette();
    flat.setColor(QPalette::Base, theme.surface);
    view_->setPalette(flat);
    note_->set_theme(theme);
    view_->viewport()->update();
}

}  // namespace moe::app
