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
    return {.name = std::move(name), .type = type, .shape = std::move(shape), .bytes = std::as_bytes(values),
            .write_pieces = {}};
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

NamedTensor streamed_tensor(std::string name, TensorType type, std::vector<std::size_t> shape,
                            std::function<Result<void>(const PieceSink&)> write_pieces) {
    return {.name = std::move(name),
            .type = type,
            .shape = std::move(shape),
            .bytes = {},
            .write_pieces = std::move(write_pieces)};
}

std::size_t NamedTensor::size_bytes() const {
    const std::size_t value_bytes = type == TensorType::U8 ? 1 : 4;
    return std::accumulate(shape.begin(), shape.end(), value_bytes, std::multiplies<>());
}

Result<void> for_each_piece(const NamedTensor& tensor, const PieceSink& sink) {
    if (!tensor.write_pieces) return sink(tensor.bytes);
    std::size_t n_bytes = 0;
    const auto count = [&](std::span<const std::byte> piece) -> Result<void> {
        n_bytes += piece.size();
        return sink(piece);
    };
    MOE_TRY(tensor.write_pieces(count));
    if (n_bytes == tensor.size_bytes()) return {};
    return make_error("{}: has {} bytes instead of {}; is the file being written? try again", tensor.name,
                      n_bytes, tensor.size_bytes());
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
