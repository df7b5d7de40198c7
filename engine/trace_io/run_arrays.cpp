#include "engine/trace_io/run_arrays.h"

#include <span>
#include <utility>

namespace moe {

Result<RunArrays> RunArrays::read(RunSource source) {
    RunArrays arrays(std::move(source));
    arrays.n_experts_ = {static_cast<std::int32_t>(arrays.source_.model.shape.n_experts)};
    const auto add = [&](const TraceSnapshot& window, std::size_t) -> Result<void> {
        for (std::size_t token = 0; token < window.n_tokens(); ++token) {
            arrays.tokens_.push_back(window.token(token).id);
            arrays.phase_.push_back(window.token(token).phase == Phase::Decode ? 1 : 0);
        }
        return {};
    };
    MOE_TRY(arrays.source_.visit({}, add));
    return arrays;
}

NamedTensor RunArrays::experts() const {
    const TraceShape& shape = source_.model.shape;
    const auto write = [this](const PieceSink& sink) {
        const auto add = [&](const TraceSnapshot& window, std::size_t) -> Result<void> {
            if (window.n_routed() == 0) return {};
            std::vector<std::int32_t> experts;
            for (const std::uint16_t expert : window.chunk_of(0).experts)
                experts.push_back(expert == kNoExpert ? -1 : expert);
            return sink(std::as_bytes(std::span(experts)));
        };
        return source_.visit({}, add);
    };
    return streamed_tensor("experts", TensorType::I32, {source_.n_routed, shape.n_layers, shape.top_k},
                           write);
}

NamedTensor RunArrays::column(ColumnKind kind) const {
    const TraceShape& shape = source_.model.shape;
    const auto write = [this, kind](const PieceSink& sink) {
        const auto add = [&](const TraceSnapshot& window, std::size_t) -> Result<void> {
            if (window.n_routed() == 0) return {};
            std::vector<float> unpacked;
            return sink(std::as_bytes(column_of(window.chunk_of(0), kind, unpacked)));
        };
        return source_.visit({kind}, add);
    };
    return streamed_tensor(column_name(kind), TensorType::F32,
                           {source_.n_routed, shape.n_layers, column_width(kind, shape)}, write);
}

std::vector<NamedTensor> RunArrays::tensors() const {
    const std::vector<std::int32_t>& layer_ids = source_.model.shape.layer_ids;
    std::vector<NamedTensor> tensors;
    tensors.push_back(named_tensor("tokens", {tokens_.size()}, std::span(tokens_)));
    tensors.push_back(named_tensor("phase", {phase_.size()}, std::span(phase_)));
    tensors.push_back(named_tensor("layer_ids", {layer_ids.size()}, std::span(layer_ids)));
    tensors.push_back(named_tensor("n_experts", {1}, std::span(n_experts_)));
    tensors.push_back(experts());
    for (const ColumnKind kind : source_.columns) tensors.push_back(column(kind));
    return tensors;
}

}  // namespace moe
