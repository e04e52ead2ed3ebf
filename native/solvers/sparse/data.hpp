// A regression's data, checked and prepared once for all lambdas.
#pragma once

#include <memory>
#include <vector>

#include "data/columns.hpp"
#include "linalg/cpu.hpp"
#include "solvers/sparse/problem.hpp"

namespace nonconvex {

/// Columns as they are penalised: (x_j - centre_j) / scale_j. Coefficients of these are those of x times the scale; the
/// centres, of columns with an intercept, only keep rounding small. A column whose mean is many deviations from 0 is
/// stored less its origin; what is left of the centre of a dense column, its shift, is taken away where it is used.
class SparseData {
 public:
  /// Throws what names the argument, its value and what was expected.
  SparseData(const Cpu& la, const SparseProblem& problem, const SparseSettings& settings);
  SparseData(const SparseData&) = delete;
  SparseData& operator=(const SparseData&) = delete;

  /// The columns of x, each less its origin; without origins other solves may read them, too.
  const Columns& x() const { return *columns_; }
  int n() const { return columns_->rows(); }
  int p() const { return columns_->cols(); }
  /// Responses K, each with a prediction of its own: y and offsets are n x K by columns.
  int responses() const { return responses_; }

  /// Cpu::checkpoint of the solve, for loops over all rows and responses.
  void checkpoint() const { la_.checkpoint(); }

  /// column j . r, where r sums to `sum`.
  double dot(int j, const double* r, double sum) const { return (x().dot(j, r) - shift[at(j)] * sum) / scale[at(j)]; }
  /// The coefficient at place j + p k, of column j and response k, in the units of x and within the bounds as they were
  /// given.
  double inUnits(int place, double b) const {
    if (b == lower[at(place)]) return givenLower[at(place)];
    return b == upper[at(place)] ? givenUpper[at(place)] : b / scale[at(place % p())];
  }
  /// What a coefficient of column j, in units of x, adds to the intercept of columns as they are penalised.
  double centre(int j) const { return origin[at(j)] + shift[at(j)]; }
  /// r += t (column j + shift_j / scale_j).
  void axpy(int j, double t, double* r) const { x().axpy(j, t / scale[at(j)], r); }
  /// out(j, k) = column j . R_k for columns R_k that sum to sums[k], all in one pass over x.
  void multiplyTransposed(const Cpu& la, Mat<const double> r, const double* sums, Mat<double> out) const;

  SparseFamily family = SparseFamily::gaussian;
  double huberDelta = 0, level = 0;  ///< of the losses that have them
  CoxTies ties = CoxTies::efron;
  std::vector<double> event, strata;         ///< n, or none: whether a time ended with the event, and of which stratum
  std::vector<double> start;                 ///< n, or none: the time from which on a row is at risk
  std::vector<double> y, weights, offset;    ///< y and offsets n K, or no offsets; weights n, which sum to 1
  std::vector<double> responseOrigin;        ///< K: what y is less than it was given by, and predictions with it
  std::vector<double> origin, shift, scale;  ///< p
  std::vector<double> factor;                ///< p: of coefficients as they are penalised
  std::vector<double> lower, upper;          ///< p K, at j + p k for column j and response k, likewise
  std::vector<double> givenLower, givenUpper;  ///< p K: of coefficients of x
  std::vector<int> groups;                     ///< of columns, from 0; empty: each column is one
  std::vector<char> constant;                  ///< columns without variation, or with an infinite factor: left out
  std::vector<char> leftOut;                   ///< the latter of them, where they vary
  std::vector<int> nearlyConstant;             ///< those of them that vary, by less than rounding beside their size
  std::vector<int> free;                       ///< columns without penalty, not constant
  bool bounded = false;
  double totalWeight = 0;

 private:
  const Cpu la_;
  std::shared_ptr<const Columns> columns_;
  int responses_ = 1;

  void requireEntries(const char* name, std::size_t length) const;
  void requireCoefficients(const char* name, std::size_t length) const;
  void requireShares(std::span<const double> shares) const;
  void readRows(const SparseProblem& problem);
  void readEvents(const SparseProblem& problem);
  void moveResponses(bool intercept);
  void measureColumns(const Cpu& la, bool centre, bool standardize);
  bool isConstant(int j, std::ptrdiff_t rows) const;
  void readFactors(const SparseProblem& problem, bool ofGroups);
  void readPenalties(const SparseProblem& problem);
  void multiplySparse(const Cpu& la, Mat<const double> r, const double* sums, Mat<double> out) const;
  void multiplyDense(const Cpu& la, Mat<const double> r, Mat<double> out) const;
};

}  // namespace nonconvex
