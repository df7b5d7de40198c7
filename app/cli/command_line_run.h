#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "app/cli/line_reader.h"
#include "app/cli/model_argument.h"
#include "app/cli/run_output.h"
#include "engine/session/generate.h"
#include "engine/worker/recording.h"

namespace moe::app {

struct RunArguments {
    ModelArgument model;
    TextArgument prompt;
    std::optional<std::size_t> n_tokens;  ///< to generate; of a chat, for each answer
    SamplingParams sampling;
    std::size_t n_ctx = 0;
    std::size_t threads = 0;
    std::string record;
    std::string record_columns = "experts,weights,router_logits";
    std::string system;
    Thinking thinking = Thinking::Unsaid;  ///< before the chat's answers
    std::string date;                      ///< that the chat's template reads, as YYYY-MM-DD; empty: today's
    bool is_chat = false;
    bool overwrite = false;
    bool ignore_eos = false;
    bool truncate = false;
    bool json = false;
};

/// Reads `--record-columns`; throws CLI11's error of bad usage.
RecordColumns columns_of(const std::string& names);

/// One run of the command line, from the prompt to the last token; of a chat, to the last line of standard
/// input, unless the one message was given.
class CommandLineRun {
  public:
    CommandLineRun(const RunArguments& arguments, const OpenModel& model, ThreadPool& pool,
                   std::stop_token interrupt);

    /// Generates; an interruption is no Error but a reason to end.
    Result<RunSummary> perform();

  private:
    Result<std::optional<std::string>> first_text();
    Result<void> start(const std::string& text, std::size_t n_ctx);
    Result<void> start_recording();
    Result<Prompt> encode(const std::string& text, std::size_t n_ctx) const;
    void tell_choices() const;
    Result<void> generate(Generation& generation);
    Result<void> append_next_message(Generation& generation, bool& is_over);
    Result<void> read(Generation& generation);
    Result<void> answer(Generation& generation);
    std::optional<std::string> next_line();
    Result<void> publish();
    Result<void> finish(bool is_good);
    bool reads_lines() const { return arguments_.is_chat && !arguments_.prompt.is_given(); }
    std::size_t n_tokens_max() const;

    const RunArguments& arguments_;
    const OpenModel& model_;
    ThreadPool& pool_;
    std::stop_token interrupt_;
    LineReader lines_;
    RunTree runs_;
    Run* run_ = nullptr;
    std::optional<Recording> recording_;
    RunOutput output_;
    RunSummary summary_;
};

}  // namespace moe::app
