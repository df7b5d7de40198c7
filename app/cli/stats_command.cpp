#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/run_stats.h"
#include "app/cli/stats_report.h"

namespace moe::app {
namespace {

struct StatsArguments {
    std::string trace;
    SelectionArgument selection;
    PairsWanted pairs;
    bool json = false;
    bool csv = false;
};

Result<void> show_stats(const StatsArguments& arguments) {
    MOE_TRY(const std::unique_ptr<MoetraceReader> trace, open_trace(arguments.trace));
    MOE_TRY(const RunStats stats,
            read_stats(*trace, arguments.trace, arguments.selection,
                       {.coactivation = arguments.pairs.coactivation, .flow = arguments.pairs.flow}));
    if (arguments.json)
        write_stats_json(stats, arguments.pairs);
    else
        write_output(arguments.csv ? stats_csv(stats) : stats_table(stats));
    return {};
}

}  // namespace

CommandAction add_stats_command(CLI::App& program) {
    CLI::App* command = program.add_subcommand("stats", "Count a trace: load, balance, entropy, repetition");
    const auto arguments = std::make_shared<StatsArguments>();
    command->add_option("TRACE", arguments->trace, "A trace (.moetrace)")->required();
    arguments->selection.add_to(*command, SelectionArgument::Phases::Offered);
    CLI::Option* json = command->add_flag("--json", arguments->json, "Write JSON");
    command->add_flag("--csv", arguments->csv, "Write CSV, one line a layer")->excludes(json);
    command
        ->add_flag("--coactivation", arguments->pairs.coactivation,
                   "With --json: how many tokens used both of two experts")
        ->needs(json);
    command
        ->add_flag("--flow", arguments->pairs.flow,
                   "With --json: slot pairs between the experts of neighbouring MoE layers")
        ->needs(json);
    return [arguments] {
        const Result<void> done = show_stats(*arguments);
        return done ? output_status() : report(done.error());
    };
}

}  // namespace moe::app
