#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace moe::jinja {

struct Token {
    enum class Kind : std::uint8_t {
        Plain,        ///< of the template, outside of any braces
        OutputBegin,  ///< {{
        OutputEnd,
        BlockBegin,  ///< {%
        BlockEnd,
        Name,
        String,
        Integer,
        Float,
        Operator,
        End
    };
    Kind kind = Kind::End;
    std::string text = {};  ///< of a string what it stands for
    std::size_t line = 0;   ///< from 1
};

/// A template in tokens, with white space taken off as the library that chat templates are written for is
/// set: the first line end after a block, the space before one on its line (`trim_blocks`, `lstrip_blocks`),
/// what "-" asks for, and the last line end.
Result<std::vector<Token>> tokenize(std::string_view source);

}  // namespace moe::jinja
