// The coefficients that a Newton step moves, and the factor of its system.
#pragma once

#include <span>
#include <vector>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "linalg/cpu.hpp"
#include "linalg/growing_factor.hpp"
#include "solvers/sparse/quadratic/quadratic_form.hpp"

namespace nonconvex {

/// Entries of b, which stand at place K + response for K responses, with the second derivatives of the penalty there: a
/// diagonal, and for each block of several entries a multiple of u u^T, u its direction.
struct Support {
  struct Block {
    int begin, end;  ///< entries of the block in the support
    double along;    ///< the multiple
  };

  std::vector<int> entries;
  std::vector<double> step;  ///< gradient of the objective with its sign turned, later Newton's step
  std::vector<double> diagonal;
  std::vector<Block> blocks;
  std::vector<double> direction;  ///< u, for each entry, where there are blocks

  int size() const { return static_cast<int>(entries.size()); }
  void clear() {
    for (auto* each : {&step, &diagonal, &direction}) each->clear();
    entries.clear();
    blocks.clear();
  }
  /// out += the second derivatives of the penalty times v.
  void addCurvature(std::span<const double> v, std::span<double> out) const;
  /// out += their diagonal.
  void addDiagonal(std::span<double> out) const;
};

/// Cholesky's factor of G and a penalty's second derivatives on a support. Entries that stay with their diagonal stay
/// in it; blocks of several entries are factored anew.
class SupportFactor {
 public:
  SupportFactor(const Cpu& la, int responses) : factor_(la), responses_(responses) {}

  void clear();
  /// Makes it the factor on a support. False where the matrix is not positive definite.
  bool set(const QuadraticForm& form, const Support& support);
  /// Turns the right-hand side of the support that was set into the solution.
  void solve(std::span<double> step);

 private:
  struct Tuning {
    static constexpr double leastPivot = 1e-13;  ///< rounding: below it beside the largest entry columns are dependent
  };

  bool change(const QuadraticForm& form, const Support& support);
  bool add(const QuadraticForm& form, const Support& support);

  GrowingFactor factor_;
  int responses_;
  std::vector<int> entries_;  ///< entries in the order of the factor
  std::vector<double> diagonal_;
  std::vector<int> rank_;  ///< ranks of entries in the support, or -1
  std::vector<int> gone_, come_;
  std::vector<double> ordered_;
};

}  // namespace nonconvex
