#include "engine/gguf/gguf_writer.h"

#include <algorithm>
#include <limits>
#include <set>
#include <vector>

#include "engine/base/output_file.h"
#include "engine/gguf/printable.h"

namespace moe {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;  // at most
constexpr std::size_t kPiecesPerThread = 2;                // filled before they are written

Result<void> check_tensor(const PlannedTensor& tensor) {
    const std::string name = printable(tensor.name);
    const bool has_zero = std::ranges::find(tensor.dims, std::size_t{0}) != tensor.dims.end();
    if (tensor.dims.empty() || tensor.dims.size() > 4 || has_zero) {
        return make_error("tensor '{}' has {} dimensions{}; 1 to 4 above 0 are needed", name,
                          tensor.dims.size(), has_zero ? ", one of them 0" : "");
    }
    constexpr std::size_t kMaxValues = std::numeric_limits<std::int64_t>::max() / 4;
    std::size_t n_values = 1;
    for (const std::size_t dim : tensor.dims) {
        if (dim > kMaxValues / n_values)
            return make_error("tensor '{}' is too large; choose smaller sizes", name);
        n_values *= dim;
    }
    const BlockLayout layout = block_layout(tensor.type);
    if (tensor.dims[0] % layout.values != 0) {
        return make_error(
            "tensor '{}' has rows of {} numbers, {} needs a multiple of {}; choose another type or size",
            name, tensor.dims[0], block_type_name(tensor.type), layout.values);
    }
    return {};
}

/// The bytes of the data, padding included.
Result<std::size_t> checked_data_size(const GgufHeader& header) {
    std::set<std::string_view> names;
    std::size_t total = 0;
    for (const PlannedTensor& tensor : header.tensors()) {
        MOE_TRY(check_tensor(tensor));
        if (!names.insert(tensor.name).second) {
            return make_error("tensor '{}' is there twice; give each a name of its own",
                              printable(tensor.name));
        }
        if (__builtin_add_overflow(total, aligned(tensor.size_bytes()), &total)) {
            return make_error("the tensors are too large together; choose smaller sizes");
        }
    }
    return total;
}

/// Says at once what would only be met after gigabytes.
Result<void> check_space(const std::filesystem::path& path, std::size_t needed_bytes) {
    std::error_code failed;
    const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
    const std::filesystem::space_info space = std::filesystem::space(folder, failed);
    if (failed || space.available >= needed_bytes) return {};  // writing will tell, if it fails
    return make_error(
        "{}: needs {:.1f} GB, the disk has {:.1f} GB free; free some space or choose another folder",
        path.string(), static_cast<double>(needed_bytes) / 1e9, static_cast<double>(space.available) / 1e9);
}

/// Walks over all pieces in the order of the file.
class PieceCursor {
  public:
    explicit PieceCursor(std::span<const PlannedTensor> tensors) : tensors_(tensors) {}

    bool is_done() const { return tensor_ == tensors_.size(); }

    /// The next piece, to lie at the start of `memory`; only `padding` follows it before the next one.
    TensorPiece take(std::span<std::byte> memory, std::size_t& padding) {
        const PlannedTensor& tensor = tensors_[tensor_];
        const std::size_t block_bytes = block_layout(tensor.type).size_bytes;
        const std::size_t size_bytes = tensor.size_bytes();
        const std::size_t n = std::min(kPieceBytes / block_bytes * block_bytes, size_bytes - offset_);
        const TensorPiece piece{.tensor = tensor_, .offset = offset_, .bytes = memory.first(n)};
        offset_ += n;
        padding = 0;
        if (offset_ == size_bytes) {
            padding = aligned(size_bytes) - size_bytes;
            ++tensor_;
            offset_ = 0;
        }
        return piece;
    }

  private:
    std::span<const PlannedTensor> tensors_;
    std::size_t tensor_ = 0;
    std::size_t offset_ = 0;
};

/// Fills pieces in all threads and writes them in order, a batch at a time.
class PieceWriter {
  public:
    PieceWriter(const FillPiece& fill, ThreadPool& pool)
        : fill_(fill), pool_(pool), memory_(pool.n_threads() * kPiecesPerThread * kPieceBytes) {}

    /// Writes the next batch; returns its bytes.
    Result<std::size_t> write_batch(PieceCursor& cursor, OutputFile& file) {
        batch_.clear();
        for (std::size_t at = 0; at < memory_.size() && !cursor.is_done(); at += kPieceBytes) {
            Piece piece;
            piece.piece = cursor.take(std::span(memory_).subspan(at, kPieceBytes), piece.padding);
            batch_.push_back(piece);
        }
        pool_.run(batch_.size(), [this](std::size_t index, std::size_t) { fill_(batch_[index].piece); });

        constexpr std::byte kZeros[GgufHeader::kAlignment] = {};
        std::size_t written = 0;
        for (const Piece& piece : batch_) {
            MOE_TRY(file.write(piece.piece.bytes));
            MOE_TRY(file.write(std::span(kZeros).first(piece.padding)));
            written += piece.piece.bytes.size() + piece.padding;
        }
        return written;
    }

  private:
    struct Piece {
        TensorPiece piece;
        std::size_t padding = 0;
    };
    const FillPiece& fill_;
    ThreadPool& pool_;
    std::vector<std::byte> memory_;
    std::vector<Piece> batch_;
};

}  // namespace

Result<void> write_gguf(const std::filesystem::path& path, const GgufHeader& header, const FillPiece& fill,
                        ThreadPool& pool, const WriteProgress& on_progress, const std::stop_token& stop) {
    MOE_TRY(const std::size_t data_bytes, checked_data_size(header));
    const std::string header_bytes = header.bytes();
    const std::size_t total_bytes = header_bytes.size() + data_bytes;
    MOE_TRY(check_space(path, total_bytes));
    MOE_TRY(OutputFile file, OutputFile::create(path));
    MOE_TRY(file.write(header_bytes));

    std::size_t done_bytes = header_bytes.size();
    PieceCursor cursor(header.tensors());
    PieceWriter writer(fill, pool);
    while (!cursor.is_done()) {
        if (stop.stop_requested()) return cancelled_error();
        MOE_TRY(const std::size_t written, writer.write_batch(cursor, file));
        done_bytes += written;
        if (on_progress) on_progress(done_bytes, total_bytes);
    }
    return file.commit();
}

}  // namespace moe
