#include "app/docks/token_layout.h"

#include <algorithm>

#include "engine/base/check.h"

namespace moe::app {

void TokenLayout::reset(float width) {
    line_width_ = width;
    pieces_.clear();
    lefts_.clear();
    lines_.clear();
    last_break_ = 0;
}

void TokenLayout::set_width(float width) {
    if (width == line_width_) return;
    line_width_ = width;
    lines_.clear();
    lefts_.clear();
    last_break_ = 0;
    for (std::size_t piece = 0; piece < pieces_.size(); ++piece) place(piece);
}

void TokenLayout::append(const Piece& piece) {
    pieces_.push_back(piece);
    place(pieces_.size() - 1);
}

float TokenLayout::placed_width(std::size_t piece, bool at_line_start) const {
    const float width = pieces_[piece].width - (at_line_start ? pieces_[piece].leading_space : 0.0f);
    return std::min(width, line_width_);
}

void TokenLayout::start_line(std::size_t piece) {
    lines_.push_back({.first = piece, .end = piece + 1});
    lefts_.push_back(0.0f);
    last_break_ = piece;
}

// Puts `piece` after those that are placed. A word that does not fit moves to the next line as a whole,
// if it did not fill the line alone.
void TokenLayout::place(std::size_t piece) {
    if (pieces_[piece].starts_turn) {
        lines_.push_back({.first = piece, .end = piece});
        return start_line(piece);
    }
    if (lines_.empty() || pieces_[piece - 1].ends_line) return start_line(piece);
    Line& line = lines_.back();
    const std::size_t previous = piece - 1;
    const float left = lefts_[previous] + placed_width(previous, previous == line.first);
    if (pieces_[piece].starts_word) last_break_ = piece;
    if (left + placed_width(piece, false) <= line_width_) {
        lefts_.push_back(left);
        line.end = piece + 1;
        return;
    }
    const std::size_t first = last_break_ > line.first ? last_break_ : piece;
    line.end = first;
    lefts_.resize(first);
    start_line(first);
    for (std::size_t moved = first + 1; moved <= piece; ++moved) {
        lefts_.push_back(lefts_[moved - 1] + placed_width(moved - 1, moved - 1 == first));
        lines_.back().end = moved + 1;
    }
    const bool is_word_too_long = piece > first && lefts_[piece] + placed_width(piece, false) > line_width_;
    if (is_word_too_long) {
        lines_.back().end = piece;
        lefts_.resize(piece);
        start_line(piece);
    }
}

std::size_t TokenLayout::line_of(std::size_t piece) const {
    MOE_CHECK(piece < pieces_.size());
    const auto after =
        std::upper_bound(lines_.begin(), lines_.end(), piece,
                         [](std::size_t value, const Line& line) { return value < line.first; });
    return static_cast<std::size_t>(after - lines_.begin()) - 1;
}

bool TokenLayout::is_line_start(std::size_t piece) const { return lines_[line_of(piece)].first == piece; }

float TokenLayout::width_of(std::size_t piece) const { return placed_width(piece, is_line_start(piece)); }

std::optional<std::size_t> TokenLayout::piece_at(std::size_t line, float x) const {
    if (line >= lines_.size()) return std::nullopt;
    std::size_t found = lines_[line].first;
    for (std::size_t piece = found; piece < lines_[line].end && lefts_[piece] <= x; ++piece) found = piece;
    return found;
}

}  // namespace moe::app
