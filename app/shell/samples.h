#pragma once

#include <vector>

#include "app/docks/prompt_dock.h"

namespace moe::app {

/// Prompts that suit the embedded teaching model; the first is ready in the editor.
std::vector<PromptSample> prompt_samples();

}  // namespace moe::app
