// The Gram matrix of all columns, of which a column is computed when it is asked for.
#pragma once

#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "solvers/sparse/data.hpp"

namespace nonconvex {

/// G = X^T W X of columns as they are penalised, and c = X^T W y, both centred where there is an intercept: the squared
/// loss is squares() / 2 - c . b + b . G b / 2. Columns without penalty are in every subset: G and c are those of what
/// these leave of the others, by steps of a Cholesky factorisation.
class SubsetGram {
 public:
  SubsetGram(const Cpu& la, const SparseData& data, bool intercept);

  int size() const { return data_.p(); }
  int rows() const { return data_.n(); }
  /// Whether a column may be chosen: it varies, is not left out, and has a penalty.
  bool usable(int j) const { return usable_[at(j)] != 0; }
  /// Whether a column that may not be chosen only nearly depends on those without penalty.
  bool leavesOutNearly() const { return leavesOutNearly_; }
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
  /// Appends the coefficients of the columns without penalty beside those of others.
  void addFree(std::vector<int>& columns, std::vector<double>& values) const;
  /// Columns that were computed.
  double computed() const { return computed_; }

 private:
  void fill(std::span<const int> columns);
  void takeOutFree();

  const Cpu& la_;
  const SparseData& data_;
  std::vector<double> correlations_, diagonal_, means_;
  std::vector<std::vector<double>> columns_;
  std::vector<char> usable_;
  std::vector<int> free_;                      ///< columns without penalty that are independent
  std::vector<std::vector<double>> freeRows_;  ///< of the Cholesky factor of G, for all columns
  std::vector<double> freeShares_;             ///< of y in these
  double squares_ = 0, meanResponse_ = 0, computed_ = 0;
  bool leavesOutNearly_ = false;
};

}  // namespace nonconvex
