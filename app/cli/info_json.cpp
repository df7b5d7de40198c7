#include "app/cli/info_json.h"

#include <cmath>
#include <filesystem>
#include <map>

#include "engine/families/load_model.h"
#include "engine/session/memory_need.h"

namespace moe::app {
namespace {

const char* gating_name(Gating gating) {
    switch (gating) {
        case Gating::Softmax:
            return "softmax";
        case Gating::Sigmoid:
            return "sigmoid";
        case Gating::SoftmaxTopK:
            return "softmax_topk";
    }
    return "other";
}

const char* gating_name(TraceGating gating) {
    switch (gating) {
        case TraceGating::Softmax:
            return "softmax";
        case TraceGating::Sigmoid:
            return "sigmoid";
        case TraceGating::SoftmaxTopK:
            return "softmax_topk";
        case TraceGating::Other:
            break;
    }
    return "other";
}

/// An integer of the architecture's own metadata, null where it is not there.
Json metadata_integer(const GgufMetadata& metadata, const std::string& key) {
    const GgufValue* value = metadata.find(key);
    if (value == nullptr || !std::holds_alternative<std::int64_t>(*value)) return nullptr;
    return std::get<std::int64_t>(*value);
}

/// The facts of a file that cannot be run, as far as its metadata tells them.
Json facts_from_metadata(const GgufMetadata& metadata, const std::string& architecture) {
    const auto fact = [&](const char* key) { return metadata_integer(metadata, architecture + "." + key); };
    const Json n_experts = fact("expert_count");
    return {{"n_layers", fact("block_count")},
            {"n_moe_layers", nullptr},
            {"layer_ids", nullptr},
            {"n_experts", n_experts.is_null() ? Json(0) : n_experts},
            {"top_k", fact("expert_used_count")},
            {"n_shared_experts", fact("expert_shared_count")},
            {"gating", nullptr},
            {"renormalize", nullptr},
            {"d_model", fact("embedding_length")},
            {"d_ff_expert", fact("expert_feed_forward_length")},
            {"n_heads", fact("attention.head_count")},
            {"n_kv_heads", fact("attention.head_count_kv")},
            {"n_vocab", fact("vocab_size")},
            {"n_ctx", fact("context_length")}};
}

Json facts_from_spec(const ModelSpec& spec) {
    const MoeSpec* moe = spec.moe();
    const AttentionSpec& attention = spec.layers.front().attention;
    return {{"n_layers", spec.layers.size()},
            {"n_moe_layers", spec.moe_layer_ids().size()},
            {"layer_ids", spec.moe_layer_ids()},
            {"n_experts", moe ? moe->n_experts : 0},
            {"top_k", moe ? moe->top_k : 0},
            {"n_shared_experts", moe ? moe->n_shared_experts : 0},
            {"gating", moe ? Json(gating_name(moe->gating)) : Json(nullptr)},
            {"renormalize", moe ? Json(moe->renormalize) : Json(nullptr)},
            {"d_model", spec.d_model},
            {"d_ff_expert", moe ? Json(moe->d_ff) : Json(nullptr)},
            {"n_heads", attention.n_heads},
            {"n_kv_heads", attention.n_kv_heads},
            {"n_vocab", spec.n_vocab},
            {"n_ctx", spec.n_ctx}};
}

Json tensor_types(const GgufReader& file) {
    std::map<std::string, std::size_t> counts;
    for (const GgufTensor& tensor : file.tensors()) ++counts[std::string(block_type_name(tensor.type_id))];
    return counts;
}

std::size_t or_zero(const Json& value) { return value.is_number_integer() ? value.get<std::size_t>() : 0; }

}  // namespace

ParameterCount count_parameters(const GgufReader& file, std::size_t n_experts, std::size_t top_k) {
    std::size_t total = 0;
    std::size_t routed = 0;
    for (const GgufTensor& tensor : file.tensors()) {
        total += tensor.n_values();
        if (tensor.name.find("_exps.") != std::string::npos) routed += tensor.n_values();
    }
    if (n_experts == 0) return {total, total};
    const double idle_share = 1.0 - static_cast<double>(top_k) / static_cast<double>(n_experts);
    const double idle = static_cast<double>(routed) * idle_share;
    return {total, total - static_cast<std::size_t>(std::llround(std::max(0.0, idle)))};
}

Result<Json> model_info(GgufReader file, const std::string& path) {
    MOE_TRY(const std::string_view architecture_text, file.metadata().text_or("general.architecture", ""));
    const std::string architecture(architecture_text);
    const std::string stem = std::filesystem::path(path).stem().string();
    const GgufValue* name_value = file.metadata().find("general.name");
    const bool has_name = name_value != nullptr && std::holds_alternative<std::string_view>(*name_value);
    const std::string name = has_name ? std::string(std::get<std::string_view>(*name_value)) : stem;
    const Json types = tensor_types(file);
    const std::size_t file_bytes = file.file_size_bytes();

    Json facts = facts_from_metadata(file.metadata(), architecture);
    ParameterCount count = count_parameters(file, or_zero(facts["n_experts"]), or_zero(facts["top_k"]));
    Json reason;
    Json kv_bytes, recurrent_bytes;
    const Result<std::shared_ptr<const Model>> model = load_model(std::move(file), path);
    if (model) {
        const ModelSpec& spec = (*model)->spec;
        facts = facts_from_spec(spec);
        const MemoryNeed need = memory_need(spec);
        kv_bytes = need.bytes_per_token;
        recurrent_bytes = need.recurrent_bytes;
        count = count_parameters((*model)->file, or_zero(facts["n_experts"]), or_zero(facts["top_k"]));
    } else {
        reason = model.error().message;
    }
    Json json{
        {"schema", 1}, {"kind", "model"}, {"format", "gguf"}, {"architecture", architecture}, {"name", name}};
    json.update(facts);
    json.update(Json{{"parameters_total", count.total},
                     {"parameters_active", count.active},
                     {"tensor_types", types},
                     {"file_bytes", file_bytes},
                     {"kv_bytes_per_token", kv_bytes},
                     {"recurrent_bytes", recurrent_bytes},
                     {"supported", model.has_value()},
                     {"reason", reason}});
    return json;
}

Json trace_info(const MoetraceReader& trace, std::span<const TraceMark> marks) {
    Json runs = Json::array();
    for (const TraceRunSummary& run : trace.runs()) {
        const TraceShape& shape = run.model.shape;
        runs.push_back({{"run", run.id},
                        {"name", run.name},
                        {"parent", run.parent ? Json(*run.parent) : Json(nullptr)},
                        {"fork_pos", run.parent ? Json(run.fork_pos) : Json(nullptr)},
                        {"status", run.status},
                        {"incomplete", run.was_interrupted},
                        {"model", run.model.name},
                        {"gating", gating_name(run.model.gating)},
                        {"n_tokens", run.n_tokens},
                        {"n_routed", run.n_routed},
                        {"n_prefill", run.n_prefill},
                        {"n_moe_layers", shape.n_layers},
                        {"layer_ids", shape.layer_ids},
                        {"n_experts", shape.n_experts},
                        {"top_k", shape.top_k},
                        {"columns", run.columns},
                        {"n_marks", marks_of_run(marks, trace.runs(), run.id).size()}});
    }
    return {{"schema", 1}, {"kind", "trace"}, {"format", "moetrace"}, {"runs", runs}};
}

}  // namespace moe::app
