#pragma once

#include <cstdint>

namespace moe {

/// A small, fast, seeded generator with the same sequence on every machine: SplitMix64
/// (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators", fig. 16 and 17).
class Rng {
  public:
    explicit Rng(std::uint64_t seed) : state_(seed) {}

    /// 64 uniform bits.
    std::uint64_t next() {
        std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    }
    /// Uniform in [0, 1), 53 bits.
    double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
    /// Uniform in [0, n), n > 0. The bias is below n / 2^64.
    std::uint64_t below(std::uint64_t n) {
        __extension__ using Wide = unsigned __int128;
        return static_cast<std::uint64_t>((static_cast<Wide>(next()) * n) >> 64);
    }

    std::uint64_t state() const { return state_; }  ///< `Rng(state())` goes on from here

  private:
    std::uint64_t state_;
};

}  // namespace moe
