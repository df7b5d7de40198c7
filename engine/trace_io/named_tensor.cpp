#include "engine/trace_io/named_tensor.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

#include "engine/base/check.h"

namespace moe {
namespace {

template <class T>
NamedTensor borrowed(std::string name, TensorType type, std::vector<std::size_t> shape,
                     std::span<const T> values) {
    MOE_CHECK(values.size() ==
              std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>()));
    return {.name = std::move(name), .type = type, .shape = std::move(shape), .bytes = std::as_bytes(values)};
}

}  // namespace

NamedTensor named_tensor(std::string name, std::vector<std::size_t> shape, std::span<const float> values) {
    return borrowed(std::move(name), TensorType::F32, std::move(shape), values);
}

NamedTensor named_tensor(std::string name, std::vector<std::size_t> shape,
                         std::span<const std::int32_t> values) {
    return borrowed(std::move(name), TensorType::I32, std::move(shape), values);
}

NamedTensor named_tensor(std::string name, std::vector<std::size_t> shape,
                         std::span<const std::uint8_t> values) {
    return borrowed(std::move(name), TensorType::U8, std::move(shape), values);
}

std::vector<NamedTensor> in_file_order(std::span<const NamedTensor> tensors) {
    std::vector<NamedTensor> ordered(tensors.begin(), tensors.end());
    std::ranges::sort(ordered, [](const NamedTensor& a, const NamedTensor& b) {
        const bool a_is_wide = a.type != TensorType::U8;
        const bool b_is_wide = b.type != TensorType::U8;
        return a_is_wide != b_is_wide ? a_is_wide : a.name < b.name;
    });
    return ordered;
}

}  // namespace moe
