#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/base/atomic_write.h"
#include "engine/trace_io/moetrace_reader.h"
#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace moe {
namespace {

using nlohmann::json;
using test::ProcessResult;
using test::TemporaryFolder;
using ::testing::HasSubstr;
using ::testing::StartsWith;

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

void expect_one_clear_line(const ProcessResult& result) {
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.errors, StartsWith("moescope: "));
    EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << result.errors;
    EXPECT_THAT(result.errors, HasSubstr("; "));
}

TEST(CliTest, HelpListsTheVerbsThatAreThere) {
    const ProcessResult help = moescope({"--help"});
    EXPECT_EQ(help.status, 0);
    for (const char* verb : {"info", "run", "eval", "tokenize", "stats", "render", "convert", "bench"}) {
        EXPECT_THAT(help.output, HasSubstr(verb));
        EXPECT_EQ(moescope({verb, "--help"}).status, 0) << verb;
    }
    const ProcessResult later = moescope({"train", "x"});
    EXPECT_EQ(later.status, 2);
    EXPECT_THAT(later.errors, HasSubstr("not there yet"));
    EXPECT_EQ(help.output.find("\n  train "), std::string::npos);
}

TEST(CliTest, BadUsageEndsWithTwoAndNamesTheOption) {
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"info"}, {"run", "--no-such-option"}, {"run", "-n", "many"}, {"tokenize"}, {"eval", "--text", "x"},
             {"bench", "--prompt", "0"}, {"render"}, {"run", "-p", "a", "--file", "b"},
             {"run", "--temp", "nan"}, {"run", "--top-p", "NaN"}, {"run", "--seed", "-1"}, {"run", "--seed=-1"},
             {"run", "--record-columns", "experts"}, {"make-model", "-o", "x.gguf", "--seed", "-1"},
             {"make-model", "-o", "x.gguf", "--layers", "-1"},
             {"render", "a.moetrace", "-o", "x.png", "--view", "balance", "--transpose"},
             {"render", "a.moetrace", "-o", "x.png", "--token", "-1"}}) {
        const ProcessResult result = moescope(words);
        EXPECT_EQ(result.status, 2) << words[0];
        EXPECT_THAT(result.errors, StartsWith("moescope: ")) << words[0];
    }
    EXPECT_THAT(moescope({"run", "--no-such-option"}).errors, HasSubstr("--no-such-option"));
}

TEST(CliTest, InfoDescribesTheEmbeddedModel) {
    const ProcessResult result = moescope({"info", test::asset_file("models/early-d192-l6.gguf"), "--json"});
    ASSERT_EQ(result.status, 0) << result.errors;
    const json info = json::parse(result.output);
    EXPECT_EQ(info["schema"], 1);
    EXPECT_EQ(info["kind"], "model");
    EXPECT_EQ(info["architecture"], "qwen3moe");
    EXPECT_EQ(info["n_layers"], 6);
    EXPECT_EQ(info["layer_ids"], (json{0, 1, 2, 3, 4, 5}));
    EXPECT_EQ(info["n_experts"], 16);
    EXPECT_EQ(info["top_k"], 2);
    EXPECT_EQ(info["n_shared_experts"], 0);
    EXPECT_EQ(info["gating"], "softmax");
    EXPECT_EQ(info["renormalize"], true);
    EXPECT_EQ(info["d_model"], 192);
    EXPECT_EQ(info["d_ff_expert"], 192);
    EXPECT_EQ(info["n_heads"], 6);
    EXPECT_EQ(info["n_kv_heads"], 2);
    EXPECT_EQ(info["n_vocab"], 4096);
    EXPECT_EQ(info["n_ctx"], 512);
    // 4096*192 embedding + 192 norm + 6 layers of (2*192 + 2*32 norms, 192*(192+64+64) + 192*192 attention, 16*192 router, 3*16*192*192 experts)
    const int layer = 2 * 192 + 2 * 32 + 192 * 320 + 192 * 192 + 16 * 192 + 3 * 16 * 192 * 192;
    const int total = 4096 * 192 + 192 + 6 * layer;
    EXPECT_EQ(info["parameters_total"], total);
    EXPECT_EQ(info["parameters_active"], total - 6 * 3 * 14 * 192 * 192);
    EXPECT_EQ(info["tensor_types"]["F32"], 1 + 6 * 5);
    EXPECT_EQ(info["tensor_types"]["Q8_0"], 1 + 6 * 7);
    EXPECT_EQ(info["file_bytes"], 12957024);
    EXPECT_EQ(info["supported"], true);
    EXPECT_TRUE(info["reason"].is_null());
}

