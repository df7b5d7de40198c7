// The methods of Python's str that templates call. Letters are those of ASCII where case matters.

#include <algorithm>
#include <array>
#include <limits>

#include "engine/jinja/library.h"

namespace moe::jinja {
namespace {

using Kind = Value::Kind;

constexpr std::array<std::string_view, 24> kMethods = {
    "strip",      "lstrip", "rstrip",  "split",   "rsplit",  "splitlines",   "startswith",   "endswith",
    "replace",    "upper",  "lower",   "title",   "find",    "rfind",        "count",        "join",
    "capitalize", "format", "isdigit", "isalpha", "isspace", "removeprefix", "removesuffix", "isupper"};

enum class Side { Left, Right, Both };

Result<Value> strip(Heap& heap, const Text& text, const Value* chars, Side side) {
    if (chars != nullptr && !chars->is_string() && !chars->is(Kind::None))
        return make_error("strip: it takes characters");
    const bool is_given = chars != nullptr && chars->is_string();
    const auto goes = [&](char c) {
        return is_given ? chars->bytes().find(c) != std::string_view::npos : is_space(c);
    };
    std::size_t first = 0;
    std::size_t last = text.size();
    while (side != Side::Right && first < last && goes(text.bytes()[first])) ++first;
    while (side != Side::Left && last > first && goes(text.bytes()[last - 1])) --last;
    return heap.text(text.substr(first, last - first));
}

/// The parts between white space.
Result<Value> split_at_space(Heap& heap, const Text& text, std::size_t max_cuts) {
    List parts;
    for (std::size_t at = 0; at < text.size();) {
        while (at < text.size() && is_space(text.bytes()[at])) ++at;
        if (at == text.size()) break;
        std::size_t end = at;
        const bool is_rest = parts.size() == max_cuts;
        while (end < text.size() && (is_rest || !is_space(text.bytes()[end]))) ++end;
        MOE_TRY(const Value part, heap.text(text.substr(at, end - at)));
        parts.push_back(part);
        at = is_rest ? text.size() : end;
    }
    return heap.list(std::move(parts));
}

Result<Value> split(Heap& heap, const Text& text, const Arguments& arguments, bool from_right) {
    const Value* const separator = arguments.find(0, "sep");
    const Value* const most = arguments.find(1, "maxsplit");
    const bool has_most = most != nullptr && most->is(Kind::Integer) && most->as_integer() >= 0;
    const std::size_t max_cuts =
        has_most ? static_cast<std::size_t>(most->as_integer()) : std::numeric_limits<std::size_t>::max();
    if (separator == nullptr || separator->is(Kind::None)) {
        if (from_right && has_most) return make_error("rsplit: it needs a separator");
        return split_at_space(heap, text, max_cuts);
    }
    if (!separator->is_string() || separator->text().empty())
        return make_error("split: the separator is empty");
    const std::string_view mark = separator->bytes();
    std::vector<std::size_t> cuts;
    if (from_right) {
        for (std::size_t end = text.size(); cuts.size() < max_cuts && end >= mark.size();) {
            const std::size_t at = text.bytes().rfind(mark, end - mark.size());
            if (at == std::string_view::npos) break;
            cuts.insert(cuts.begin(), at);
            end = at;
        }
    } else {
        for (std::size_t at = 0; cuts.size() < max_cuts; at = cuts.back() + mark.size()) {
            const std::size_t found = text.bytes().find(mark, at);
            if (found == std::string_view::npos) break;
            cuts.push_back(found);
        }
    }
    List parts;
    std::size_t begin = 0;
    cuts.push_back(text.size());
    for (const std::size_t cut : cuts) {
        MOE_TRY(const Value part, heap.text(text.substr(begin, cut - begin)));
        parts.push_back(part);
        begin = cut + mark.size();
    }
    return heap.list(std::move(parts));
}

Result<Value> split_lines(Heap& heap, const Text& text, bool keeps_ends) {
    List lines;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.bytes().find_first_of("\r\n", at), text.size());
        std::size_t next = end;
        if (next < text.size()) next += text.bytes().substr(next).starts_with("\r\n") ? 2 : 1;
        MOE_TRY(const Value line, heap.text(text.substr(at, (keeps_ends ? next : end) - at)));
        lines.push_back(line);
        at = next;
    }
    return heap.list(std::move(lines));
}

Result<Value> begins_or_ends(std::string_view text, const Value* what, bool begins) {
    List candidates;
    if (what != nullptr && what->is(Kind::Sequence)) candidates = what->items();
    if (what != nullptr && what->is_string()) candidates = {*what};
    if (what == nullptr || (!what->is_string() && !what->is(Kind::Sequence)))
        return make_error("startswith, endswith: they take a string");
    for (const Value& candidate : candidates) {
        if (!candidate.is_string()) return make_error("startswith, endswith: they take strings");
        if (begins ? text.starts_with(candidate.bytes()) : text.ends_with(candidate.bytes()))
            return Value::boolean(true);
    }
    return Value::boolean(false);
}

Result<Value> replace(Heap& heap, const Text& text, const Arguments& arguments) {
    const Value* const from = arguments.find(0, "old");
    const Value* const to = arguments.find(1, "new");
    const Value* const most = arguments.find(2, "count");
    if (from == nullptr || to == nullptr || !from->is_string() || !to->is_string())
        return make_error("replace: it takes two strings");
    std::int64_t n_left = most != nullptr && most->is(Kind::Integer) && most->as_integer() >= 0
                              ? most->as_integer()
                              : std::numeric_limits<std::int64_t>::max();
    Text replaced;
    std::size_t at = 0;
    while (n_left > 0) {
        const std::size_t found = text.bytes().find(from->bytes(), at);
        if (found == std::string_view::npos) break;
        MOE_TRY(heap.charge(to->text().size() + 1));
        replaced.append(text, at, found - at);
        replaced.append(to->text());
        at = found + from->text().size();
        --n_left;
        if (!from->text().empty()) continue;
        if (at == text.size()) break;
        replaced.append(text, at, 1);  // an empty string is found before each character
        ++at;
    }
    if (at < text.size()) replaced.append(text, at, text.size() - at);
    return heap.text(std::move(replaced));
}

