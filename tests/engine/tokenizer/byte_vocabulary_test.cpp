#include "engine/tokenizer/byte_vocabulary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/gguf/gguf_reader.h"
#include "engine/tokenizer/tokenizer.h"
#include "tests/support/gguf_image.h"

namespace moe {
namespace {

TEST(ByteVocabularyTest, ATextHasOneTokenAByteAndComesBack) {
    GgufHeader header;
    ASSERT_TRUE(add_byte_vocabulary(300, header).has_value());
    const std::string file = header.bytes();
    const auto reader = GgufReader::from_bytes(test::as_bytes(file), "bytes.gguf");
    ASSERT_TRUE(reader.has_value()) << reader.error().message;
    const auto tokenizer = create_tokenizer(reader->metadata());
    ASSERT_TRUE(tokenizer.has_value()) << tokenizer.error().message;

    EXPECT_EQ((*tokenizer)->n_vocab(), 300u);
    EXPECT_TRUE((*tokenizer)->is_end(256));
    EXPECT_FALSE((*tokenizer)->adds_bos());
    std::string text;
    for (int byte = 0; byte < 256; ++byte) text.push_back(static_cast<char>(byte));
    text += "plain text, grüße [PAD299]";
    const std::vector<TokenId> ids = (*tokenizer)->encode(text, {});
    ASSERT_EQ(ids.size(), text.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
        ASSERT_EQ(ids[i], static_cast<TokenId>(static_cast<unsigned char>(text[i])));
    }
    EXPECT_EQ(decode(**tokenizer, ids), text);
}

TEST(ByteVocabularyTest, NeedsRoomForAllBytesAndAnEnd) {
    GgufHeader header;
    EXPECT_TRUE(add_byte_vocabulary(257, header).has_value());
    EXPECT_THAT(add_byte_vocabulary(256, header).error().message, testing::HasSubstr("at least 257"));
}

}  // namespace
}  // namespace moe
