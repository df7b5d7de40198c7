#pragma once

#include <optional>
#include <set>
#include <string_view>

#include "engine/base/result.h"
#include "engine/gguf/gguf_metadata.h"
#include "engine/tokenizer/vocabulary.h"

namespace moe {

/// Which tokens begin and end a text.
struct TokenRoles {
    std::optional<TokenId> bos;
    bool adds_bos = false;     ///< never without a `bos`
    std::set<TokenId> ends;    ///< each ends a generation
    std::set<TokenId> frames;  ///< what the file's chat format writes around messages, control tokens all
};

/// What holds where a file does not say.
struct RoleDefaults {
    bool adds_bos = false;
    std::string_view bos_text = {};  ///< the token with this text; empty: none
    std::string_view eos_text = {};
};

/// Reads the ids that the file names and checks them against the vocabulary. Ends are those, the special
/// tokens with the texts that chat formats end a turn with, which files often do not name, and the one that
/// the file's own chat format ends an answer with.
Result<TokenRoles> read_token_roles(const GgufMetadata& metadata, const Vocabulary& vocabulary,
                                    const RoleDefaults& defaults);

}  // namespace moe
