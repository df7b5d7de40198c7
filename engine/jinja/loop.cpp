// What a loop's variable `loop` knows.

#include "engine/jinja/library.h"

namespace moe::jinja {

Result<Value> loop_member(Heap& heap, const Value& loop, std::string_view name) {
    const Loop& state = loop.loop();
    const auto integer = [](std::size_t n) { return Value::integer(static_cast<std::int64_t>(n)); };
    const std::size_t n_left = state.items->size() - state.index;
    if (name == "index") return integer(state.index + 1);
    if (name == "index0") return integer(state.index);
    if (name == "revindex") return integer(n_left);
    if (name == "revindex0") return integer(n_left - 1);
    if (name == "first") return Value::boolean(state.index == 0);
    if (name == "last") return Value::boolean(n_left == 1);
    if (name == "length") return integer(state.items->size());
    if (name == "depth") return integer(state.depth);
    if (name == "depth0") return integer(state.depth - 1);
    if (name == "previtem") return state.index > 0 ? (*state.items)[state.index - 1] : Value();
    if (name == "nextitem") return n_left > 1 ? (*state.items)[state.index + 1] : Value();
    if (name == "cycle" || name == "changed")
        return heap.callable({.name = std::string(name), .self = loop, .is_method = true});
    return Value();
}

Result<Value> call_loop_method(Heap& heap, std::string_view name, Loop& loop, const Arguments& arguments) {
    const List& values = arguments.positional;
    if (name == "cycle") {
        if (values.empty()) return make_error("loop.cycle: it takes values to choose from");
        return values[loop.index % values.size()];
    }
    bool is_same = loop.last_seen && loop.last_seen->size() == values.size();
    for (std::size_t i = 0; is_same && i < values.size(); ++i) {
        MOE_TRY(is_same, are_equal((*loop.last_seen)[i], values[i]));
    }
    MOE_TRY(heap.charge(values.size() * sizeof(Value)));
    loop.last_seen = values;
    return Value::boolean(!is_same);
}

}  // namespace moe::jinja
