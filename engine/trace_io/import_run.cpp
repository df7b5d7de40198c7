// From named arrays to a run. The order: which array is the routing and how large its axes are, which
// tokens the rows belong to, which layers hold anything, and then the chunks.

#include "engine/trace_io/import_run.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <utility>

#include "engine/trace_io/foreign_array.h"

namespace moe {
namespace {

constexpr std::size_t kMostExperts = 65'535;
constexpr std::size_t kMostLayers = 4'096;
/// Hugging Face models of some versions give probabilities under the name of logits.
constexpr float kProbabilitySumTolerance = 1e-2f;

class Importer {
  public:
    Importer(std::string path, Capture capture, const ImportHints& hints)
        : path_(std::move(path)), capture_(std::move(capture)), hints_(hints) {}

    Result<RunSource> run() {
        MOE_TRY(find_routing());
        MOE_TRY(find_experts());
        MOE_TRY(find_columns());
        MOE_TRY(check_values());
        find_layers();
        if (layers_.empty()) {
            return failure(
                "every row is empty: the server returned an empty capture, as some fused kernels do",
                "capture again with another backend");
        }
        MOE_TRY(find_tokens());
        return source();
    }

  private:
    Error failure(const std::string& why, const char* what_to_do) const {
        return make_error("{}: {}; {}", path_, why, what_to_do);
    }
    const ForeignArray* find(std::initializer_list<const char*> names) const {
        for (const char* name : names) {
            const auto found = capture_.arrays.find(name);
            if (found != capture_.arrays.end()) return &found->second;
        }
        return nullptr;
    }
    /// The only value of an array; none where there is no such array of integers.
    std::optional<std::size_t> scalar(const char* name) const {
        const ForeignArray* const array = find({name});
        if (array == nullptr || !array->is_integer() || array->size() != 1 || array->integer(0) < 0)
            return std::nullopt;
        return static_cast<std::size_t>(array->integer(0));
    }

    Result<void> find_routing();
    Result<void> find_experts();
    Result<void> find_columns();
    Result<void> check_values() const;
    void find_layers();
    Result<void> find_tokens();
    bool has_data(std::size_t row, std::size_t layer) const;
    bool is_probability() const;
    void append_row(TraceChunk& chunk, std::size_t row) const;
    Result<RunSource> source() const;

    struct Column {
        ColumnKind kind;
        const ForeignArray* array;
        std::size_t width;
    };

