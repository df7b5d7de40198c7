#include "app/cli/line_reader.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace moe::app {
namespace {

constexpr int kLookMs = 20;  // for a stop while nobody types

}  // namespace

bool LineReader::is_terminal() { return ::isatty(STDIN_FILENO) != 0; }

std::optional<std::string> LineReader::next(const std::stop_token& stop) {
    std::size_t end = buffer_.find('\n');
    while (end == std::string::npos && read_more(stop)) end = buffer_.find('\n');
    if (stop.stop_requested()) return std::nullopt;
    if (end != std::string::npos) {
        std::string line = take(end);
        buffer_.erase(0, 1);
        return line;
    }
    if (buffer_.empty()) return std::nullopt;
    return take(buffer_.size());  // the last line may have no end
}

std::optional<std::string> LineReader::next_filled(const std::stop_token& stop) {
    std::optional<std::string> line = next(stop);
    while (line && line->find_first_not_of(" \t\v\f") == std::string::npos) line = next(stop);
    return line;
}

/// False when there is no more, or on `stop`.
bool LineReader::read_more(const std::stop_token& stop) {
    while (!is_at_end_ && !stop.stop_requested()) {
        pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
        if (::poll(&input, 1, kLookMs) == 0) continue;
        char bytes[4096];
        const ssize_t n_bytes = ::read(STDIN_FILENO, bytes, sizeof bytes);
        if (n_bytes < 0 && errno == EINTR) continue;
        is_at_end_ = n_bytes <= 0;
        if (is_at_end_) break;
        buffer_.append(bytes, static_cast<std::size_t>(n_bytes));
        return true;
    }
    return false;
}

std::string LineReader::take(std::size_t n_bytes) {
    std::string line = buffer_.substr(0, n_bytes);
    buffer_.erase(0, n_bytes);
    if (line.ends_with('\r')) line.pop_back();
    return line;
}

}  // namespace moe::app
