#include <algorithm>
#include <charconv>
#include <optional>

#include "app/cli/commands.h"
#include "app/cli/model_argument.h"
#include "app/cli/option_checks.h"
#include "app/cli/output.h"
#include "engine/model/forward.h"
#include "engine/trace_io/safetensors.h"

namespace moe::app {
namespace {

constexpr std::size_t kPieceTokens = 32;  // evaluated in one forward pass

struct EvalArguments {
    ModelArgument model;
    TextArgument text;
    std::string ids;
    CLI::Option* ids_option = nullptr;
    std::string output;
    std::size_t threads = 0;
};

Result<std::vector<TokenId>> parse_ids(std::string_view text) {
    std::vector<TokenId> ids;
    while (!text.empty()) {
        TokenId id = 0;
        const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), id);
        const auto used = static_cast<std::size_t>(end - text.data());
        const bool ends_well = used == text.size() || (text[used] == ',' && used + 1 < text.size());
        if (failure != std::errc() || !ends_well) {
            return make_error("--ids: '{}' is not a list of token ids; give numbers separated by commas",
                              text);
        }
        ids.push_back(id);
        text.remove_prefix(std::min(text.size(), used + 1));
    }
    return ids;
}

/// Everything `eval` writes, gathered while the model runs: [token, layer, ...] in C order.
class EvalRecorder : public RoutingObserver {
  public:
    EvalRecorder(std::size_t n_tokens, const ModelSpec& spec) : n_layers_(spec.moe_layer_ids().size()) {
        const MoeSpec* moe = spec.moe();
        if (moe == nullptr) return;
        n_experts_ = moe->n_experts;
        top_k_ = moe->top_k;
        router_logits.resize(n_tokens * n_layers_ * n_experts_);
        scores.resize(router_logits.size());
        experts.resize(n_tokens * n_layers_ * top_k_);
        weights.resize(experts.size());
    }

    void on_routing(const RoutingEvent& event) override {
        if (event.selection.rows > 0 && selection.empty()) selection.resize(scores.size());
        for (std::size_t row = 0; row < event.router_logits.rows; ++row) {
            const std::size_t place = (event.first_token + row) * n_layers_ + event.layer;
            std::ranges::copy(event.router_logits.row(row), router_logits.begin() + at(place, n_experts_));
            std::ranges::copy(event.scores.row(row), scores.begin() + at(place, n_experts_));
            if (!selection.empty()) {
                const auto& ranked = event.selection.rows > 0 ? event.selection : event.scores;
                std::ranges::copy(ranked.row(row), selection.begin() + at(place, n_experts_));
            }
            std::ranges::copy(event.experts.row(row), experts.begin() + at(place, top_k_));
            std::ranges::copy(event.weights.row(row), weights.begin() + at(place, top_k_));
        }
    }

    std::size_t n_layers() const { return n_layers_; }
    std::size_t n_experts() const { return n_experts_; }
    std::size_t top_k() const { return top_k_; }

    std::vector<float> router_logits, scores, selection, weights;
    std::vector<std::int32_t> experts;

  private:
    static std::ptrdiff_t at(std::size_t place, std::size_t width) {
        return static_cast<std::ptrdiff_t>(place * width);
    }
    std::size_t n_layers_ = 0, n_experts_ = 0, top_k_ = 0;
};

Result<std::vector<TokenId>> tokens_of(const EvalArguments& arguments, const Model& model) {
    std::vector<TokenId> tokens;
    if (arguments.ids_option->count() > 0) {
        MOE_TRY(tokens, parse_ids(arguments.ids));
    } else {
        MOE_TRY(const std::string text, arguments.text.text());
        MOE_TRY(const std::shared_ptr<const Tokenizer> tokenizer, create_tokenizer(model.file.metadata()));
        write_notice(tokenizer->notice());
        tokens = tokenizer->encode(text, {});
    }
    const ModelSpec& spec = model.spec;
    if (tokens.empty()) return make_error("eval: no tokens to evaluate; give a text or token ids");
    if (tokens.size() > spec.n_ctx) {
        return make_error("eval: {} tokens do not fit the model's context of {}; give a shorter text",
                          tokens.size(), spec.n_ctx);
    }
    for (const TokenId id : tokens) {
        if (id < 0 || static_cast<std::size_t>(id) >= spec.n_vocab) {
            return make_error("token id {}: outside the vocabulary of {}; give smaller ids", id,
                              spec.n_vocab);
        }
    }
    return tokens;
}