    std::string path_;
    Capture capture_;
    const ImportHints& hints_;
    const ForeignArray* routing_ = nullptr;
    bool is_ours_ = false;
    std::size_t n_rows_ = 0, n_layers_ = 0, top_k_ = 0, n_experts_ = 0;
    std::size_t first_row_ = 0;  ///< the token to which the first row belongs
    std::vector<Column> columns_;
    std::vector<std::size_t> layers_;  ///< of the source, those that hold data
    std::vector<TokenRecord> tokens_;
};

Result<void> Importer::find_routing() {
    routing_ = find({"experts", "topk_ids", "routed_experts", "topk_indices", "moe_topk_indices", "indices"});
    is_ours_ = find({"experts"}) != nullptr && find({"phase"}) != nullptr && find({"tokens"}) != nullptr;
    if (routing_ == nullptr && capture_.arrays.size() == 1) routing_ = &capture_.arrays.begin()->second;
    if (routing_ == nullptr) return failure("has no array experts, topk_ids or routed_experts", "name it so");
    if (!routing_->is_integer()) return failure("its experts are not whole numbers", "save ids");
    std::vector<std::size_t> shape = routing_->shape;
    if (shape.size() == 1) {
        const std::size_t row = hints_.n_layers.value_or(0) * hints_.top_k.value_or(0);
        if (row == 0) return failure("its routing has no shape", "give --layers and --top-k of the model");
        if (shape[0] % row != 0) {
            return failure(fmt::format("its {} ids are no whole number of rows of {} layers and {} slots",
                                       shape[0], *hints_.n_layers, *hints_.top_k),
                           "correct --layers and --top-k");
        }
        shape = {shape[0] / row, *hints_.n_layers, *hints_.top_k};
    }
    if (shape.size() != 3)
        return failure("its routing is not [token, layer, slot]", "save it with three axes");
    n_rows_ = shape[0];
    n_layers_ = shape[1];
    top_k_ = shape[2];
    if (hints_.n_layers.value_or(n_layers_) != n_layers_ || hints_.top_k.value_or(top_k_) != top_k_) {
        return failure(fmt::format("its routing has {} layers and {} slots", n_layers_, top_k_),
                       "correct or leave out --layers and --top-k");
    }
    if (n_rows_ == 0 || n_layers_ == 0 || top_k_ == 0)
        return failure("its routing is empty", "choose another file");
    if (n_layers_ > kMostLayers) return failure("it has too many layers", "check the order of its axes");
    return {};
}

Result<void> Importer::find_experts() {
    const ForeignArray* const wide = find({"router_logits", "scores"});
    n_experts_ = hints_.n_experts.value_or(
        scalar("n_experts").value_or(wide != nullptr && wide->shape.size() == 3 ? wide->shape[2] : 0));
    if (n_experts_ == 0) return failure("does not say how many experts a layer has", "give --experts");
    if (n_experts_ > kMostExperts || top_k_ > n_experts_) {
        return failure(fmt::format("{} slots of {} experts cannot be", top_k_, n_experts_),
                       "correct --experts");
    }
    for (std::size_t index = 0; index < routing_->size(); ++index) {
        const std::int64_t expert = routing_->integer(index);
        const bool is_none = expert == -1;
        if (!is_none && (expert < 0 || expert >= static_cast<std::int64_t>(n_experts_))) {
            return failure(fmt::format("chose expert {} of {}", expert, n_experts_), "correct --experts");
        }
    }
    return {};
}

/// Whether what is called logits is a softmax already.
bool Importer::is_probability() const {
    const ForeignArray* const logits = find({"router_logits"});
    if (logits == nullptr || logits->shape.size() != 3 || logits->shape[2] != n_experts_) return false;
    for (std::size_t first = 0; first < logits->size(); first += n_experts_) {
        float sum = 0;
        for (std::size_t expert = 0; expert < n_experts_; ++expert) {
            const float value = logits->number(first + expert);
            if (!(value >= 0)) return false;
            sum += value;
        }
        if (std::abs(sum - 1.0f) > kProbabilitySumTolerance) return false;
    }
    return logits->size() > 0;
}

Result<void> Importer::find_columns() {
    const auto add = [&](ColumnKind kind, std::initializer_list<const char*> names,
                         std::size_t width) -> Result<void> {
        const ForeignArray* const array = find(names);
        if (array == nullptr) return {};
        if (array->is_text() || array->shape != std::vector<std::size_t>{n_rows_, n_layers_, width}) {
            return failure(
                fmt::format("its {} are not [{}, {}, {}]", *names.begin(), n_rows_, n_layers_, width),
                "save all arrays of the same tokens");
        }
        columns_.push_back({kind, array, width});
        return {};
    };
    const bool has_scores = is_probability() && find({"scores"}) == nullptr;
    MOE_TRY(add(ColumnKind::Weights, {"weights", "topk_weights"}, top_k_));
    MOE_TRY(add(has_scores ? ColumnKind::Scores : ColumnKind::RouterLogits, {"router_logits"}, n_experts_));
    MOE_TRY(add(ColumnKind::Scores, {"scores"}, n_experts_));
    MOE_TRY(add(ColumnKind::Selection, {"selection"}, n_experts_));
    return add(ColumnKind::BranchNorm, {"branch_norm"}, 3);
}

Result<void> Importer::check_values() const {
    for (const Column& column : columns_) {
        for (std::size_t index = 0; index < column.array->size(); ++index) {
            if (std::isfinite(column.array->number(index))) continue;
            return failure(fmt::format("its {} hold a value that is no number", column_name(column.kind)),
                           "capture again");
        }
    }
    return {};
}

/// A real choice has different experts; engines fill what they do not know with equal ids.
bool Importer::has_data(std::size_t row, std::size_t layer) const {
    const std::size_t first = (row * n_layers_ + layer) * top_k_;
    bool has_any = false;
    for (std::size_t slot = 0; slot < top_k_; ++slot) {
        const std::int64_t expert = routing_->integer(first + slot);
        if (expert == -1) continue;
        has_any = true;
        for (std::size_t other = 0; other < slot; ++other) {
            if (routing_->integer(first + other) == expert) return false;
        }
    }
    return has_any;
}

void Importer::find_layers() {
    for (std::size_t layer = 0; layer < n_layers_; ++layer) {
        for (std::size_t row = 0; row < n_rows_; ++row) {
            if (!has_data(row, layer)) continue;
            layers_.push_back(layer);
            break;
        }
    }
}

Result<void> Importer::find_tokens() {
    const ForeignArray* ids = find({"token_ids"});
    const ForeignArray* texts = find({"tokens"});
    if (ids == nullptr && texts != nullptr && texts->is_integer()) ids = texts;
    if (texts != nullptr && !texts->is_text()) texts = nullptr;
    const std::size_t n_tokens = ids != nullptr ? ids->size() : n_rows_;
    if (ids != nullptr && !ids->is_integer())
        return failure("its token ids are not whole numbers", "save ids");
    if (n_rows_ > n_tokens) {
        return failure(fmt::format("has routing of {} tokens, but {} tokens", n_rows_, n_tokens),
                       "save all arrays of the same sequence");
    }
    // The last generated token was never run, so that it has no row; rows of a prompt that the server had
    // cached are missing at the front.
    first_row_ = n_rows_ == n_tokens ? 0 : n_tokens - 1 - n_rows_;
    const ForeignArray* const phase = find({"phase"});
    const std::size_t n_prompt = scalar("prompt_len").value_or(n_tokens);
    for (std::size_t position = 0; position < n_tokens; ++position) {
        TokenRecord token{.id = -1, .bytes = {}, .phase = Phase::Prefill, .t_ns = 0, .logprob = std::nullopt};
        if (ids != nullptr) {
            const std::int64_t id = ids->integer(position);
            if (id < -1 || id > std::numeric_limits<TokenId>::max())
                return failure(fmt::format("token id {} is out of range", id), "save ids of 32 bits");
            token.id = static_cast<TokenId>(id);
        }
        if (texts != nullptr && position < texts->size()) token.bytes = texts->text(position);
        if (position < capture_.pieces.size()) token.bytes = capture_.pieces[position];
        const bool is_decode = phase != nullptr && phase->is_integer() && phase->size() == n_tokens
                                   ? phase->integer(position) != 0
                                   : position >= n_prompt;
        token.phase = is_decode ? Phase::Decode : Phase::Prefill;
        tokens_.push_back(std::move(token));
    }
    return {};
}

/// Adds the row's data to the chunk; a position before the first row has none.
void Importer::append_row(TraceChunk& chunk, std::size_t position) const {
    const bool has_row = position >= first_row_;
    const std::size_t row = position - (has_row ? first_row_ : 0);
    for (const std::size_t layer : layers_) {
        const bool is_known = has_row && has_data(row, layer);
        for (std::size_t slot = 0; slot < top_k_; ++slot) {
            const std::int64_t expert =
                is_known ? routing_->integer((row * n_layers_ + layer) * top_k_ + slot) : -1;
            chunk.experts.push_back(expert < 0 ? kNoExpert : static_cast<std::uint16_t>(expert));
        }
        for (const Column& column : columns_) {
            std::vector<float>& values = column_of(chunk, column.kind);
            for (std::size_t index = 0; index < column.width; ++index) {
                values.push_back(
                    has_row ? column.array->number((row * n_layers_ + layer) * column.width + index) : 0.0f);
            }
        }
    }
}

Result<RunSource> Importer::source() const {
    TraceShape shape{.n_layers = layers_.size(), .n_experts = n_experts_, .top_k = top_k_, .layer_ids = {}};
    const ForeignArray* const ids = find({"layer_ids"});
    for (const std::size_t layer : layers_) {
        const bool is_named = ids != nullptr && ids->is_integer() && ids->size() == n_layers_;
        const std::int64_t id = is_named ? ids->integer(layer) : static_cast<std::int64_t>(layer);
        if (id < 0 || id > 1'000'000)
            return failure(fmt::format("layer id {} is out of range", id), "correct layer_ids");
        shape.layer_ids.push_back(static_cast<std::int32_t>(id));
    }
    TraceStore store(shape, hints_.gating);
    store.append_tokens(tokens_);
    const std::size_t n_routed = first_row_ + n_rows_;
    for (std::size_t first = 0; first < n_routed; first += kChunkTokens) {
        auto chunk = std::make_shared<TraceChunk>();
        chunk->first_token = first;
        chunk->n_tokens = std::min(kChunkTokens, n_routed - first);
        for (std::size_t token = 0; token < chunk->n_tokens; ++token) append_row(*chunk, first + token);
        store.append_chunk(std::move(chunk));
    }
    RunSource source = source_of(store.snapshot());
    const ForeignArray* const model = find({"model"});
    source.model.name =
        model != nullptr && model->is_text() && model->size() == 1 ? model->text(0) : capture_.model;
    if (source.model.name.empty()) source.model.name = kUnnamedModel;
    source.model.config_json = "{}";
    source.info.name = std::filesystem::path(path_).filename().string();
    source.info.params_json = "{}";
    source.info.build_json = "{}";
    source.status = RunStatus::Imported;
    source.is_ranked = is_ours_ || hints_.is_ranked;
    return source;
}

}  // namespace

Result<RunSource> import_run(const std::filesystem::path& path, const ImportHints& hints) {
    MOE_TRY(Capture capture, read_capture(path));
    return Importer(path.string(), std::move(capture), hints).run();
}

}  // namespace moe
