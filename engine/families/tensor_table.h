#pragma once

#include <cstddef>
#include <set>
#include <span>
#include <string>

#include "engine/base/result.h"
#include "engine/gguf/gguf_reader.h"
#include "engine/kernels/linear.h"

namespace moe {

/// Hands out a file's tensors by name, each checked against the shape that the metadata calls for, and
/// remembers which were asked for. Borrows the file.
class TensorTable {
  public:
    explicit TensorTable(const GgufReader& file) : file_(file) {}

    bool contains(const std::string& name) const { return file_.find_tensor(name) != nullptr; }

    /// Counts tensors whose names begin with `prefix` as asked for: parts that are known, and not run.
    void ignore(const std::string& prefix);

    /// [n_out, n_in] of any type that this build computes with.
    Result<WeightMatrix> matrix(const std::string& name, std::size_t n_out, std::size_t n_in);

    /// `count` matrices [n_out, n_in], one after the other: the first of them.
    Result<WeightMatrix> stack(const std::string& name, std::size_t count, std::size_t n_out,
                               std::size_t n_in);

    /// n numbers in F32, in place.
    Result<std::span<const float>> vector(const std::string& name, std::size_t n);

    /// The same, empty where the file has no tensor of that name.
    Result<std::span<const float>> optional_vector(const std::string& name, std::size_t n);

    /// `count` rows of n numbers in F32, one after the other.
    Result<std::span<const float>> rows(const std::string& name, std::size_t count, std::size_t n);

    /// Fails when the file has a tensor nobody asked for: leaving it out would give wrong numbers in silence.
    Result<void> check_all_used(const std::string& architecture) const;

  private:
    Result<const GgufTensor*> find(const std::string& name, std::size_t dim_0, std::size_t dim_1,
                                   std::size_t dim_2);

    const GgufReader& file_;
    std::set<std::string> used_;
};

}  // namespace moe