TEST(CliTest, TokenizeShowsIdsAndPieces) {
    const std::string text = "Once upon a time,\n caf\xC3\xA9 \xF0\x9F\xA6\x8A";
    const ProcessResult plain = moescope({"tokenize", "--text", text, "--no-bos"});
    ASSERT_EQ(plain.status, 0) << plain.errors;
    const ProcessResult from_input = moescope({"tokenize", "--file", "-", "--json", "--no-bos"}, text);
    ASSERT_EQ(from_input.status, 0) << from_input.errors;
    const json tokens = json::parse(from_input.output);
    std::string ids;
    for (const json& id : tokens["ids"]) ids += (ids.empty() ? "" : " ") + id.dump();
    EXPECT_EQ(plain.output, ids + "\n");
    EXPECT_EQ(tokens["pieces"].size(), tokens["ids"].size());
    EXPECT_EQ(tokens["pieces"][0], "Once");

    const ProcessResult with_bos = moescope({"tokenize", "--text", text});
    EXPECT_EQ(with_bos.output, "0 " + plain.output);
    EXPECT_EQ(moescope({"tokenize", "--no-bos", "--text", "<|endoftext|>"}).output, "0\n");
    EXPECT_NE(moescope({"tokenize", "--no-bos", "--no-special", "--text", "<|endoftext|>"}).output, "0\n");
}

TEST(CliTest, RunWritesJsonLinesAndATraceWhoseNewestTokenHasNoRouting) {
    const TemporaryFolder folder;
    const std::string trace = folder.path() / "a.moetrace";
    const ProcessResult run = moescope({"run", "-p", "Once upon a time", "-n", "20", "--seed", "3", "--ignore-eos",
                                        "--record", trace, "--json"});
    ASSERT_EQ(run.status, 0) << run.errors;
    const std::vector<json> lines = json_lines(run.output);
    EXPECT_EQ(lines.front()["event"], "start");
    EXPECT_EQ(lines.front()["schema"], 1);
    EXPECT_EQ(lines.front()["seed"], 3);
    const json& end = lines.back();
    EXPECT_EQ(end["event"], "end");
    EXPECT_EQ(end["reason"], "length");
    EXPECT_EQ(end["n_decode"], 20);
    EXPECT_EQ(end["trace"], trace);
    const std::size_t n_prefill = end["n_prefill"];
    ASSERT_EQ(lines.size(), 2 + n_prefill + 20);
    for (std::size_t index = 1; index + 1 < lines.size(); ++index) {
        EXPECT_EQ(lines[index]["pos"], index - 1);
        const bool is_prompt = index <= n_prefill;
        EXPECT_EQ(lines[index]["phase"], is_prompt ? "prefill" : "decode");
        EXPECT_EQ(lines[index]["logprob"].is_null(), is_prompt);
    }
    const auto reader = MoetraceReader::open(trace);
    ASSERT_TRUE(reader.has_value()) << reader.error().message;
    const TraceRunSummary& summary = (*reader)->runs().at(0);
    EXPECT_EQ(summary.status, "complete");
    EXPECT_EQ(summary.n_tokens, n_prefill + 20);
    EXPECT_EQ(summary.n_routed, n_prefill + 19);

    const json info = json::parse(moescope({"info", trace, "--json"}).output);
    EXPECT_EQ(info["kind"], "trace");
    EXPECT_EQ(info["runs"][0]["n_tokens"], n_prefill + 20);
    EXPECT_EQ(info["runs"][0]["columns"], (json{"experts", "router_logits", "weights"}));
}

