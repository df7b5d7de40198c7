#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <stop_token>

#include "engine/base/result.h"
#include "engine/base/thread_pool.h"
#include "engine/gguf/gguf_header.h"

namespace moe {

/// A part of a tensor: whole blocks, the first at byte `offset` of it.
struct TensorPiece {
    std::size_t tensor = 0;  ///< index in the header
    std::size_t offset = 0;
    std::span<std::byte> bytes;  ///< to fill
};

/// Fills a piece. Called by several threads at once, in any order.
using FillPiece = std::function<void(const TensorPiece& piece)>;

/// Called by the calling thread, from time to time and at the end.
using WriteProgress = std::function<void(std::size_t done_bytes, std::size_t total_bytes)>;

/// Writes a GGUF file of any size with a few megabytes of memory: `fill` gives the tensors' bytes, piece by
/// piece. Where pieces begin depends on the tensors alone, not on the machine.
///
/// The file appears under its name when it is complete; until then, and after an Error, what was there stays.
/// Fails for tensors that the format cannot hold (a row must be whole blocks), where the disk has too little
/// space, and with a cancelled Error on `stop`.
Result<void> write_gguf(const std::filesystem::path& path, const GgufHeader& header, const FillPiece& fill,
                        ThreadPool& pool, const WriteProgress& on_progress = {},
                        const std::stop_token& stop = {});

}  // namespace moe
