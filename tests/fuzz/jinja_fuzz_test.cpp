#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/jinja/template.h"
#include "engine/tokenizer/chat_template.h"
#include "tests/fuzz/random_text.h"
#include "tests/support/paths.h"

namespace moe {
namespace {

constexpr std::size_t kTemplates = 4000;

/// Whole templates, of which mutants are made.
const std::vector<std::string>& seeds() {
    static const std::vector<std::string> templates = [] {
        std::ifstream file(std::filesystem::path(MOE_SOURCE_DIR) / "tests/golden/jinja.json");
        std::vector<std::string> texts;
        const nlohmann::json golden = nlohmann::json::parse(file);
        for (const auto& entry : golden["cases"]) texts.push_back(entry["template"]);
        return texts;
    }();
    return templates;
}

const std::vector<std::string> kPieces = {"{{ ",
                                          " }}",
                                          "{% ",
                                          " %}",
                                          "{%- ",
                                          "-%}",
                                          "for x in ",
                                          "messages",
                                          "endfor",
                                          "if ",
                                          "endif",
                                          "else",
                                          "elif ",
                                          "set x = ",
                                          "macro f(x)",
                                          "endmacro",
                                          "f(x)",
                                          "loop.",
                                          "|trim",
                                          "|tojson",
                                          "|length",
                                          "[::-1]",
                                          "[",
                                          "]",
                                          "(",
                                          ")",
                                          "{",
                                          "}",
                                          "'",
                                          "\"",
                                          "\\",
                                          "not ",
                                          " is ",
                                          "defined ",
                                          " in ",
                                          " + ",
                                          " * ",
                                          "999999999",
                                          "-1",
                                          "namespace(x=1)",
                                          "ns.x = ",
                                          "range(",
                                          "m.content",
                                          ".split('",
                                          "'",
                                          " ~ ",
                                          "|join(",
                                          "{#",
                                          "#}",
                                          "x",
                                          "caller()",
                                          "call f()",
                                          "endcall",
                                          "filter trim",
                                          "endfilter",
                                          "set y",
                                          "endset",
                                          "|map(",
                                          "|selectattr('",
                                          "|sort",
                                          "**",
                                          "//",
                                          " % ",
                                          "'%s'|format(",
                                          "|indent(4",
                                          "break",
                                          "continue",
                                          "recursive ",
                                          "|dictsort",
                                          ".items()",
                                          "[1:2]",
                                          "none"};

std::string mutant(Rng& rng) {
    std::string text = seeds()[rng.below(seeds().size())];
    for (std::size_t n = rng.below(6) + 1; n > 0; --n) {
        const std::size_t at = rng.below(text.size() + 1);
        switch (rng.below(5)) {
            case 0:
                text.insert(at, kPieces[rng.below(kPieces.size())]);
                break;
            case 1:
                text.erase(at, rng.below(8));
                break;
            case 2:
                text.insert(at, seeds()[rng.below(seeds().size())]);
                break;
            case 3:
                text.insert(at, test::random_text(rng).substr(0, 8));
                break;
            default:
                if (!text.empty()) text[at % text.size()] = static_cast<char>(rng.next());
        }
    }
    return text;
}

std::string assembly(Rng& rng) {
    std::string text;
    for (std::size_t n = rng.below(40); n > 0; --n) text += kPieces[rng.below(kPieces.size())];
    return text;
}

TEST(JinjaFuzzTest, AnyTemplateWritesBoundedTextOrSaysWhyNot) {
    constexpr std::size_t kHeapBytes = std::size_t{1} << 18;
    Rng rng(11);
    std::size_t n_written = 0;
    for (std::size_t i = 0; i < kTemplates; ++i) {
        const Result<jinja::Template> program =
            jinja::Template::parse(i % 4 == 0 ? assembly(rng) : mutant(rng));
        if (!program) {
            ASSERT_FALSE(program.error().message.empty());
            continue;
        }
        jinja::Heap heap(kHeapBytes);
        jinja::Map message;
        message.entries.emplace_back(heap.text("content").value(), heap.text(test::random_text(rng)).value());
        message.entries.emplace_back(heap.text("role").value(), heap.text("user").value());
        const jinja::Value value = heap.map(message).value();
        jinja::Map variables;
        variables.entries.emplace_back(heap.text("messages").value(), heap.list({value, value}).value());
        variables.entries.emplace_back(heap.text("m").value(), heap.list({value}).value());
        const Result<jinja::Text> text = program->render(heap, variables, /*now=*/0);
        if (!text) continue;
        ++n_written;
        ASSERT_LE(text->size(), kHeapBytes);
    }
    EXPECT_GT(n_written, kTemplates / 20);
}

TEST(JinjaFuzzTest, AChatWithAnyTemplateWritesAllThatIsSaidOrSaysSo) {
    Rng rng(12);
    for (std::size_t i = 0; i < kTemplates / 10; ++i) {
        const ChatTemplate chat = ChatTemplate::from_jinja(mutant(rng));
        std::string whole;
        for (const ChatPart& part : chat.next_turn("(words)")) whole += part.text;
        EXPECT_NE(whole.find("(words)"), std::string::npos) << chat.name();
        EXPECT_TRUE(chat.is_known() || !chat.notice().empty());
    }
}

}  // namespace
}  // namespace moe
