#include "engine/gguf/tensor_directory.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "engine/gguf/printable.h"

namespace moe {
namespace {

constexpr std::uint64_t kMaxTensors = 1u << 20;
constexpr std::size_t kMaxNameBytes = 1u << 16;
constexpr std::size_t kSmallestEntryBytes = 8 + 1 + 4 + 8 + 4 + 8;  // name, one dimension, type, offset
constexpr std::size_t kMaxValues = std::numeric_limits<std::int64_t>::max();

/// An entry of the directory before its place in the file is known to exist.
struct Entry {
    GgufTensor tensor;
    std::size_t offset = 0;  ///< from the start of the data
    std::size_t size_bytes = 0;
};

Result<void> parse_dims(ByteCursor& cursor, GgufTensor& tensor) {
    const std::string field = "dimensions of " + tensor.name;
    MOE_TRY(const auto n_dims, cursor.read<std::uint32_t>(field));
    if (n_dims < 1 || n_dims > tensor.dims.size()) {
        return cursor.refuse(field, fmt::format("are {} in number where 1 to 4 are allowed", n_dims));
    }
    tensor.n_dims = n_dims;
    std::size_t n_values = 1;
    for (std::size_t i = 0; i < n_dims; ++i) {
        MOE_TRY(const auto dim, cursor.read<std::uint64_t>(field));
        if (dim == 0) return cursor.refuse(field, "contain a zero");
        if (__builtin_mul_overflow(n_values, dim, &n_values) || n_values > kMaxValues) {
            return cursor.refuse(field, "have a product beyond 64 bits");
        }
        tensor.dims[i] = dim;
    }
    return {};
}

/// The tensor's type, and its size in the file.
Result<std::size_t> parse_type(ByteCursor& cursor, GgufTensor& tensor) {
    const std::string field = "type of " + tensor.name;
    MOE_TRY(tensor.type_id, cursor.read<std::uint32_t>(field));
    const std::optional<BlockLayout> layout = block_layout_from_id(tensor.type_id);
    if (!layout) {
        return make_error(
            "{}: the tensor '{}' has type {}, which this program does not know; use a newer version of the "
            "program or a file with another quantization",
            cursor.name(), printable(tensor.name), tensor.type_id);
    }
    tensor.type = block_type_from_id(tensor.type_id);
    if (tensor.dims[0] % layout->values != 0) {
        return cursor.refuse(field,
                             fmt::format("is {}, stored in blocks of {} numbers, but a row has {}",
                                         block_type_name(tensor.type_id), layout->values, tensor.dims[0]));
    }
    std::size_t size_bytes = 0;
    if (__builtin_mul_overflow(tensor.n_values() / layout->values, layout->size_bytes, &size_bytes) ||
        size_bytes > kMaxValues) {
        return cursor.refuse(field, "makes the tensor larger than 64 bits can count");
    }
    return size_bytes;
}

Result<Entry> parse_entry(ByteCursor& cursor, std::size_t alignment) {
    Entry entry;
    MOE_TRY(const std::string_view name, cursor.read_string("tensor name"));
    if (name.empty() || name.size() > kMaxNameBytes) {
        return cursor.refuse(
            "tensor name", fmt::format("has {} bytes where 1 to {} are allowed", name.size(), kMaxNameBytes));
    }
    entry.tensor.name = name;
    MOE_TRY(parse_dims(cursor, entry.tensor));
    MOE_TRY(entry.size_bytes, parse_type(cursor, entry.tensor));

    const std::string field = "offset of " + entry.tensor.name;
    MOE_TRY(entry.offset, cursor.read<std::uint64_t>(field));
    if (entry.offset % alignment != 0) {
        return cursor.refuse(
            field, fmt::format("is {}, not a multiple of the alignment {}", entry.offset, alignment));
    }
    if (entry.offset > kMaxValues - entry.size_bytes) {
        return cursor.refuse(field, fmt::format("is {}, beyond what 64 bits can count", entry.offset));
    }
    return entry;
}

/// No two tensors share a byte.
Result<void> check_apart(std::span<const Entry> entries, const std::string& file_name) {
    std::vector<const Entry*> by_offset;
    by_offset.reserve(entries.size());
    for (const Entry& entry : entries) by_offset.push_back(&entry);
    std::ranges::sort(by_offset, {}, [](const Entry* entry) { return entry->offset; });
    for (std::size_t i = 1; i < by_offset.size(); ++i) {
        const Entry& before = *by_offset[i - 1];
        if (before.offset + before.size_bytes > by_offset[i]->offset) {
            return make_error("{}: the tensors '{}' and '{}' overlap at data offset {}; fetch the file again",
                              file_name, printable(before.tensor.name), printable(by_offset[i]->tensor.name),
                              by_offset[i]->offset);
        }
    }
    return {};
}

/// Points each tensor at its bytes, when the file holds them all.
Result<std::vector<GgufTensor>> place(std::vector<Entry> entries, std::size_t data_start,
                                      std::span<const std::byte> file, const std::string& file_name) {
    const Entry* cut = nullptr;  // the first tensor, in the order of the file, that is not all there
    std::size_t promised = 0;
    for (const Entry& entry : entries) {
        std::size_t end = 0;
        if (__builtin_add_overflow(data_start, entry.offset + entry.size_bytes, &end)) end = kMaxValues;
        promised = std::max(promised, end);
        if (end > file.size() && (cut == nullptr || entry.offset < cut->offset)) cut = &entry;
    }
    if (cut != nullptr) {
        return make_error(
            "{}: the file is cut short: its header promises {} bytes, the file ends after {}, inside tensor "
            "'{}'; resume the download or fetch the file again",
            file_name, promised, file.size(), printable(cut->tensor.name));
    }
    std::vector<GgufTensor> tensors;
    tensors.reserve(entries.size());
    for (Entry& entry : entries) {
        entry.tensor.bytes = file.subspan(data_start + entry.offset, entry.size_bytes);
        tensors.push_back(std::move(entry.tensor));
    }
    return tensors;
}

}  // namespace

Result<std::vector<GgufTensor>> parse_tensor_directory(ByteCursor& cursor, std::uint64_t n_tensors,
                                                       std::size_t alignment,
                                                       std::span<const std::byte> file) {
    if (n_tensors > kMaxTensors || n_tensors > cursor.remaining() / kSmallestEntryBytes) {
        return cursor.refuse("tensor count", fmt::format("is {}, more than the file holds", n_tensors));
    }
    std::vector<Entry> entries;
    std::set<std::string, std::less<>> names;
    for (std::uint64_t i = 0; i < n_tensors; ++i) {
        MOE_TRY(Entry entry, parse_entry(cursor, alignment));
        if (!names.insert(entry.tensor.name).second)
            return cursor.refuse(entry.tensor.name, "is there twice");
        entries.push_back(std::move(entry));
    }
    MOE_TRY(check_apart(entries, cursor.name()));
    const std::size_t data_start = cursor.offset() + (alignment - cursor.offset() % alignment) % alignment;
    return place(std::move(entries), data_start, file, cursor.name());
}

}  // namespace moe
