#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/check.h"
#include "engine/trace_io/moetrace_reader.h"
#include "engine/trace_io/moetrace_writer.h"
#include "tests/support/paths.h"
#include "tests/support/trace_text.h"

namespace moe::test {

inline constexpr std::uint64_t kTraceSeed = 11;

/// The value of a Result, or a failed test that shows its Error.
template <class T>
T expect_value(Result<T> result) {
    if (!result.has_value()) {
        ADD_FAILURE() << result.error().message;
        MOE_CHECK(result.has_value());
    }
    return std::move(result).value();
}
inline void expect_value(const Result<void>& result) {
    if (!result.has_value()) ADD_FAILURE() << result.error().message;
}

inline TraceModelInfo model_of(const TraceShape& shape, TraceGating gating = TraceGating::Softmax) {
    return {.name = "a model",
            .family = "test",
            .config_json = "{}",
            .file_bytes = 123,
            .fingerprint = "f1",
            .n_shared = 1,
            .gating = gating,
            .shape = shape};
}

inline TraceRunInfo run_info(const std::string& name, std::optional<RunId> parent = std::nullopt,
                             std::size_t fork_pos = 0) {
    return {.parent = parent,
            .fork_pos = fork_pos,
            .name = name,
            .prompt = "a prompt",
            .params_json = "{\"seed\":0}",
            .build_json = "{}",
            .started_ns = 1};
}

/// Appends tokens and routing of positions [first, end), whose values are functions of the position.
inline void append_positions(MoetraceWriter& writer, RunId run, const TraceShape& shape, std::size_t first,
                             std::size_t end, const RandomColumns& columns = {}) {
    expect_value(writer.append_tokens(run, first, random_tokens(kTraceSeed, first, end - first, 4)));
    expect_value(writer.append_chunk(run, std::make_shared<const TraceChunk>(
                                              random_chunk(kTraceSeed, shape, first, end - first, columns))));
}

/// Writes a finished file with one run of `n_tokens` tokens, all routed.
inline void write_trace(const std::filesystem::path& path, const TraceShape& shape, std::size_t n_tokens) {
    auto writer =
        expect_value(MoetraceWriter::create(path, MoetraceWriter::IfExists::Refuse, model_of(shape), {}));
    const RunId run = expect_value(writer->begin_run(run_info("a run")));
    if (n_tokens > 0) append_positions(*writer, run, shape, 0, n_tokens);
    expect_value(writer->set_status(run, RunStatus::Complete));
    expect_value(writer->close());
}

/// Compares a run that was read with what its positions must hold.
inline void expect_positions(const TraceSnapshot& trace, std::size_t n_tokens, std::size_t n_routed,
                             const RandomColumns& columns = {}) {
    ASSERT_EQ(trace.n_tokens(), n_tokens);
    ASSERT_EQ(trace.n_routed(), n_routed);
    const std::vector<TokenRecord> tokens = random_tokens(kTraceSeed, 0, n_tokens, 4);
    for (std::size_t position = 0; position < n_tokens; ++position) {
        const TokenRecord& token = trace.token(position);
        ASSERT_EQ(token.id, tokens[position].id);
        ASSERT_EQ(token.bytes, tokens[position].bytes);
        ASSERT_EQ(token.phase, tokens[position].phase);
        ASSERT_EQ(token.t_ns, tokens[position].t_ns);
        ASSERT_EQ(token.logprob, tokens[position].logprob);
    }
    for (std::size_t position = 0; position < n_routed; position += kChunkTokens) {
        const TraceChunk& chunk = trace.chunk_of(position);
        const TraceChunk expected =
            random_chunk(kTraceSeed, trace.shape(), position, chunk.n_tokens, columns);
        ASSERT_EQ(chunk.first_token, position);
        ASSERT_EQ(chunk.experts, expected.experts);
        ASSERT_EQ(chunk.weights, expected.weights);
        ASSERT_EQ(chunk.router_logits, expected.router_logits);
        ASSERT_EQ(chunk.scores, expected.scores);
        ASSERT_EQ(chunk.selection, expected.selection);
        ASSERT_EQ(chunk.branch_norm, expected.branch_norm);
    }
}

/// A connection of the test's own, to look at a file and to damage it.
class RawDatabase {
  public:
    explicit RawDatabase(const std::filesystem::path& path) {
        MOE_CHECK(sqlite3_open(path.c_str(), &handle_) == SQLITE_OK);
        sqlite3_busy_timeout(handle_, 5000);
    }
    ~RawDatabase() { sqlite3_close(handle_); }
    RawDatabase(const RawDatabase&) = delete;
    RawDatabase& operator=(const RawDatabase&) = delete;

    void execute(const std::string& sql) {
        char* message = nullptr;
        EXPECT_EQ(sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, &message), SQLITE_OK) << message;
    }
    /// All rows, values joined by '|', rows by a line feed.
    std::string ask(const std::string& sql) {
        std::string answer;
        sqlite3_stmt* statement = nullptr;
        EXPECT_EQ(sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr), SQLITE_OK);
        while (sqlite3_step(statement) == SQLITE_ROW) {
            if (!answer.empty()) answer += '\n';
            for (int column = 0; column < sqlite3_column_count(statement); ++column) {
                const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
                if (column > 0) answer += '|';
                answer += text == nullptr ? "NULL" : text;
            }
        }
        sqlite3_finalize(statement);
        return answer;
    }

  private:
    sqlite3* handle_ = nullptr;
};

}  // namespace moe::test
