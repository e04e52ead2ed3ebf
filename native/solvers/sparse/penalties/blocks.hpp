// Which coefficients make up a block.
#pragma once

#include <span>
#include <vector>

#include "solvers/sparse/data.hpp"
#include "solvers/sparse/penalties/block_penalty.hpp"
#include "solvers/sparse/problem.hpp"

namespace nonconvex {

/// Groups of columns, without those that are constant. Coefficients are p x K; a block is a group with all of its
/// responses where the penalty is one of groups, else a column with one response, and then groups are columns.
class Blocks {
 public:
  Blocks(const SparseData& data, const SparseSettings& settings);

  int count() const { return static_cast<int>(begins_.size()) - 1; }
  std::span<const int> columns(int group) const {
    return std::span(columns_).subspan(at(begins_[at(group)]), at(begins_[at(group) + 1] - begins_[at(group)]));
  }
  double factor(int group) const { return factors_[at(group)]; }
  /// Whether a block has all responses.
  bool joint() const { return joint_; }
  bool bounded() const { return data_.bounded; }
  /// Bounds of the coefficient of a column for a response.
  double lower(int column, int response) const { return data_.lower[at(column + data_.p() * response)]; }
  double upper(int column, int response) const { return data_.upper[at(column + data_.p() * response)]; }

 private:
  const SparseData& data_;
  std::vector<int> begins_, columns_;
  std::vector<double> factors_;
  bool joint_;
};

/// The penalties of all groups at one lambda.
class BlockPenaltyAt {
 public:
  BlockPenaltyAt(const Blocks& blocks, const SparseSettings& settings, double lambda);

  BlockPenalty of(int group) const;
  bool convex() const { return scaled_.convex(); }
  bool isZero() const { return scaled_.isZero(); }
  bool hasRidge() const { return scaled_.ridge > 0; }
  /// The steepest that it is at 0 with a factor of 1.
  double largestSlope() const { return scaled_.l + scaled_.l1; }

 private:
  const Blocks& blocks_;
  BlockPenalty scaled_;  ///< of a factor of 1
};

}  // namespace nonconvex
