// The preconditioner of Krylov methods for Hessians that are Gram matrices.
#pragma once

#include <memory>
#include <span>

#include "methods/kkt/kkt_solver.hpp"
#include "methods/nlp/scaled_nlp.hpp"

namespace nonconvex {

/// Solves systems [G, J^T; J, 0] with G close to the Hessian of L where the model is linearised: its Gram matrix by a
/// sketch, the rest as it is.
class SketchedHessian {
 public:
  virtual ~SketchedHessian() = default;
  /// Factors the system, with a new sketch if `renew`; false where it has not n positive and m negative eigenvalues.
  virtual bool prepare(std::span<const double> J, bool renew) = 0;
  /// b := (x, y)
  virtual void solve(std::span<double> b) = 0;
  virtual int factorizations() const = 0;
};

/// The preconditioner, on the host or where the model keeps its Hessian. `exact` factors systems that are not positive
/// definite. All arguments must outlive it.
std::unique_ptr<SketchedHessian> sketchedHessian(const ScaledNlp& model, KktSolver& exact, const KktSettings& settings,
                                                 const Cpu& la);

/// Rows of the sketch for n columns: those of the settings, or 4 n.
int sketchRows(const KktSettings& settings, int n);

/// definition: stream of the random numbers that sketches are made from.
constexpr std::uint32_t sketchStream = 0x30000000;

}  // namespace nonconvex
