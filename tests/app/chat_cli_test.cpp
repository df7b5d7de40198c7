#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "app/cli/memory_words.h"
#include "engine/trace_io/moetrace_reader.h"
#include "tests/support/chat_model.h"
#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace moe {
namespace {

using nlohmann::json;
using test::ProcessResult;
using testing::HasSubstr;

ProcessResult moescope(std::vector<std::string> arguments, const std::string& input = {}) {
    arguments.insert(arguments.begin(), MOESCOPE_PROGRAM);
    return test::run_process(arguments, input);
}

std::vector<json> json_lines(const std::string& text) {
    std::vector<json> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(json::parse(line));
    return lines;
}

/// The text of all tokens, and their phases as one letter each.
struct Conversation {
    std::string text;
    std::string phases;
};
Conversation conversation_of(const std::vector<json>& lines) {
    Conversation conversation;
    for (const json& line : lines) {
        if (line["event"] != "token") continue;
        conversation.text += line["piece"];
        conversation.phases += line["phase"] == "prefill" ? 'p' : 'd';
    }
    return conversation;
}

TEST(ChatCliTest, APromptIsOneMessageBehindTheSystemMessage) {
    const ProcessResult run =
        moescope({"run", "--chat", "-p", "Hello!", "--system", "Be kind.", "-n", "2", "--json"});
    ASSERT_EQ(run.status, 0) << run.errors;
    const Conversation talk = conversation_of(json_lines(run.output));
    EXPECT_THAT(talk.text, testing::StartsWith("<|endoftext|>Be kind.\n\nUser: Hello!\nAssistant:"));
    EXPECT_THAT(run.errors, HasSubstr("no known chat format"));
}

TEST(ChatCliTest, EachLineOfThePipeIsATurnOfTheSameRun) {
    const test::TemporaryFolder folder;
    const std::string trace = folder.path() / "chat.moetrace";
    const ProcessResult run = moescope(
        {"run", "--chat", "--temp", "0", "-n", "30", "--json", "--record", trace}, "Hello!\r\n\n  \nAnd you?");
    ASSERT_EQ(run.status, 0) << run.errors;
    const std::vector<json> lines = json_lines(run.output);
    const Conversation talk = conversation_of(lines);
    EXPECT_THAT(talk.text, testing::ContainsRegex("User: Hello!\nAssistant:[^\n]*\nUser: And you[?]\nAssistant:"));
    EXPECT_THAT(talk.phases, testing::MatchesRegex("p+d+p+d+"));
    const json& end = lines.back();
    EXPECT_EQ(end["event"], "end");
    EXPECT_EQ(end["n_prefill"], std::count(talk.phases.begin(), talk.phases.end(), 'p'));
    EXPECT_EQ(end["n_decode"], std::count(talk.phases.begin(), talk.phases.end(), 'd'));

    const auto reader = MoetraceReader::open(trace);
    ASSERT_TRUE(reader.has_value()) << reader.error().message;
    ASSERT_EQ((*reader)->runs().size(), 1u);
    EXPECT_EQ((*reader)->runs()[0].n_tokens, talk.phases.size());
    EXPECT_EQ((*reader)->runs()[0].n_prefill, end["n_prefill"]);
    EXPECT_EQ((*reader)->runs()[0].status, "complete");
}

TEST(ChatCliTest, WritesOneAnswerALineAndNothingElse) {
    const ProcessResult run = moescope({"run", "--chat", "--temp", "0"}, "Hello!\nHow are you?\n");
    ASSERT_EQ(run.status, 0) << run.errors;
    EXPECT_EQ(std::count(run.output.begin(), run.output.end(), '\n'), 2) << run.output;
    EXPECT_EQ(run.output.find("User:"), std::string::npos) << run.output;
    EXPECT_EQ(run.output.find("<|endoftext|>"), std::string::npos) << run.output;
}

TEST(ChatCliTest, ThePipeGivesWhatTheSingleMessageGives) {
    const ProcessResult piped = moescope({"run", "--chat", "--seed", "5"}, "Hello!\n");
    EXPECT_EQ(piped.status, 0);
    EXPECT_EQ(piped.output, moescope({"run", "--chat", "--seed", "5", "-p", "Hello!"}).output);
}

TEST(ChatCliTest, SaysWhatIsMissingOrTooLong) {
    const ProcessResult nothing = moescope({"run", "--chat"}, "\n");
    EXPECT_EQ(nothing.status, 1);
    EXPECT_THAT(nothing.errors, HasSubstr("standard input has no message"));
    EXPECT_EQ(moescope({"run", "--system", "Be kind."}).status, 2);
    const ProcessResult long_line = moescope({"run", "--chat", "-n", "4"}, "Hello!\n" + std::string(9000, 'x') + "\n");
    EXPECT_EQ(long_line.status, 1);
    EXPECT_THAT(long_line.errors, HasSubstr("512"));
    EXPECT_THAT(long_line.errors, HasSubstr("start a new chat"));
}

/// The embedded model with another chat template.
std::string model_with(const test::TemporaryFolder& folder, const std::string& chat_template) {
    const std::filesystem::path path = folder.path() / "chat.gguf";
    test::write_model_with_chat(test::asset_file("models/early-d192-l6.gguf"), path, chat_template);
    return path;
}

TEST(ChatCliTest, TellsTheTemplateWhetherToThinkAndWhatDayItIs) {
    const test::TemporaryFolder folder;
    const std::string model =
        model_with(folder,
                   "On {{ strftime_now('%d %B %Y') }}:{% for m in messages %} {{ m.content }}{% endfor %}"
                   "{% if enable_thinking is defined %} {{ enable_thinking }}{% endif %}|Answer:");
    const auto prompt = [&](std::vector<std::string> options) {
        options.insert(options.begin(), {"run", "-m", model, "--chat", "-p", "Hi", "-n", "1", "--json"});
        const ProcessResult run = moescope(options);
        EXPECT_EQ(run.status, 0) << run.errors;
        const std::string text = conversation_of(json_lines(run.output)).text;
        return text.substr(0, text.find("|Answer"));
    };
    EXPECT_EQ(prompt({"--date", "2024-02-29"}), "<|endoftext|>On 29 February 2024: Hi");
    EXPECT_EQ(prompt({"--date", "1999-12-31", "--thinking", "on"}),
              "<|endoftext|>On 31 December 1999: Hi True");
    EXPECT_EQ(prompt({"--date", "2024-02-29", "--thinking", "off"}),
              "<|endoftext|>On 29 February 2024: Hi False");
    for (const std::string date :
         {"2023-02-29", "2024-13-01", "2024-1-1", "today", "2024-02-29x", "0000-00-00"}) {
        const ProcessResult refused = moescope({"run", "--chat", "-p", "Hi", "--date", date});
        EXPECT_EQ(refused.status, 2) << date;
        EXPECT_THAT(refused.errors, HasSubstr("'" + date + "' is no day")) << date;
    }
    EXPECT_EQ(moescope({"run", "--chat", "-p", "Hi", "--thinking", "maybe"}).status, 2);
    EXPECT_EQ(moescope({"run", "-p", "Hi", "--thinking", "on"}).status, 2) << "without a chat";
    EXPECT_THAT(moescope({"run", "--chat", "-p", "Hi", "-n", "1", "--thinking", "on"}).errors,
                HasSubstr("knows no thinking"));
}

TEST(ChatCliTest, TellsTheTemplateWithHowMuchEffortToThink) {
    const test::TemporaryFolder folder;
    const std::string model =
        model_with(folder,
                   "{% if reasoning_effort is defined and reasoning_effort == 'medium' %}"
                   "{{ raise_exception('low or high') }}{% endif %}"
                   "Effort: {{ reasoning_effort if reasoning_effort is defined else 'none' }};"
                   "{% for m in messages %} {{ m.content }}{% endfor %}|Answer:");
    const auto run = [&](std::vector<std::string> options) {
        options.insert(options.begin(), {"run", model, "--chat", "-p", "Hi", "-n", "1", "--json"});
        ProcessResult result = moescope(options);
        EXPECT_EQ(result.status, 0) << result.errors;
        const std::string text = conversation_of(json_lines(result.output)).text;
        return std::pair(text.substr(0, text.find("|Answer")), result.errors);
    };
    EXPECT_EQ(run({}).first, "<|endoftext|>Effort: none; Hi");
    EXPECT_EQ(run({"--reasoning-effort", "low"}).first, "<|endoftext|>Effort: low; Hi");
    EXPECT_EQ(run({"--reasoning-effort", "high"}).first, "<|endoftext|>Effort: high; Hi");
    const auto [medium, notice] = run({"--reasoning-effort", "medium"});
    EXPECT_EQ(medium, "<|endoftext|>Effort: none; Hi");
    EXPECT_THAT(notice, HasSubstr("knows the reasoning effort low, high, not medium: --reasoning-effort changes"));
    EXPECT_THAT(run({"--thinking", "on"}).second, HasSubstr("knows no thinking"));
    EXPECT_THAT(moescope({"run", "--chat", "-p", "Hi", "-n", "1", "--reasoning-effort", "low"}).errors,
                HasSubstr("knows no reasoning effort: --reasoning-effort changes nothing"));
    for (const std::vector<std::string>& wrong : std::vector<std::vector<std::string>>{
             {"--chat", "--reasoning-effort", "max"},
             {"--reasoning-effort", "low"},
             {"--chat", "--reasoning-effort", "low", "--thinking", "off"}}) {
        std::vector<std::string> options{"run", "-p", "Hi"};
        options.insert(options.end(), wrong.begin(), wrong.end());
        EXPECT_EQ(moescope(options).status, 2) << wrong.back();
    }
}

TEST(MemoryCliTest, InfoSaysWhatAModelTakes) {
    const std::string model = test::asset_file("models/early-d192-l6.gguf");
    const std::string words = moescope({"info", model}).output;
    // 6 layers of keys and values, each 2 heads of 32 floats: 3,072 bytes a token.
    EXPECT_THAT(words, HasSubstr("3.1 MB for 1,000 tokens, 1.6 MB for all 512 tokens"));
    EXPECT_THAT(words, HasSubstr("13.0 MB, mapped from the file"));
    EXPECT_THAT(words, HasSubstr("all of it fits"));
    EXPECT_EQ(json::parse(moescope({"info", model, "--json"}).output)["recurrent_bytes"], 0);
}

TEST(MemoryCliTest, AContextThatDoesNotFitIsRefusedWithTheOneThatDoes) {
    const ProcessResult result = moescope({"run", "-n", "1", "--ctx", "16777216", "-p", "x"});
    if (result.status == 0) GTEST_SKIP() << "this machine has more than 50 GB of free memory";
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.errors, HasSubstr("needs 51.5 GB"));
    EXPECT_THAT(result.errors, HasSubstr("ask for at most"));
}

