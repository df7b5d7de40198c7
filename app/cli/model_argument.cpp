#include "app/cli/model_argument.h"

#include <filesystem>

#include "app/cli/output.h"
#include "app/viewport/assets.h"
#include "engine/trace_io/moetrace_reader.h"

namespace moe::app {

void ModelArgument::add_to(CLI::App& command) {
    command
        .add_option("-m,--model,MODEL", path_,
                    "Model to use (.gguf); the embedded model where it is not given")
        ->type_name("FILE");
}

Result<std::string> ModelArgument::path() const {
    if (path_.empty()) return embedded_model_path();
    std::error_code unknown;
    // Looking into a pipe would wait for its writer.
    if (std::filesystem::is_regular_file(path_, unknown) && looks_like_trace(path_))
        return make_error("{}: is a trace, not a model; choose a .gguf file", path_);
    return path_;
}

Result<LoadedModel> load(const ModelArgument& argument) {
    LoadedModel loaded;
    MOE_TRY(loaded.path, argument.path());
    MOE_TRY(loaded.model, load_model(loaded.path));
    MOE_TRY(loaded.tokenizer, create_tokenizer(loaded.model->file.metadata()));
    return loaded;
}

void TextArgument::add_to(CLI::App& command, const std::string& text_names) {
    text_option_ = command.add_option(text_names, text_, "The text itself")->type_name("TEXT");
    file_option_ =
        command.add_option("--file", file_, "A file with the text; - is standard input")->type_name("FILE");
    text_option_->excludes(file_option_);
}

bool TextArgument::is_given() const { return text_option_->count() + file_option_->count() > 0; }

Result<std::string> TextArgument::text() const {
    if (file_option_->count() > 0) return read_text_file(file_);
    return text_;
}

}  // namespace moe::app
