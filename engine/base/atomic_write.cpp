#include "engine/base/atomic_write.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "engine/base/output_place.h"

namespace moe {
namespace {

bool write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

Result<void> write_stream(const std::filesystem::path& path, std::string_view bytes) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    const bool written = descriptor >= 0 && write_all(descriptor, bytes);
    const int reason = errno;
    if (descriptor >= 0) ::close(descriptor);
    if (written) return {};
    return make_error("{}: cannot be written: {}; choose another name", path.string(), std::strerror(reason));
}

}  // namespace

Result<void> atomic_write(const std::filesystem::path& path, std::string_view bytes) {
    MOE_TRY(const OutputPlace place, output_place(path));
    if (place.is_stream) return write_stream(path, bytes);
    std::string temporary = place.path.string() + ".XXXXXX";
    const int descriptor = ::mkstemp(temporary.data());
    if (descriptor < 0) {
        return make_error("{}: cannot be written: {}; choose another folder", path.string(),
                          std::strerror(errno));
    }
    const bool written = write_all(descriptor, bytes) && ::fsync(descriptor) == 0 &&
                         ::fchmod(descriptor, 0644) == 0;
    int reason = errno;
    ::close(descriptor);
    if (written && ::rename(temporary.c_str(), place.path.c_str()) == 0) return {};
    if (written) reason = errno;
    ::unlink(temporary.c_str());
    return make_error("{}: cannot be written: {}; free some space or choose another folder", path.string(),
                      std::strerror(reason));
}

}  // namespace moe
