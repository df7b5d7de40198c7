#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/trace_io/run_source.h"

namespace moe {

/// Writes a run as `pos,token_id,piece,phase,layer,slot,expert,weight`, one row a used slot; a whole file or
/// nothing. `pos` is the position in the run that a part was taken from, `layer` is the model's block. The weight is empty where the trace has none; bytes of a piece that
/// are not UTF-8 are U+FFFD.
Result<void> write_csv(const std::filesystem::path& path, const RunSource& source);

/// One field as RFC 4180 has it: in quotes where it holds a comma, a quote or a line end.
std::string csv_field(std::string_view text);

/// `bytes` as UTF-8: what does not belong to a well-formed character becomes U+FFFD, a byte at a time.
std::string utf8_from_bytes(std::string_view bytes);

}  // namespace moe
