// Random numbers that cannot be predicted.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/random.hpp"

namespace nonconvex {

/// Draws from the system's cryptographic generator if it is to be secret, else from a counter-based one.
class Entropy {
 public:
  explicit Entropy(bool secret) : secret_(secret) {}

  bool secret() const { return secret_; }
  /// Uniform in (0, 1).
  double uniform(const Random& random, std::uint64_t index);
  /// Adds independent normal numbers of this deviation to n numbers.
  template <class T>
  void addNormal(const Random& random, std::uint64_t index, double deviation, int n, T* to);

 private:
  std::uint64_t word();

  bool secret_;
  std::array<std::uint64_t, 32> words_{};
  std::size_t left_ = 0;
};

}  // namespace nonconvex
