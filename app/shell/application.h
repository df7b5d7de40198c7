#pragma once

namespace moe::app {

/// Opens the window and runs until it is closed; returns the exit status. Options:
///
///   [FILE]                a model (*.gguf) or a trace (*.moetrace); the embedded model without one
///   --theme dark|light    instead of the one that was set
///   --size WxH            of the window, logical pixels
///   --prompt TEXT         in the editor
///   --steps N             generates N tokens at once
///   --screenshot OUT.png  saves the window once it is settled and leaves
///   --quit                leaves once it is settled
int run_window(int argc, char** argv);

}  // namespace moe::app
