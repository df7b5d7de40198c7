#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/families/load_model.h"
#include "engine/tokenizer/tokenizer.h"

namespace moe::app {

/// `-m MODEL`, or MODEL alone; the embedded model where it is not given.
class ModelArgument {
  public:
    void add_to(CLI::App& command);
    Result<std::string> path() const;

  private:
    std::string path_;
};

/// A model with its tokenizer, as most verbs need it.
struct LoadedModel {
    std::shared_ptr<const Model> model;
    std::shared_ptr<const Tokenizer> tokenizer;
    std::string path;
};
Result<LoadedModel> load(const ModelArgument& argument);

/// `--text TEXT` or `--file FILE` ("-" is standard input).
class TextArgument {
  public:
    /// `text_names` is "-p,--prompt" or "--text".
    void add_to(CLI::App& command, const std::string& text_names);
    bool is_given() const;
    Result<std::string> text() const;  ///< empty where nothing is given
    const std::string& file() const { return file_; }  ///< empty where there is none

  private:
    CLI::Option* text_option_ = nullptr;
    CLI::Option* file_option_ = nullptr;
    std::string text_;
    std::string file_;
};

}  // namespace moe::app
