#include "engine/base/output_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include "engine/base/output_place.h"

namespace moe {

OutputFile::OutputFile(std::unique_ptr<std::FILE, Close> file, std::filesystem::path temporary,
                       std::filesystem::path path)
    : file_(std::move(file)), temporary_(std::move(temporary)), path_(std::move(path)) {}

OutputFile::~OutputFile() {
    if (file_ == nullptr) return;
    file_.reset();
    if (temporary_.empty()) return;
    std::error_code ignored;
    std::filesystem::remove(temporary_, ignored);
}

Error OutputFile::failure(int reason) const {
    return make_error("{}: cannot be written: {}; free some space or choose another folder", path_.string(),
                      std::strerror(reason));
}

Result<OutputFile> OutputFile::create(const std::filesystem::path& path) {
    MOE_TRY(const OutputPlace place, output_place(path));
    if (place.is_stream) {
        std::unique_ptr<std::FILE, Close> stream(std::fopen(path.c_str(), "wb"));
        if (stream != nullptr) return OutputFile(std::move(stream), {}, path);
        return make_error("{}: cannot be written: {}; choose another name", path.string(),
                          std::strerror(errno));
    }
    std::string temporary = place.path.string() + ".XXXXXX";
    const int descriptor = ::mkstemp(temporary.data());
    if (descriptor < 0) {
        return make_error("{}: cannot be written: {}; choose another folder", path.string(),
                          std::strerror(errno));
    }
    ::fchmod(descriptor, 0644);
    std::unique_ptr<std::FILE, Close> file(::fdopen(descriptor, "wb"));
    return OutputFile(std::move(file), temporary, place.path);
}

Result<void> OutputFile::write(std::span<const std::byte> bytes) {
    if (bytes.empty() || std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) == bytes.size()) return {};
    return failure(errno);
}

Result<void> OutputFile::commit() {
    if (std::fflush(file_.get()) != 0) return failure(errno);
    const bool is_stream = temporary_.empty();
    if (!is_stream && ::fsync(::fileno(file_.get())) != 0) return failure(errno);
    if (!is_stream && ::rename(temporary_.c_str(), path_.c_str()) != 0) return failure(errno);
    file_.reset();
    return {};
}

}  // namespace moe
