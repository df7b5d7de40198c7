#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/mapped_file.h"
#include "engine/base/result.h"

namespace moe {

/// Types of values in other programs' files. Text is numpy's: UTF-32, padded with zeros.
enum class ForeignType { U8, I8, U16, I16, U32, I32, U64, I64, F16, BF16, F32, F64, Text };

/// An array of another program, C order, little-endian. Borrows its bytes.
struct ForeignArray {
    ForeignType type = ForeignType::I32;
    std::size_t text_length = 0;  ///< characters of a value, where the type is Text
    std::vector<std::size_t> shape;
    std::span<const std::byte> bytes;

    std::size_t size() const;  ///< values; `bytes` holds as many
    bool is_integer() const { return type <= ForeignType::I64; }
    bool is_text() const { return type == ForeignType::Text; }
    std::int64_t integer(std::size_t index) const;  ///< of an array of integers
    float number(std::size_t index) const;          ///< of anything but text
    std::string text(std::size_t index) const;      ///< UTF-8
};

/// What a file of arrays, or a saved reply of a server, holds. Owns what the arrays borrow.
struct Capture {
    MappedFile file;
    std::list<std::vector<std::byte>> decoded;
    std::map<std::string, ForeignArray> arrays;
    std::vector<std::string> pieces;  ///< texts of the tokens, where the source has them
    std::string model = {};           ///< the name it gives itself; empty: the source does not tell it
};

/// Bytes of a value; 0 for text.
std::size_t size_of(ForeignType type);

/// Checks that `bytes` is as long as type and shape ask for, without overflow.
bool is_consistent(const ForeignArray& array);

/// Reads a .npy file, versions 1 to 3, of numbers or text; `what` names it in the Error.
Result<ForeignArray> parse_npy(std::span<const std::byte> bytes, const std::string& what);

/// Reads a *.npz, *.npy, *.safetensors or a server's reply in JSON, whichever the content is.
Result<Capture> read_capture(const std::filesystem::path& path);

}  // namespace moe
