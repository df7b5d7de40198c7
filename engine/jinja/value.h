#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/jinja/text.h"

namespace moe::jinja {

struct Callable;
struct Loop;
struct Map;
class Value;
using List = std::vector<Value>;

/// A value of the language: small, copied freely. Texts, lists and maps belong to a `Heap` and do not change,
/// but for the members of a namespace.
class Value {
  public:
    enum class Kind : std::uint8_t {
        Undefined,
        None,
        Boolean,
        Integer,
        Float,
        String,
        Sequence,
        Mapping,
        Namespace,
        Loop,
        Function
    };

    Value() : integer_(0) {}  ///< undefined
    static Value none() { return Value(Kind::None); }
    static Value boolean(bool value);
    static Value integer(std::int64_t value);
    static Value number(double value);
    static Value string(const Text* text);
    static Value list(const List* list);
    static Value map(Map* map, Kind kind = Kind::Mapping);
    static Value loop(Loop* loop);
    static Value callable(const Callable* callable);

    Kind kind() const { return kind_; }
    bool is(Kind kind) const { return kind_ == kind; }
    bool is_string() const { return kind_ == Kind::String; }
    bool is_number() const {
        return kind_ == Kind::Boolean || kind_ == Kind::Integer || kind_ == Kind::Float;
    }
    /// Of a boolean, which counts as a number, or an integer.
    std::int64_t as_integer() const { return integer_; }
    double as_number() const { return kind_ == Kind::Float ? number_ : static_cast<double>(integer_); }
    const Text& text() const { return *text_; }
    std::string_view bytes() const { return text_->bytes(); }
    const List& items() const { return *list_; }
    Map& map() const { return *map_; }  ///< of a map or a namespace
    Loop& loop() const { return *loop_; }
    const Callable& callable() const { return *callable_; }

    bool is_true() const;  ///< as a condition
    /// What the language calls it, for messages.
    std::string_view kind_name() const;

  private:
    explicit Value(Kind kind) : kind_(kind), integer_(0) {}

    Kind kind_ = Kind::Undefined;
    union {
        std::int64_t integer_;
        double number_;
        const Text* text_;
        const List* list_;
        Map* map_;
        Loop* loop_;
        const Callable* callable_;
    };
};

/// Keys and values in the order in which they came. Keys are strings or numbers.
struct Map {
    std::vector<std::pair<Value, Value>> entries;

    const Value* find(std::string_view key) const;
    const Value* find(const Value& key) const;
    void set(const Value& key, const Value& value);
};

/// The owner of what values point to, and the limit on how much that may be in all. Everything lives until
/// the heap goes, so that values may refer to each other in any way.
class Heap {
  public:
    explicit Heap(std::size_t max_bytes) : bytes_left_(max_bytes) {}

    /// Counts work or memory. An Error when there was too much of it.
    Result<void> charge(std::size_t n_bytes);
    Result<Value> text(Text text);
    Result<Value> text(std::string_view bytes) { return text(Text(bytes, Origin::Template)); }
    Result<Value> list(List items);
    Result<Value> map(Map map, Value::Kind kind = Value::Kind::Mapping);
    Result<Value> loop(Loop loop);
    Result<Value> callable(Callable callable);

  private:
    std::size_t bytes_left_;
    std::deque<Text> texts_;
    std::deque<List> lists_;
    std::deque<Map> maps_;
    std::deque<Loop> loops_;
    std::deque<Callable> callables_;
};

struct Macro;
struct Scope;
struct Statement;

/// What the variable `loop` tells about a loop while it runs.
struct Loop {
    const Statement* statement = nullptr;
    Scope* around = nullptr;             ///< what the loop sees
    const List* items = nullptr;         ///< what it runs over: not empty
    std::size_t index = 0;               ///< of its item
    std::size_t depth = 1;               ///< in how many calls of itself it runs
    std::optional<List> last_seen = {};  ///< by `changed`
};

/// A macro, a function by name, or a method by name with the value it belongs to.
struct Callable {
    const Macro* macro = nullptr;
    Scope* scope = nullptr;  ///< what the macro sees
    std::string name = {};
    Value self = {};
    bool is_method = false;
};

/// Arguments of a call.
struct Arguments {
    List positional;
    std::vector<std::pair<std::string, Value>> named;

    /// The argument at this position or with this name, or null.
    const Value* find(std::size_t position, std::string_view name) const;
};

Result<bool> are_equal(const Value& a, const Value& b);
/// Below, at or above zero. Numbers compare with numbers, strings with strings, lists with lists.
Result<int> compare(const Value& a, const Value& b);
/// `item in container`
Result<bool> contains(const Value& container, const Value& item);
/// What `{{ value }}` writes.
Result<Text> to_text(const Value& value);
/// JSON in the manner of Python's json.dumps without escapes for what is not ASCII; `indent` < 0: in a line.
Result<Text> to_json(const Value& value, int indent);

}  // namespace moe::jinja
