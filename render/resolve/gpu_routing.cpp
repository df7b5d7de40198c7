#include "render/resolve/gpu_routing.h"

#include <algorithm>

namespace moe::render {
namespace {

constexpr VkDeviceSize kMostBytes = VkDeviceSize{256} << 20;

}  // namespace

GpuRouting::Limits GpuRouting::limits_of(const Device& device) {
    const VkDeviceSize budget = std::min(kMostBytes, device.own_memory_bytes() / 4);
    return {.page_bytes = std::min(budget / kPages, device.max_storage_bytes()), .n_pages = kPages};
}

void GpuRouting::use(const TraceSnapshot& trace) {
    ++frame_;
    const std::size_t n_unchanged = trace_.n_shared_routed(trace);
    const bool is_other = !trace_.has_shape() || !trace.has_shape() || trace_.shape() != trace.shape();
    for (auto entry = entries_.begin(); entry != entries_.end();) {
        const auto current = entry++;
        if (is_other || current->second.end_token > n_unchanged) forget(current);
    }
    trace_ = trace;
}

void GpuRouting::forget(std::map<Key, Entry>::iterator entry) {
    pages_[entry->second.page].free_slots.push_back(entry->second.slot);
    entries_.erase(entry);
}

GpuRouting::Outcome GpuRouting::tokens(Device& device, const SumQuestion& question, IndexRange tokens,
                                       ReadBudget& budget, Block& block) {
    const std::size_t first = tokens.first / kChunkTokens * kChunkTokens;
    const Key key{question.value, question.is_sum, first, 0};
    if (const auto found = entries_.find(key); found != entries_.end()) {
        if (found->second.end_token >= tokens.end) {
            block = use_entry(found->second);
            return Outcome::Resident;
        }
        forget(found);
    }
    if (budget.n_values_left == 0) return Outcome::Later;
    const TraceShape& shape = trace_.shape();
    budget.n_values_left -= std::min(budget.n_values_left, values_of_chunk(shape, question.value));
    const std::size_t end = std::min(first + kChunkTokens, trace_.n_routed());
    const std::size_t block_words = kChunkTokens * words_of_row(format_of_tokens(question), shape);
    const std::vector<std::uint32_t> words = packed_tokens(trace_, question, first, end);
    return store(device, key, end, words, block_words, block) ? Outcome::Resident : Outcome::NoRoom;
}

GpuRouting::Outcome GpuRouting::kept(Device& device, const SumQuestion& question, const SumPart& part,
                                     Block& block) {
    const Key key{question.value, question.is_sum, part.tokens.first, part.tokens.size()};
    if (const auto found = entries_.find(key); found != entries_.end()) {
        block = use_entry(found->second);
        return Outcome::Resident;
    }
    const std::vector<std::uint32_t> words = packed_sums(*part.kept);
    return store(device, key, part.tokens.end, words, words.size(), block) ? Outcome::Resident
                                                                           : Outcome::NoRoom;
}

VkBuffer GpuRouting::page(std::uint32_t index) const {
    return index < pages_.size() ? pages_[index].buffer.handle() : VK_NULL_HANDLE;
}

GpuRouting::Block GpuRouting::use_entry(const Entry& entry) {
    Page& page = pages_[entry.page];
    page.used_in = frame_;
    return {.page = entry.page, .first_word = static_cast<std::uint32_t>(entry.slot * page.block_words)};
}

bool GpuRouting::store(Device& device, const Key& key, std::size_t end_token,
                       const std::vector<std::uint32_t>& words, std::size_t block_words, Block& block) {
    const std::optional<std::uint32_t> page = page_with_room(device, block_words);
    if (!page) return false;
    const Entry entry{.page = *page, .slot = pages_[*page].free_slots.back(), .end_token = end_token};
    pages_[*page].free_slots.pop_back();
    entries_[key] = entry;
    block = use_entry(entry);
    uploads_.add(pages_[*page].buffer.handle(), block.first_word * sizeof(std::uint32_t), words);
    n_uploaded_words_ += words.size();
    return true;
}

std::optional<std::uint32_t> GpuRouting::page_with_room(Device& device, std::size_t block_words) {
    if (block_words * sizeof(std::uint32_t) > limits_.page_bytes) return std::nullopt;
    std::optional<std::uint32_t> oldest;
    for (std::uint32_t i = 0; i < pages_.size(); ++i) {
        if (pages_[i].block_words == block_words && !pages_[i].free_slots.empty()) return i;
        if (pages_[i].used_in == frame_) continue;
        if (!oldest || pages_[i].used_in < pages_[*oldest].used_in) oldest = i;
    }
    if (pages_.size() < limits_.n_pages) {
        Result<Buffer> buffer = Buffer::create(
            device, {.size_bytes = limits_.page_bytes,
                     .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT,
                     .memory = Buffer::Memory::Device,
                     .label = "routing"});
        if (buffer) {
            pages_.emplace_back().buffer = std::move(*buffer);
            oldest = static_cast<std::uint32_t>(pages_.size() - 1);
        } else {
            limits_.n_pages = static_cast<std::uint32_t>(pages_.size());  // the GPU has no more
        }
    }
    if (oldest) assign(*oldest, block_words);
    return oldest;
}

void GpuRouting::assign(std::uint32_t page, std::size_t block_words) {
    std::erase_if(entries_, [page](const auto& entry) { return entry.second.page == page; });
    pages_[page].block_words = block_words;
    pages_[page].free_slots.clear();
    const std::size_t n_slots = limits_.page_bytes / (block_words * sizeof(std::uint32_t));
    for (std::size_t slot = n_slots; slot-- > 0;)
        pages_[page].free_slots.push_back(static_cast<std::uint32_t>(slot));
}

}  // namespace moe::render
