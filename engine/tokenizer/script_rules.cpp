#include "engine/tokenizer/split_rules.h"
#include "engine/tokenizer/split_scan.h"

namespace moe {
namespace {

/// Code points of one writing system, as Trinity's tokenizer lists them.
struct ScriptRange {
    char32_t first;
    char32_t last;
    int script;
};

enum Script { kChineseAndKana = 1, kThai, kLao, kKhmer, kMyanmar, kHangul };

constexpr ScriptRange kScriptRanges[] = {
    {0x0E00, 0x0E7F, kThai},           {0x0E80, 0x0EFF, kLao},
    {0x1000, 0x109F, kMyanmar},        {0x1100, 0x11FF, kHangul},
    {0x1780, 0x17FF, kKhmer},          {0x2F00, 0x2FDF, kChineseAndKana},
    {0x3040, 0x30FF, kChineseAndKana}, {0x3400, 0x4DBF, kChineseAndKana},
    {0x4E00, 0x9FFF, kChineseAndKana}, {0xA9E0, 0xA9FF, kMyanmar},
    {0xAA60, 0xAA7F, kMyanmar},        {0xAC00, 0xD7AF, kHangul},
    {0xF900, 0xFAFF, kChineseAndKana}, {0xFF65, 0xFF9F, kChineseAndKana}};

/// The script, 0 for one that is not listed.
int script_of(char32_t c) {
    if (c < kScriptRanges[0].first) return 0;
    for (const ScriptRange& range : kScriptRanges) {
        if (c <= range.last) return c >= range.first ? range.script : 0;
    }
    return 0;
}

std::size_t match_script(const CodePoints& points, std::size_t at, std::size_t end) {
    const int script = script_of(points.value(at));
    if (script == 0) return at;
    while (at < end && script_of(points.value(at)) == script) ++at;
    return at;
}

}  // namespace

void split_scripts(const CodePoints& points, std::size_t begin, std::size_t end,
                   std::vector<std::size_t>& word_ends) {
    split_at_matches<match_script>(points, begin, end, word_ends);
}

}  // namespace moe
