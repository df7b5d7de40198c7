#include "engine/tokenizer/vocabulary_tokenizer.h"

#include <string>
#include <utility>

namespace moe {

VocabularyTokenizer::VocabularyTokenizer(SpecialTokens special_tokens, TokenRoles roles)
    : special_tokens_(std::move(special_tokens)), roles_(std::move(roles)) {
    special_tokens_.make_control(roles_.frames);
    special_tokens_.make_control(roles_.ends);  // files call some of them user-defined, as Phi-3's </s>
}

std::vector<TokenId> VocabularyTokenizer::encode(std::string_view text, const EncodeOptions& options) const {
    const TextPart part{.text = text, .parse_special = options.parse_special};
    return encode_parts({&part, 1}, options.add_bos);
}

std::vector<TokenId> VocabularyTokenizer::encode_parts(std::span<const TextPart> parts, bool add_bos) const {
    std::vector<TokenId> ids;
    if (add_bos && roles_.adds_bos) ids.push_back(*roles_.bos);
    std::string plain;  // of one part or of several in a row
    const auto end_plain = [&] {
        if (!plain.empty()) append_plain(plain, ids);
        plain.clear();
    };
    for (const TextPart& part : parts) {
        const auto control =
            part.parse_special ? SpecialTokens::Control::Token : SpecialTokens::Control::Text;
        for (const Stretch& stretch : special_tokens_.cut(part.text, control)) {
            if (stretch.special < 0) {
                plain += stretch.text;
                continue;
            }
            end_plain();
            ids.push_back(stretch.special);
        }
    }
    end_plain();
    return ids;
}

}  // namespace moe
