#include "engine/trace_io/writer_process.h"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <iterator>
#include <sstream>

namespace moe {
namespace {

std::string content_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// Field 22 of /proc/PID/stat (proc(5)), or empty if there is no such process or it is a zombie. The
/// second field, the program's name, may hold anything but ends with the last ')'.
std::string start_time(long process_id) {
    const std::string stat = content_of(fmt::format("/proc/{}/stat", process_id));
    const std::size_t name_end = stat.rfind(')');
    if (name_end == std::string::npos) return {};
    std::istringstream fields(stat.substr(name_end + 1));
    std::string field;
    for (int index = 3; index <= 22 && fields >> field; ++index) {
        if (index == 3 && (field == "Z" || field == "X")) return {};
    }
    return field;
}

std::string name_of(long process_id) {
    std::string boot = content_of("/proc/sys/kernel/random/boot_id");
    while (!boot.empty() && boot.back() == '\n') boot.pop_back();
    return fmt::format("{} {} {}", process_id, start_time(process_id), boot);
}

}  // namespace

std::string this_process() { return name_of(::getpid()); }

bool is_process_alive(std::string_view process) {
    long process_id = 0;
    const auto parsed = std::from_chars(process.data(), process.data() + process.size(), process_id);
    if (parsed.ec != std::errc() || process_id <= 0) return false;
    return !start_time(process_id).empty() && name_of(process_id) == process;
}

}  // namespace moe
