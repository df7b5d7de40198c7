// Files that are damaged or made to do harm. Each must end in one clear Error, or be read within bounds.

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "engine/base/rng.h"
#include "tests/engine/trace_io/trace_file_fixture.h"

namespace moe {
namespace {

using test::expect_value;

std::string content_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void write_content(const std::filesystem::path& path, std::string_view content) {
    std::ofstream(path, std::ios::binary) << content;
}

/// Reads everything. The Error's message, or nothing if all could be read.
std::string complaint_about(const std::filesystem::path& path) {
    const auto reader = MoetraceReader::open(path);
    if (!reader.has_value()) return reader.error().message;
    for (const TraceRunSummary& run : (*reader)->runs()) {
        const auto store = (*reader)->read_run(run.id);
        if (!store.has_value()) return store.error().message;
        EXPECT_EQ((*store)->snapshot().n_tokens(), run.n_tokens);
    }
    return {};
}

class MoetraceHostileTest : public ::testing::Test {
  protected:
    void SetUp() override { test::write_trace(path_, test::make_shape(2, 8, 2), 100); }

    /// Changes a copy of the good file with SQL and expects a complaint that holds `part`.
    void expect_complaint(const std::string& sql, const std::string& part) {
        const std::filesystem::path copy = folder_.path() / "copy.moetrace";
        std::filesystem::copy_file(path_, copy, std::filesystem::copy_options::overwrite_existing);
        test::RawDatabase(copy).execute(sql);
        const std::string complaint = complaint_about(copy);
        EXPECT_NE(complaint.find(part), std::string::npos) << sql << "\n  gives: " << complaint;
        EXPECT_EQ(complaint.find('\n'), std::string::npos);
        EXPECT_NE(complaint.find("; "), std::string::npos) << complaint;
        EXPECT_TRUE(complaint.starts_with(copy.string() + ": ")) << complaint;
    }

