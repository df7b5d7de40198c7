// `moescope convert`: what comes out holds what went in, and a failure leaves nothing behind.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/base/atomic_write.h"
#include "engine/trace_io/trace_marks.h"
#include "tests/engine/trace_io/trace_file_fixture.h"
#include "tests/support/process.h"

namespace moe {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class ConvertTest : public ::testing::Test {
  protected:
    static test::ProcessResult moescope(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), MOESCOPE_PROGRAM);
        return test::run_process(arguments, "");
    }
    std::string file(const std::string& name) const { return folder_.path() / name; }
    void convert(const std::string& from, const std::string& to,
                 std::vector<std::string> options = {}) const {
        options.insert(options.begin(), {"convert", file(from), file(to)});
        const test::ProcessResult result = moescope(options);
        EXPECT_EQ(result.status, 0) << result.errors;
    }
    static std::string content(const std::filesystem::path& path) {
        std::ifstream stream(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), {}};
    }
    TraceSnapshot read(const std::string& name) const {
        const auto reader = test::expect_value(MoetraceReader::open(file(name)));
        return test::expect_value(reader->read_run(0))->snapshot();
    }
    std::size_t n_files() const {
        return static_cast<std::size_t>(
            std::distance(std::filesystem::directory_iterator(folder_.path()), {}));
    }
    static void expect_one_clear_line(const test::ProcessResult& result) {
        EXPECT_EQ(result.status, 1);
        EXPECT_THAT(result.errors, StartsWith("moescope: "));
        EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << result.errors;
        EXPECT_THAT(result.errors, HasSubstr("; "));
    }

    const test::TemporaryFolder folder_;
};

TEST_F(ConvertTest, NotesGoWithTheirTokens) {
    test::write_trace(file("a.moetrace"), test::make_shape(3, 12, 3), 50);
    const std::vector<TraceMark> marks{{.run = 1, .position = 5, .layer = {}, .expert = {}, .text = "five"},
                                       {.run = 1, .position = 30, .layer = 2, .expert = 4, .text = "thirty"}};
    test::expect_value(write_marks(file("a.moetrace"), marks));
    EXPECT_EQ(json::parse(moescope({"info", "--json", file("a.moetrace")}).output)["runs"][0]["n_marks"], 2);
    convert("a.moetrace", "b.moetrace");
    EXPECT_EQ(test::expect_value(read_marks(file("b.moetrace"))), marks);
    convert("a.moetrace", "c.moetrace", {"--range", "20:40"});
    const auto part = test::expect_value(read_marks(file("c.moetrace")));
    ASSERT_EQ(part.size(), 1u);
    EXPECT_EQ(part[0].position, 10u);
    EXPECT_EQ(part[0].text, "thirty");
}

TEST_F(ConvertTest, ATraceCopiesToATraceWithAllItsColumns) {
    test::write_trace(file("a.moetrace"), test::make_shape(3, 12, 3), 150);
    convert("a.moetrace", "b.moetrace");
    test::expect_positions(read("b.moetrace"), 150, 150);
    const auto reader = test::expect_value(MoetraceReader::open(file("b.moetrace")));
    EXPECT_EQ(reader->runs()[0].status, "complete");
    EXPECT_EQ(reader->runs()[0].name, "a run");
    EXPECT_EQ(reader->runs()[0].started_ns, 1);
    EXPECT_EQ(n_files(), 2u);
}

TEST_F(ConvertTest, ArraysReadBackGiveTheSameRouting) {
    test::write_trace(file("a.moetrace"), test::make_shape(3, 12, 3), 150);
    const TraceSnapshot before = read("a.moetrace");
    for (const std::string arrays : {"a.npz", "a.safetensors"}) {
        convert("a.moetrace", arrays);
        convert(arrays, "back.moetrace", {"--force", "--gating", "softmax"});
        const TraceSnapshot after = read("back.moetrace");
        ASSERT_EQ(after.n_tokens(), 150u);
        ASSERT_EQ(after.n_routed(), 150u);
        EXPECT_EQ(after.shape(), before.shape());
        for (std::size_t position = 0; position < 150; position += kChunkTokens) {
            EXPECT_EQ(after.chunk_of(position).experts, before.chunk_of(position).experts);
            EXPECT_EQ(after.chunk_of(position).weights, before.chunk_of(position).weights);
            EXPECT_EQ(after.chunk_of(position).router_logits, before.chunk_of(position).router_logits);
        }
        for (std::size_t position = 0; position < 150; ++position) {
            EXPECT_EQ(after.token(position).id, before.token(position).id);
            EXPECT_EQ(after.token(position).phase, before.token(position).phase);
        }
        const json stats = json::parse(moescope({"stats", file("a.moetrace"), "--json"}).output);
        EXPECT_EQ(json::parse(moescope({"stats", file("back.moetrace"), "--json"}).output), stats);
    }
    const auto reader = test::expect_value(MoetraceReader::open(file("back.moetrace")));
    EXPECT_EQ(reader->runs()[0].status, "imported");
}