/// The logits of every position, [n_tokens, n_vocab].
Result<Matrix<float>> evaluate(const Model& model, const std::vector<TokenId>& tokens, std::size_t n_threads,
                               EvalRecorder& recorder) {
    ThreadPool pool(n_threads);
    MOE_TRY(SequenceState state, SequenceState::create(model.spec, tokens.size()));
    Matrix<float> logits(tokens.size(), model.spec.n_vocab);
    Matrix<float> piece_logits;
    for (std::size_t first = 0; first < tokens.size(); first += kPieceTokens) {
        const std::span piece =
            std::span(tokens).subspan(first, std::min(kPieceTokens, tokens.size() - first));
        MOE_TRY(forward(model, state, piece, LogitsOf::EveryToken, &recorder, pool, {}, piece_logits));
        for (std::size_t row = 0; row < piece.size(); ++row) {
            std::ranges::copy(piece_logits.row(row), logits.row(first + row).begin());
        }
    }
    return logits;
}

Result<void> run_eval(const EvalArguments& arguments) {
    MOE_TRY(const std::string path, arguments.model.path());
    MOE_TRY(check_not_input(arguments.output, {path, arguments.text.file()}));
    MOE_TRY(const std::shared_ptr<const Model> model, load_model(path));
    MOE_TRY(const std::vector<TokenId> tokens, tokens_of(arguments, *model));
    EvalRecorder recorder(tokens.size(), model->spec);
    MOE_TRY(const Matrix<float> logits, evaluate(*model, tokens, arguments.threads, recorder));

    const std::vector<std::int32_t> layer_ids = model->spec.moe_layer_ids();
    const std::size_t n_tokens = tokens.size();
    const std::vector<std::size_t> per_expert{n_tokens, recorder.n_layers(), recorder.n_experts()};
    const std::vector<std::size_t> per_slot{n_tokens, recorder.n_layers(), recorder.top_k()};
    std::vector<NamedTensor> tensors;
    tensors.push_back(named_tensor("tokens", {n_tokens}, std::span(tokens)));
    tensors.push_back(named_tensor("logits", {n_tokens, logits.cols()}, logits.values()));
    tensors.push_back(named_tensor("router_logits", per_expert, std::span(recorder.router_logits)));
    tensors.push_back(named_tensor("scores", per_expert, std::span(recorder.scores)));
    if (!recorder.selection.empty())
        tensors.push_back(named_tensor("selection", per_expert, std::span(recorder.selection)));
    tensors.push_back(named_tensor("experts", per_slot, std::span(recorder.experts)));
    tensors.push_back(named_tensor("weights", per_slot, std::span(recorder.weights)));
    tensors.push_back(named_tensor("layer_ids", {layer_ids.size()}, std::span(layer_ids)));
    return write_safetensors(arguments.output, tensors);
}

}  // namespace

CommandAction add_eval_command(CLI::App& program) {
    CLI::App* command = program.add_subcommand("eval", "Write the logits and the routing of every position");
    const auto arguments = std::make_shared<EvalArguments>();
    arguments->model.add_to(*command);
    arguments->text.add_to(*command, "--text");
    arguments->ids_option =
        command->add_option("--ids", arguments->ids, "Token ids separated by commas")->type_name("IDS");
    command->add_option("-o,--output", arguments->output, "File to write (.safetensors)")
        ->required()
        ->check([](const std::string& path) {
            return has_ending(path, ".safetensors") ? std::string()
                                                    : "'" + path + "' does not end in .safetensors";
        })
        ->type_name("OUT");
    command->add_option("-t,--threads", arguments->threads, "Threads; 0 for all cores")
        ->check(CLI::Range(0, 1024));
    return [arguments] {
        const int given = (arguments->ids_option->count() > 0 ? 1 : 0) + (arguments->text.is_given() ? 1 : 0);
        if (given != 1) throw CLI::RequiredError("one of --ids, --text and --file");
        const Result<void> done = run_eval(*arguments);
        return done ? output_status() : report(done.error());
    };
}

}  // namespace moe::app
