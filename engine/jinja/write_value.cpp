// Values as text: as Python prints them and as JSON.

#include <cmath>

#include "engine/jinja/value.h"

namespace moe::jinja {
namespace {

constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxBytes = std::size_t{1} << 26;

std::string number_text(double value, bool is_json) {
    if (std::isnan(value)) return is_json ? "NaN" : "nan";
    if (std::isinf(value)) return std::string(value < 0 ? "-" : "") + (is_json ? "Infinity" : "inf");
    // Python writes the shortest digits that give the number back, and an exponent from 1e16 on.
    const double size = std::abs(value);
    if (value == std::floor(value) && size < 1e16) return fmt::format("{:.1f}", value);
    return fmt::format("{}", value);
}

/// Appends a string in quotes with the escapes of Python or JSON; the rest keeps its origin.
void append_quoted(const Text& text, bool is_json, Text& out) {
    const bool has_single = text.bytes().find('\'') != std::string_view::npos;
    const bool has_double = text.bytes().find('"') != std::string_view::npos;
    const char quote = is_json || (has_single && !has_double) ? '"' : '\'';
    out.append(std::string_view(&quote, 1));
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text.bytes()[at];
        const auto code = static_cast<unsigned char>(c);
        std::string escape;
        if (c == '\\' || c == quote) escape = {'\\', c};
        if (c == '\n') escape = "\\n";
        if (c == '\r') escape = "\\r";
        if (c == '\t') escape = "\\t";
        if (is_json && c == '\b') escape = "\\b";
        if (is_json && c == '\f') escape = "\\f";
        const bool is_hidden = code < 0x20 || (code == 0x7F && !is_json);
        if (escape.empty() && is_hidden)
            escape = is_json ? fmt::format("\\u{:04x}", code) : fmt::format("\\x{:02x}", code);
        if (escape.empty()) {
            out.append(text, at, 1);
        } else {
            out.append(escape, text.origin(at));
        }
    }
    out.append(std::string_view(&quote, 1));
}

class Writer {
  public:
    Writer(bool is_json, int indent) : is_json_(is_json), indent_(indent) {}

    Result<void> write(const Value& value, std::size_t depth) {
        using Kind = Value::Kind;
        if (depth > kMaxDepth) return make_error("a value is nested too deeply to be written");
        if (out_.size() > kMaxBytes) return make_error("a value is too large to be written");
        switch (value.kind()) {
            case Kind::None:
                out_.append(is_json_ ? "null" : "None");
                return {};
            case Kind::Boolean:
                if (is_json_)
                    out_.append(value.is_true() ? "true" : "false");
                else
                    out_.append(value.is_true() ? "True" : "False");
                return {};
            case Kind::Integer:
                out_.append(fmt::format("{}", value.as_integer()));
                return {};
            case Kind::Float:
                out_.append(number_text(value.as_number(), is_json_));
                return {};
            case Kind::String:
                append_quoted(value.text(), is_json_, out_);
                return {};
            case Kind::Sequence:
                return write_list(value.items(), depth);
            case Kind::Mapping:
                return write_map(value.map(), depth);
            case Kind::Undefined:
                if (!is_json_) return out_.append("Undefined"), Result<void>();
                break;
            case Kind::Loop:
                if (is_json_) break;
                out_.append(
                    fmt::format("<LoopContext {}/{}>", value.loop().index + 1, value.loop().items->size()));
                return {};
            case Kind::Namespace:
            case Kind::Function:
                break;
        }
        return make_error("{} cannot be written", value.kind_name());
    }
    Text take() { return std::move(out_); }

  private:
    Result<void> write_list(const List& items, std::size_t depth) {
        out_.append("[");
        for (std::size_t i = 0; i < items.size(); ++i) {
            separate(i == 0, depth + 1);
            MOE_TRY(write(items[i], depth + 1));
        }
        end_lines(items.empty(), depth);
        out_.append("]");
        return {};
    }
    Result<void> write_map(const Map& map, std::size_t depth) {
        out_.append("{");
        bool is_first = true;
        for (const auto& [key, value] : map.entries) {
            separate(is_first, depth + 1);
            is_first = false;
            const bool is_bare_key = is_json_ && !key.is_string();
            if (is_bare_key) out_.append("\"");
            MOE_TRY(write(key, depth + 1));
            if (is_bare_key) out_.append("\"");
            out_.append(": ");
            MOE_TRY(write(value, depth + 1));
        }
        end_lines(map.entries.empty(), depth);
        out_.append("}");
        return {};
    }
    void separate(bool is_first, std::size_t depth) {
        if (!is_first) out_.append(indent_ < 0 ? ", " : ",");
        if (indent_ >= 0) new_line(depth);
    }
    void end_lines(bool is_empty, std::size_t depth) {
        if (indent_ >= 0 && !is_empty) new_line(depth);
    }
    void new_line(std::size_t depth) {
        out_.append("\n" + std::string(static_cast<std::size_t>(indent_) * depth, ' '));
    }

    bool is_json_;
    int indent_;
    Text out_;
};

}  // namespace

Result<Text> to_text(const Value& value) {
    if (value.is_string()) return value.text();
    if (value.is(Value::Kind::Undefined)) return Text();
    Writer writer(/*is_json=*/false, /*indent=*/-1);
    MOE_TRY(writer.write(value, 0));
    return writer.take();
}

Result<Text> to_json(const Value& value, int indent) {
    Writer writer(/*is_json=*/true, indent);
    MOE_TRY(writer.write(value, 0));
    return writer.take();
}

}  // namespace moe::jinja
