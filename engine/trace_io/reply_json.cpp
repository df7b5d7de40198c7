// Where engines put the routing in their replies, and in which form:
//
//   vLLM       choices[0].routed_experts: base64 of a .npy file, or nested lists (0.21), then also
//              prompt_routed_experts beside the choices
//   SGLang     sglext.routed_experts, choices[0].sgl_ext, meta_info.routed_experts: base64 of int32 without
//              a shape
//   Megatron   choices[0].moe_topk_indices: nested lists
//   Dynamo     nvext.routed_experts, or {data, shape, dtype, start}
//   NeMo-RL    "nrlre1:<dtype>:<SxLxK>:<base64>"
//
// Read from the engines' published sources; not tried against live servers.

#include "engine/trace_io/reply_json.h"

#include <array>
#include <charconv>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

namespace moe {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kNemoMark = "nrlre1:";

std::optional<std::vector<std::byte>> decoded_base64(std::string_view text) {
    std::vector<std::byte> bytes;
    bytes.reserve(text.size() / 4 * 3);
    std::uint32_t group = 0;
    std::size_t n_digits = 0;
    while (text.ends_with('=')) text.remove_suffix(1);
    for (const char c : text) {
        std::uint32_t digit = 0;
        if (c >= 'A' && c <= 'Z')
            digit = static_cast<std::uint32_t>(c - 'A');
        else if (c >= 'a' && c <= 'z')
            digit = static_cast<std::uint32_t>(c - 'a') + 26;
        else if (c >= '0' && c <= '9')
            digit = static_cast<std::uint32_t>(c - '0') + 52;
        else if (c == '+' || c == '-')
            digit = 62;
        else if (c == '/' || c == '_')
            digit = 63;
        else
            return std::nullopt;
        group = group << 6 | digit;
        if (++n_digits % 4 == 0) {
            for (const int shift : {16, 8, 0}) bytes.push_back(static_cast<std::byte>(group >> shift & 0xFF));
        }
    }
    if (n_digits % 4 == 1) return std::nullopt;
    if (n_digits % 4 >= 2)
        bytes.push_back(static_cast<std::byte>(group >> (n_digits % 4 == 2 ? 4 : 10) & 0xFF));
    if (n_digits % 4 == 3) bytes.push_back(static_cast<std::byte>(group >> 2 & 0xFF));
    return bytes;
}

std::optional<ForeignType> type_from_name(std::string_view name) {
    constexpr std::pair<std::string_view, ForeignType> kTypes[] = {
        {"uint8", ForeignType::U8},  {"int8", ForeignType::I8},   {"uint16", ForeignType::U16},
        {"int16", ForeignType::I16}, {"int32", ForeignType::I32}, {"uint32", ForeignType::U32},
        {"int64", ForeignType::I64}};
    for (const auto& [known, type] : kTypes) {
        if (name == known) return type;
    }
    return std::nullopt;
}

/// The value at a path of keys; choices are lists, of which the first is meant. Null where there is none.
const Json* find(const Json& json, std::initializer_list<const char*> keys) {
    const Json* at = &json;
    for (const char* key : keys) {
        if (!at->is_object() || !at->contains(key)) return nullptr;
        at = &(*at)[key];
        if (std::string_view(key) == "choices") {
            if (!at->is_array() || at->empty()) return nullptr;
            at = &at->front();
        }
    }
    return at->is_null() ? nullptr : at;
}

const Json* first_of(const Json& reply, std::initializer_list<std::initializer_list<const char*>> places) {
    for (const auto& keys : places) {
        if (const Json* found = find(reply, keys)) return found;
    }
    return nullptr;
}

/// Nested lists [rows, layers, top_k], all of one length.
std::optional<std::vector<std::int32_t>> flattened(const Json& rows, std::vector<std::size_t>& shape) {
    std::vector<std::int32_t> values;
    if (!rows.is_array() || rows.empty() || !rows[0].is_array() || rows[0].empty() || !rows[0][0].is_array())
        return std::nullopt;
    shape = {rows.size(), rows[0].size(), rows[0][0].size()};
    for (const Json& row : rows) {
        if (!row.is_array() || row.size() != shape[1]) return std::nullopt;
        for (const Json& layer : row) {
            if (!layer.is_array() || layer.size() != shape[2]) return std::nullopt;
            for (const Json& expert : layer) {
                if (!expert.is_number_integer()) return std::nullopt;
                const auto value = expert.get<std::int64_t>();
                if (value < -1 || value > std::numeric_limits<std::uint16_t>::max()) return std::nullopt;
                values.push_back(static_cast<std::int32_t>(value));
            }
        }
    }
    return values;
}

/// Keeps the values and adds them under `name`.
void add_array(Capture& capture, const std::string& name, ForeignType type, std::vector<std::size_t> shape,
               std::vector<std::byte> bytes) {
    capture.decoded.push_back(std::move(bytes));
    capture.arrays[name] = {
        .type = type, .text_length = 0, .shape = std::move(shape), .bytes = capture.decoded.back()};
}

void add_integers(Capture& capture, const std::string& name, std::vector<std::size_t> shape,
                  const std::vector<std::int32_t>& values) {
    const auto bytes = std::as_bytes(std::span(values));
    add_array(capture, name, ForeignType::I32, std::move(shape), {bytes.begin(), bytes.end()});
}

Result<void> add_text(const std::string& path, std::string_view text, std::string_view dtype,
                      std::vector<std::size_t> shape, Capture& capture) {
    const Error damaged = make_error("{}: its routed_experts cannot be decoded; save the reply again", path);
    if (text.starts_with(kNemoMark)) {
        text.remove_prefix(kNemoMark.size());
        const std::size_t first = text.find(':');
        const std::size_t second = text.find(':', first + 1);
        if (first == std::string_view::npos || second == std::string_view::npos) return damaged;
        dtype = text.substr(0, first);
        for (std::string_view sizes = text.substr(first + 1, second - first - 1); !sizes.empty();) {
            std::size_t size = 0;
            const auto parsed = std::from_chars(sizes.data(), sizes.data() + sizes.size(), size);
            if (parsed.ec != std::errc()) return damaged;
            shape.push_back(size);
            sizes.remove_prefix(static_cast<std::size_t>(parsed.ptr - sizes.data()));
            if (sizes.starts_with('x')) sizes.remove_prefix(1);
        }
        text.remove_prefix(second + 1);
    }
    auto bytes = decoded_base64(text);
    const auto type = type_from_name(dtype);
    if (!bytes || !type) return damaged;
    constexpr std::string_view kNpy("\x93NUMPY", 6);
    if (bytes->size() > kNpy.size() && std::memcmp(bytes->data(), kNpy.data(), kNpy.size()) == 0) {
        capture.decoded.push_back(std::move(*bytes));
        MOE_TRY(capture.arrays["routed_experts"],
                parse_npy(capture.decoded.back(), path + ": routed_experts"));
        return {};
    }
    if (shape.empty()) shape = {bytes->size() / size_of(*type)};
    add_array(capture, "routed_experts", *type, std::move(shape), std::move(*bytes));
    return is_consistent(capture.arrays["routed_experts"]) ? Result<void>() : damaged;
}

Result<void> add_lists(const std::string& path, const Json* prompt, const Json& rows, Capture& capture) {
    std::vector<std::size_t> shape;
    std::vector<std::size_t> prompt_shape;
    auto values = flattened(rows, shape);
    if (values && prompt != nullptr) {
        auto before = flattened(*prompt, prompt_shape);
        if (!before || prompt_shape[1] != shape[1] || prompt_shape[2] != shape[2])
            values.reset();
        else
            values->insert(values->begin(), before->begin(), before->end());
    }
    if (!values)
        return make_error("{}: its routed experts are not lists [token, layer, slot]; save it again", path);
    shape[0] = values->size() / (shape[1] * shape[2]);
    add_integers(capture, "routed_experts", shape, *values);
    return {};
}

Result<void> add_routing(const std::string& path, const Json& reply, Capture& capture) {
    const Json* const routed = first_of(reply, {{"choices", "routed_experts"},
                                                {"choices", "moe_topk_indices"},
                                                {"sglext", "routed_experts"},
                                                {"choices", "sgl_ext", "routed_experts"},
                                                {"choices", "sglext", "routed_experts"},
                                                {"meta_info", "routed_experts"},
                                                {"nvext", "routed_experts"},
                                                {"routed_experts"}});
    if (routed == nullptr) {
        return make_error("{}: has no routed experts; start the server with --enable-return-routed-experts",
                          path);
    }
    if (routed->is_array()) return add_lists(path, find(reply, {"prompt_routed_experts"}), *routed, capture);
    if (routed->is_string()) {
        const Json* const dtype = find(reply, {"meta_info", "routed_experts_dtype"});
        const std::string name = dtype != nullptr && dtype->is_string() ? dtype->get<std::string>() : "int32";
        return add_text(path, routed->get_ref<const std::string&>(), name, {}, capture);
    }
    const Json* const data = find(*routed, {"data"});
    const Json* const shape = find(*routed, {"shape"});
    const Json* const dtype = find(*routed, {"dtype"});
    if (data == nullptr || !data->is_string() || shape == nullptr || !shape->is_array() || dtype == nullptr ||
        !dtype->is_string()) {
        return make_error("{}: its routed_experts are in a form that is not known; save the reply as it came",
                          path);
    }
    std::vector<std::size_t> sizes;
    for (const Json& size : *shape) sizes.push_back(size.is_number_unsigned() ? size.get<std::size_t>() : 0);
    return add_text(path, data->get_ref<const std::string&>(), dtype->get_ref<const std::string&>(), sizes,
                    capture);
}

/// Appends ids from a list of numbers, or of [logprob, id, text] as SGLang has it.
void append_ids(const Json* list, std::vector<std::int32_t>& ids, std::vector<std::string>& pieces) {
    if (list == nullptr || !list->is_array()) return;
    for (const Json& entry : *list) {
        const bool is_triple = entry.is_array() && entry.size() >= 3;
        const Json& id = is_triple ? entry[1] : entry;
        if (!id.is_number_integer()) continue;
        ids.push_back(static_cast<std::int32_t>(id.get<std::int64_t>()));
        if (is_triple && entry[2].is_string()) pieces.push_back(entry[2].get<std::string>());
    }
}

void add_tokens(const Json& reply, Capture& capture) {
    std::vector<std::int32_t> ids;
    append_ids(first_of(reply, {{"choices", "prompt_token_ids"},
                                {"prompt_token_ids"},
                                {"meta_info", "input_token_logprobs"}}),
               ids, capture.pieces);
    const std::size_t n_prompt = ids.size();
    append_ids(first_of(reply, {{"choices", "token_ids"},
                                {"choices", "generation_token_ids"},
                                {"generation_token_ids"},
                                {"meta_info", "output_token_logprobs"}}),
               ids, capture.pieces);
    if (capture.pieces.size() != ids.size()) capture.pieces.clear();
    if (n_prompt == 0) return;  // without the prompt nobody knows which token a row belongs to
    add_integers(capture, "token_ids", {ids.size()}, ids);
    add_integers(capture, "prompt_len", {1}, {static_cast<std::int32_t>(n_prompt)});
}

}  // namespace

Result<void> read_reply(const std::string& path, Capture& capture) {
    const auto bytes = capture.file.bytes();
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const Json reply = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!reply.is_object()) return make_error("{}: is not one JSON object; save one whole reply", path);
    MOE_TRY(add_routing(path, reply, capture));
    add_tokens(reply, capture);
    if (const Json* model = find(reply, {"model"}); model != nullptr && model->is_string())
        capture.model = model->get<std::string>();
    return {};
}

}  // namespace moe
