#include "engine/worker/trace_info.h"

#include <nlohmann/json.hpp>

#include "engine/base/cpu_features.h"
#include "engine/base/version.h"
#include "engine/session/trace_recorder.h"

namespace moe {
namespace {

/// Metadata and prompts may hold any bytes; what is not UTF-8 becomes U+FFFD.
std::string dump(const nlohmann::json& json) {
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

nlohmann::json config_of(const ModelSpec& spec) {
    nlohmann::json config = {{"architecture", spec.architecture}, {"name", spec.name},
                             {"n_layers", spec.layers.size()},    {"d_model", spec.d_model},
                             {"n_vocab", spec.n_vocab},           {"n_ctx", spec.n_ctx},
                             {"layer_ids", spec.moe_layer_ids()}};
    if (!spec.layers.empty()) {
        config["n_heads"] = spec.layers.front().attention.n_heads;
        config["n_kv_heads"] = spec.layers.front().attention.n_kv_heads;
    }
    if (const MoeSpec* moe = spec.moe()) {
        config["n_experts"] = moe->n_experts;
        config["top_k"] = moe->top_k;
        config["d_ff_expert"] = moe->d_ff;
        config["n_shared_experts"] = moe->n_shared_experts;
        config["renormalize"] = moe->renormalize;
        config["weights_scale"] = moe->weights_scale;
    }
    return config;
}

}  // namespace

TraceModelInfo trace_model_info(const OpenModel& model) {
    const ModelSpec& spec = model.model->spec;
    const MoeSpec* moe = spec.moe();
    return {.name = spec.name,
            .family = spec.architecture,
            .config_json = dump(config_of(spec)),
            .file_bytes = model.file_bytes,
            .fingerprint = model.fingerprint,
            .n_shared = moe == nullptr ? 0 : static_cast<std::int64_t>(moe->n_shared_experts),
            .gating = trace_gating_of(spec),
            .shape = trace_shape_of(spec)};
}

TraceRunInfo trace_run_info(const Run& run, std::optional<RunId> parent, std::size_t n_threads) {
    const SamplingParams& sampling = run.sampler.params();
    const nlohmann::json params = {{"seed", sampling.seed},
                                   {"temperature", sampling.temperature},
                                   {"top_k", sampling.top_k},
                                   {"top_p", sampling.top_p},
                                   {"threads", n_threads}};
    const nlohmann::json build = {{"version", kProgramVersion}, {"isa", isa_name()}};
    return {.parent = parent,
            .fork_pos = run.fork_pos,
            .name = run.name,
            .prompt = run.prompt,
            .params_json = dump(params),
            .build_json = dump(build),
            .started_ns = run.began_unix_ns};
}

}  // namespace moe
