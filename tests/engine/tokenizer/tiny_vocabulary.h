#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/gguf/gguf_reader.h"
#include "engine/tokenizer/byte_level.h"
#include "engine/tokenizer/tokenizer.h"
#include "engine/tokenizer/utf8.h"
#include "tests/support/gguf_image.h"

namespace moe::test {

/// A vocabulary small enough to see through: token b is the byte b, then come the results of the merges
/// in their order, then the control tokens, then the user-defined ones.
struct TinyVocabulary {
    std::string pre = "gpt-2";
    std::vector<std::string> merges = {};  ///< "h e", in byte-level letters
    std::vector<std::string> control = {};
    std::vector<std::string> user_defined = {};

    std::vector<std::string> tokens() const {
        std::vector<std::string> texts(256);
        for (unsigned byte = 0; byte < 256; ++byte) {
            append_utf8(texts[byte], byte_level_letter(static_cast<unsigned char>(byte)));
        }
        for (std::string merge : merges) texts.push_back(merge.erase(merge.find(' ', 1), 1));
        texts.insert(texts.end(), control.begin(), control.end());
        texts.insert(texts.end(), user_defined.begin(), user_defined.end());
        return texts;
    }
    std::vector<std::int32_t> types() const {
        std::vector<std::int32_t> types(256 + merges.size(), 1);
        types.insert(types.end(), control.size(), 3);
        types.insert(types.end(), user_defined.size(), 4);
        return types;
    }
    /// The whole description, to which a test may add keys.
    GgufImage image() const {
        GgufImage image;
        image.text("tokenizer.ggml.model", "gpt2").text("tokenizer.ggml.pre", pre);
        image.texts("tokenizer.ggml.tokens", tokens())
            .numbers("tokenizer.ggml.token_type", GgufType::I32, types());
        image.texts("tokenizer.ggml.merges", merges);
        return image;
    }
};

/// Makes a tokenizer from a file image; the image may go.
inline Result<std::shared_ptr<const Tokenizer>> tokenizer_from(const GgufImage& image) {
    const std::string file = image.bytes();
    MOE_TRY(const GgufReader reader, GgufReader::from_bytes(as_bytes(file), "tokenizer.gguf"));
    return create_tokenizer(reader.metadata());
}

/// The tokenizer of a vocabulary that is right.
inline std::shared_ptr<const Tokenizer> make_tokenizer(const GgufImage& image) {
    Result<std::shared_ptr<const Tokenizer>> made = tokenizer_from(image);
    EXPECT_TRUE(made.has_value()) << made.error().message;
    return std::move(made).value();
}

}  // namespace moe::test
