#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "render/gpu/upload_queue.h"
#include "render/resolve/resident_words.h"
#include "render/resolve/token_pyramid.h"

namespace moe::render {

/// The part of a run's routing that lies in the GPU's memory: chunks of tokens and kept sums, each as one
/// block of a page. Blocks go up when a picture first needs them. A page holds blocks of one size; where no
/// room is left, the page that was not needed for longest is given up. Not on the thread of another.
class GpuRouting {
  public:
    static constexpr std::uint32_t kPages = 6;  ///< most pages; a shader sees all of them

    struct Limits {
        VkDeviceSize page_bytes = 0;
        std::uint32_t n_pages = kPages;
    };
    /// A quarter of the GPU's memory at most, and no page larger than a shader may see.
    static Limits limits_of(const Device& device);

    explicit GpuRouting(const Limits& limits) : limits_(limits) {}

    /// Begins a frame that shows `trace`: what was uploaded of other chunks is forgotten.
    void use(const TraceSnapshot& trace);

    struct Block {
        std::uint32_t page = 0;
        std::uint32_t first_word = 0;
    };
    /// What became of a wish.
    enum class Outcome { Resident, Later, NoRoom };  ///< Later: the budget of this frame is used up

    /// Tokens of one chunk, routed; `block` begins with the chunk's first token.
    Outcome tokens(Device& device, const SumQuestion& question, IndexRange tokens, ReadBudget& budget,
                   Block& block);
    /// A kept sum of these tokens.
    Outcome kept(Device& device, const SumQuestion& question, const SumPart& part, Block& block);

    UploadQueue& uploads() { return uploads_; }
    VkBuffer page(std::uint32_t index) const;                           ///< null: there is none yet
    std::size_t n_uploaded_words() const { return n_uploaded_words_; }  ///< since it was made

  private:
    struct Key {
        HeatmapValue value;
        bool is_sum;
        std::size_t first_token;
        std::size_t n_tokens;  ///< of a kept sum; 0: a chunk's tokens
        auto operator<=>(const Key&) const = default;
    };
    struct Entry {
        std::uint32_t page = 0;
        std::uint32_t slot = 0;
        std::size_t end_token = 0;  ///< of what is in it
    };
    struct Page {
        Buffer buffer;
        std::size_t block_words = 0;
        std::vector<std::uint32_t> free_slots;
        std::uint64_t used_in = 0;  ///< frame
    };
    Block use_entry(const Entry& entry);
    bool store(Device& device, const Key& key, std::size_t end_token, const std::vector<std::uint32_t>& words,
               std::size_t block_words, Block& block);
    std::optional<std::uint32_t> page_with_room(Device& device, std::size_t block_words);
    void assign(std::uint32_t page, std::size_t block_words);
    void forget(std::map<Key, Entry>::iterator entry);

    Limits limits_;
    TraceSnapshot trace_;  // keeps its chunks, so that a chunk's address stays its own
    std::vector<Page> pages_;
    std::map<Key, Entry> entries_;
    UploadQueue uploads_;
    std::uint64_t frame_ = 0;
    std::size_t n_uploaded_words_ = 0;
};

}  // namespace moe::render
