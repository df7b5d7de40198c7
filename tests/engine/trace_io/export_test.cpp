// What other tools read: safetensors, npz and csv.

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "engine/trace_io/csv.h"
#include "engine/trace_io/npz.h"
#include "engine/trace_io/run_arrays.h"
#include "engine/trace_io/safetensors.h"
#include "tests/support/paths.h"
#include "tests/support/trace_text.h"

namespace moe {
namespace {

std::string content_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::uint64_t number_at(const std::string& bytes, std::size_t offset, std::size_t n_bytes) {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes.data() + offset, n_bytes);
    return value;
}

const std::vector<float> kWeights = {1.5f, -2.0f, 0.25f, 4.0f, 5.0f, 6.0f};
const std::vector<std::int32_t> kTokens = {7, -1};
const std::vector<std::uint8_t> kPhase = {1, 0, 1};

std::vector<NamedTensor> three_tensors() {
    return {named_tensor("phase", {3}, std::span(kPhase)),
            named_tensor("weights", {2, 3}, std::span(kWeights)),
            named_tensor("tokens", {2}, std::span(kTokens))};
}

class ExportTest : public ::testing::Test {
  protected:
    const test::TemporaryFolder folder_;
    const std::filesystem::path path_ = folder_.path() / "out";
};

TEST_F(ExportTest, SafetensorsHoldHeaderAndArraysWithoutGaps) {
    ASSERT_TRUE(write_safetensors(path_, three_tensors()).has_value());
    const std::string file = content_of(path_);
    const std::uint64_t header_bytes = number_at(file, 0, 8);
    EXPECT_EQ(header_bytes % 8, 0u);
    const auto header = nlohmann::json::parse(file.substr(8, header_bytes));
    EXPECT_EQ(header, nlohmann::json::parse(R"({
        "tokens":  {"dtype": "I32", "shape": [2],    "data_offsets": [0, 8]},
        "weights": {"dtype": "F32", "shape": [2, 3], "data_offsets": [8, 32]},
        "phase":   {"dtype": "U8",  "shape": [3],    "data_offsets": [32, 35]}})"));
    ASSERT_EQ(file.size(), 8 + header_bytes + 35);
    EXPECT_EQ(std::memcmp(file.data() + 8 + header_bytes, kTokens.data(), 8), 0);
    EXPECT_EQ(std::memcmp(file.data() + 8 + header_bytes + 8, kWeights.data(), 24), 0);
    EXPECT_EQ(std::memcmp(file.data() + 8 + header_bytes + 32, kPhase.data(), 3), 0);
}

TEST_F(ExportTest, SameArraysGiveTheSameBytesInWhateverOrderTheyCome) {
    std::vector<NamedTensor> tensors = three_tensors();
    ASSERT_TRUE(write_safetensors(path_, tensors).has_value());
    ASSERT_TRUE(write_npz(folder_.path() / "npz", tensors).has_value());
    std::swap(tensors[0], tensors[2]);
    ASSERT_TRUE(write_safetensors(folder_.path() / "again", tensors).has_value());
    ASSERT_TRUE(write_npz(folder_.path() / "npz again", tensors).has_value());
    EXPECT_EQ(content_of(path_), content_of(folder_.path() / "again"));
    EXPECT_EQ(content_of(folder_.path() / "npz"), content_of(folder_.path() / "npz again"));
}

// Offsets by hand from the zip specification (APPNOTE.TXT 4.3.7) and the .npy format description.
TEST_F(ExportTest, NpzIsAZipOfNpyFiles) {
    ASSERT_TRUE(write_npz(path_, three_tensors()).has_value());
    const std::string file = content_of(path_);
    EXPECT_EQ(file.substr(0, 4), "PK\x03\x04");
    EXPECT_EQ(number_at(file, 18, 4), 128u + 8u);  // stored size: header and two tokens
    EXPECT_EQ(number_at(file, 26, 2), std::strlen("tokens.npy"));
    EXPECT_EQ(file.substr(30, 10), "tokens.npy");
    EXPECT_EQ(file.substr(40, 6), "\x93NUMPY");
    EXPECT_EQ((number_at(file, 48, 2) + 10) % 64, 0u);
    EXPECT_NE(file.find("{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }"), std::string::npos);
    EXPECT_NE(file.find("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"), std::string::npos);
    EXPECT_NE(file.find("{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }"), std::string::npos);
    EXPECT_EQ(std::memcmp(file.data() + 40 + 128, kTokens.data(), 8), 0);
    EXPECT_EQ(file.substr(file.size() - 22, 4), "PK\x05\x06");
    EXPECT_EQ(number_at(file, file.size() - 12, 2), 3u);
}

TEST_F(ExportTest, ArraysHoldTheWholeRun) {
    const TraceShape shape = test::make_shape(2, 8, 3);
    const TraceSnapshot trace = test::random_trace(1, shape, 100, {.branch_norm = true});
    const Result<RunArrays> arrays = RunArrays::read(source_of(trace));
    ASSERT_TRUE(arrays.has_value());
    std::size_t n_found = 0;
    for (const NamedTensor& tensor : arrays->tensors()) {
        std::vector<std::byte> bytes;
        const auto collect = [&bytes](std::span<const std::byte> piece) -> Result<void> {
            bytes.insert(bytes.end(), piece.begin(), piece.end());
            return {};
        };
        ASSERT_TRUE(for_each_piece(tensor, collect).has_value());
        EXPECT_EQ(bytes.size(), tensor.size_bytes());
        if (tensor.name == "experts") {
            EXPECT_EQ(tensor.shape, (std::vector<std::size_t>{100, 2, 3}));
            std::int32_t expert = 0;
            std::memcpy(&expert, bytes.data() + 4 * (99 * 6 + 5), 4);
            const std::uint16_t stored = trace.experts(99, 1)[2];
            EXPECT_EQ(expert, stored == kNoExpert ? -1 : stored);
        } else if (tensor.name == "branch_norm") {
            EXPECT_EQ(tensor.shape, (std::vector<std::size_t>{100, 2, 3}));
        } else if (tensor.name == "tokens" || tensor.name == "phase") {
            EXPECT_EQ(tensor.shape, (std::vector<std::size_t>{100}));
        } else {
            continue;
        }
        ++n_found;
    }
    EXPECT_EQ(n_found, 4u);
    EXPECT_EQ(arrays->tensors().size(), 8u);  // and layer_ids, n_experts, weights, router_logits
}

TEST_F(ExportTest, CsvHasARowForEachUsedSlot) {
    TraceStore store(test::make_shape(2, 4, 2), TraceGating::Softmax);
    const std::vector<TokenRecord> tokens = {
        {.id = 5, .bytes = "a,\"b\"", .phase = Phase::Prefill, .t_ns = 0, .logprob = {}},
        {.id = 6, .bytes = "\xC3", .phase = Phase::Decode, .t_ns = 0, .logprob = -1.0f}};
    store.append_tokens(tokens);
    TraceChunk chunk;
    chunk.n_tokens = 1;
    chunk.experts = {2, 0, 3, kNoExpert};
    chunk.weights = {0.75f, 0.25f, 1.0f, 0.0f};
    store.append_chunk(std::make_shared<const TraceChunk>(chunk));
    ASSERT_TRUE(write_csv(path_, source_of(store.snapshot())).has_value());
    EXPECT_EQ(content_of(path_),
              "pos,token_id,piece,phase,layer,slot,expert,weight\n"
              "0,5,\"a,\"\"b\"\"\",prefill,0,0,2,0.75\n"
              "0,5,\"a,\"\"b\"\"\",prefill,0,1,0,0.25\n"
              "0,5,\"a,\"\"b\"\"\",prefill,1,0,3,1\n");
}

TEST_F(ExportTest, ReplacesWhatIsNotUtf8) {
    EXPECT_EQ(utf8_from_bytes("caf\xC3\xA9"), "caf\xC3\xA9");
    EXPECT_EQ(utf8_from_bytes("\xC3"), "\xEF\xBF\xBD");
    EXPECT_EQ(utf8_from_bytes("a\xC0\x80"), "a\xEF\xBF\xBD\xEF\xBF\xBD");                  // overlong
    EXPECT_EQ(utf8_from_bytes("\xED\xA0\x80x"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDx");  // surrogate
    EXPECT_EQ(utf8_from_bytes("\xF0\x9F\x98\x80"), "\xF0\x9F\x98\x80");
}

TEST_F(ExportTest, LeavesNothingBehindWhereItCannotWrite) {
    const auto failed = write_npz(folder_.path() / "none" / "out.npz", three_tensors());
    ASSERT_FALSE(failed.has_value());
    EXPECT_NE(failed.error().message.find("choose another folder"), std::string::npos);
    std::filesystem::create_directory(path_);
    EXPECT_FALSE(write_safetensors(path_, three_tensors()).has_value());
    std::size_t n_files = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder_.path())) ++n_files;
    EXPECT_EQ(n_files, 1u);
}

}  // namespace
}  // namespace moe
