#pragma once

#include <string>
#include <string_view>

namespace moe {

/// Names this process for the `meta` row `writer` of a file that is being recorded: process id, start
/// time and the boot they belong to, so that no later process is taken for it.
std::string this_process();

/// Whether the process of that name still runs on this machine.
bool is_process_alive(std::string_view process);

}  // namespace moe