TEST_F(ConvertTest, ARangeIsAllThatIsWritten) {
    test::write_trace(file("a.moetrace"), test::make_shape(2, 8, 2), 150);
    const TraceSnapshot whole = read("a.moetrace");
    convert("a.moetrace", "part.moetrace", {"--range", "60:140"});
    const TraceSnapshot part = read("part.moetrace");
    ASSERT_EQ(part.n_routed(), 80u);
    for (std::size_t position = 0; position < 80; ++position) {
        EXPECT_EQ(part.token(position).id, whole.token(60 + position).id);
        for (std::size_t layer = 0; layer < 2; ++layer) {
            EXPECT_TRUE(
                std::ranges::equal(part.experts(position, layer), whole.experts(60 + position, layer)));
            EXPECT_TRUE(
                std::ranges::equal(part.weights(position, layer), whole.weights(60 + position, layer)));
        }
    }
    convert("a.moetrace", "part.csv", {"--range", "60:61"});
    EXPECT_THAT(content(file("part.csv")), HasSubstr("\n60,"));
}

TEST_F(ConvertTest, ABranchIsWrittenWithItsInheritedPart) {
    const TraceShape shape = test::make_shape(2, 8, 2);
    {
        auto writer = test::expect_value(MoetraceWriter::create(
            file("a.moetrace"), MoetraceWriter::IfExists::Refuse, test::model_of(shape), {}));
        const RunId parent = test::expect_value(writer->begin_run(test::run_info("parent")));
        test::append_positions(*writer, parent, shape, 0, 90);
        const RunId child = test::expect_value(writer->begin_run(test::run_info("child", parent, 70)));
        test::append_positions(*writer, child, shape, 70, 130);
        test::expect_value(writer->close());
    }
    convert("a.moetrace", "child.moetrace", {"--run", "2"});
    test::expect_positions(read("child.moetrace"), 130, 130);
    const json all = json::parse(moescope({"stats", file("a.moetrace"), "--run", "2", "--json"}).output);
    EXPECT_EQ(all["n_tokens"], 130);
}

TEST_F(ConvertTest, TheSameInputGivesTheSameBytes) {
    test::write_trace(file("a.moetrace"), test::make_shape(2, 8, 2), 70);
    for (const std::string extension : {".npz", ".safetensors", ".csv"}) {
        convert("a.moetrace", "1" + extension);
        convert("a.moetrace", "2" + extension);
        EXPECT_EQ(content(file("1" + extension)), content(file("2" + extension)));
    }
}

TEST_F(ConvertTest, RefusesToOverwriteUnlessForced) {
    test::write_trace(file("a.moetrace"), test::make_shape(2, 8, 2), 10);
    ASSERT_TRUE(atomic_write(file("out.npz"), "precious").has_value());
    expect_one_clear_line(moescope({"convert", file("a.moetrace"), file("out.npz")}));
    EXPECT_EQ(content(file("out.npz")), "precious");
    convert("a.moetrace", "out.npz", {"--force"});
    EXPECT_THAT(content(file("out.npz")), StartsWith("PK"));
    expect_one_clear_line(moescope({"convert", file("a.moetrace"), file("a.moetrace"), "--force"}));
    const test::ProcessResult unknown = moescope({"convert", file("a.moetrace"), file("out.xyz")});
    EXPECT_EQ(unknown.status, 2);
}

// A limit on the size of files stands for a full disk: both fail while the file is being written.
TEST_F(ConvertTest, AFullDiskLeavesNothingHalfWritten) {
    test::write_trace(file("a.moetrace"), test::make_shape(4, 64, 8), 400);
    for (const std::string name : {"out.npz", "out.safetensors", "out.csv", "out.moetrace"}) {
        const std::string command = std::string("trap '' XFSZ; ulimit -f 60; exec '") + MOESCOPE_PROGRAM +
                                    "' convert '" + file("a.moetrace") + "' '" + file(name) + "'";
        const test::ProcessResult result = test::run_process({"/bin/sh", "-c", command});
        expect_one_clear_line(result);
        EXPECT_THAT(result.errors, HasSubstr(name));
        EXPECT_EQ(n_files(), 1u) << name;
    }
}

// One token-in, token-out reply with three tokens, two layers, top-2; ids of the first layer are a dense
// layer's zeros. The form is that of vLLM's and Megatron's nested lists.
TEST_F(ConvertTest, AReplyWithListsBecomesARunWithoutTheDenseLayer) {
    ASSERT_TRUE(
        atomic_write(file("reply.json"), R"({"choices": [{"token_ids": [7], "prompt_token_ids": [5, 6],
        "routed_experts": [[[0, 0], [3, 1]], [[0, 0], [2, 0]]]}]})")
            .has_value());
    expect_one_clear_line(
        moescope({"convert", file("reply.json"), file("r.moetrace")}));  // of how many experts?
    convert("reply.json", "r.moetrace", {"--experts", "4"});
    const TraceSnapshot trace = read("r.moetrace");
    ASSERT_EQ(trace.n_tokens(), 3u);
    ASSERT_EQ(trace.n_routed(), 2u);
    EXPECT_EQ(trace.shape().layer_ids, (std::vector<std::int32_t>{1}));
    EXPECT_EQ(trace.experts(1, 0)[0], 2);
    EXPECT_EQ(trace.token(2).id, 7);
    EXPECT_EQ(trace.token(1).phase, Phase::Prefill);
    EXPECT_EQ(trace.token(2).phase, Phase::Decode);
    const json stats = json::parse(moescope({"stats", file("r.moetrace"), "--json"}).output);
    EXPECT_TRUE(stats["layers"][0]["repeat_first"].is_null()) << "nobody said that the slots are in order";
    EXPECT_TRUE(stats["layers"][0]["router_entropy"].is_null());
}

