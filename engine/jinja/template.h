#pragma once

#include <cstddef>
#include <ctime>
#include <memory>
#include <string_view>

#include "engine/base/result.h"
#include "engine/jinja/value.h"

namespace moe::jinja {

/// A program in the template language that chat models carry, Jinja: conditions, loops, macros, filters. It
/// can read what it is given and write text, nothing else; the time and memory it may take are those of the
/// heap it runs on.
class Template {
  public:
    /// Reads a template. What the language has and this does not is an Error that names it and its line.
    static Result<Template> parse(std::string_view source);

    /// What the template writes with these variables, which live on `heap`. `now` is what its clock shows. An
    /// Error also where the template itself refuses, by raise_exception.
    Result<Text> render(Heap& heap, const Map& variables, std::time_t now) const;

  private:
    struct Program;
    explicit Template(std::shared_ptr<const Program> program) : program_(std::move(program)) {}
    std::shared_ptr<const Program> program_;
};

}  // namespace moe::jinja
