#include "app/cli/cli.h"
#include "app/shell/application.h"

// A verb runs the command line; anything else opens the window.
int main(int argc, char** argv) {
    if (const std::optional<int> status = moe::app::run_command_line(argc, argv)) return *status;
    return moe::app::run_window(argc, argv);
}
