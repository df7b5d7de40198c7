#pragma once

#include <QString>
#include <string_view>

#include "engine/base/token_id.h"

namespace moe::app {

/// A token by itself: a leading space as a middle dot, a line break as a return sign, bytes that are no
/// UTF-8 in hexadecimal ("<E2>"). An empty token is a dash.
QString token_by_itself(std::string_view bytes);

/// A token as a part of running text: line breaks as return signs, bytes that are no UTF-8 as U+FFFD.
QString token_in_text(std::string_view bytes);

/// The same of a token whose character may begin in the tokens before it, of which `before` has the last bytes (three
/// are enough): the token that ends a character shows all of it, those that only begin one a middle dot. So what a
/// token shows does not change when the next one comes.
QString token_in_text(std::string_view before, std::string_view bytes);

/// All bytes for a tooltip: the text in quotes with escapes, then the bytes in hexadecimal.
QString token_details(std::string_view bytes);

/// A token's id; a dash where the trace has none.
QString token_id_text(TokenId id);

/// 12345 as "12,345".
QString grouped(std::size_t number);

/// "1 token", "12,345 tokens".
QString tokens_text(std::size_t number);

/// A number with a fixed count of decimals and a true minus sign.
QString fixed_number(double value, int decimals);

}  // namespace moe::app
