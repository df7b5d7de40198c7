#pragma once

#include <cstddef>
#include <cstdint>
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
    /// A place of an open hash table, which is at most half full. Long words are nothing but look-ups, and
    /// these touch one cache line each.
    struct Place {
        std::uint64_t pair;
        Merge merge;
    };
    std::size_t place_of(std::uint64_t pair) const;

    std::vector<Place> places_;  // a power of two
};

/// Merges the tokens of one word after the other. Holds working memory, so that a text of many words
/// does not allocate for each.
class WordMerger {
  public:
    explicit WordMerger(const MergeTable& table) : table_(table) {}

    /// Merges the neighbours with the lowest rank, the leftmost first, until none merge. Takes
    /// n log n steps for n tokens, of which there are fewer than 2^32.
    void merge(std::vector<TokenId>& word);

  private:
    /// A token of the word in a list that shrinks, and how it merges with the next one. A token that became
    /// part of its left neighbour merges no more.
    struct Node {
        TokenId id;
        Merge merge;
        std::uint32_t previous;
        std::uint32_t next;
    };
    /// A rank above the index of a left node: the least comes first.
    using Candidate = std::uint64_t;

    bool find_candidate(std::uint32_t left);
    void push_candidate(std::uint32_t left);
    void apply(Candidate candidate);

    const MergeTable& table_;
    std::vector<Node> nodes_;
    std::vector<Candidate> heap_;
};

}  // namespace moe
