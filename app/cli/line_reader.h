#pragma once

#include <optional>
#include <stop_token>
#include <string>

namespace moe::app {

/// The lines of standard input, one by one, from a terminal or a pipe.
class LineReader {
  public:
    /// A terminal shows that it is the user's turn.
    static bool is_terminal();

    /// The next line without its end. Nothing at the end of the input, or soon after `stop`.
    std::optional<std::string> next(const std::stop_token& stop);

    /// The next line that has anything but white space in it.
    std::optional<std::string> next_filled(const std::stop_token& stop);

  private:
    bool read_more(const std::stop_token& stop);
    std::string take(std::size_t n_bytes);

    std::string buffer_;
    bool is_at_end_ = false;
};

}  // namespace moe::app
