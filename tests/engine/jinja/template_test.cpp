#include "engine/jinja/template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "tests/support/paths.h"

namespace moe::jinja {
namespace {

using Json = nlohmann::ordered_json;
using testing::HasSubstr;

constexpr std::size_t kHeapBytes = std::size_t{1} << 24;

Value value_of(Heap& heap, const Json& json) {
    if (json.is_null()) return Value::none();
    if (json.is_boolean()) return Value::boolean(json.get<bool>());
    if (json.is_number_integer()) return Value::integer(json.get<std::int64_t>());
    if (json.is_number()) return Value::number(json.get<double>());
    if (json.is_string()) return heap.text(Text(json.get<std::string>(), Origin::Data)).value();
    if (json.is_array()) {
        List items;
        for (const Json& item : json) items.push_back(value_of(heap, item));
        return heap.list(std::move(items)).value();
    }
    Map map;
    for (const auto& [key, item] : json.items())
        map.entries.emplace_back(heap.text(key).value(), value_of(heap, item));
    return heap.map(std::move(map)).value();
}

Result<Text> render(std::string_view source, const Json& variables = Json::object()) {
    MOE_TRY(const Template program, Template::parse(source));
    Heap heap(kHeapBytes);
    return program.render(heap, value_of(heap, variables).map(), /*now=*/0);
}

std::string refusal(std::string_view source) {
    const Result<Text> text = render(source);
    return text ? "written: " + std::string(text->bytes()) : text.error().message;
}

TEST(TemplateTest, WritesWhatThePublishersLibraryWrites) {
    std::ifstream file(std::filesystem::path(MOE_SOURCE_DIR) / "tests/golden/jinja.json");
    const Json golden = Json::parse(file);
    ASSERT_GT(golden["cases"].size(), 300u);
    for (const Json& entry : golden["cases"]) {
        const auto source = entry["template"].get<std::string>();
        const Result<Text> text = render(source, golden["variables"][entry["variables"].get<std::string>()]);
        if (entry.contains("refused")) {
            EXPECT_FALSE(text.has_value()) << source;
        } else if (text) {
            EXPECT_EQ(text->bytes(), entry["text"].get<std::string>()) << source;
        } else {
            ADD_FAILURE() << source << ": " << text.error().message;
        }
    }
}

TEST(TemplateTest, RemembersWhoseEachByteIs) {
    const Result<Text> text =
        render("<{{ words.strip().replace('b', '<x>') + '>' }}{{ [words[1:3]] }}{{ words|tojson }}",
               {{"words", " abc "}});
    ASSERT_TRUE(text.has_value()) << text.error().message;
    std::string said;
    for (std::size_t i = 0; i < text->size(); ++i)
        said += text->origin(i) == Origin::Data ? text->bytes()[i] : '_';
    EXPECT_EQ(text->bytes(), "<a<x>c>['ab']\" abc \"");
    EXPECT_EQ(said, "_a___c___ab___ abc _");
}

TEST(TemplateTest, NamesTheLineOfWhatItDoesNotUnderstand) {
    EXPECT_EQ(refusal("a\n{% include 'x' %}"), "line 2: the block 'include' is not there yet");
    EXPECT_EQ(refusal("{% if true %}\n\n{{ 'x'|shout }}{% endif %}"),
              "line 3: the filter 'shout' is not there yet");
    EXPECT_EQ(refusal("{{ raise_exception('no tools here') }}"), "line 1: no tools here");
    EXPECT_EQ(refusal("{{ nobody.name }}"), "line 1: 'name' is asked of something undefined");
    EXPECT_THAT(refusal("{% for x in y %}"), HasSubstr("the end where else should be"));
    EXPECT_THAT(refusal("{{ 'x }}"), HasSubstr("a string does not end"));
}

TEST(TemplateTest, TakesBoundedTimeAndMemory) {
    const std::string deep_brackets = "{{ " + std::string(5000, '(') + "1" + std::string(5000, ')') + " }}";
    std::string long_sum = "{{ 1";
    for (int i = 0; i < 5000; ++i) long_sum += "+1";
    long_sum += " }}";
    std::string deep_blocks;
    for (int i = 0; i < 5000; ++i) deep_blocks += "{% if true %}";
    EXPECT_THAT(refusal(deep_brackets), HasSubstr("nested too deeply"));
    EXPECT_THAT(refusal(long_sum), HasSubstr("too long"));
    EXPECT_THAT(refusal(deep_blocks), HasSubstr("nested too deeply"));
    for (const char* source :
         {"{% for i in range(1000000000) %}x{% endfor %}",
          "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
          "{{ 'x' * 1000000000000 }}", "{{ ([1] * 9223372036854775)|length }}",
          "{% set ns = namespace(x='a') %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
          "{% set ns = namespace(x='a') %}{% for i in range(99) %}{% set ns.x = ns.x|replace('a', 'aa') %}{% "
          "endfor %}"}) {
        EXPECT_THAT(refusal(source), HasSubstr("too much time or memory")) << source;
    }
    EXPECT_THAT(refusal("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}"), HasSubstr("nested too deeply"));
    EXPECT_THAT(
        refusal("{% set ns = namespace(x=1) %}{% for i in range(500) %}{% set ns.x = [ns.x] %}{% endfor %}"
                "{{ ns.x }}"),
        HasSubstr("nested too deeply"));
    EXPECT_THAT(refusal("{% set ns = namespace() %}{% set ns.x = ns %}{{ ns.x.x.x }}"),
                HasSubstr("a namespace cannot be written"));
}

}  // namespace
}  // namespace moe::jinja
