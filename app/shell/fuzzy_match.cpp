#include "app/shell/fuzzy_match.h"

#include <QStringList>
#include <algorithm>
#include <limits>

namespace moe::app {

namespace {

constexpr int kLetter = 1;
constexpr int kWordBegins = 8;
constexpr int kNeighbours = 9;
constexpr int kWholeWordBegins = 4;  // the typed word stands at the beginning of one, unbroken
constexpr int kNone = std::numeric_limits<int>::min() / 2;

bool begins_word(const QString& text, qsizetype at) { return at == 0 || !text[at - 1].isLetterOrNumber(); }

int letter_score(const QString& text, qsizetype at) {
    return kLetter + (begins_word(text, at) ? kWordBegins : 0);
}

/// The best place for every letter of one word: best[letter][at] is the score of the letters so far with this
/// one at `at`, and from[letter][at] where the one before then stands.
class WordMatcher {
  public:
    WordMatcher(const QString& word, const QString& text)
        : word_(word), text_(text), n_text_(static_cast<std::size_t>(text.size())) {
        const std::size_t n_cells = static_cast<std::size_t>(word.size()) * n_text_;
        best_.assign(n_cells, kNone);
        from_.assign(n_cells, -1);
        for (qsizetype letter = 0; letter < word.size(); ++letter) fill(letter);
    }

    std::optional<FuzzyMatch> match() const {
        const qsizetype last = word_.size() - 1;
        qsizetype at = -1;
        for (qsizetype i = 0; i < text_.size(); ++i) {
            if (best_[cell(last, i)] > (at < 0 ? kNone : best_[cell(last, at)])) at = i;
        }
        if (at < 0) return std::nullopt;
        FuzzyMatch found{.score = best_[cell(last, at)], .positions = {}};
        for (qsizetype letter = last; letter >= 0; --letter) {
            found.positions.push_back(at);
            at = from_[cell(letter, at)];
        }
        std::reverse(found.positions.begin(), found.positions.end());
        const qsizetype first = found.positions.front();
        const bool is_unbroken = found.positions.back() - first == last;
        if (is_unbroken && begins_word(text_, first)) found.score += kWholeWordBegins;
        return found;
    }

  private:
    std::size_t cell(qsizetype letter, qsizetype at) const {
        return static_cast<std::size_t>(letter) * n_text_ + static_cast<std::size_t>(at);
    }

    void fill(qsizetype letter) {
        for (qsizetype at = letter; at < text_.size(); ++at) {
            if (text_[at].toLower() != word_[letter]) continue;
            const int own = letter_score(text_, at);
            if (letter == 0) {
                best_[cell(0, at)] = own;
                continue;
            }
            for (qsizetype before = letter - 1; before < at; ++before) {
                const int score =
                    best_[cell(letter - 1, before)] + own + (before + 1 == at ? kNeighbours : 0);
                if (best_[cell(letter - 1, before)] == kNone || score <= best_[cell(letter, at)]) continue;
                best_[cell(letter, at)] = score;
                from_[cell(letter, at)] = before;
            }
        }
    }

    const QString& word_;
    const QString& text_;
    std::size_t n_text_;
    std::vector<int> best_;
    std::vector<qsizetype> from_;
};

}  // namespace

std::optional<FuzzyMatch> fuzzy_match(const QString& pattern, const QString& text) {
    FuzzyMatch whole;
    for (const QString& word : pattern.toLower().simplified().split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        const std::optional<FuzzyMatch> found = WordMatcher(word, text).match();
        if (!found) return std::nullopt;
        whole.score += found->score;
        whole.positions.insert(whole.positions.end(), found->positions.begin(), found->positions.end());
    }
    std::sort(whole.positions.begin(), whole.positions.end());
    whole.positions.erase(std::unique(whole.positions.begin(), whole.positions.end()), whole.positions.end());
    return whole;
}

}  // namespace moe::app
