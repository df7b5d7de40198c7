#include "engine/trace_io/trace_arrays.h"

#include "engine/trace_io/moetrace_schema.h"

namespace moe {

TraceArrays::TraceArrays(const TraceSnapshot& trace) : shape_(trace.shape()), n_routed_(trace.n_routed()) {
    for (std::size_t position = 0; position < trace.n_tokens(); ++position) {
        const TokenRecord& token = trace.token(position);
        tokens_.push_back(token.id);
        phase_.push_back(token.phase == Phase::Decode ? 1 : 0);
    }
    for (std::size_t position = 0; position < n_routed_;) {
        const TraceChunk& chunk = trace.chunk_of(position);
        for (const std::uint16_t expert : chunk.experts)
            experts_.push_back(expert == kNoExpert ? -1 : expert);
        for (const ColumnKind kind : kColumnKinds) {
            if (kind == ColumnKind::Experts) continue;
            const std::vector<float>& values = column_of(chunk, kind);
            std::vector<float>& column = column_of(columns_, kind);
            column.insert(column.end(), values.begin(), values.end());
        }
        position = chunk.end_token();
    }
}

std::vector<NamedTensor> TraceArrays::tensors() const {
    std::vector<NamedTensor> tensors;
    tensors.push_back(named_tensor("tokens", {tokens_.size()}, std::span(tokens_)));
    tensors.push_back(named_tensor("phase", {phase_.size()}, std::span(phase_)));
    tensors.push_back(named_tensor("layer_ids", {shape_.layer_ids.size()}, std::span(shape_.layer_ids)));
    tensors.push_back(
        named_tensor("experts", {n_routed_, shape_.n_layers, shape_.top_k}, std::span(experts_)));
    for (const ColumnKind kind : kColumnKinds) {
        if (kind == ColumnKind::Experts || column_of(columns_, kind).empty()) continue;
        tensors.push_back(named_tensor(column_name(kind),
                                       {n_routed_, shape_.n_layers, column_width(kind, shape_)},
                                       std::span(column_of(columns_, kind))));
    }
    return tensors;
}

}  // namespace moe
