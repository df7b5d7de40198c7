#include "engine/families/tensor_table.h"

#include <cstdint>

#include "engine/gguf/printable.h"

namespace moe {
namespace {

std::string shape_text(std::size_t dim_0, std::size_t dim_1, std::size_t dim_2) {
    if (dim_2 != 1) return fmt::format("{} x {} x {}", dim_0, dim_1, dim_2);
    if (dim_1 != 1) return fmt::format("{} x {}", dim_0, dim_1);
    return fmt::format("{}", dim_0);
}

std::string type_text(std::uint32_t id) {
    const std::string_view name = block_type_name(id);
    return name.empty() ? fmt::format("{}", id) : std::string(name);
}

std::string known_types() {
    std::string names;
    for (const BlockType type : all_block_types()) {
        names += (names.empty() ? "" : ", ") + std::string(block_type_name(type));
    }
    return names;
}

bool is_aligned(const GgufTensor& tensor) {
    return reinterpret_cast<std::uintptr_t>(tensor.bytes.data()) % alignof(float) == 0;
}

}  // namespace

Result<const GgufTensor*> TensorTable::find(const std::string& name, std::size_t dim_0, std::size_t dim_1,
                                            std::size_t dim_2) {
    const GgufTensor* const tensor = file_.find_tensor(name);
    if (tensor == nullptr) return make_error("tensor {} is missing; fetch the file again", name);
    const auto& dims = tensor->dims;
    if (dims[0] != dim_0 || dims[1] != dim_1 || dims[2] != dim_2 || dims[3] != 1) {
        return make_error("tensor {} is {}, the metadata calls for {}; fetch the file again", name,
                          shape_text(dims[0], dims[1], dims[2] * dims[3]), shape_text(dim_0, dim_1, dim_2));
    }
    if (!tensor->type) {
        return make_error("tensor {}: type {} is not there yet; known: {}", name, type_text(tensor->type_id),
                          known_types());
    }
    if (tensor->type == BlockType::F32 && !is_aligned(*tensor)) {
        return make_error("tensor {} does not start at a multiple of 4 bytes; convert the model again", name);
    }
    used_.insert(name);
    return tensor;
}

Result<WeightMatrix> TensorTable::stack(const std::string& name, std::size_t count, std::size_t n_out,
                                        std::size_t n_in) {
    MOE_TRY(const GgufTensor* const tensor, find(name, n_in, n_out, count));
    const WeightMatrix matrix{tensor->bytes.data(), *tensor->type, n_out, n_in};
    MOE_CHECK(tensor->bytes.size() == count * n_out * matrix.row_bytes());
    return matrix;
}

Result<WeightMatrix> TensorTable::matrix(const std::string& name, std::size_t n_out, std::size_t n_in) {
    return stack(name, /*count=*/1, n_out, n_in);
}

void TensorTable::ignore(const std::string& prefix) {
    for (const GgufTensor& tensor : file_.tensors()) {
        if (tensor.name.starts_with(prefix)) used_.insert(std::string(tensor.name));
    }
}

Result<std::span<const float>> TensorTable::vector(const std::string& name, std::size_t n) {
    return rows(name, /*count=*/1, n);
}

Result<std::span<const float>> TensorTable::optional_vector(const std::string& name, std::size_t n) {
    if (!contains(name)) return std::span<const float>();
    return vector(name, n);
}

Result<std::span<const float>> TensorTable::rows(const std::string& name, std::size_t count, std::size_t n) {
    MOE_TRY(const GgufTensor* const tensor, find(name, n, count, 1));
    if (tensor->type != BlockType::F32) {
        return make_error("tensor {} is {}, F32 is needed; convert the model again", name,
                          type_text(tensor->type_id));
    }
    return std::span(reinterpret_cast<const float*>(tensor->bytes.data()), count * n);
}

Result<void> TensorTable::check_all_used(const std::string& architecture) const {
    for (const GgufTensor& tensor : file_.tensors()) {
        if (used_.contains(tensor.name)) continue;
        return make_error(
            "tensor {} is not part of {} as this build knows it; leaving it out would give wrong numbers",
            printable(tensor.name), architecture);
    }
    return {};
}

}  // namespace moe
