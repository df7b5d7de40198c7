#include "engine/tokenizer/byte_vocabulary.h"

#include <string>
#include <vector>

#include "engine/tokenizer/byte_level.h"
#include "engine/tokenizer/utf8.h"
#include "engine/tokenizer/vocabulary.h"

namespace moe {
namespace {

constexpr std::size_t kBytes = 256;
constexpr std::size_t kEndOfText = kBytes;

}  // namespace

Result<void> add_byte_vocabulary(std::size_t n_vocab, GgufHeader& header) {
    if (n_vocab <= kEndOfText) {
        return make_error("a vocabulary of {} tokens has no room for all bytes; choose at least {}", n_vocab,
                          kEndOfText + 1);
    }
    std::vector<std::string> texts(kBytes);
    for (std::size_t byte = 0; byte < kBytes; ++byte) {
        append_utf8(texts[byte], byte_level_letter(static_cast<unsigned char>(byte)));
    }
    texts.emplace_back("<|endoftext|>");
    for (std::size_t id = texts.size(); id < n_vocab; ++id) texts.push_back(fmt::format("[PAD{}]", id));

    std::vector<std::int32_t> kinds(n_vocab, static_cast<std::int32_t>(TokenKind::Unused));
    for (std::size_t byte = 0; byte < kBytes; ++byte)
        kinds[byte] = static_cast<std::int32_t>(TokenKind::Normal);
    kinds[kEndOfText] = static_cast<std::int32_t>(TokenKind::Control);

    header.text("tokenizer.ggml.model", "gpt2").text("tokenizer.ggml.pre", "gpt-2");
    header.texts("tokenizer.ggml.tokens", texts).integers("tokenizer.ggml.token_type", kinds);
    header.texts("tokenizer.ggml.merges", std::vector<std::string>());
    header.size("tokenizer.ggml.bos_token_id", kEndOfText).size("tokenizer.ggml.eos_token_id", kEndOfText);
    header.flag("tokenizer.ggml.add_bos_token", false);
    return {};
}

}  // namespace moe
