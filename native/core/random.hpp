// Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2,
// 3", SC 2011). A draw depends on seed, stream and index alone, so it is the same for any thread count or device.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "core/hostdevice.hpp"

namespace nonconvex {

class Random {
 public:
  using Block = std::array<std::uint32_t, 4>;

  /// `stream` separates uses of one seed within a solver.
  constexpr explicit Random(std::uint64_t seed, std::uint32_t stream = 0) : seed_(seed), stream_(stream) {}

  constexpr Block block(std::uint64_t index) const { return bits(index, 0); }

  /// Uniform in (0, 1), 53 bits.
  constexpr double uniform(std::uint64_t index) const {
    const Block b = bits(index, 0);
    return toUnit(b[0], b[1]);
  }
  /// Uniform integer in [0, n), n below 2^32; bias below n / 2^64.
  constexpr std::uint32_t below(std::uint64_t index, std::uint32_t n) const {
    const Block b = bits(index, 1);
    const std::uint64_t high = b[0];
    const std::uint64_t low = b[1];
    return static_cast<std::uint32_t>((high * n + ((low * n) >> 32)) >> 32);
  }
  /// Standard normal (Box-Muller, one draw per index).
  NONCONVEX_HD double normal(std::uint64_t index) const {
    const Block b = bits(index / 2, 2);
    const double radius = std::sqrt(-2 * std::log(toUnit(b[0], b[1])));
    const double angle = 2 * std::numbers::pi * toUnit(b[2], b[3]);
    return radius * (index % 2 == 0 ? std::cos(angle) : std::sin(angle));
  }

 private:
  static constexpr double toUnit(std::uint32_t high, std::uint32_t low) {
    const std::uint64_t x = (static_cast<std::uint64_t>(high) << 21) ^ (low >> 11);
    return (static_cast<double>(x) + 0.5) * 0x1p-53;
  }
  constexpr Block bits(std::uint64_t index, std::uint32_t purpose) const {
    Block c = {static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32), stream_, purpose};
    auto key0 = static_cast<std::uint32_t>(seed_);
    auto key1 = static_cast<std::uint32_t>(seed_ >> 32);
    for (int round = 0; round < 10; ++round) {
      const std::uint64_t p0 = 0xD2511F53ULL * c[0];
      const std::uint64_t p1 = 0xCD9E8D57ULL * c[2];
      c = {static_cast<std::uint32_t>(p1 >> 32) ^ c[1] ^ key0, static_cast<std::uint32_t>(p1),
           static_cast<std::uint32_t>(p0 >> 32) ^ c[3] ^ key1, static_cast<std::uint32_t>(p0)};
      key0 += 0x9E3779B9U;
      key1 += 0xBB67AE85U;
    }
    return c;
  }

  std::uint64_t seed_;
  std::uint32_t stream_;
};

}  // namespace nonconvex
