#pragma once

#include <filesystem>
#include <stop_token>

#include "engine/base/result.h"
#include "engine/base/thread_pool.h"
#include "engine/families/random_model_spec.h"
#include "engine/gguf/gguf_writer.h"

namespace moe {

/// Writes a GGUF file that `load_model` takes, with random weights: matrices of deviation 1 / sqrt(n_in), so
/// that activations keep their size from layer to layer, and norms of 1. The same spec gives the same bytes
/// on every machine. Blocks are drawn as they are, not encoded from numbers, so that many gigabytes take as
/// long as the disk does.
///
/// A type whose blocks do not fit a matrix's rows gives way to a smaller-blocked one of about its size.
///
///   header  what the file says beside the model, such as a vocabulary of spec.n_vocab tokens
Result<void> write_random_model(const std::filesystem::path& path, const RandomModelSpec& spec,
                                GgufHeader header, ThreadPool& pool, const WriteProgress& on_progress = {},
                                const std::stop_token& stop = {});

/// The numbers in all tensors of such a file. Fails as writing it would.
Result<std::size_t> count_parameters(const RandomModelSpec& spec);

}  // namespace moe
