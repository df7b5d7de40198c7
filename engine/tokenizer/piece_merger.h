#pragma once

#include <cstddef>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/base/token_id.h"

namespace moe {

/// A token that text may become, and how much SentencePiece wants it.
struct ScoredPiece {
    TokenId id;
    double score;
};
using PieceTable = std::unordered_map<std::string_view, ScoredPiece>;

/// Merges the code points of a text into pieces (SentencePiece's BPE, Kudo and Richardson 2018,
/// arXiv:1808.06226): again and again the two neighbours whose joint text is the piece with the highest
/// score, the leftmost of equals. Holds working memory for one text after the other.
class PieceMerger {
  public:
    explicit PieceMerger(const PieceTable& pieces) : pieces_(pieces) {}

    /// The texts of the merged symbols, in order; they borrow `text`. A symbol that is no piece is one code
    /// point. Takes n log n steps.
    const std::vector<std::string_view>& merge(std::string_view text);

  private:
    /// A symbol in a list that shrinks. One that became part of its left neighbour is empty.
    struct Symbol {
        std::string_view text;
        std::size_t previous;
        std::size_t next;
    };
    struct Candidate {
        double score;
        std::size_t left;        ///< index of the left symbol
        std::size_t size_bytes;  ///< of both; tells whether they still are what they were
    };
    static bool comes_later(const Candidate& a, const Candidate& b);
    void read_symbols(std::string_view text);
    void push_candidate(std::size_t left);
    void apply(const Candidate& candidate);

    const PieceTable& pieces_;
    std::vector<Symbol> symbols_;
    std::vector<Candidate> heap_;
    std::vector<std::string_view> merged_;
};

}  // namespace moe
