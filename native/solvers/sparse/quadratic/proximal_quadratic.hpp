// A quadratic with a structured penalty, minimised by accelerated proximal gradients and Newton steps on patterns.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "methods/spectral/largest_eigenvalue.hpp"
#include "solvers/sparse/penalties/structured_penalty.hpp"
#include "solvers/sparse/quadratic/quadratic_form.hpp"

namespace nonconvex {

/// A copy of the part of another form that has some of its places.
class PartOfForm final : public QuadraticForm {
 public:
  void gather(QuadraticForm& from, std::span<const int> places);
  int size() const override { return size_; }
  double curvature(int place) const override { return gram_(place, place); }
  void needGram() override {}
  bool hasGram() const override { return true; }
  const double* gram(int place) const override { return gram_.column(place); }

 private:
  int size_ = 0;
  HostMatrix<double> gram_;
};

/// minimise q^T d + d^T G d / 2 + lambda norm(b + d) for the G of a metric.
///
/// Accelerated proximal gradients. Once in a while the minimiser on the present pattern, which is that of linear
/// equations, is tried. Where the penalty lets coefficients be left out, all of that is done on those that are not 0 or
/// that a proximal step takes from there.
class ProximalQuadratic {
 public:
  ProximalQuadratic(const Cpu& la, QuadraticForm& form, StructuredPenalty& penalty)
      : la_(la), form_(form), penalty_(penalty), largest_(la) {}

  // G as a QuadraticFunction.
  static constexpr bool quadratic = true;
  int variables() const { return form_.size(); }
  void hessianProduct(std::span<const double> v, std::span<double> out);

  std::vector<double> b;  ///< one for each place of the metric
  std::vector<double> q;  ///< the gradient there

  /// Makes room for columns that the metric has taken in, at 0; their gradients are still to be set.
  void resize();
  /// The metric has changed.
  void forget() { lipschitz_ = 0; }
  /// Goes down until a proximal step moves no coefficient by more than `tolerance` times the step; whether that was
  /// reached.
  bool minimize(double lambda, double tolerance);
  /// L times the largest move of a proximal step of length 1 / L.
  double violation(double lambda);
  double steps() const { return steps_ + (part_ ? part_->steps_ : 0); }

 private:
  struct Tuning;
  void estimateLipschitz();
  bool patternStep(double lambda);
  bool minimizeAll(double lambda, double tolerance);
  void minimizePart(double lambda, double tolerance);
  double change(std::span<const double> to, std::span<const double> product, double lambda);

  const Cpu& la_;
  QuadraticForm& form_;
  StructuredPenalty& penalty_;
  Pattern pattern_;
  double lipschitz_ = 0;
  double steps_ = 0;
  // The coefficients that are not left out, and the quadratic on these.
  std::vector<int> working_;
  PartOfForm partOfForm_;
  std::unique_ptr<ProximalQuadratic> part_;
  LargestEigenvalue largest_;
  std::vector<double> next_, move_, product_;
};

}  // namespace nonconvex