TEST(CliTest, TheSameSeedWritesTheSameTextAndRefusesToOverwrite) {
    const TemporaryFolder folder;
    const std::string trace = folder.path() / "a.moetrace";
    const std::vector<std::string> words{"run", "-p", "Once", "-n", "12", "--seed", "9", "--record", trace};
    const ProcessResult first = moescope(words);
    ASSERT_EQ(first.status, 0) << first.errors;
    expect_one_clear_line(moescope(words));
    std::vector<std::string> again = words;
    again.push_back("--overwrite");
    EXPECT_EQ(moescope(again).output, first.output);
}

TEST(CliTest, EvalWritesEveryPosition) {
    const TemporaryFolder folder;
    const std::filesystem::path file = folder.path() / "out.safetensors";
    ASSERT_EQ(moescope({"eval", "--ids", "0,5,17,4000,33", "-o", file}).status, 0);
    std::ifstream stream(file, std::ios::binary);
    std::uint64_t header_bytes = 0;
    stream.read(reinterpret_cast<char*>(&header_bytes), sizeof header_bytes);
    std::string header(header_bytes, ' ');
    stream.read(header.data(), static_cast<std::streamsize>(header.size()));
    const json tensors = json::parse(header);
    EXPECT_EQ(tensors["tokens"]["shape"], (json{5}));
    EXPECT_EQ(tensors["logits"]["shape"], (json{5, 4096}));
    EXPECT_EQ(tensors["scores"]["shape"], (json{5, 6, 16}));
    EXPECT_EQ(tensors["experts"]["shape"], (json{5, 6, 2}));
    EXPECT_EQ(tensors["experts"]["dtype"], "I32");
    EXPECT_FALSE(tensors.contains("selection"));
    for (const char* ids : {"1,", "x", "1,99999", "-1", "1 2"}) {
        expect_one_clear_line(moescope({"eval", std::string("--ids=") + ids, "-o", file}));
    }
    const ProcessResult other = moescope({"eval", "--ids", "0", "-o", folder.path() / "out.txt"});
    EXPECT_EQ(other.status, 2);
    EXPECT_THAT(other.errors, HasSubstr(".safetensors"));
}

TEST(CliTest, RenderGivesTheSameBytesEachTime) {
    const TemporaryFolder folder;
    const std::string trace = folder.path() / "a.moetrace";
    ASSERT_EQ(moescope({"run", "-n", "30", "--record", trace}).status, 0);
    for (const char* view : {"heatmap", "load", "transposed"}) {
        std::vector<std::string> pictures;
        for (const char* name : {"1.png", "2.png"}) {
            const std::filesystem::path file = folder.path() / name;
            std::vector<std::string> arguments{"render", trace, "-o", file, "--size", "900x600"};
            if (view == std::string_view("transposed")) {
                arguments.emplace_back("--transpose");
            } else {
                arguments.insert(arguments.end(), {"--view", view});
            }
            const ProcessResult result = moescope(arguments);
            ASSERT_EQ(result.status, 0) << result.errors;
            std::ostringstream bytes;
            bytes << std::ifstream(file, std::ios::binary).rdbuf();
            pictures.push_back(bytes.str());
        }
        EXPECT_EQ(pictures[0], pictures[1]) << view;
        EXPECT_THAT(pictures[0], StartsWith("\x89PNG"));
    }
    EXPECT_EQ(moescope({"render", trace, "-o", folder.path() / "x.png", "--size", "0x5"}).status, 2);
    EXPECT_EQ(moescope({"render", trace, "-o", folder.path() / "x.png", "--range", "9:3"}).status, 2);
    expect_one_clear_line(moescope({"render", trace, "-o", folder.path() / "no" / "x.png"}));
}

