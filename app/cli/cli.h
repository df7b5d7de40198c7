#pragma once

#include <optional>

namespace moe::app {

/// Runs a verb of the command line (`info`, `run`, ...) and returns the exit status: 0, 1 for a failure
/// with one line on standard error, 2 for bad usage. Nothing when the arguments ask for the window:
/// there are none, or one that names a file that is there, or options of the window only.
std::optional<int> run_command_line(int argc, char** argv);

}  // namespace moe::app
