#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "engine/base/result.h"
#include "engine/model/model.h"
#include "engine/tokenizer/chat_template.h"
#include "engine/tokenizer/tokenizer.h"

namespace moe {

/// A model with all that its file says about it.
struct OpenModel {
    std::shared_ptr<const Model> model;
    std::shared_ptr<const Tokenizer> tokenizer;
    ChatTemplate chat_template;
    std::filesystem::path path;
    std::int64_t file_bytes = 0;
    std::string fingerprint;  ///< tells two files apart: 16 hex digits of its size, beginning and end
};

/// Opens a model file in the calling thread.
Result<OpenModel> open_model(const std::filesystem::path& path);

/// Opens models in threads of their own, so that a slow disk cannot hold up the one who waits.
class ModelLoader {
  public:
    ~ModelLoader();

    /// As `open_model`. On `stop` it returns at once with a cancelled Error; what was begun is dropped when
    /// it is done.
    Result<OpenModel> load(const std::filesystem::path& path, const std::stop_token& stop);

  private:
    struct Job;
    void join_finished();

    struct Thread {
        std::shared_ptr<Job> job;
        std::jthread thread;
    };
    std::vector<Thread> threads_;
};

}  // namespace moe
