#include "engine/trace_io/csv.h"

#include <cstdint>
#include <iterator>

#include "engine/base/output_file.h"
#include "engine/trace_io/moetrace_schema.h"

namespace moe {
namespace {

/// Bytes of the well-formed character at the front, 0 if there is none (Unicode 15.0, table 3-7).
std::size_t character_bytes(std::string_view bytes) {
    const auto at = [bytes](std::size_t index) {
        return index < bytes.size() ? static_cast<std::uint8_t>(bytes[index]) : std::uint8_t{0};
    };
    const auto continues = [at](std::size_t index) { return (at(index) & 0xC0) == 0x80; };
    const std::uint8_t lead = at(0);
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return continues(1) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        const bool is_overlong = lead == 0xE0 && at(1) < 0xA0;
        const bool is_surrogate = lead == 0xED && at(1) > 0x9F;
        return continues(1) && continues(2) && !is_overlong && !is_surrogate ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        const bool is_overlong = lead == 0xF0 && at(1) < 0x90;
        const bool is_too_large = lead == 0xF4 && at(1) > 0x8F;
        return continues(1) && continues(2) && continues(3) && !is_overlong && !is_too_large ? 4 : 0;
    }
    return 0;
}

/// The rows of a window's token, which is at `position` of the run.
std::string rows_of(const TraceSnapshot& window, std::size_t index, std::size_t position) {
    const TraceShape& shape = window.shape();
    const TokenRecord& token = window.token(index);
    const std::string start = fmt::format("{},{},{},{}", position, token.id,
                                          csv_field(utf8_from_bytes(token.bytes)), phase_name(token.phase));
    std::string rows;
    for (std::size_t layer = 0; layer < shape.n_layers; ++layer) {
        const ExpertsView experts = window.experts(index, layer);
        const WeightsView weights = window.weights(index, layer);
        for (std::size_t slot = 0; slot < experts.size(); ++slot) {
            if (experts[slot] == kNoExpert) continue;
            fmt::format_to(std::back_inserter(rows), "{},{},{},{},", start, shape.layer_ids[layer], slot,
                           experts[slot]);
            if (!weights.empty()) fmt::format_to(std::back_inserter(rows), "{}", weights[slot]);
            rows += '\n';
        }
    }
    return rows;
}

}  // namespace

std::string utf8_from_bytes(std::string_view bytes) {
    std::string text;
    while (!bytes.empty()) {
        const std::size_t n_bytes = character_bytes(bytes);
        if (n_bytes == 0)
            text += "\xEF\xBF\xBD";
        else
            text += bytes.substr(0, n_bytes);
        bytes.remove_prefix(n_bytes == 0 ? 1 : n_bytes);
    }
    return text;
}

std::string csv_field(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string quoted = "\"";
    for (const char byte : text) {
        quoted += byte;
        if (byte == '"') quoted += '"';
    }
    return quoted + '"';
}

Result<void> write_csv(const std::filesystem::path& path, const RunSource& source) {
    MOE_TRY(OutputFile file, OutputFile::create(path));
    MOE_TRY(file.write("pos,token_id,piece,phase,layer,slot,expert,weight\n"));
    const auto write = [&](const TraceSnapshot& window, std::size_t position) -> Result<void> {
        for (std::size_t token = 0; token < window.n_routed(); ++token) {
            MOE_TRY(file.write(rows_of(window, token, source.first + position + token)));
        }
        return {};
    };
    MOE_TRY(source.visit({ColumnKind::Weights}, write));
    return file.commit();
}

}  // namespace moe
