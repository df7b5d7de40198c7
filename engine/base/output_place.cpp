#include "engine/base/output_place.h"

#include <system_error>
#include <utility>

namespace moe {

Result<OutputPlace> output_place(const std::filesystem::path& name) {
    using std::filesystem::file_type;
    std::error_code reason;
    const file_type type = std::filesystem::status(name, reason).type();
    if (type == file_type::character || type == file_type::fifo)
        return OutputPlace{.path = name, .is_stream = true};
    // What cannot be looked at cannot be written either, and writing says why.
    if (type != file_type::regular && type != file_type::not_found && type != file_type::none)
        return make_error("{}: is not a file; choose another name", name.string());
    if (!std::filesystem::is_symlink(name, reason)) return OutputPlace{.path = name};
    std::filesystem::path target = std::filesystem::canonical(name, reason);
    if (reason) return make_error("{}: is a link to nothing; choose another name", name.string());
    return OutputPlace{.path = std::move(target)};
}

}  // namespace moe