/// "{}", "{0}" and "{name}"; no formats behind a colon.
Result<Value> format(Heap& heap, const Text& text, const Arguments& arguments) {
    Text written;
    std::size_t next = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const std::string_view rest = text.bytes().substr(at);
        if (rest.starts_with("{{") || rest.starts_with("}}")) {
            written.append(text, at++, 1);
        } else if (rest[0] == '{') {
            const std::size_t end = rest.find('}');
            if (end == std::string_view::npos) return make_error("format: a bracket does not end");
            const std::string field(rest.substr(1, end - 1));
            const bool is_index = !field.empty() && field.size() < 4 &&
                                  field.find_first_not_of("0123456789") == std::string::npos;
            const std::size_t index =
                is_index ? std::stoul(field) : (field.empty() ? next++ : arguments.positional.size());
            const Value* const value = arguments.find(index, field);
            if (value == nullptr) return make_error("format: there is nothing for '{{{}}}'", field);
            MOE_TRY(const Text shown, to_text(*value));
            MOE_TRY(heap.charge(shown.size()));
            written.append(shown);
            at += end;
        } else {
            written.append(text, at, 1);
        }
    }
    return heap.text(std::move(written));
}

Result<Value> find(const Text& text, const Value* what, bool is_last) {
    if (what == nullptr || !what->is_string()) return make_error("find: it takes a string");
    const std::size_t at = is_last ? text.bytes().rfind(what->bytes()) : text.bytes().find(what->bytes());
    if (at == std::string_view::npos) return Value::integer(-1);
    return Value::integer(
        static_cast<std::int64_t>(at == 0 ? 0 : code_point_count(text.bytes().substr(0, at))));
}

Result<Value> count(const Text& text, const Value* what) {
    if (what == nullptr || !what->is_string() || what->text().empty())
        return make_error("count: it takes a string");
    std::int64_t n = 0;
    for (std::size_t at = text.bytes().find(what->bytes()); at != std::string_view::npos;
         at = text.bytes().find(what->bytes(), at + what->text().size()))
        ++n;
    return Value::integer(n);
}

bool all_are(std::string_view text, bool (*holds)(char)) {
    return !text.empty() && std::all_of(text.begin(), text.end(), holds);
}

Result<Value> remove(Heap& heap, const Text& text, const Value* what, bool is_prefix) {
    if (what == nullptr || !what->is_string())
        return make_error("removeprefix, removesuffix: they take a string");
    const std::size_t size = what->text().size();
    if (is_prefix && text.bytes().starts_with(what->bytes())) return heap.text(text.substr(size));
    if (!is_prefix && text.bytes().ends_with(what->bytes()))
        return heap.text(text.substr(0, text.size() - size));
    return heap.text(text);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

bool is_string_method(std::string_view name) { return std::ranges::find(kMethods, name) != kMethods.end(); }

Result<Value> call_string_method(Heap& heap, std::string_view name, const Value& self,
                                 const Arguments& arguments) {
    const Text& text = self.text();
    MOE_TRY(heap.charge(text.size()));
    const Value* const first = arguments.find(0, name == "strip" ? "chars" : "prefix");
    if (name == "strip") return strip(heap, text, first, Side::Both);
    if (name == "lstrip") return strip(heap, text, first, Side::Left);
    if (name == "rstrip") return strip(heap, text, first, Side::Right);
    if (name == "split" || name == "rsplit") return split(heap, text, arguments, name == "rsplit");
    if (name == "splitlines") return split_lines(heap, text, first != nullptr && first->is_true());
    if (name == "startswith" || name == "endswith")
        return begins_or_ends(text.bytes(), first, name == "startswith");
    if (name == "replace") return replace(heap, text, arguments);
    if (name == "upper") return heap.text(text.with_bytes(in_case(text.bytes(), LetterCase::Upper)));
    if (name == "lower") return heap.text(text.with_bytes(in_case(text.bytes(), LetterCase::Lower)));
    if (name == "title") return heap.text(text.with_bytes(in_case(text.bytes(), LetterCase::Title)));
    if (name == "capitalize") return heap.text(text.with_bytes(in_case(text.bytes(), LetterCase::Capital)));
    if (name == "find" || name == "rfind") return find(text, first, name == "rfind");
    if (name == "count") return count(text, first);
    if (name == "format") return format(heap, text, arguments);
    if (name == "isdigit") return Value::boolean(all_are(text.bytes(), is_digit));
    if (name == "isalpha") return Value::boolean(all_are(text.bytes(), is_letter));
    if (name == "isspace") return Value::boolean(all_are(text.bytes(), is_space));
    if (name == "isupper") {
        const std::string upper = in_case(text.bytes(), LetterCase::Upper);
        return Value::boolean(upper == text.bytes() && upper != in_case(text.bytes(), LetterCase::Lower));
    }
    if (name == "removeprefix" || name == "removesuffix")
        return remove(heap, text, first, name == "removeprefix");
    if (first == nullptr) return make_error("join: it takes a list");
    return apply_filter(heap, "join", *first, {.positional = {self}, .named = {}});
}

}  // namespace moe::jinja