    const test::TemporaryFolder folder_;
    const std::filesystem::path path_ = folder_.path() / "good.moetrace";
};

TEST_F(MoetraceHostileTest, ReadsTheUndamagedFile) { EXPECT_EQ(complaint_about(path_), ""); }

TEST_F(MoetraceHostileTest, RefusesWhatIsNoTrace) {
    expect_complaint("PRAGMA application_id = 7", "not a trace");
    expect_complaint("PRAGMA user_version = 2", "version 2");
    expect_complaint("PRAGMA user_version = 0", "version is 0");
    const std::filesystem::path other = folder_.path() / "other";
    EXPECT_NE(complaint_about(other).find("does not exist"), std::string::npos);
    write_content(other, "");
    EXPECT_NE(complaint_about(other).find("not a trace"), std::string::npos);
    write_content(other, std::string(5000, 'x'));
    EXPECT_NE(complaint_about(other).find("not a database"), std::string::npos);
    EXPECT_NE(complaint_about(folder_.path()).find("is not a file"), std::string::npos);
}

TEST_F(MoetraceHostileTest, RefusesMissingTablesAndColumns) {
    for (const char* table : {"meta", "model", "layer", "run", "token", "trace_column", "chunk"}) {
        expect_complaint(fmt::format("DROP TABLE {}", table), fmt::format("no table {}", table));
    }
    expect_complaint("ALTER TABLE token DROP COLUMN phase", "no column phase");
    expect_complaint("DELETE FROM run; DELETE FROM token; DELETE FROM chunk; DELETE FROM trace_column",
                     "no run");
}

TEST_F(MoetraceHostileTest, IgnoresTablesAndColumnsItDoesNotKnow) {
    test::RawDatabase(path_).execute(
        "DROP TABLE view; CREATE TABLE extra(a); ALTER TABLE token ADD COLUMN mood TEXT;"
        "INSERT INTO trace_column(id, run, name, dtype, dims) VALUES(99, 1, 'lens', 'i32', 'anything');"
        "INSERT INTO chunk(run, trace_column, pos0, n, codec, data) VALUES(1, 99, 7, 1, 3, x'00')");
    EXPECT_EQ(complaint_about(path_), "");
}

TEST_F(MoetraceHostileTest, RefusesAModelWithImpossibleSizes) {
    expect_complaint("UPDATE model SET n_moe_layers = 1000000000000", "n_moe_layers");
    expect_complaint("UPDATE model SET n_moe_layers = 4096", "rows in table layer");
    expect_complaint("UPDATE model SET n_experts = 70000", "n_experts");
    expect_complaint("UPDATE model SET n_experts = -1", "n_experts");
    expect_complaint("UPDATE model SET n_experts = 'many'", "n_experts");
    expect_complaint("UPDATE model SET n_experts = 9", "bytes");
    expect_complaint("UPDATE model SET top_k = 9", "top_k");
    expect_complaint("UPDATE model SET gating = 'magic'", "gating");
    expect_complaint("UPDATE model SET name = x'00'", "model.name");
    expect_complaint("UPDATE layer SET idx = 5 WHERE idx = 1", "layer 1");
    expect_complaint("DELETE FROM model", "no model");
}

TEST_F(MoetraceHostileTest, RefusesColumnsThatDoNotFit) {
    expect_complaint("UPDATE trace_column SET dims = 'slot,layer' WHERE name = 'experts'", "dims");
    expect_complaint("UPDATE trace_column SET dtype = 'f64' WHERE name = 'weights'", "f64");
    expect_complaint("UPDATE trace_column SET dtype = 'f16' WHERE name = 'router_logits'", "bytes");
    expect_complaint("UPDATE trace_column SET name = 'weights' WHERE name = 'router_logits'", "weights");
    expect_complaint("UPDATE trace_column SET name = 'odd' WHERE name = 'experts'", "no column experts");
    expect_complaint("UPDATE trace_column SET run = 2", "no run");
    expect_complaint("DELETE FROM trace_column", "no trace column");
}

TEST_F(MoetraceHostileTest, RefusesChunksThatDoNotFollowEachOther) {
    expect_complaint("UPDATE chunk SET pos0 = 63 WHERE pos0 = 64", "position 63");
    expect_complaint("UPDATE chunk SET pos0 = 65 WHERE pos0 = 64", "position 65");
    expect_complaint("UPDATE chunk SET pos0 = -1 WHERE pos0 = 0", "pos0");
    expect_complaint("UPDATE chunk SET pos0 = 'x' WHERE pos0 = 64", "pos0");
    expect_complaint("DELETE FROM chunk WHERE pos0 = 0", "position 64");
    expect_complaint("DELETE FROM chunk WHERE pos0 = 64", "routing for 64 only");
    expect_complaint("DELETE FROM chunk WHERE pos0 = 64 AND trace_column = 2", "ends at position");
    expect_complaint("DELETE FROM token WHERE pos >= 99", "routing for 100 tokens");
}

TEST_F(MoetraceHostileTest, RefusesChunksWithImpossibleSizes) {
    expect_complaint("UPDATE chunk SET n = 1000000000000000 WHERE pos0 = 64", "chunk.n");
    expect_complaint("UPDATE chunk SET n = 1000000000 WHERE pos0 = 64", "bytes");
    expect_complaint("UPDATE chunk SET n = 0 WHERE pos0 = 64", "chunk.n");
    expect_complaint("UPDATE chunk SET n = 35 WHERE pos0 = 64", "bytes");
    expect_complaint("UPDATE chunk SET codec = 1", "codec");
    expect_complaint("UPDATE chunk SET data = 'text'", "blob");
    expect_complaint("UPDATE chunk SET data = NULL", "blob");
    expect_complaint("UPDATE chunk SET data = x'' WHERE trace_column = 1", "bytes");
    expect_complaint("UPDATE chunk SET data = substr(data, 2) WHERE trace_column = 1", "bytes");
}

TEST_F(MoetraceHostileTest, RefusesExpertsThatDoNotExistAndValuesThatAreNoNumbers) {
    expect_complaint("UPDATE chunk SET data = x'08' || substr(data, 2) WHERE trace_column = 1 AND pos0 = 64",
                     "blob");  // the concatenation is text
    expect_complaint("UPDATE chunk SET data = CAST(x'08' || substr(data, 2) AS BLOB) WHERE trace_column = 1",
                     "expert 8 of 8");
    expect_complaint(
        "UPDATE chunk SET data = CAST(x'0000C07F' || substr(data, 5) AS BLOB) WHERE trace_column = 2",
        "no number");
    expect_complaint(
        "UPDATE chunk SET data = CAST(x'0000807F' || substr(data, 5) AS BLOB) WHERE trace_column = 3",
        "no number");
}

TEST_F(MoetraceHostileTest, RefusesTokensWithGapsAndOddValues) {
    expect_complaint("DELETE FROM token WHERE pos = 50", "gap");
    expect_complaint("UPDATE token SET pos = 'x' WHERE pos = 50", "gap");
    expect_complaint("UPDATE token SET pos = pos + 1000", "gap");
    expect_complaint("UPDATE token SET token_id = 99999999999 WHERE pos = 50", "token_id");
    expect_complaint("UPDATE token SET phase = 'dream' WHERE pos = 50", "phase");
    expect_complaint("UPDATE token SET bytes = 7 WHERE pos = 50", "bytes");
    expect_complaint("UPDATE token SET logprob = 9e999 WHERE pos = 50", "logprob");
    expect_complaint("UPDATE token SET t_ns = 1.5 WHERE pos = 50", "t_ns");
}

TEST_F(MoetraceHostileTest, RefusesParentsThatAreMissingOrNeverEnd) {
    const std::string add = "INSERT INTO run(id, model, parent, fork_pos, status) VALUES";
    expect_complaint("UPDATE run SET parent = 1, fork_pos = 0", "no end");
    expect_complaint(add + "(2, 1, 3, 0, 'complete'), (3, 1, 2, 0, 'complete')", "no end");
    expect_complaint(add + "(2, 1, 9, 0, 'complete')", "missing");
    expect_complaint(add + "(2, 1, 1, 101, 'complete')", "behind the end");
    expect_complaint(add + "(2, 1, 1, -5, 'complete')", "fork_pos");
    expect_complaint(add + "(2, 1, 1, 'x', 'complete')", "fork_pos");
    expect_complaint("UPDATE run SET status = 'dreaming'", "status");
}

TEST_F(MoetraceHostileTest, RefusesAChainOfMoreParentsThanAnyoneNeeds) {
    expect_complaint(
        "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) "
        "INSERT INTO run(id, model, parent, fork_pos, status) SELECT i, 1, i - 1, 0, 'complete' FROM n",
        "no end");
}

TEST_F(MoetraceHostileTest, RunsNothingThatTheSchemaSays) {
    const std::string endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) ";
    expect_complaint(
        "ALTER TABLE token RENAME TO t2; CREATE VIEW token(run, pos, token_id, bytes, phase, t_ns, "
        "logprob) AS " +
            endless + "SELECT 1, i, 0, x'', 'prefill', 0, NULL FROM n",
        "no table token");
    // A view that pretends to be a table.
    expect_complaint("ALTER TABLE meta RENAME TO t2; CREATE VIEW meta(key, value) AS " + endless +
                         "SELECT 'writer', i FROM n; PRAGMA writable_schema = ON; "
                         "UPDATE sqlite_master SET type = 'table' WHERE name = 'meta'",
                     "");
    expect_complaint("ALTER TABLE meta RENAME TO t2; CREATE VIRTUAL TABLE meta USING fts5(key, value)",
                     "no table meta");
}

TEST_F(MoetraceHostileTest, ReadsOrRefusesATruncatedFile) {
    const std::string good = content_of(path_);
    const std::filesystem::path copy = folder_.path() / "copy.moetrace";
    for (std::size_t size = 0; size < good.size(); size += 1 + size / 7 + size % 97) {
        write_content(copy, std::string_view(good).substr(0, size));
        EXPECT_NE(complaint_about(copy), "") << size << " of " << good.size() << " bytes";
    }
}

TEST_F(MoetraceHostileTest, ReadsOrRefusesFlippedBytes) {
    const std::filesystem::path small = folder_.path() / "small.moetrace";
    test::write_trace(small, test::make_shape(1, 4, 1), 3);
    const std::string good = content_of(small);
    const std::filesystem::path copy = folder_.path() / "copy.moetrace";
    Rng rng(1);
    std::size_t n_refused = 0;
    constexpr std::size_t kMutants = 1500;
    for (std::size_t mutant = 0; mutant < kMutants; ++mutant) {
        std::string bad = good;
        for (std::size_t n_flips = 1 + rng.below(8); n_flips > 0; --n_flips) {
            // Half of the flips hit the first page, with the header and the schema.
            const std::size_t range = rng.below(2) == 0 ? 4096 : bad.size();
            bad[rng.below(range)] = static_cast<char>(rng.below(256));
        }
        write_content(copy, bad);
        if (!complaint_about(copy).empty()) ++n_refused;
    }
    RecordProperty("refused", static_cast<int>(n_refused));
    EXPECT_GT(n_refused, 0u);
}

TEST_F(MoetraceHostileTest, ChangesNothingByReading) {
    const std::string before = content_of(path_);
    EXPECT_EQ(complaint_about(path_), "");
    EXPECT_EQ(content_of(path_), before);
    EXPECT_FALSE(std::filesystem::exists(path_.string() + "-wal"));
    EXPECT_FALSE(std::filesystem::exists(path_.string() + "-shm"));
}

}  // namespace
}  // namespace moe
