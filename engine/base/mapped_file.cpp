#include "engine/base/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace moe {

Result<MappedFile> MappedFile::open(const std::filesystem::path& path) {
    // O_NONBLOCK: a named pipe must answer "not a regular file", not wait for a writer.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
        return make_error("{}: cannot be opened: {}; check the path and its permissions", path.string(),
                          std::strerror(errno));
    }
    struct stat status {};
    const bool regular = ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
    if (!regular || status.st_size <= 0) {
        ::close(descriptor);
        return make_error("{}: {}; choose another file", path.string(),
                          regular ? "the file is empty" : "not a regular file");
    }
    const auto size_bytes = static_cast<std::size_t>(status.st_size);
    void* const address = ::mmap(nullptr, size_bytes, PROT_READ, MAP_SHARED, descriptor, 0);
    const int map_errno = errno;
    ::close(descriptor);
    if (address == MAP_FAILED) {
        return make_error("{}: cannot be mapped into memory: {}; copy it to a local disk", path.string(),
                          std::strerror(map_errno));
    }
    MappedFile file;
    file.data_ = static_cast<const std::byte*>(address);
    file.size_bytes_ = size_bytes;
    return file;
}

MappedFile::~MappedFile() {
    if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_bytes_);
}

void MappedFile::swap(MappedFile& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_bytes_, other.size_bytes_);
}

}  // namespace moe
