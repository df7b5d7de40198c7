#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/commands.h"
#include "app/cli/interrupt.h"
#include "app/cli/option_checks.h"
#include "app/cli/output.h"
#include "engine/families/random_model.h"
#include "engine/tokenizer/byte_vocabulary.h"

namespace moe::app {
namespace {

using Clock = std::chrono::steady_clock;

struct MakeModelArguments {
    std::string file;
    std::string shape = "olmoe-1b-7b";
    std::string type = "Q4_K_M";
    std::string architecture;
    // Instead of the shape's own numbers, where given.
    std::optional<std::size_t> n_layers, d_model, n_heads, n_kv_heads, d_head, n_experts, top_k, d_ff,
        d_ff_shared, n_vocab, n_ctx;
    std::uint64_t seed = 1;
    std::size_t threads = 0;
    bool overwrite = false;
};

Result<RandomModelSpec> spec_from(const MakeModelArguments& arguments) {
    MOE_TRY(RandomModelSpec spec, random_model_preset(arguments.shape));
    MOE_TRY(spec.types, weight_types_from_name(arguments.type));
    if (!arguments.architecture.empty()) spec.architecture = arguments.architecture;
    spec.n_layers = arguments.n_layers.value_or(spec.n_layers);
    spec.d_model = arguments.d_model.value_or(spec.d_model);
    spec.n_heads = arguments.n_heads.value_or(spec.n_heads);
    spec.n_kv_heads = arguments.n_kv_heads.value_or(spec.n_kv_heads);
    spec.d_head = arguments.d_head.value_or(spec.d_head);
    spec.n_experts = arguments.n_experts.value_or(spec.n_experts);
    spec.top_k = arguments.top_k.value_or(spec.top_k);
    spec.d_ff = arguments.d_ff.value_or(spec.d_ff);
    spec.d_ff_shared = arguments.d_ff_shared.value_or(spec.d_ff_shared);
    spec.n_vocab = arguments.n_vocab.value_or(spec.n_vocab);
    spec.n_ctx = arguments.n_ctx.value_or(spec.n_ctx);
    spec.seed = arguments.seed;
    return spec;
}

/// A line on a terminal that overwrites itself, at most ten times a second.
class ProgressLine {
  public:
    ProgressLine() : is_shown_(::isatty(STDERR_FILENO) == 1) {}
    ~ProgressLine() {
        if (is_shown_) std::fputs("\r\033[K", stderr);
    }
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void show(std::size_t done_bytes, std::size_t total_bytes) {
        constexpr std::chrono::milliseconds kPause(100);
        if (!is_shown_ || Clock::now() - shown_at_ < kPause) return;
        shown_at_ = Clock::now();
        std::fprintf(stderr, "\r%.2f of %.2f GB", static_cast<double>(done_bytes) / 1e9,
                     static_cast<double>(total_bytes) / 1e9);
    }

  private:
    bool is_shown_;
    Clock::time_point shown_at_;
};

/// Writes the file and returns its size.
Result<std::size_t> write_model(const RandomModelSpec& spec, const MakeModelArguments& arguments,
                                const std::stop_token& stop) {
    GgufHeader header;
    MOE_TRY(add_byte_vocabulary(spec.n_vocab, header));
    ThreadPool pool(arguments.threads);
    ProgressLine line;
    std::size_t size_bytes = 0;
    const auto on_progress = [&](std::size_t done_bytes, std::size_t total_bytes) {
        size_bytes = total_bytes;
        line.show(done_bytes, total_bytes);
    };
    MOE_TRY(write_random_model(arguments.file, spec, std::move(header), pool, on_progress, stop));
    return size_bytes;
}

Result<void> check_place(const MakeModelArguments& arguments) {
    std::error_code unknown;
    if (arguments.overwrite || !std::filesystem::is_regular_file(arguments.file, unknown)) return {};
    return make_error("{}: exists already; choose another name or allow it to be overwritten (--overwrite)",
                      arguments.file);
}

Result<std::string> make_model(const MakeModelArguments& arguments, const std::stop_token& stop) {
    const Clock::time_point start = Clock::now();
    MOE_TRY(check_place(arguments));
    MOE_TRY(const RandomModelSpec spec, spec_from(arguments));
    MOE_TRY(const std::size_t n_parameters, count_parameters(spec));
    MOE_TRY(const std::size_t size_bytes, write_model(spec, arguments, stop));
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    const double size_mb = static_cast<double>(size_bytes) / 1e6;
    return fmt::format("{}: {:.2f} billion parameters in {}, {:.0f} MB in {:.1f} s ({:.0f} MB/s)\n",
                       arguments.file, static_cast<double>(n_parameters) / 1e9, arguments.type, size_mb,
                       seconds, size_mb / seconds);
}

int run_make_model(const MakeModelArguments& arguments) {
    const InterruptWatcher interrupt;  // before the pool's threads, which inherit the blocked signals
    const Result<std::string> made = make_model(arguments, interrupt.token());
    if (!made && made.error().cancelled) return 130;
    if (!made) return report(made.error());
    write_output(*made);
    return output_status();
}

std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

void add_size_options(CLI::App& command, MakeModelArguments& arguments) {
    const auto size = [&command](const char* name, std::optional<std::size_t>& value, const char* meaning) {
        command.add_option(name, value, meaning)->check(not_negative)->group("Sizes, instead of the shape's");
    };
    size("--layers", arguments.n_layers, "Layers");
    size("--d-model", arguments.d_model, "Width of the hidden state");
    size("--heads", arguments.n_heads, "Attention heads");
    size("--kv-heads", arguments.n_kv_heads, "Key and value heads");
    size("--d-head", arguments.d_head, "Length of a head");
    size("--experts", arguments.n_experts, "Experts of a layer");
    size("--top-k", arguments.top_k, "Experts that a token takes");
    size("--d-ff", arguments.d_ff, "Width of an expert");
    size("--d-ff-shared", arguments.d_ff_shared, "Width of the shared expert (qwen2moe)");
    size("--vocab", arguments.n_vocab, "Tokens of the vocabulary, 257 or more");
    size("--ctx", arguments.n_ctx, "Longest context");
}

}  // namespace

CommandAction add_make_model_command(CLI::App& program) {
    CLI::App* command = program.add_subcommand(
        "make-model", "Write a model of random weights with the shape of a real one, to measure with");
    const auto arguments = std::make_shared<MakeModelArguments>();
    command->add_option("-o,--output", arguments->file, "The file to write (.gguf)")->required();
    command->add_option("--shape", arguments->shape, "One of " + listed(random_model_presets()))
        ->capture_default_str();
    command->add_option("--type", arguments->type, "How weights are stored: " + listed(weight_type_names()))
        ->capture_default_str();
    command->add_option("--architecture", arguments->architecture,
                        "llama, olmoe, qwen2moe or qwen3moe, instead of the shape's");
    command->add_option("--seed", arguments->seed, "The same seed gives the same file")
        ->check(not_negative)
        ->capture_default_str();
    command->add_option("--threads", arguments->threads, "Threads; 0 for all cores")
        ->check(CLI::Range(0, 1024));
    command->add_flag("--overwrite", arguments->overwrite, "Replace a file that exists");
    add_size_options(*command, *arguments);
    return [arguments] { return run_make_model(*arguments); };
}

}  // namespace moe::app
