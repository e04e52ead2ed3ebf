// The Gram matrix of all columns, of which a column is computed when it is asked for.
#pragma once

#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "solvers/sparse/data.hpp"

namespace nonconvex {

/// G = X^T W X of columns as they are penalised, and c = X^T W y, both centred where there is an intercept: the squared
/// loss is squares() / 2 - c . b + b . G b / 2.
class SubsetGram {
 public:
  SubsetGram(const Cpu& la, const SparseData& data, bool intercept);

  int size() const { return data_.p(); }
  int rows() const { return data_.n(); }
  /// Whether a column varies: only such may be chosen.
  bool usable(int j) const { return !data_.constant[at(j)]; }
  double correlation(int j) const { return correlations_[at(j)]; }
  std::span<const double> correlations() const { return correlations_; }
  double diagonal(int j) const { return diagonal_[at(j)]; }
  double squares() const { return squares_; }
  /// The best intercept without columns, and what a column's coefficient takes from it.
  double meanResponse() const { return meanResponse_; }
  double mean(int j) const { return means_[at(j)]; }
  /// Column j of G.
  const double* column(int j) {
    if (columns_[at(j)].empty()) need({&j, 1});
    return columns_[at(j)].data();
  }
  bool has(int j) const { return !columns_[at(j)].empty(); }
  /// Computes those of some columns that are not there, together.
  void need(std::span<const int> columns);
  /// Columns that were computed.
  double computed() const { return computed_; }

 private:
  void fill(std::span<const int> columns);

  const Cpu& la_;
  const SparseData& data_;
  std::vector<double> correlations_, diagonal_, means_;
  std::vector<std::vector<double>> columns_;
  double squares_ = 0, meanResponse_ = 0, computed_ = 0;
};

}  // namespace nonconvex
