#include "engine/base/atomic_write.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

namespace moe {
namespace {

bool write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return ::fsync(descriptor) == 0;
}

}  // namespace

Result<void> atomic_write(const std::filesystem::path& path, std::string_view bytes) {
    std::string temporary = path.string() + ".XXXXXX";
    const int descriptor = ::mkstemp(temporary.data());
    if (descriptor < 0) {
        return make_error("{}: cannot be written: {}; choose another folder", path.string(),
                          std::strerror(errno));
    }
    const bool written = write_all(descriptor, bytes) && ::fchmod(descriptor, 0644) == 0;
    int reason = errno;
    ::close(descriptor);
    if (written && ::rename(temporary.c_str(), path.c_str()) == 0) return {};
    if (written) reason = errno;
    ::unlink(temporary.c_str());
    return make_error("{}: cannot be written: {}; free some space or choose another folder", path.string(),
                      std::strerror(reason));
}

}  // namespace moe
