#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/gguf_image.h"

namespace moe::test {

/// A vocabulary in the manner of SentencePiece: 0 is <unk>, 1 <s>, 2 </s>, 3 + b the byte b, then the pieces
/// in their order, then the user-defined tokens. The first piece has the score -1, the next -2, and so on.
struct TinyPieces {
    std::string model = "llama";
    std::vector<std::string> pieces = {};
    std::vector<std::string> user_defined = {};
    std::vector<std::string> merges = {};  ///< for "gemma4"

    static constexpr std::int32_t kFirstByte = 3;
    static constexpr std::int32_t kFirstPiece = kFirstByte + 256;

    std::vector<std::string> tokens() const {
        std::vector<std::string> texts = {"<unk>", "<s>", "</s>"};
        for (unsigned byte = 0; byte < 256; ++byte) {
            constexpr char kDigits[] = "0123456789ABCDEF";
            texts.push_back(std::string("<0x") + kDigits[byte / 16] + kDigits[byte % 16] + ">");
        }
        texts.insert(texts.end(), pieces.begin(), pieces.end());
        texts.insert(texts.end(), user_defined.begin(), user_defined.end());
        return texts;
    }
    std::vector<std::int32_t> types() const {
        std::vector<std::int32_t> types = {2, 3, 3};
        types.insert(types.end(), 256, 6);
        types.insert(types.end(), pieces.size(), 1);
        types.insert(types.end(), user_defined.size(), 4);
        return types;
    }
    std::vector<float> scores() const {
        std::vector<float> scores(tokens().size(), 0.0f);
        for (std::size_t i = 0; i < pieces.size(); ++i)
            scores[kFirstPiece + i] = -1.0f - static_cast<float>(i);
        return scores;
    }
    /// The whole description, to which a test may add keys.
    GgufImage image() const {
        GgufImage image;
        image.text("tokenizer.ggml.model", model);
        image.texts("tokenizer.ggml.tokens", tokens())
            .numbers("tokenizer.ggml.token_type", GgufType::I32, types())
            .numbers("tokenizer.ggml.scores", GgufType::F32, scores());
        image.number<std::uint32_t>("tokenizer.ggml.bos_token_id", GgufType::U32, 1);
        if (model == "gemma4") image.texts("tokenizer.ggml.merges", merges);
        return image;
    }
};

}  // namespace moe::test
