#include "app/cli/commands.h"
#include "app/cli/model_argument.h"
#include "app/cli/output.h"
#include "engine/gguf/gguf_reader.h"

namespace moe::app {
namespace {

struct TokenizeArguments {
    ModelArgument model;
    TextArgument text;
    bool no_bos = false;
    bool no_special = false;
    bool json = false;
};

Result<void> tokenize(const TokenizeArguments& arguments) {
    MOE_TRY(const std::string path, arguments.model.path());
    MOE_TRY(const GgufReader file, GgufReader::open(path));  // a vocabulary without a model will do
    MOE_TRY(const std::shared_ptr<const Tokenizer> tokenizer, create_tokenizer(file.metadata()));
    MOE_TRY(const std::string text, arguments.text.text());
    write_notice(tokenizer->notice());
    const std::vector<TokenId> ids =
        tokenizer->encode(text, {.add_bos = !arguments.no_bos, .parse_special = !arguments.no_special});
    if (arguments.json) {
        Json pieces = Json::array();
        for (const TokenId id : ids) pieces.push_back(printable_utf8(tokenizer->bytes(id)));
        write_json_line({{"schema", 1}, {"ids", ids}, {"pieces", pieces}});
        return {};
    }
    std::string line;
    for (const TokenId id : ids) line += (line.empty() ? "" : " ") + std::to_string(id);
    write_output(line + "\n");
    return {};
}

}  // namespace

CommandAction add_tokenize_command(CLI::App& program) {
    CLI::App* command = program.add_subcommand("tokenize", "Show the token ids of a text");
    const auto arguments = std::make_shared<TokenizeArguments>();
    arguments->model.add_to(*command);
    arguments->text.add_to(*command, "--text");
    command->add_flag("--no-bos", arguments->no_bos, "Do not put the beginning-of-sequence token first");
    command->add_flag("--no-special", arguments->no_special, "Read special tokens as plain text");
    command->add_flag("--json", arguments->json, "Write JSON with ids and pieces");
    return [arguments] {
        if (!arguments->text.is_given()) throw CLI::RequiredError("--text or --file");
        const Result<void> done = tokenize(*arguments);
        return done ? output_status() : report(done.error());
    };
}

}  // namespace moe::app
