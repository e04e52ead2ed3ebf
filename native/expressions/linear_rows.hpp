// Sums with constant coefficients, a row each.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace nonconvex {

/// Stretches of more than `largeSum` terms are summed in `sumParts` parts: faster, and with less rounding.
constexpr int largeSum = 8192;
constexpr int sumParts = 32;  // a whole number of vectors of any processor

/// Row i is constants[i] + sum_k coefficients[k] v[indices[k]], k in [offsets[i], offsets[i + 1]).
struct LinearRows {
  std::vector<int> offsets = {0};
  std::vector<int> indices;  ///< increasing within a row
  std::vector<double> coefficients;
  std::vector<double> constants;
  /// A part of a row with neighbouring indices and the same coefficient: [begin, end).
  struct Stretch {
    int begin;
    int end;
  };
  /// Stretches of row i are [stretchOffsets[i], stretchOffsets[i + 1]); rows of short ones have none.
  std::vector<Stretch> stretches;
  std::vector<int> stretchOffsets;  ///< empty: no row has any

  int rows() const { return static_cast<int>(offsets.size()) - 1; }

  /// All rows are there: finds stretches.
  void complete();
  /// out = rows of v, without the constants when those are not wanted.
  void multiply(const double* v, bool withConstants, double* out) const;
  /// v += rows^T w
  void multiplyTransposed(const double* w, double* v) const;
  /// Entries [begin, end) of v = row^T w, of the first row, which is the only one.
  void writeTransposed(double w, int begin, int end, double* v) const;

  int stretchCount(int row) const;
  /// Returns true if `RunningSum` adds the first row in parts: it has many terms, in stretches.
  bool large() const;

 private:
  void findStretches(int row);
};

/// The sum of the first row, as `multiply` adds it, while v is being computed from its beginning on.
class RunningSum {
 public:
  RunningSum(const LinearRows& rows, const double* v) : rows_(rows), v_(v), total_(rows.constants[0]) {}

  /// v is known up to `end`.
  void addUpTo(int end);
  /// v is known up to `end`; what was not added yet, from index `origin` on, lies in `part`.
  void addUpTo(int end, const double* part, int origin) {
    const double* const whole = std::exchange(v_, part);
    origin_ = origin;
    addUpTo(end);
    v_ = whole;
    origin_ = 0;
  }
  /// All of v is known: returns the sum.
  double finish();

 private:
  void addLarge(const LinearRows::Stretch& part, int k, int last);

  const LinearRows& rows_;
  const double* v_;
  int origin_ = 0;  // index of the first number in v_
  double total_;
  std::size_t stretch_ = 0;      // the next stretch of several
  int term_ = 0;                 // the next term
  double parts_[sumParts] = {};  // partial sums of a large stretch
};

}  // namespace nonconvex
