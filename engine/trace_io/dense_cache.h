#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/trace/dense_source.h"
#include "engine/trace_io/moetrace_schema.h"
#include "engine/trace_io/trace_connection.h"
#include "engine/trace_io/trace_index.h"

namespace moe {

/// The dense columns of a run that stay in its file: read chunk by chunk when somebody looks, the last ones
/// kept. Every thread reads for itself, so that a window never waits for one that reads the whole run. No
/// connection stays open in between (see MoetraceReader). A chunk counts as read only if its experts in the
/// file are those in memory: a file that was changed or replaced gives nothing.
class DenseCache : public DenseSource {
  public:
    /// `kinds`: the dense columns that the run has. `index` is the file's.
    DenseCache(TraceConnection::Place place, std::shared_ptr<const TraceIndex> index, RunId run,
               std::vector<ColumnKind> kinds, std::size_t most_bytes = std::size_t{256} << 20);

    bool has_router_logits() const override { return has(ColumnKind::RouterLogits); }
    bool has_scores() const override { return has(ColumnKind::Scores); }
    std::shared_ptr<const TraceChunk> dense_of(const TraceChunk& chunk) const override;
    std::string failure() const override;

  private:
    struct Entry {
        std::size_t first_token = 0;
        std::size_t n_tokens = 0;
        std::shared_ptr<const TraceChunk> dense;  ///< null: could not be read
    };

    bool has(ColumnKind kind) const;
    Result<TraceChunk> read(const TraceChunk& chunk) const;
    std::optional<std::shared_ptr<const TraceChunk>> kept(const TraceChunk& chunk) const;
    void keep(const Entry& entry) const;

    TraceConnection::Place place_;
    std::shared_ptr<const TraceIndex> index_;
    RunId run_;
    std::vector<ColumnKind> kinds_;
    std::size_t most_chunks_;

    mutable std::mutex mutex_;          // guards what follows
    mutable std::list<Entry> entries_;  // used last first
    mutable std::map<std::size_t, std::list<Entry>::iterator> by_first_token_;
    mutable std::string failure_;
};

}  // namespace moe