// Every verb that writes, told to write over what it reads: by its name, by another one and through a link.
TEST(CliTest, NothingThatIsReadIsWrittenOver) {
    const TemporaryFolder folder;
    const std::string trace = folder.path() / "a.moetrace";
    ASSERT_EQ(moescope({"run", "-n", "4", "--record", trace}).status, 0);
    const std::string model = folder.path() / "m.gguf";
    std::filesystem::copy_file(test::asset_file("models/early-d192-l6.gguf"), model);
    const std::string picture = folder.path() / "a.png";
    std::filesystem::create_hard_link(trace, picture);
    const std::string arrays = folder.path() / "m.safetensors";
    std::filesystem::create_symlink("m.gguf", arrays);
    const std::string text = folder.path() / "text.safetensors";
    ASSERT_TRUE(atomic_write(text, "Once upon a time").has_value());

    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"render", trace, "-o", picture},
             {"render", trace, "-o", picture, "--view", "balance"},
             {"render", picture, "-o", picture},
             {"eval", "-m", model, "--text", "a", "-o", arrays},
             {"eval", "--file", text, "-o", text},
             {"run", "-m", model, "-n", "2", "--record", model, "--overwrite"},
             {"run", "--file", text, "-n", "2", "--record", text, "--overwrite"}}) {
        const ProcessResult result = moescope(words);
        expect_one_clear_line(result);
        EXPECT_THAT(result.errors, HasSubstr("is the file that is read")) << words[0];
    }
    EXPECT_EQ(moescope({"stats", trace}).status, 0);
    EXPECT_EQ(moescope({"info", model}).status, 0);
    EXPECT_EQ(std::filesystem::file_size(text), 16u);
}

TEST(CliTest, WrongFilesEndInOneClearLine) {
    const TemporaryFolder folder;
    const std::filesystem::path bad = folder.path() / "bad.gguf";
    ASSERT_TRUE(atomic_write(bad, "GGUF\x03").has_value());
    const std::filesystem::path text = folder.path() / "text.txt";
    ASSERT_TRUE(atomic_write(text, "hello there, this is not a model").has_value());
    for (const std::string& file : {bad.string(), text.string(), std::string("missing"), folder.path().string()}) {
        expect_one_clear_line(moescope({"info", file}));
        expect_one_clear_line(moescope({"run", "-m", file, "-p", "x", "-n", "1"}));
        expect_one_clear_line(moescope({"render", file, "-o", folder.path() / "x.png"}));
    }
    expect_one_clear_line(moescope({"run", "--file", "missing", "-n", "1"}));
    const ProcessResult no_text = moescope({"run", "--file", folder.path(), "-n", "1"});
    expect_one_clear_line(no_text);
    EXPECT_THAT(no_text.errors, HasSubstr("is a folder"));
    expect_one_clear_line(moescope({"run", "-n", "1", "--record", folder.path() / "no such folder" / "x.moetrace"}));
    const std::string long_text(20000, 'x');
    const ProcessResult too_long = moescope({"run", "--file", "-", "-n", "1"}, long_text);
    expect_one_clear_line(too_long);
    EXPECT_THAT(too_long.errors, HasSubstr("512"));
    EXPECT_THAT(too_long.errors, HasSubstr("--truncate"));
    EXPECT_EQ(moescope({"run", "--file", "-", "-n", "1", "--truncate"}, long_text).status, 0);
}

TEST(CliTest, TheModelMayStandWithoutAnOption) {
    const TemporaryFolder folder;
    const std::string trace = folder.path() / "a.moetrace";  // so that what it was taken for is said
    ASSERT_EQ(moescope({"run", "-n", "1", "--record", trace}).status, 0);
    const std::string model = test::asset_file("models/early-d192-l6.gguf");
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"run", trace, "-n", "1"},
             {"run", "--chat", trace},
             {"bench", trace, "--repeat", "1"},
             {"tokenize", "--text", "x", trace},
             {"eval", "--ids", "1,2", trace, "-o", folder.path() / "x.safetensors"}}) {
        const ProcessResult result = moescope(words);
        EXPECT_EQ(result.status, 1) << words[0];
        EXPECT_THAT(result.errors, HasSubstr("a.moetrace: is a trace, not a model")) << words[0];
    }
    EXPECT_EQ(moescope({"tokenize", model, "--text", "x"}).output,
              moescope({"tokenize", "-m", model, "--text", "x"}).output);
    EXPECT_EQ(moescope({"tokenize", "-m", model, model, "--text", "x"}).status, 2) << "twice";
}

