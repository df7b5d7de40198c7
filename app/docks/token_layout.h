#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace moe::app {

/// Running text broken into lines, a token at a time. Knows widths only, so that appending a token costs
/// the same for the first and the millionth; nothing is painted or measured here.
class TokenLayout {
  public:
    struct Piece {
        float width = 0;           ///< logical pixels
        float leading_space = 0;   ///< the part of `width` that is dropped at the start of a line
        bool starts_word = false;  ///< a line may break before it
        bool ends_line = false;    ///< it contains a line break
        bool starts_turn = false;  ///< an empty line, for a heading, goes before it
    };
    struct Line {
        std::size_t first = 0;  ///< pieces [first, end)
        std::size_t end = 0;

        bool is_heading() const { return first == end; }  ///< of the turn that piece `first` starts
    };

    /// Forgets all pieces and breaks lines at `width` from now on.
    void reset(float width);
    /// Breaks the pieces that are there anew.
    void set_width(float width);
    void append(const Piece& piece);

    std::size_t n_pieces() const { return pieces_.size(); }
    const std::vector<Line>& lines() const { return lines_; }
    std::size_t line_of(std::size_t piece) const;  ///< piece < n_pieces()
    float left_of(std::size_t piece) const { return lefts_[piece]; }
    float width_of(std::size_t piece) const;  ///< as placed, at most the line's width
    bool is_line_start(std::size_t piece) const;
    std::optional<std::size_t> piece_at(std::size_t line, float x) const;  ///< the nearest on the line

  private:
    void place(std::size_t piece);
    void start_line(std::size_t piece);
    float placed_width(std::size_t piece, bool at_line_start) const;

    float line_width_ = 200;
    std::vector<Piece> pieces_;
    std::vector<float> lefts_;
    std::vector<Line> lines_;
    std::size_t last_break_ = 0;  // the last piece of the present line that starts a word
};

}  // namespace moe::app
