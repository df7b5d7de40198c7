#include "engine/trace_io/write_trace.h"

#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "engine/trace_io/trace_file.h"

namespace moe {
namespace {

/// A name beside the final one; what is under it disappears with the object.
class TemporaryTrace {
  public:
    static Result<std::unique_ptr<TemporaryTrace>> beside(const std::filesystem::path& path) {
        std::string name = path.string() + ".XXXXXX";
        const int descriptor = ::mkstemp(name.data());
        if (descriptor < 0) {
            return make_error("{}: cannot be written: {}; choose another folder", path.string(),
                              std::error_code(errno, std::generic_category()).message());
        }
        ::close(descriptor);
        return std::unique_ptr<TemporaryTrace>(new TemporaryTrace(name));
    }
    ~TemporaryTrace() {
        for (const auto& file : {path_, log_path(path_), log_index_path(path_)}) {
            std::error_code ignored;
            std::filesystem::remove(file, ignored);
        }
    }
    const std::filesystem::path& path() const { return path_; }

  private:
    explicit TemporaryTrace(std::filesystem::path path) : path_(std::move(path)) {}
    std::filesystem::path path_;
};

Result<void> write_run(MoetraceWriter& writer, const RunSource& source) {
    MOE_TRY(const RunId run, writer.begin_run(source.info));
    const auto append = [&](const TraceSnapshot& window, std::size_t position) -> Result<void> {
        std::vector<TokenRecord> tokens;
        for (std::size_t token = 0; token < window.n_tokens(); ++token) tokens.push_back(window.token(token));
        MOE_TRY(writer.append_tokens(run, position, tokens));
        if (window.n_routed() == 0) return {};
        TraceChunk chunk = window.chunk_of(0);
        chunk.first_token = position;
        return writer.append_chunk(run, std::make_shared<const TraceChunk>(std::move(chunk)));
    };
    MOE_TRY(source.visit(source.columns, append));
    return writer.set_status(run, source.status);
}

}  // namespace

Result<void> write_moetrace(const std::filesystem::path& path, const RunSource& source) {
    MOE_TRY(check_trace_place(path));
    MOE_TRY(const std::unique_ptr<TemporaryTrace> temporary, TemporaryTrace::beside(path));
    const RecordColumns columns{.weights = true,
                                .router_logits = true,
                                .branch_norm = true,
                                .derived = true,
                                .is_ranked = source.is_ranked};
    MOE_TRY(const std::unique_ptr<MoetraceWriter> writer,
            MoetraceWriter::create(temporary->path(), MoetraceWriter::IfExists::Overwrite, source.model,
                                   columns));
    const Result<void> written = write_run(*writer, source);
    const Result<void> closed = writer->close();
    if (!written || !closed) {
        const Error& error = !written ? written.error() : closed.error();
        // The temporary name says nothing to anybody.
        std::string message = error.message;
        if (const std::size_t at = message.find(temporary->path().string()); at != std::string::npos)
            message.replace(at, temporary->path().string().size(), path.string());
        return Error{.message = message};
    }
    // A log that a killed writer left would be replayed into the new file: it goes first.
    std::error_code reason;
    std::filesystem::remove(log_path(path), reason);
    std::filesystem::remove(log_index_path(path), reason);
    std::filesystem::rename(temporary->path(), path, reason);
    if (reason) {
        return make_error("{}: cannot be written: {}; choose another name", path.string(), reason.message());
    }
    return {};
}

}  // namespace moe