// SGLang: base64 of int32 3 1 2 0 without a shape, here two tokens, one layer, top-2.
TEST_F(ConvertTest, AReplyWithoutAShapeNeedsTheModelsShape) {
    ASSERT_TRUE(
        atomic_write(file("reply.json"), R"({"sglext": {"routed_experts": "AwAAAAEAAAACAAAAAAAAAA=="}})")
            .has_value());
    expect_one_clear_line(moescope({"convert", file("reply.json"), file("r.moetrace"), "--experts", "4"}));
    convert("reply.json", "r.moetrace", {"--experts", "4", "--layers", "1", "--top-k", "2", "--ranked"});
    const TraceSnapshot trace = read("r.moetrace");
    ASSERT_EQ(trace.n_routed(), 2u);
    EXPECT_EQ(trace.experts(0, 0)[0], 3);
    EXPECT_EQ(trace.experts(0, 0)[1], 1);
    EXPECT_EQ(trace.experts(1, 0)[0], 2);
    EXPECT_EQ(trace.token(0).id, -1) << "ids that the reply does not tell are not invented";
    expect_one_clear_line(moescope({"convert", file("reply.json"), file("x.moetrace"), "--experts", "4",
                                    "--layers", "3", "--top-k", "1"}));
}

TEST_F(ConvertTest, AShapeThatTheArrayContradictsIsRefused) {
    test::write_trace(file("a.moetrace"), test::make_shape(3, 12, 2), 10);
    convert("a.moetrace", "a.npz");
    for (const std::vector<std::string>& hints : std::vector<std::vector<std::string>>{
             {"--layers", "2"}, {"--top-k", "3"}, {"--layers", "2", "--top-k", "3"}}) {
        std::vector<std::string> words{"convert", file("a.npz"), file("b.moetrace")};
        words.insert(words.end(), hints.begin(), hints.end());
        const test::ProcessResult result = moescope(words);
        expect_one_clear_line(result);
        EXPECT_THAT(result.errors, HasSubstr("3 layers and 2 slots"));
        EXPECT_FALSE(std::filesystem::exists(file("b.moetrace")));
    }
    convert("a.npz", "b.moetrace", {"--layers", "3", "--top-k", "2"});
}

TEST_F(ConvertTest, WhatCannotBeImportedEndsInOneClearLine) {
    const std::vector<std::string> bad{
        "",
        "hello",
        "{",
        "{}",
        "[1, 2]",
        R"({"routed_experts": 3})",
        R"({"routed_experts": "%%%"})",
        R"({"routed_experts": [[[1, 2], [3]]]})",
        R"({"routed_experts": [[[0, 9]]]})",
        R"({"routed_experts": [[[0, 0]], [[1, 1]]]})",
        R"({"routed_experts": {"data": "AAAA", "shape": [9], "dtype": "uint8"}})",
        "\x93NUMPY\x01",
        std::string("\x93NUMPY\x01\x00\xFF\xFF", 10),
        "PK\x03\x04",
        "PK\x03\x04PK\x05\x06",
        std::string("\x20\0\0\0\0\0\0\0{\"a\":{\"dtype\":\"I32\"}}           ", 40)};
    for (const std::string& bytes : bad) {
        std::ofstream(file("bad"), std::ios::binary) << bytes;
        expect_one_clear_line(moescope({"convert", file("bad"), file("out.moetrace"), "--experts", "4"}));
        EXPECT_FALSE(std::filesystem::exists(file("out.moetrace"))) << bytes;
    }
}

// Every cut and many bit flips of good files: an answer or one line, never a crash.
TEST_F(ConvertTest, DamagedArraysNeverCrash) {
    test::write_trace(file("a.moetrace"), test::make_shape(1, 4, 2), 3);
    for (const std::string name : {"a.npz", "a.safetensors"}) {
        convert("a.moetrace", name);
        const std::string good = content(file(name));
        for (std::size_t at = 1; at < good.size(); at += good.size() / 25) {
            std::string flipped = good;
            flipped[at] = static_cast<char>(flipped[at] ^ 0x55);
            for (const std::string& bytes : {good.substr(0, at), flipped}) {
                std::ofstream(file("bad"), std::ios::binary) << bytes;
                const test::ProcessResult result =
                    moescope({"convert", file("bad"), file("out.csv"), "--experts", "4", "--force"});
                if (result.status != 0) expect_one_clear_line(result);
            }
        }
    }
}

}  // namespace
}  // namespace moe
