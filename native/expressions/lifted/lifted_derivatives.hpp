// Gradients and Hessian matrices of columns of a lifted program, over boxes of its variables.
#pragma once

#include <span>
#include <vector>

#include "expressions/lifted/lifted_program.hpp"

namespace nonconvex {

/// Values and derivatives of the columns as functions of the variables, as intervals that contain all values over a
/// box, in exact arithmetic. Columns follow their definitions alone: bounds of other columns do not count.
class LiftedDerivatives {
 public:
  using Gradient = std::vector<std::pair<int, Interval>>;  ///< variables, rising, and derivatives by them

  /// `program` must outlive this.
  explicit LiftedDerivatives(const LiftedProgram& program);

  /// Evaluates all columns over a box of the variables, of which the first entries of `box` are bounds. Returns false
  /// where a function may have no value.
  bool evaluate(std::span<const Interval> box);
  Interval value(int column) const { return values_[static_cast<std::size_t>(column)]; }
  /// The values of a row's sum.
  Interval valueOf(const LiftedRow& row) const;

  /// Sets the gradients of all columns, which hessian() and gradientOf() need.
  void differentiate();
  Gradient gradientOf(const LiftedRow& row) const;

  /// weights_j := the derivative of sum_j weights_j z_j by column j where columns before it do not change, so that the
  /// first entries are the gradient by the variables.
  void backward(std::vector<Interval>& weights) const;
  /// H += the Hessian matrix of a sum of columns whose weights went through backward(): the upper triangle of n rows.
  void addHessian(std::span<const Interval> weights, std::span<Interval> H) const;

 private:
  struct Scaled {
    Interval factor;
    const Gradient* gradient;
  };

  Interval defined(int column) const;
  Gradient sumOf(std::span<const Scaled> parts) const;
  void addProduct(std::span<Interval> H, Interval factor, const Gradient& a, const Gradient& b) const;
  int resultOf(std::size_t definition) const { return program_.variables + static_cast<int>(definition); }
  const Gradient& gradient(int column) const { return gradients_[static_cast<std::size_t>(column)]; }

  const LiftedProgram& program_;
  std::vector<Interval> values_;
  std::vector<Gradient> gradients_;
};

}  // namespace nonconvex
