#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace moe::app {

/// What a verb does after its options are read; returns the exit status.
using CommandAction = std::function<int()>;

/// Each adds a verb with its options to `program` and returns what to call when it was chosen.
CommandAction add_info_command(CLI::App& program);
CommandAction add_run_command(CLI::App& program);
CommandAction add_eval_command(CLI::App& program);
CommandAction add_tokenize_command(CLI::App& program);
CommandAction add_stats_command(CLI::App& program);
CommandAction add_convert_command(CLI::App& program);
CommandAction add_render_command(CLI::App& program);
CommandAction add_bench_command(CLI::App& program);
CommandAction add_make_model_command(CLI::App& program);

}  // namespace moe::app
