#include "app/shell/command_palette.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <QTimer>
#include <QVBoxLayout>

#include "app/docks/find_query.h"
#include "app/shell/icons.h"
#include "app/shell/settings.h"
#include "app/shell/theme.h"

namespace moe::app {

namespace {

constexpr int kWidth = 650;
constexpr int kFieldHeight = 48;
constexpr int kFooterHeight = 32;
constexpr int kListHeightMax = 400;
constexpr int kRowsOfAPage = 8;
constexpr int kTop = 74;  // under the tool bar

bool is_place(const QString& pattern) {
    const FindQuery::Kind kind = parse_find_query(pattern).kind;
    return kind != FindQuery::Kind::Text || pattern.trimmed().startsWith(QLatin1Char('/'));
}

}  // namespace

CommandPalette::CommandPalette(QWidget* window)
    : QWidget(window, Qt::Popup | Qt::FramelessWindowHint | Qt::NoDropShadowWindowHint),
      field_(new QLineEdit(this)),
      count_(new QLabel(this)),
      keys_(new QLabel(this)),
      view_(new QListView(this)),
      list_(new PaletteList(this)),
      delegate_(new PaletteDelegate(list_, this)) {
    setObjectName(QStringLiteral("command_palette"));
    setAttribute(Qt::WA_TranslucentBackground);
    setAccessibleName(tr("Command palette"));
    field_->setObjectName(QStringLiteral("palette_field"));
    field_->setAccessibleName(tr("Command"));
    field_->setPlaceholderText(tr("Search commands"));
    field_->setFrame(false);
    field_->setFixedHeight(kFieldHeight);
    field_->installEventFilter(this);
    view_->setModel(list_);
    view_->setItemDelegate(delegate_);
    view_->setFrameShape(QFrame::NoFrame);
    view_->setFocusPolicy(Qt::NoFocus);
    view_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    view_->setAccessibleName(tr("Commands"));
    auto* top = new QHBoxLayout;
    top->setContentsMargins(42, 0, 18, 0);
    top->addWidget(field_, 1);
    top->addWidget(count_);
    keys_->setText(
        tr("↑ ↓ choose    ↵ run    Esc close    ·    #57 token    @3.5 layer and expert    /fox text"));
    keys_->setFixedHeight(kFooterHeight);
    keys_->setContentsMargins(18, 0, 18, 0);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(1, 1, 1, 1);
    layout->setSpacing(0);
    layout->addLayout(top);
    layout->addSpacing(1);
    layout->addWidget(view_, 1);
    layout->addSpacing(1);
    layout->addWidget(keys_);
    connect(field_, &QLineEdit::textChanged, this, &CommandPalette::refill);
    connect(view_, &QListView::clicked, this, &CommandPalette::run_current);
}

void CommandPalette::open_with(std::vector<PaletteEntry> entries, const QString& text) {
    entries_ = std::move(entries);
    field_->setText(text);
    refill();
    show();
    field_->setFocus(Qt::PopupFocusReason);
}

void CommandPalette::set_places(std::function<std::vector<PaletteEntry>(const QString&)> places) {
    places_ = std::move(places);
}

void CommandPalette::refill() {
    const QString pattern = field_->text();
    std::vector<PaletteEntry> found = matching_entries(entries_, pattern, settings::recent_commands());
    count_->setText(tr("%1 of %2 commands").arg(found.size()).arg(entries_.size()));
    if (places_ && !pattern.trimmed().isEmpty()) {
        std::vector<PaletteEntry> places = places_(pattern);
        // A plain word is a command first; what begins with # @ or / is none.
        found.insert(is_place(pattern) ? found.begin() : found.end(), places.begin(), places.end());
    }
    list_->set_entries(std::move(found), /*shows_groups=*/pattern.trimmed().isEmpty());
    const int first = list_->next_entry(0, 1);
    if (first >= 0) view_->setCurrentIndex(list_->index(first));
    view_->scrollToTop();
    place();
}

// As high as its rows, in the middle under the tool bar.
void CommandPalette::place() {
    int list_height = 0;
    for (int row = 0; row < list_->rowCount() && list_height < kListHeightMax; ++row)
        list_height += delegate_->sizeHint({}, list_->index(row)).height();
    const QWidget* window = parentWidget();
    const int width = std::min(kWidth, window->width() - 40);
    list_height = std::min({list_height + 8, kListHeightMax, window->height() - kTop - kFieldHeight - 60});
    resize(width, kFieldHeight + list_height + kFooterHeight + 4);
    move(window->mapToGlobal(QPoint((window->width() - width) / 2, kTop)));
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        event->accept();  // the window's own keys rest while this is open
        return true;
    }
    if (event->type() == QEvent::KeyPress) return press(static_cast<QKeyEvent*>(event)->key());
    return QWidget::eventFilter(watched, event);
}

bool CommandPalette::press(int key) {
    switch (key) {
        case Qt::Key_Down:
            move_by(1);
            return true;
        case Qt::Key_Up:
            move_by(-1);
            return true;
        case Qt::Key_PageDown:
            move_by(kRowsOfAPage);
            return true;
        case Qt::Key_PageUp:
            move_by(-kRowsOfAPage);
            return true;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            run_current();
            return true;
        case Qt::Key_Escape:
            hide();
            return true;
        default:
            return false;
    }
}

void CommandPalette::move_by(int rows) {
    const int direction = rows > 0 ? 1 : -1;
    int row = view_->currentIndex().row();
    for (int i = 0; i != rows; i += direction) {
        const int next = list_->next_entry(row + direction, direction);
        // A page ends at the end of the list, a single step goes round it.
        if (next < 0 || ((next - row) * direction < 0 && std::abs(rows) > 1)) break;
        row = next;
    }
    view_->setCurrentIndex(list_->index(row));
}

void CommandPalette::run_current() {
    const PaletteEntry* entry = current();
    if (entry == nullptr || !entry->is_enabled) return;
    // Places are as many as what is typed; only commands are worth remembering.
    if (!entry->group.isEmpty()) settings::add_recent_command(entry->key);
    hide();
    // After the popup is gone, so that a dialog opens over the window and the focus is where it was.
    QTimer::singleShot(0, parentWidget(), entry->run);
}

void CommandPalette::set_theme(const render::Theme& theme) {
    theme_ = theme;
    delegate_->set_theme(theme);
    QPalette colors = palette_from(theme);
    for (const auto role : {QPalette::Window, QPalette::Base}) colors.setColor(role, to_qcolor(theme.card));
    setPalette(colors);
    field_->setFont(ui_font(15));
    QPalette quiet = colors;
    quiet.setColor(QPalette::WindowText, to_qcolor(theme.text_3));
    for (QLabel* label : {count_, keys_}) {
        label->setPalette(quiet);
        label->setFont(ui_font(11));
    }
}

void CommandPalette::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(to_qcolor(theme_.border_strong));
    painter.setBrush(to_qcolor(theme_.card));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
    painter.fillRect(1, kFieldHeight + 1, width() - 2, 1, to_qcolor(theme_.border));
    painter.fillRect(1, height() - kFooterHeight - 2, width() - 2, 1, to_qcolor(theme_.border));
    painter.drawPixmap(
        18, (kFieldHeight - 16) / 2 + 1,
        icon_pixmap(QStringLiteral("search"), to_qcolor(theme_.text_3), 16, devicePixelRatioF()));
}

}  // namespace moe::app
