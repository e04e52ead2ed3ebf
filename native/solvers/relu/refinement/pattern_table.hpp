// Distinct activation patterns with a direction for each.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "linalg/cpu.hpp"
#include "solvers/relu/data.hpp"

namespace nonconvex {

/// Patterns 1[X u >= 0] of the scaled data, each once, with a direction that it was first seen at. A direction on the
/// border of its cone has a pattern by rounding alone, so a pattern found once is kept, not computed again.
class ReluPatternTable {
 public:
  explicit ReluPatternTable(const ReluData& data) : data_(data) {}

  int count() const { return static_cast<int>(found_.size()); }

  /// The numbers of the patterns of the directions, which are added where new; -1 for a pattern without a row.
  std::vector<std::int32_t> add(const Cpu& la, Mat<const double> directions);

  /// Directions of unit length, and masks of ones and zeros, of the patterns of these numbers.
  HostMatrix<double> gates(const std::vector<std::int32_t>& numbers) const;
  HostMatrix<double> masks(const std::vector<std::int32_t>& numbers) const;

 private:
  using Bits = std::vector<std::uint64_t>;

  const ReluData& data_;
  std::map<Bits, std::int32_t> found_;
  std::vector<const Bits*> bits_;           // bits of each pattern
  std::vector<std::vector<double>> gates_;  // gate of each pattern
};

}  // namespace nonconvex
