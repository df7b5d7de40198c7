#pragma once

#include <QAbstractScrollArea>
#include <QFontMetricsF>
#include <optional>
#include <vector>

#include "app/docks/dock_theme.h"
#include "app/docks/note.h"
#include "app/docks/run_view.h"
#include "app/docks/token_coloring.h"
#include "app/docks/token_layout.h"
#include "engine/trace/trace_store.h"

namespace moe::app {

/// What the text shows.
struct TokenTextModel {
    std::uint64_t identity = 0;  ///< the same number: the same text, perhaps longer
    TraceSnapshot trace;
    std::vector<TokenRecord> planned_tokens;  ///< shown while the trace is empty
    std::optional<std::size_t> selected;
    std::optional<TokenRange> range = {};  ///< the selected one
    std::size_t layer = 0;
    TextColoring coloring = TextColoring::TopExpert;
    bool shows_turns = false;  ///< a chat: a heading where the user's and the assistant's words begin
    bool has_system = false;   ///< its first turn begins with a system message
    NotesByToken notes = {};   ///< marked in the text, and said on hover
    bool follows = true;   ///< the end stays in view while it grows
    bool is_live = false;  ///< a cursor stands at the end

    std::size_t n_tokens() const { return trace.n_tokens() > 0 ? trace.n_tokens() : planned_tokens.size(); }
    const TokenRecord& token(std::size_t i) const {
        return trace.n_tokens() > 0 ? trace.token(i) : planned_tokens[i];
    }
};

/// The text of a run on a grid of lines, token by token. Lays out what is new and paints what is visible,
/// so that a run of any length scrolls alike.
class TokenTextView : public QAbstractScrollArea {
    Q_OBJECT
  public:
    explicit TokenTextView(QWidget* parent = nullptr);

    void set_model(TokenTextModel model);
    const TokenTextModel& model() const { return model_; }
    void set_theme(const DockTheme& theme);

    /// Where a token is painted, in viewport coordinates; nothing when it is out of view.
    std::optional<QRectF> rect_of(std::size_t token) const;
    /// The tokens on the visible lines, half-open.
    std::pair<std::size_t, std::size_t> visible_tokens() const;

  Q_SIGNALS:
    void token_chosen(std::size_t position);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    bool viewportEvent(QEvent* event) override;

  private:
    std::pair<std::size_t, std::size_t> visible_lines() const;  // half-open
    TokenLayout::Piece measured(std::size_t token) const;
    void append_new_tokens();
    void update_scroll_range();
    void reveal(std::size_t token);
    bool is_at_end() const;
    std::optional<std::size_t> token_at(QPointF position) const;
    std::optional<std::size_t> top_expert(std::size_t token) const;
    QRectF piece_rect(std::size_t token) const;
    QString text_of(std::size_t token) const;
    bool starts_turn(std::size_t token) const;
    QString speaker_of(std::size_t token) const;
    void paint_heading(QPainter& painter, std::size_t line) const;
    void paint_fades(QPainter& painter) const;
    void paint_tint(QPainter& painter, std::size_t token, const QRectF& rect) const;
    void paint_token(QPainter& painter, std::size_t token) const;
    void describe_for_screen_readers();

    TokenTextModel model_;
    DockTheme theme_;
    TokenLayout layout_;
    QFontMetricsF metrics_;
    int line_height_ = 21;
};

}  // namespace moe::app
