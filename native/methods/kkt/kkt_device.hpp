// The seam between Newton's method, on the host, and a device that keeps a dense Hessian.
#pragma once

#include <memory>
#include <span>

#include "methods/kkt/kkt_solver.hpp"

namespace nonconvex {

class ScaledNlp;
class SketchedHessian;

/// A dense Hessian of L and solvers of systems with it, in memory that the host does not see: vectors of n and m
/// numbers come and go. For these solvers, and for the model, an empty H is the Hessian that was evaluated last.
class KktDevice {
 public:
  virtual ~KktDevice() = default;

  /// H := sigma Hess f + sum_i weights_i Hess c_i where the nlp is. Returns max |H_ij|; NaN if an entry is not
  /// finite.
  virtual double evaluate(double sigma, std::span<const double> weights) = 0;
  /// out := H v
  virtual void multiply(std::span<const double> v, std::span<double> out) = 0;

  /// A solver that factors K.
  virtual std::unique_ptr<KktSolver> factoredKkt() = 0;
  /// Rows of the data of which the Hessian, less a part that is known, is a Gram matrix; 0: it is no Gram matrix.
  virtual int gramRows() const = 0;
  /// A preconditioner from a sketch of those rows; not to be called without rows.
  virtual std::unique_ptr<SketchedHessian> sketchedHessian(const ScaledNlp& model, const KktSettings& settings) = 0;
};

}  // namespace nonconvex
