// The coefficients that are not 0, and Newton's step on these.
#pragma once

#include <span>
#include <vector>

#include "core/index.hpp"
#include "linalg/cpu.hpp"
#include "solvers/sparse/penalties/block_penalty.hpp"
#include "solvers/sparse/quadratic/growing_support.hpp"
#include "solvers/sparse/quadratic/quadratic_form.hpp"

namespace nonconvex {

/// Entries of coefficients, which are S x K by rows for the S places of a form, block by block, with the second
/// derivatives of the penalty there and the right-hand side of Newton's step.
class Support {
 public:
  /// Entries of a block, and the second derivatives of the penalty across it and along it, without the ridge.
  struct Part {
    int block, begin, end;
    double across, along, ridge;
  };

  /// `single`: blocks are single coefficients of one response.
  Support(const Cpu& la, bool single) : la_(la), single_(single), kept_(la) {}
  void clear();
  /// Begins the part of a block with these coefficients.
  void begin(const BlockPenalty& penalty, int block, std::span<const double> b);
  /// Adds one of its entries, with its gradient of the loss.
  void add(const BlockPenalty& penalty, int entry, double b, double gradient);

  const std::vector<Part>& parts() const { return parts_; }
  const std::vector<int>& entries() const { return entries_; }
  std::vector<double>& step() { return step_; }
  /// The diagonal of the penalty's second derivatives at an entry.
  double curvature(std::size_t k) const { return diagonal_[k]; }
  /// out += those second derivatives times v, both of entries.
  void addCurvature(std::span<const double> v, std::span<double> out) const;
  /// Factors G and those second derivatives, for K responses. With blocks `shift` times the largest entry is added to
  /// the diagonal. False where they are not positive definite.
  bool factor(const QuadraticForm& form, int responses, double shift = 0);
  /// Turns the right-hand side into the step.
  void solve();
  void forgetFactor() { kept_.clear(); }

 private:
  struct Tuning {
    static constexpr double leastPivot = 1e-13;  ///< rounding: largest pivot of columns that depend on each other
    static constexpr double nearZero = 1e-3;     ///< safeguard: share of l where the branch beside 0 is looked at
  };

  const Cpu& la_;
  bool single_;
  std::vector<Part> parts_;
  std::vector<int> entries_;
  std::vector<double> step_, diagonal_;
  std::vector<double> directions_;  ///< coefficients beside the norm of their block
  double norm_ = 0;                 ///< the norm of the last block
  GrowingSupport kept_;             ///< the factor where the penalty's second derivatives are a diagonal
  HostMatrix<double> factor_;       ///< the factor where they are not
};

}  // namespace nonconvex