TEST(MemoryWordsTest, NameWhatFits) {
    const auto words = [](std::size_t machine_bytes, std::size_t recurrent_bytes) {
        return app::memory_in_words({{"supported", true},
                                     {"file_bytes", 4'000'000'000},
                                     {"kv_bytes_per_token", 100'000},
                                     {"recurrent_bytes", recurrent_bytes},
                                     {"n_ctx", 40'000}},
                                    machine_bytes);
    };
    EXPECT_THAT(words(8'000'000'000, 0), HasSubstr("8.0 GB of memory: all of it fits"));
    EXPECT_THAT(words(5'000'000'000, 0), HasSubstr("the weights fit with a context of 10,000 tokens"));
    EXPECT_THAT(words(3'000'000'000, 0), HasSubstr("the weights do not fit"));
    EXPECT_THAT(words(8'000'000'000, 75'000'000), HasSubstr("75.0 MB, for any length"));
    EXPECT_EQ(app::memory_in_words({{"supported", false}}, 1), "");
    EXPECT_EQ(app::bytes_in_words(999), "999 B");
}

TEST(ThreadsCliTest, TheNumberOfThreadsHasAShortName) {
    EXPECT_EQ(moescope({"run", "-t", "1", "-n", "4", "-p", "Once"}).output,
              moescope({"run", "--threads", "3", "-n", "4", "-p", "Once"}).output);
    EXPECT_EQ(moescope({"run", "-t", "4000"}).status, 2);
    for (const char* verb : {"run", "eval", "bench"})
        EXPECT_THAT(moescope({verb, "--help"}).output, HasSubstr("-t,--threads")) << verb;
}

}  // namespace
}  // namespace moe
