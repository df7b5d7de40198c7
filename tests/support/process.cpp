#include "tests/support/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>

#include "engine/base/check.h"

namespace moe::test {
namespace {

struct Pipe {
    int read = -1;
    int write = -1;
};

Pipe make_pipe() {
    int ends[2];
    MOE_CHECK(::pipe2(ends, O_CLOEXEC) == 0);
    return {ends[0], ends[1]};
}

/// Starts the program with the given descriptors; -1 leaves one as it is.
int start(const std::vector<std::string>& arguments, int input, int output, int errors) {
    std::vector<char*> words;
    for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
    words.push_back(nullptr);
    const int process = ::fork();
    MOE_CHECK(process >= 0);
    if (process != 0) return process;
    if (input >= 0) ::dup2(input, STDIN_FILENO);
    if (output >= 0) ::dup2(output, STDOUT_FILENO);
    if (errors >= 0) ::dup2(errors, STDERR_FILENO);
    ::execv(words[0], words.data());
    ::_exit(127);
}

int status_of(int process) {
    int status = 0;
    while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/// Appends what is there; false at the end.
bool append_from(int descriptor, std::string& text) {
    std::array<char, 65536> bytes;
    const ssize_t n = ::read(descriptor, bytes.data(), bytes.size());
    if (n > 0) text.append(bytes.data(), static_cast<std::size_t>(n));
    return n > 0 || (n < 0 && errno == EINTR);
}

void read_both(int output, int errors, ProcessResult& result) {
    std::array<pollfd, 2> ends{pollfd{output, POLLIN, 0}, pollfd{errors, POLLIN, 0}};
    while (ends[0].fd >= 0 || ends[1].fd >= 0) {
        if (::poll(ends.data(), ends.size(), -1) < 0 && errno != EINTR) break;
        if (ends[0].revents != 0 && !append_from(output, result.output)) ends[0].fd = -1;
        if (ends[1].revents != 0 && !append_from(errors, result.errors)) ends[1].fd = -1;
    }
}

}  // namespace

ProcessResult run_process(const std::vector<std::string>& arguments, const std::string& input) {
    const Pipe in = make_pipe(), out = make_pipe(), err = make_pipe();
    const int process = start(arguments, in.read, out.write, err.write);
    for (const int end : {in.read, out.write, err.write}) ::close(end);
    std::signal(SIGPIPE, SIG_IGN);
    for (std::string_view rest = input; !rest.empty();) {
        const ssize_t n = ::write(in.write, rest.data(), rest.size());
        if (n <= 0) break;
        rest.remove_prefix(static_cast<std::size_t>(n));
    }
    ::close(in.write);
    ProcessResult result;
    read_both(out.read, err.read, result);
    ::close(out.read);
    ::close(err.read);
    result.status = status_of(process);
    return result;
}

ChildProcess::ChildProcess(const std::vector<std::string>& arguments) {
    const Pipe out = make_pipe();
    process_ = start(arguments, -1, out.write, -1);
    ::close(out.write);
    output_ = out.read;
}

ChildProcess::~ChildProcess() {
    if (process_ > 0) {
        ::kill(process_, SIGKILL);
        wait();
    }
    close_output();
}

bool ChildProcess::read_line(std::string& line) {
    for (;;) {
        if (const std::size_t end = buffer_.find('\n'); end != std::string::npos) {
            line = buffer_.substr(0, end);
            buffer_.erase(0, end + 1);
            return true;
        }
        if (output_ < 0 || !append_from(output_, buffer_)) return false;
    }
}

void ChildProcess::close_output() {
    if (output_ >= 0) ::close(output_);
    output_ = -1;
}

void ChildProcess::signal(int number) { ::kill(process_, number); }

int ChildProcess::wait() {
    if (process_ <= 0) return -1;
    const int status = status_of(process_);
    process_ = -1;
    return status;
}

}  // namespace moe::test
