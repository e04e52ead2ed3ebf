// Starts of a method that got stuck.
#pragma once

#include <cstdint>

#include "linalg/vectors.hpp"

namespace nonconvex {

/// The starts of a method that got stuck: the given one again, which it may leave in another way, then points around
/// it, from near to far and again. Fewer of them for large problems, where each takes long.
class Restarts {
 public:
  Restarts(int n, int m, std::uint64_t seed);

  void setStart(std::span<const double> x) { start_.assign(x.begin(), x.end()); }
  /// Writes the next start into x; returns false, and writes nothing, after the last one.
  bool next(std::span<double> x);
  /// How many there were.
  int count() const { return count_; }

 private:
  struct Tuning;
  const int most_;
  const std::uint64_t seed_;
  Vector start_;
  int count_ = 0;
};

}  // namespace nonconvex
