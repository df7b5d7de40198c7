#pragma once

#include <QString>
#include <cstdint>
#include <map>
#include <optional>

#include "app/docks/run_key.h"

namespace moe::app {

/// What somebody wrote beside a token.
struct Note {
    std::uint64_t id = 0;  ///< names it while the program runs
    RunKey run;
    std::size_t position = 0;
    std::optional<std::size_t> layer = {};  ///< on the trace's layer axis
    std::optional<std::size_t> expert = {};
    QString text = {};
    bool operator==(const Note&) const = default;
};

/// By position, several notes on one token as several lines.
using NotesByToken = std::map<std::size_t, QString>;

}  // namespace moe::app
