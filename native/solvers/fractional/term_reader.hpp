// Reads the data of terms with checks whose messages name the term, the value and what was expected.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "linalg/cpu.hpp"
#include "solvers/fractional/term.hpp"

namespace nonconvex {

/// Copies of numbers, whose count is checked, all of them finite.
std::vector<double> copyOfFinite(std::span<const double> values, std::size_t size, const std::string& name);
/// Copies of numbers, whose count is checked, all of them finite and >= 0.
std::vector<double> copyOfNonNegative(std::span<const double> values, std::size_t size, const std::string& name);

bool anyNonZero(const std::vector<double>& values);

/// A term that is being read: the static function `read` of its class takes from it what that class needs.
class TermReader {
 public:
  /// `matrices` are those of the problem, which has n unknowns.
  TermReader(const Cpu& la, int n, const std::vector<Columns>& matrices, const FractionalTerm& term);

  const FractionalTerm& term() const { return data_.term; }
  int n() const { return n_; }
  /// "denominator.k" for messages.
  std::string name(const char* member) const { return data_.term.name + "." + member; }

  /// The matrix, with a column for each unknown.
  void takeMatrix();
  /// The matrix, and as curvatures `factor` times the squared lengths of its columns.
  void takeMatrixOfColumns(double factor);
  /// The matrix, to be square, and its diagonal as curvatures.
  void takeSquareMatrix();
  void takeTargets(const char* member);  ///< a number for each row of the matrix
  void takeLinear(const char* member);   ///< a number for each unknown
  void takeWeights(const char* member);  ///< a number >= 0 for each unknown
  void takeFourthPowers();               ///< sum_i A_ij^4 of each column of the matrix
  void requireLengthOfTargets() const;   ///< ||b||^2 must be in the range of double precision
  void requirePositive(double value, const char* member) const;
  void requireFinite(double value, const char* member) const;
  /// The members `scale` and `shift` of a denominator.
  void requireScaleAndShift() const;

  /// The data taken.
  FractionalTermData&& data() && { return std::move(data_); }
  FractionalTermData& data() & { return data_; }

 private:
  const Cpu& la_;
  int n_;
  const std::vector<Columns>& matrices_;
  FractionalTermData data_;
};

}  // namespace nonconvex