TEST(CliTest, AWrongWordOrFileIsCalledWhatItIs) {
    const ProcessResult word = moescope({"statz"});
    EXPECT_EQ(word.status, 2);
    EXPECT_THAT(word.errors, HasSubstr("statz: there is no such file or verb"));

    const TemporaryFolder folder;
    const std::string trace = folder.path() / "a.moetrace";
    ASSERT_EQ(moescope({"run", "-n", "4", "--record", trace}).status, 0);
    const std::string model = test::asset_file("models/early-d192-l6.gguf");
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"run", "-m", trace, "-n", "1"},
             {"tokenize", "-m", trace, "--text", "x"},
             {"eval", "-m", trace, "--text", "x", "-o", folder.path() / "x.safetensors"}}) {
        const ProcessResult result = moescope(words);
        expect_one_clear_line(result);
        EXPECT_THAT(result.errors, HasSubstr("is a trace, not a model")) << words[0];
    }
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"stats", model},
             {"render", model, "-o", folder.path() / "x.png"},
             {"render", model, "-o", folder.path() / "x.png", "--view", "balance"}}) {
        const ProcessResult result = moescope(words);
        expect_one_clear_line(result);
        EXPECT_THAT(result.errors, HasSubstr("is a model, not a trace")) << words[0];
    }
}

TEST(CliTest, AClosedPipeEndsQuietly) {
    test::ChildProcess child({MOESCOPE_PROGRAM, "run", "-n", "400", "--ignore-eos", "--json"});
    std::string line;
    ASSERT_TRUE(child.read_line(line));
    child.close_output();
    EXPECT_EQ(child.wait(), 0);
}

TEST(CliTest, InterruptingARunKeepsItsTraceAndExits130) {
    const TemporaryFolder folder;
    const std::string trace = folder.path() / "a.moetrace";
    test::ChildProcess child({MOESCOPE_PROGRAM, "run", "-n", "450", "--ignore-eos", "--json", "--record", trace});
    std::string line;
    for (int count = 0; count < 40; ++count) ASSERT_TRUE(child.read_line(line));
    child.signal(SIGINT);
    while (child.read_line(line)) {
    }
    const int status = child.wait();
    if (status == 0) GTEST_SKIP() << "the run was done before the signal came";
    EXPECT_EQ(json::parse(line)["reason"], "stopped");
    EXPECT_EQ(status, 130);
    const auto reader = MoetraceReader::open(trace);
    ASSERT_TRUE(reader.has_value()) << reader.error().message;
    EXPECT_EQ((*reader)->runs().at(0).status, "stopped");
}

TEST(CliTest, AKilledRunLosesNoTokenThatWasReadable) {
    int n_killed = 0;
    for (int round = 0; round < 12; ++round) {
        const TemporaryFolder folder;
        const std::string trace = folder.path() / "a.moetrace";
        test::ChildProcess child({MOESCOPE_PROGRAM, "run", "-n", "480", "--ignore-eos", "--json", "--record", trace});
        std::string line;
        for (int count = 0; count < 20 * (round + 1); ++count) ASSERT_TRUE(child.read_line(line));
        std::size_t n_readable = 0;
        if (const auto reader = MoetraceReader::open(trace); reader.has_value()) n_readable = (*reader)->runs().at(0).n_tokens;
        child.signal(SIGKILL);
        const int status = child.wait();
        if (status == 0) continue;  // it was done before the signal came
        EXPECT_EQ(status, 128 + SIGKILL);
        ++n_killed;
        const auto reader = MoetraceReader::open(trace);
        if (n_readable == 0 && !reader) continue;  // killed before its first commit
        ASSERT_TRUE(reader.has_value()) << reader.error().message;
        const TraceRunSummary& summary = (*reader)->runs().at(0);
        EXPECT_GE(summary.n_tokens, n_readable);
        EXPECT_GE(summary.n_routed + 1, summary.n_tokens);
        EXPECT_TRUE(summary.was_interrupted);
        EXPECT_TRUE((*reader)->read_run(0).has_value());
    }
    EXPECT_GE(n_killed, 3) << "most runs were done before they could be killed: this shows nothing";
}

}  // namespace
}  // namespace moe
