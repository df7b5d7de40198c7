#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/token_id.h"
#include "engine/gguf/gguf_metadata.h"
#include "engine/tokenizer/vocabulary.h"

namespace moe {

/// Two neighbours that become one token; the lower the rank, the earlier.
struct Merge {
    std::uint32_t rank;
    TokenId result;
};

/// The ranked merges of byte pair encoding (Sennrich et al. 2016, arXiv:1508.07909).
class MergeTable {
  public:
    /// Reads `tokenizer.ggml.merges`, lines of two token texts with a space between. Every merge must
    /// join two tokens into a third. Of two equal lines the first counts.
    static Result<MergeTable> create(const GgufMetadata& metadata, const Vocabulary& vocabulary);

    /// How two neighbours merge, or null.
    const Merge* find(TokenId left, TokenId right) const;

  private:
    std::unordered_map<std::uint64_t, Merge> merges_;
};

/// Merges the tokens of one word after the other. Holds working memory, so that a text of many words
/// does not allocate for each.
class WordMerger {
  public:
    explicit WordMerger(const MergeTable& table) : table_(table) {}

    /// Merges the neighbours with the lowest rank, the leftmost first, until none merge. Takes
    /// n log n steps for n tokens.
    void merge(std::vector<TokenId>& word);

  private:
    /// A token of the word in a list that shrinks. A token that became part of its left neighbour has id -1.
    struct Node {
        TokenId id;
        std::size_t previous;
        std::size_t next;
    };
    struct Candidate {
        std::uint32_t rank;
        std::size_t left;  ///< index of the left node
        TokenId left_id, right_id, result;
    };
    static bool comes_later(const Candidate& a, const Candidate& b);
    void push_candidate(std::size_t left);
    void apply(const Candidate& candidate);

    const MergeTable& table_;
    std::vector<Node> nodes_;
    std::vector<Candidate> heap_;
};

}  // namespace moe
