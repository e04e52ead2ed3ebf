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
  int responses() const { return data_.responses(); }
  const SparseData& data() const { return data_; }
  /// Columns of all groups.
  int size() const { return static_cast<int>(columns_.size()); }
  /// Whether a block has all responses.
  bool joint() const { return joint_; }
  /// Whether all blocks are single coefficients of one response.
  bool single() const { return !joint_ && responses() == 1; }
  bool bounded() const { return data_.bounded; }
  /// Bounds of the coefficient of a column for a response.
  double lower(int column, int response) const { return data_.lower[at(column + data_.p() * response)]; }
  double upper(int column, int response) const { return data_.upper[at(column + data_.p() * response)]; }
  BlockBounds boundsOf(int column, int response) const {
    if (!data_.bounded) return {};
    const auto place = at(column + data_.p() * response);
    return {{&data_.lower[place], 1}, {&data_.upper[place], 1}};
  }
  /// f(gradient, bounds) for the blocks of a group, with gradient(column, response) in the order of coefficients.
  template <class Gradient, class F>
  void forBlocks(int group, const Gradient& gradient, F&& f) const;

 private:
  const SparseData& data_;
  std::vector<int> begins_, columns_;
  std::vector<double> factors_;
  bool joint_;
  mutable std::vector<double> block_, lower_, upper_;
};

template <class Gradient, class F>
void Blocks::forBlocks(int group, const Gradient& gradient, F&& f) const {
  const int responses = data_.responses();
  std::size_t size = 0;
  for (const int j : columns(group)) {
    for (int k = 0; k < responses; ++k) {
      if (!joint_) {
        const double g = gradient(j, k);
        f({&g, 1}, boundsOf(j, k));
        continue;
      }
      block_[size] = gradient(j, k);
      if (data_.bounded) lower_[size] = lower(j, k), upper_[size] = upper(j, k);
      ++size;
    }
  }
  if (size == 0) return;
  const auto of = [&](const std::vector<double>& all) { return std::span<const double>(all).first(size); };
  f(of(block_), data_.bounded ? BlockBounds{of(lower_), of(upper_)} : BlockBounds{});
}

}  // namespace nonconvex
