// A factor of a Gram matrix and a diagonal on places that change little at a time.
#pragma once

#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "linalg/growing_factor.hpp"
#include "solvers/sparse/quadratic/quadratic_form.hpp"

namespace nonconvex {

/// Cholesky's factor of G and a diagonal on some places, in an order of its own: what stays of it is kept.
class GrowingSupport {
 public:
  explicit GrowingSupport(const Cpu& la) : factor_(la) {}

  void clear();
  /// Makes this the factor on these places, where columns of G are there. False where it is not positive definite.
  bool set(const QuadraticForm& form, const std::vector<int>& places, const std::vector<double>& diagonal);
  /// v := (G + diagonal)^-1 v, by the places of set().
  void solve(const std::vector<int>& places, std::span<double> v);

 private:
  struct Tuning;
  bool change(const QuadraticForm& form, const std::vector<int>& places, const std::vector<double>& diagonal);
  bool add(const QuadraticForm& form, const std::vector<int>& places, const std::vector<double>& diagonal);

  GrowingFactor factor_;
  std::vector<int> places_;
  std::vector<double> diagonal_, ordered_;
  std::vector<int> rank_, gone_, come_;  ///< ranks of places in a list; changes of the factor
};

}  // namespace nonconvex
