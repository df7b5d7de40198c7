#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace moe::test {

/// Expected values beside a reference model: a safetensors file of F32 and I32 tensors. A broken file
/// stops the test program with a message.
class ReferenceFile {
  public:
    explicit ReferenceFile(const std::filesystem::path& path);

    bool contains(const std::string& name) const { return tensors_.contains(name); }
    const std::vector<std::size_t>& shape(const std::string& name) const { return find(name).shape; }
    std::span<const float> floats(const std::string& name) const { return find(name).floats; }
    std::span<const std::int32_t> integers(const std::string& name) const { return find(name).integers; }

  private:
    struct Tensor {
        std::vector<std::size_t> shape;
        std::vector<float> floats;           ///< of an F32 tensor
        std::vector<std::int32_t> integers;  ///< of an I32 tensor
    };
    const Tensor& find(const std::string& name) const;

    std::map<std::string, Tensor> tensors_;
};

/// Σ (value - expected)² / Σ expected²: the measure of agreement with a reference.
double normalized_squared_error(std::span<const float> values, std::span<const float> expected);

}  // namespace moe::test
