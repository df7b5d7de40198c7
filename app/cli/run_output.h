#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "app/cli/output.h"
#include "engine/session/run_tree.h"
#include "engine/tokenizer/tokenizer.h"

namespace moe::app {

/// How a run of the command line ended, and how fast it was.
struct RunSummary {
    std::string reason;  ///< length, eos, context, stopped
    std::size_t n_prefill = 0;
    std::size_t n_decode = 0;
    double prompt_seconds = 0;
    double generation_seconds = 0;
    std::optional<std::string> trace;
};

/// Writes a run while it happens: JSON Lines as FORMATS section 3 has them, or the generated text alone.
/// Every call returns false once nobody reads any more.
class RunOutput {
  public:
    /// `chat`: the tokenizer of a chat, whose end tokens are not written as text; null for other runs.
    RunOutput(bool is_json, const Tokenizer* chat) : is_json_(is_json), chat_(chat) {}

    bool start(const std::string& model, std::uint64_t seed);
    bool tokens(const Run& run);  ///< those of the run's store that were not written yet
    bool end_answer();            ///< of a chat: the next one begins on a line of its own
    bool end(const RunSummary& summary);

  private:
    bool token(std::size_t position, const TokenRecord& record);
    bool is_json_;
    const Tokenizer* chat_;
    std::size_t n_written_ = 0;
    bool ends_line_ = false;
};

}  // namespace moe::app
