#include "render/resolve/gpu_resolve.h"

#include <shaders/resolve.comp.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "render/gpu/vk_struct.h"

namespace moe::render {
namespace {

constexpr std::uint32_t kLocalSize = 64;
constexpr std::uint32_t kPixelsOfWord = 4;
constexpr VkDeviceSize kCountsBytes = 256 * sizeof(std::uint32_t);
constexpr std::uint32_t kHidden = 0xFFFFFFFF;
constexpr std::uint32_t kTables = 2 + GpuRouting::kPages;  // tables, answer, pages

enum Kind : std::uint32_t { kMax = 0, kMean = 1, kDifference = 2 };

std::uint32_t to_word(std::size_t number) { return static_cast<std::uint32_t>(number); }

}  // namespace

Result<std::unique_ptr<GpuResolveContext>> GpuResolveContext::create(Device& device,
                                                                     const GpuRouting::Limits& limits) {
    if (const std::string complaint = device.compute_complaint(kTables); !complaint.empty())
        return make_error("Vulkan: {} cannot resolve: {}", device.name(), complaint);
    MOE_TRY(ComputePipeline pipeline,
            ComputePipeline::create(
                device,
                {.shader = k_resolve_comp, .n_buffers = kTables, .constants_bytes = 56, .label = "resolve"}));
    return std::unique_ptr<GpuResolveContext>(new GpuResolveContext{
        .device = device, .routing = GpuRouting(limits), .pipeline = std::move(pipeline)});
}

Result<std::unique_ptr<GpuResolve>> GpuResolve::create(GpuResolveContext& context, const char* label) {
    static_assert(sizeof(Constants) == 56);
    std::unique_ptr<GpuResolve> resolve(new GpuResolve(context));
    MOE_TRY(resolve->buffers_, context.pipeline.create_set(context.device, label));
    MOE_TRY(resolve->counts_, Buffer::create(context.device, {.size_bytes = kCountsBytes,
                                                              .usage = VK_BUFFER_USAGE_TRANSFER_DST_BIT,
                                                              .label = "code counts"}));
    return resolve;
}

bool GpuResolve::resolve(const TraceSnapshot& trace, const ResolveRequest& request, TokenPyramids& pyramids,
                         ReadBudget& budget, CodeImage& image) {
    const bool is_answered_before = is_answered(trace, request);
    is_dispatch_wanted_ = false;
    complaint_.clear();
    if (!trace.has_shape() || request.rows.empty() || request.columns.empty()) {
        answered_ = {};
        std::ranges::fill(counts_.mapped(), std::byte{});
        return cpu_.resolve(trace, request, pyramids, budget, image);
    }
    trace_ = &trace;
    request_ = &request;
    TokenPyramid& pyramid = pyramids.of(question_of(request), trace);
    if (!is_answered_before) {
        answered_ = {};
        const Tables tables = build_tables(pyramid, budget);
        if (tables == Tables::NoRoom) complaint_ = "the GPU's share of memory is too small for this picture";
        if (const Result<void> made = prepare_buffers(); !made) complaint_ = made.error().message;
        if (!complaint_.empty()) return cpu_.resolve(trace, request, pyramids, budget, image);
        is_dispatch_wanted_ = true;
        if (tables == Tables::Complete) {
            answered_ = request;
            answered_trace_ = trace;
        }
    }
    image = {.width = static_cast<int>(request.columns.size()),
             .height = static_cast<int>(request.rows.size()),
             .codes = {}};
    return answered_ == request;
}

bool GpuResolve::is_answered(const TraceSnapshot& trace, const ResolveRequest& request) const {
    return !answered_.rows.empty() && answered_ == request &&
           answered_trace_.n_routed() == trace.n_routed() &&
           answered_trace_.n_shared_routed(trace) == trace.n_routed();
}

GpuResolve::Tables GpuResolve::build_tables(TokenPyramid& pyramid, ReadBudget& budget) {
    const TraceShape& shape = trace_->shape();
    const bool is_difference = request_->value == HeatmapValue::LoadDifference;
    words_.clear();
    constants_ = {};
    constants_.width = to_word(request_->columns.size());
    constants_.height = to_word(request_->rows.size());
    constants_.n_experts = to_word(shape.n_experts);
    constants_.n_columns = to_word(shape.n_layers * shape.n_experts);
    constants_.slots_of_layer = to_word(shape.top_k);
    constants_.kind = is_difference ? kDifference : request_->fold == Fold::Max ? kMax : kMean;
    constants_.shared_out = to_word(uniform_load(*request_, shape).shared_out);
    constants_.n_run_tokens = to_word(trace_->n_routed());
    for (const IndexRange& columns : request_->columns)
        words_.insert(words_.end(), {to_word(columns.first), to_word(columns.end)});
    add_order();
    const bool has_run_sums = !is_difference || add_run_sums(pyramid, budget);
    return add_rows(pyramid, budget, has_run_sums);
}

// Columns at positions, and the other way round.
void GpuResolve::add_order() {
    const ExpertArrangement* arrangement = request_->arrangement.get();
    const std::size_t n_columns = constants_.n_columns;
    const std::size_t n_experts = constants_.n_experts;
    constants_.order = to_word(words_.size());
    constants_.positions = to_word(words_.size() + n_columns);
    words_.resize(words_.size() + 2 * n_columns, kHidden);
    std::uint32_t* order = words_.data() + constants_.order;
    std::uint32_t* positions = words_.data() + constants_.positions;
    for (std::size_t position = 0; position < n_columns; ++position) {
        const std::size_t layer = position / n_experts;
        const std::size_t index = position % n_experts;
        order[position] = 0;
        if (arrangement != nullptr && index >= arrangement->n_shown(layer)) continue;
        const std::size_t expert = arrangement == nullptr ? index : arrangement->expert_at(layer, index);
        const std::size_t column = layer * n_experts + expert;
        order[position] = to_word(column);
        positions[column] = to_word(position);
    }
}

bool GpuResolve::add_run_sums(TokenPyramid& pyramid, ReadBudget& budget) {
    constants_.run_sums = to_word(words_.size());
    RowSums sums;
    if (!pyramid.sum_up({0, trace_->n_routed()}, budget, sums)) return false;
    for (std::size_t column = 0; column < constants_.n_columns; ++column) {
        const std::uint64_t sum = sums.sum(column);
        words_.insert(words_.end(), {static_cast<std::uint32_t>(sum), static_cast<std::uint32_t>(sum >> 32)});
    }
    return true;
}

// Rows that cannot be made yet have no tokens: they show nothing.
GpuResolve::Tables GpuResolve::add_rows(TokenPyramid& pyramid, ReadBudget& budget, bool has_run_sums) {
    constants_.rows = to_word(words_.size());
    part_words_.clear();
    bool is_complete = has_run_sums;
    IndexRange last;
    std::array<std::uint32_t, 3> entry{};
    for (const IndexRange& tokens : request_->rows) {
        if (tokens.is_empty() || !has_run_sums) {
            words_.insert(words_.end(), {0, 0, 0});
            continue;
        }
        if (tokens != last) {
            const std::uint32_t first_part = to_word(part_words_.size() / 4);
            const GpuRouting::Outcome outcome = add_parts(pyramid, tokens, budget);
            if (outcome == GpuRouting::Outcome::NoRoom) return Tables::NoRoom;
            const bool is_there = outcome == GpuRouting::Outcome::Resident;
            entry = {first_part, to_word(part_words_.size() / 4), is_there ? to_word(tokens.size()) : 0};
            is_complete = is_complete && is_there;
        }
        last = tokens;
        words_.insert(words_.end(), entry.begin(), entry.end());
    }
    constants_.parts = to_word(words_.size());
    words_.insert(words_.end(), part_words_.begin(), part_words_.end());
    return is_complete ? Tables::Complete : Tables::Partial;
}

GpuRouting::Outcome GpuResolve::add_parts(TokenPyramid& pyramid, IndexRange tokens, ReadBudget& budget) {
    const SumQuestion question = question_of(*request_);
    if (!pyramid.split(tokens, budget, parts_)) return GpuRouting::Outcome::Later;
    for (const SumPart& part : parts_) {
        const bool is_kept = part.kept != nullptr;
        const WordFormat format = is_kept ? format_of_kept(question) : format_of_tokens(question);
        GpuRouting::Block block;
        const GpuRouting::Outcome outcome =
            is_kept ? context_.routing.kept(context_.device, question, part, block)
                    : context_.routing.tokens(context_.device, question, part.tokens, budget, block);
        if (outcome != GpuRouting::Outcome::Resident) return outcome;
        const std::size_t skipped =
            is_kept ? 0 : part.tokens.first % kChunkTokens * words_of_row(format, trace_->shape());
        part_words_.insert(part_words_.end(),
                           {block.page, to_word(block.first_word + skipped),
                            is_kept ? 1 : to_word(part.tokens.size()), static_cast<std::uint32_t>(format)});
    }
    return GpuRouting::Outcome::Resident;
}

Result<void> GpuResolve::prepare_buffers() {
    Device& device = context_.device;
    MOE_TRY(Buffer::reserve(device,
                            {.size_bytes = words_.size() * sizeof(std::uint32_t),
                             .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT,
                             .memory = Buffer::Memory::Device,
                             .label = "resolve tables"},
                            tables_));
    codes_.line_bytes = (constants_.width + kPixelsOfWord - 1) / kPixelsOfWord * kPixelsOfWord;
    codes_.offset = kCountsBytes;
    MOE_TRY(Buffer::reserve(device,
                            {.size_bytes = kCountsBytes + VkDeviceSize{codes_.line_bytes} * constants_.height,
                             .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT |
                                      VK_BUFFER_USAGE_TRANSFER_SRC_BIT,
                             .memory = Buffer::Memory::Device,
                             .label = "codes"},
                            answer_));
    codes_.buffer = answer_.handle();
    context_.routing.uploads().add(tables_.handle(), 0, words_);
    return {};
}

void GpuResolve::record_dispatch(VkCommandBuffer commands) {
    codes_.is_new = is_dispatch_wanted_;
    if (!is_dispatch_wanted_) return;
    is_dispatch_wanted_ = false;
    buffers_.write(context_.device, 0, tables_.handle());
    buffers_.write(context_.device, 1, answer_.handle());
    for (std::uint32_t i = 0; i < GpuRouting::kPages; ++i) {
        const VkBuffer page = context_.routing.page(i);
        buffers_.write(context_.device, 2 + i, page != VK_NULL_HANDLE ? page : tables_.handle());
    }
    auto barrier = vk_struct<VkMemoryBarrier>(VK_STRUCTURE_TYPE_MEMORY_BARRIER);
    const auto wait = [&](VkPipelineStageFlags before, VkPipelineStageFlags after, VkAccessFlags written,
                          VkAccessFlags used) {
        barrier.srcAccessMask = written;
        barrier.dstAccessMask = used;
        vkCmdPipelineBarrier(commands, before, after, 0, 1, &barrier, 0, nullptr, 0, nullptr);
    };
    vkCmdFillBuffer(commands, answer_.handle(), 0, kCountsBytes, 0);
    wait(VK_PIPELINE_STAGE_TRANSFER_BIT, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_ACCESS_TRANSFER_WRITE_BIT,
         VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT);
    context_.pipeline.bind(commands, buffers_.handle(), std::as_bytes(std::span(&constants_, 1)));
    const std::uint32_t n_words = codes_.line_bytes / kPixelsOfWord;
    vkCmdDispatch(commands, (n_words + kLocalSize - 1) / kLocalSize, constants_.height, 1);
    wait(VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_SHADER_WRITE_BIT,
         VK_ACCESS_TRANSFER_READ_BIT);
    const VkBufferCopy counts{0, 0, kCountsBytes};
    vkCmdCopyBuffer(commands, answer_.handle(), counts_.handle(), 1, &counts);
    wait(VK_PIPELINE_STAGE_TRANSFER_BIT, VK_PIPELINE_STAGE_HOST_BIT, VK_ACCESS_TRANSFER_WRITE_BIT,
         VK_ACCESS_HOST_READ_BIT);
}

CodeCounts GpuResolve::counts() const {
    CodeCounts counts;
    std::memcpy(counts.data(), counts_.mapped().data(), sizeof(counts));
    return counts;
}

}  // namespace moe::render
