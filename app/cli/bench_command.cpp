#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <numeric>

#include "app/cli/commands.h"
#include "app/cli/info_json.h"
#include "app/cli/model_argument.h"
#include "app/cli/output.h"
#include "engine/base/cpu_features.h"
#include "engine/base/rng.h"
#include "engine/model/forward.h"
#include "engine/session/generate.h"
#include "engine/session/trace_recorder.h"

namespace moe::app {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kPieceTokens = 512;            // of a prompt, in one forward pass
constexpr std::size_t kBandwidthBytes = 512u << 20;  // far beyond any cache

struct BenchArguments {
    ModelArgument model;
    std::size_t prompt = 512;
    std::size_t generate = 64;
    std::size_t threads = 0;
    std::size_t repeat = 5;
    bool json = false;
};

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values.empty() ? 0.0 : values[values.size() / 2];
}

std::vector<TokenId> random_tokens(std::size_t count, std::size_t n_vocab) {
    Rng rng(1);
    std::vector<TokenId> tokens(count);
    for (TokenId& token : tokens) token = static_cast<TokenId>(rng.below(n_vocab));
    return tokens;
}

/// Bytes per second of a plain read of `memory` with the pool's threads.
double memory_bandwidth(const std::vector<std::uint64_t>& memory, ThreadPool& pool) {
    const std::size_t n_parts = pool.n_threads() * 8;
    const std::size_t part = memory.size() / n_parts;
    std::vector<std::uint64_t> sums(n_parts);
    std::vector<double> rates;
    for (int round = 0; round < 3; ++round) {
        const Clock::time_point start = Clock::now();
        pool.run(n_parts, [&](std::size_t index, std::size_t) {
            const std::uint64_t* first = memory.data() + index * part;
            std::uint64_t lanes[8] = {};  // independent sums, so that memory is what is waited for
            for (std::size_t at = 0; at + 8 <= part; at += 8) {
                for (std::size_t lane = 0; lane < 8; ++lane) lanes[lane] += first[at + lane];
            }
            sums[index] = std::accumulate(std::begin(lanes), std::end(lanes), std::uint64_t{0});
        });
        rates.push_back(static_cast<double>(memory.size() * sizeof memory[0]) / seconds_since(start));
    }
    MOE_CHECK(std::accumulate(sums.begin(), sums.end(), std::uint64_t{0}) > 0);
    return median(rates);
}

/// Weights read for one generated token: everything but the embedding table (one row) and the idle experts.
double bytes_per_token(const Model& model) {
    const MoeSpec* moe = model.spec.moe();
    double bytes = 0;
    for (const GgufTensor& tensor : model.file.tensors()) {
        double share = 1.0;
        if (tensor.name.find("_exps.") != std::string::npos && moe != nullptr) {
            share = static_cast<double>(moe->top_k) / static_cast<double>(moe->n_experts);
        } else if (tensor.name == "token_embd.weight" && !model.spec.tied_output) {
            share = 1.0 / static_cast<double>(model.spec.n_vocab);
        }
        bytes += static_cast<double>(tensor.bytes.size()) * share;
    }
    return bytes;
}

std::size_t peak_rss_bytes() {
    struct rusage usage {};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
}

/// One model under the clock. Prompt and generation run on a state of their own.
class Bench {
  public:
    Bench(const Model& model, SequenceState state, std::size_t n_threads)
        : model_(model), pool_(n_threads), state_(std::move(state)), recorder_(trace_shape_of(model.spec)) {}

    /// Tokens per second over a prompt.
    Result<double> prompt(std::size_t count) {
        const std::vector<TokenId> tokens = random_tokens(count, model_.spec.n_vocab);
        state_.cut(0);
        const Clock::time_point start = Clock::now();
        for (std::size_t at = 0; at < count; at += kPieceTokens) {
            const std::span piece = std::span(tokens).subspan(at, std::min(kPieceTokens, count - at));
            MOE_TRY(forward(model_, state_, piece, LogitsOf::LastToken, nullptr, pool_, {}, logits_));
        }
        return static_cast<double>(count) / seconds_since(start);
    }

    /// Tokens per second of generation after one token, with or without the full routing recorded.
    Result<double> generate(std::size_t count, bool records) {
        const std::vector<TokenId> tokens = random_tokens(count + 1, model_.spec.n_vocab);
        state_.cut(0);
        Clock::time_point start;
        for (std::size_t at = 0; at <= count; ++at) {
            if (records) recorder_.begin(at, 1);
            RoutingObserver* const observer = records ? &recorder_ : nullptr;
            MOE_TRY(forward(model_, state_, std::span(&tokens[at], 1), LogitsOf::LastToken, observer, pool_,
                            {}, logits_));
            if (records) kept_ = recorder_.finish();
            if (at == 0) start = Clock::now();
        }
        return static_cast<double>(count) / seconds_since(start);
    }

    ThreadPool& pool() { return pool_; }

  private:
    const Model& model_;
    ThreadPool pool_;
    SequenceState state_;
    TraceRecorder recorder_;
    std::vector<std::shared_ptr<const TraceChunk>> kept_;
    Matrix<float> logits_;
};

struct Opening {
    std::shared_ptr<const Model> model;
    double open_s = 0;         ///< until the model can be run
    double first_token_s = 0;  ///< until one token went through it
};

