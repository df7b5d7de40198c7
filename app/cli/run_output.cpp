#include "app/cli/run_output.h"

#include <unistd.h>

#include <utility>

namespace moe::app {
namespace {

Json rate(std::size_t count, double seconds) {
    if (count == 0 || seconds <= 0) return nullptr;
    return static_cast<double>(count) / seconds;
}

}  // namespace

bool RunOutput::start(const std::string& model, std::uint64_t seed) {
    if (!is_json_) return true;
    return write_json_line({{"event", "start"}, {"schema", 1}, {"model", model}, {"seed", seed}});
}

bool RunOutput::tokens(const Run& run) {
    const TraceSnapshot trace = run.store->snapshot();
    for (; n_written_ < trace.n_tokens(); ++n_written_) {
        if (!token(n_written_, trace.token(n_written_))) return false;
    }
    return true;
}

bool RunOutput::token(std::size_t position, const TokenRecord& record) {
    const bool is_prompt = record.phase == Phase::Prefill;
    const bool is_hidden = is_prompt || (chat_ != nullptr && chat_->is_end(record.id));
    if (!is_json_) {
        if (is_hidden || record.bytes.empty()) return true;
        ends_line_ = record.bytes.ends_with('\n');
        return write_output(record.bytes);
    }
    Json line{{"event", "token"},
              {"pos", position},
              {"id", record.id},
              {"piece", printable_utf8(record.bytes)},
              {"phase", is_prompt ? "prefill" : "decode"},
              {"logprob", record.logprob ? Json(*record.logprob) : Json(nullptr)}};
    if (!is_utf8(record.bytes)) line["bytes"] = base64(record.bytes);
    return write_json_line(line);
}

bool RunOutput::end_answer() {
    const bool ended_line = std::exchange(ends_line_, false);
    return is_json_ || chat_ == nullptr || ended_line || write_output("\n");
}

bool RunOutput::end(const RunSummary& summary) {
    if (!is_json_) return chat_ != nullptr || ::isatty(STDOUT_FILENO) == 0 || write_output("\n");
    return write_json_line({{"event", "end"},
                            {"reason", summary.reason},
                            {"n_prefill", summary.n_prefill},
                            {"n_decode", summary.n_decode},
                            {"prompt_tokens_per_s", rate(summary.n_prefill, summary.prompt_seconds)},
                            {"generation_tokens_per_s", rate(summary.n_decode, summary.generation_seconds)},
                            {"trace", summary.trace ? Json(*summary.trace) : Json(nullptr)}});
}

}  // namespace moe::app
