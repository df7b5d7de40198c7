#include "engine/trace_io/write_run_file.h"

#include <array>
#include <string>
#include <string_view>

#include "engine/base/check.h"
#include "engine/trace_io/csv.h"
#include "engine/trace_io/npz.h"
#include "engine/trace_io/run_arrays.h"
#include "engine/trace_io/safetensors.h"
#include "engine/trace_io/write_trace.h"

namespace moe {
namespace {

Result<void> write_arrays_npz(const std::filesystem::path& path, const RunSource& source) {
    MOE_TRY(const RunArrays arrays, RunArrays::read(source));
    return write_npz(path, arrays.tensors());
}

Result<void> write_arrays_safetensors(const std::filesystem::path& path, const RunSource& source) {
    MOE_TRY(const RunArrays arrays, RunArrays::read(source));
    return write_safetensors(path, arrays.tensors());
}

struct Format {
    std::string_view extension;
    Result<void> (*write)(const std::filesystem::path& path, const RunSource& source);
};
constexpr std::array kFormats{Format{".npz", write_arrays_npz},
                              Format{".safetensors", write_arrays_safetensors}, Format{".csv", write_csv},
                              Format{".moetrace", write_moetrace}};

const Format* format_of(const std::filesystem::path& path) {
    const std::string extension = path.extension().string();
    for (const Format& format : kFormats) {
        if (format.extension == extension) return &format;
    }
    return nullptr;
}

}  // namespace

bool is_run_file_name(const std::filesystem::path& path) { return format_of(path) != nullptr; }

Result<void> write_run_file(const std::filesystem::path& path, const RunSource& source) {
    MOE_CHECK(is_run_file_name(path));
    return format_of(path)->write(path, source);
}

}  // namespace moe