Result<Opening> open_under_the_clock(const std::string& path, std::size_t n_threads) {
    Opening opening;
    const Clock::time_point start = Clock::now();
    MOE_TRY(opening.model, load_model(path));
    opening.open_s = seconds_since(start);
    ThreadPool pool(n_threads);
    MOE_TRY(SequenceState state, SequenceState::create(opening.model->spec, 1));
    Matrix<float> logits;
    const TokenId token = 0;
    MOE_TRY(
        forward(*opening.model, state, std::span(&token, 1), LogitsOf::LastToken, nullptr, pool, {}, logits));
    opening.first_token_s = seconds_since(start);
    return opening;
}

Result<Json> bench(const BenchArguments& arguments) {
    MOE_TRY(const std::string path, arguments.model.path());
    MOE_TRY(const Opening opening, open_under_the_clock(path, arguments.threads));
    const Model& model = *opening.model;
    const std::size_t n_ctx = std::max(arguments.prompt, arguments.generate + 1);
    MOE_TRY(SequenceState state, SequenceState::create(model.spec, n_ctx));
    Bench bench(model, std::move(state), arguments.threads);

    MOE_TRY(bench.prompt(arguments.prompt));  // a warm-up: memory and pages come in
    std::vector<double> prompt, plain, recording, bandwidth;
    std::vector<std::uint64_t> memory(kBandwidthBytes / sizeof(std::uint64_t), 1);
    for (std::size_t round = 0; round < arguments.repeat; ++round) {
        MOE_TRY(const double prompt_rate, bench.prompt(arguments.prompt));
        prompt.push_back(prompt_rate);
        const bool records_first = round % 2 == 1;  // neither is always the one after the prompt
        for (const bool records : {records_first, !records_first}) {
            MOE_TRY(const double rate, bench.generate(arguments.generate, records));
            (records ? recording : plain).push_back(rate);
        }
        bandwidth.push_back(memory_bandwidth(memory, bench.pool()));
    }
    const double bytes = bytes_per_token(model);
    return Json{{"schema", 1},
                {"model", model.spec.name},
                {"threads", bench.pool().n_threads()},
                {"isa", isa_name()},
                {"prompt_tokens", arguments.prompt},
                {"prompt_tokens_per_s", median(prompt)},
                {"generation_tokens", arguments.generate},
                {"generation_tokens_per_s", median(plain)},
                {"generation_tokens_per_s_recording", median(recording)},
                {"bytes_per_token", static_cast<std::size_t>(bytes)},
                {"memory_bandwidth_bytes_per_s", median(bandwidth)},
                {"bandwidth_share", bytes * median(plain) / median(bandwidth)},
                {"open_s", opening.open_s},
                {"first_token_s", opening.first_token_s},
                {"peak_rss_bytes", peak_rss_bytes() - kBandwidthBytes},  // the bandwidth test has its own
                {"file_bytes", model.file.file_size_bytes()}};
}

int show_bench(const BenchArguments& arguments) {
    const Result<Json> json = bench(arguments);
    if (!json) return report(json.error());
    if (arguments.json) {
        write_json_line(*json);
    } else {
        const auto number = [&](const char* key) { return json->at(key).get<double>(); };
        std::string text = fmt::format("model       {}\nthreads     {}, {}\n", json->at("model").get<std::string>(),
                                       json->at("threads").dump(), json->at("isa").get<std::string>());
        text += fmt::format("prompt      {:.1f} tok/s ({} tokens)\n", number("prompt_tokens_per_s"), arguments.prompt);
        text += fmt::format("generation  {:.1f} tok/s, recording {:.1f} tok/s ({} tokens)\n",
                            number("generation_tokens_per_s"), number("generation_tokens_per_s_recording"),
                            arguments.generate);
        text += fmt::format("weights     {:.1f} MB a token, {:.0f} % of {:.1f} GB/s memory bandwidth\n",
                            number("bytes_per_token") / 1e6, 100 * number("bandwidth_share"),
                            number("memory_bandwidth_bytes_per_s") / 1e9);
        text += fmt::format("open        {:.3f} s, first token {:.3f} s, peak memory {:.0f} MB\n", number("open_s"),
                            number("first_token_s"), number("peak_rss_bytes") / 1e6);
        write_output(text);
    }
    return output_status();
}

}  // namespace

CommandAction add_bench_command(CLI::App& program) {
    CLI::App* command =
        program.add_subcommand("bench", "Measure prompt and generation speed, with and without recording");
    const auto arguments = std::make_shared<BenchArguments>();
    arguments->model.add_to(*command);
    const CLI::Range positive(std::size_t{1}, std::size_t{1} << 20);
    command->add_option("--prompt", arguments->prompt, "Tokens of the prompt")
        ->check(positive)
        ->capture_default_str();
    command->add_option("--generate", arguments->generate, "Tokens to generate")
        ->check(positive)
        ->capture_default_str();
    command->add_option("-t,--threads", arguments->threads, "Threads; 0 for all cores")
        ->check(CLI::Range(0, 1024));
    command->add_option("--repeat", arguments->repeat, "Rounds; medians are shown")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    command->add_flag("--json", arguments->json, "Write JSON");
    return [arguments] { return show_bench(*arguments); };
}

}  // namespace moe::app
