#include "engine/tokenizer/tokenizer.h"

#include "engine/gguf/printable.h"
#include "engine/tokenizer/byte_bpe.h"
#include "engine/tokenizer/sentencepiece_bpe.h"
#include "engine/tokenizer/utf8_bpe.h"

namespace moe {
namespace {

/// What a model name of the format stands for, for messages; empty for a name outside the format.
std::string_view algorithm_of(std::string_view model) {
    if (model == "bert") return " (WordPiece)";
    if (model == "t5") return " (Unigram)";
    return "";
}

}  // namespace

Result<std::shared_ptr<const Tokenizer>> create_tokenizer(const GgufMetadata& metadata) {
    MOE_TRY(const std::string_view model, metadata.text("tokenizer.ggml.model"));
    if (model == "gpt2") return ByteBpe::create(metadata);
    if (model == "llama") return SentencePieceBpe::create(metadata);
    if (model == "gemma4") return Utf8Bpe::create(metadata);
    return make_error(
        "the tokenizer '{}'{} is not there yet; use a model with gpt2 (byte-level BPE), llama (SentencePiece "
        "BPE) or gemma4 (BPE over UTF-8)",
        printable(model), algorithm_of(model));
}

std::string decode(const Tokenizer& tokenizer, const std::vector<TokenId>& ids) {
    std::string text;
    for (const TokenId id : ids) text += tokenizer.bytes(id);
    return text;
}

}  // namespace moe
