#include "engine/worker/model_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <span>

#include "engine/base/mapped_file.h"
#include "engine/families/load_model.h"

namespace moe {
namespace {

constexpr std::size_t kFingerprintBytes = std::size_t{1} << 20;  // of each end of the file

/// FNV-1a, 64 bits.
std::uint64_t hash(std::span<const std::byte> bytes, std::uint64_t state) {
    for (const std::byte byte : bytes) state = (state ^ static_cast<std::uint64_t>(byte)) * 0x100000001B3ULL;
    return state;
}

std::string fingerprint_of(std::span<const std::byte> file) {
    const std::size_t n = std::min(file.size(), kFingerprintBytes);
    std::uint64_t state = 0xCBF29CE484222325ULL ^ file.size();
    state = hash(file.first(n), state);
    state = hash(file.last(n), state);
    return fmt::format("{:016x}", state);
}

}  // namespace

Result<OpenModel> open_model(const std::filesystem::path& path) {
    MOE_TRY(const MappedFile file, MappedFile::open(path));
    MOE_TRY(std::shared_ptr<const Model> model, load_model(path));
    MOE_TRY(std::shared_ptr<const Tokenizer> tokenizer, create_tokenizer(model->file.metadata()));
    MOE_TRY(const ChatTemplate chat_template, ChatTemplate::from_metadata(model->file.metadata()));
    const std::size_t file_bytes = model->file.file_size_bytes();  // of all parts
    return OpenModel{.model = std::move(model),
                     .tokenizer = std::move(tokenizer),
                     .chat_template = chat_template,
                     .path = path,
                     .file_bytes = static_cast<std::int64_t>(file_bytes),
                     .fingerprint = fingerprint_of(file.bytes())};
}

struct ModelLoader::Job {
    std::mutex mutex;
    std::condition_variable_any done;
    std::optional<Result<OpenModel>> result;
    bool is_finished = false;
};

ModelLoader::~ModelLoader() = default;  // joins

Result<OpenModel> ModelLoader::load(const std::filesystem::path& path, const std::stop_token& stop) {
    join_finished();
    if (stop.stop_requested()) return cancelled_error();
    const auto job = std::make_shared<Job>();
    threads_.push_back({.job = job, .thread = std::jthread([job, path] {
                                        Result<OpenModel> result = open_model(path);
                                        const std::lock_guard lock(job->mutex);
                                        job->result = std::move(result);
                                        job->is_finished = true;
                                        job->done.notify_one();
                                    })});

    std::unique_lock lock(job->mutex);
    job->done.wait(lock, stop, [&job] { return job->is_finished; });
    if (stop.stop_requested() || !job->is_finished) return cancelled_error();
    Result<OpenModel> result = *std::move(job->result);
    job->result.reset();
    return result;
}

void ModelLoader::join_finished() {
    std::erase_if(threads_, [](const Thread& thread) {
        const std::lock_guard lock(thread.job->mutex);
        return thread.job->is_finished;
    });
}

}  // namespace moe
