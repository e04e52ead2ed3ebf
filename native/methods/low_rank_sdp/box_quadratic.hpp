// A quadratic function in a box, and the same function on the unit box with the rounding errors of the change.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace nonconvex {

/// A constraint lower <= sum of terms <= upper; equal sides make an equation, and one of them may be infinite.
struct QuadraticRow {
  /// value x_i x_j, or value x_i where j is -1.
  struct Term {
    int i, j;
    double value;
  };
  std::vector<Term> terms;
  double lower, upper;

  bool isLinear() const;
};

/// minimise 1/2 x^T Q x + c^T x + constant subject to lower <= x <= upper, all of them finite, and to rows, if there
/// are any.
struct BoxQuadratic {
  std::vector<double> Q;  ///< n x n, symmetric, both triangles
  std::vector<double> c;
  std::vector<double> lower, upper;
  std::vector<QuadraticRow> rows = {};
  double constant = 0;
  double error = 0;                     ///< the exact objective differs from the formula nowhere in the box by more
  std::vector<std::uint8_t> ends = {};  ///< 1 for variables that have the two bounds as values, at Q_ii <= 0; or empty

  int size() const { return static_cast<int>(c.size()); }
  const double* row(int i) const { return Q.data() + static_cast<std::size_t>(i) * c.size(); }
  double value(std::span<const double> x) const;
  /// Marks the variables that a row has by 1; empty without rows.
  std::vector<std::uint8_t> inRows() const;
  bool hasEnds(std::size_t i) const { return !ends.empty() && ends[i] != 0; }
};

/// Numbers that cover what the arithmetic of these methods loses.
struct RoundingTuning {
  /// rounding: Two units of a rounding for each term of a sum, and some for the operations around the sum.
  static constexpr double ofTerm = 0x1p-52;
  static constexpr int moreTerms = 16;
  /// rounding: More than all numbers that underflow are away from zero together.
  static constexpr double underflow = 0x1p-960;
};

/// A bound of the error of a sum of `terms` terms whose absolute values sum to `absolute`.
inline double sumError(int terms, double absolute) {
  return (terms + RoundingTuning::moreTerms) * RoundingTuning::ofTerm * absolute + RoundingTuning::underflow;
}

/// f(x) = constant + c^T z + 1/2 z^T Q z with x_i = centre_i + radius_i z_i for the free i, |z_i| <= 1: the function of
/// a BoxQuadratic on a part of its box. Variables with equal bounds are not free. The formula differs from f nowhere on
/// the unit box by more than `error`, and the unit box contains the part.
class UnitQuadratic {
 public:
  void set(const BoxQuadratic& problem, std::span<const double> lower, std::span<const double> upper);

  int size() const { return static_cast<int>(free_.size()); }
  /// The variables of the problem that are free, rising.
  std::span<const int> free() const { return free_; }
  const double* row(int i) const { return Q_.data() + static_cast<std::size_t>(i) * free_.size(); }
  double c(int i) const { return c_[static_cast<std::size_t>(i)]; }
  double centre(int i) const { return centreOf(free_[static_cast<std::size_t>(i)]); }
  double radius(int i) const { return radiusOf(free_[static_cast<std::size_t>(i)]); }
  /// centre and radius of any variable of the problem.
  double centreOf(int variable) const { return centre_[static_cast<std::size_t>(variable)]; }
  double radiusOf(int variable) const { return radius_[static_cast<std::size_t>(variable)]; }
  double constant() const { return constant_; }
  double error() const { return error_; }
  /// The sum of the absolute values of all coefficients.
  double absolute() const { return absolute_; }

  /// Subtracts value z_i z_j, value z_i where j is -1, or a constant. What rounding makes of it is for addError().
  void subtract(int i, int j, double value);
  void subtract(double value) { constant_ -= value; }
  void addError(double error) { error_ += error; }

 private:
  void addRow(const BoxQuadratic& problem, int i);

  std::vector<int> free_;
  std::vector<double> centre_, radius_;
  std::vector<double> Q_, c_;
  double constant_ = 0, error_ = 0, absolute_ = 0;
  double constantTerms_ = 0;  // what the terms of the constant sum to without signs
};

}  // namespace nonconvex
