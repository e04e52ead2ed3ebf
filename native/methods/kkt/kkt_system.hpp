// The KKT systems of a Newton method, from the Hessian of the Lagrangian to factors with the inertia wanted.
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "linalg/cpu.hpp"
#include "methods/kkt/hessian_reuse.hpp"
#include "methods/kkt/inertia_correction.hpp"
#include "methods/kkt/kkt_solver.hpp"
#include "methods/kkt/second_order.hpp"
#include "methods/kkt/settings.hpp"
#include "methods/nlp/scaled_nlp.hpp"

namespace nonconvex {

/// K = [H + t I, J^T; J, -d I] at one point after the other. For a step it begins with the cheapest system that may do,
///   assumed  an iterative solver takes K to have the inertia of a minimum, and nothing is factored
///   lagged   K is factored with a Hessian of f from an earlier point that is near enough (HessianReuse)
///   exact    K is factored with H of this point, t being the least that gives it that inertia (InertiaCorrection)
/// and takes a sharper one where the step fails: exact after the others, then with a larger t.
class KktSystem {
 public:
  /// `reuseHessian`: Hessians of f at earlier points, and lower bounds of the one here, may stand in for it.
  KktSystem(const Cpu& la, ScaledNlp& model, const KktSettings& settings, bool reuseHessian);

  /// Chooses the solver and lets it analyse the patterns; the model is linearised at `start`. To be called first.
  void analyze(const NlpPoint& start);
  bool analyzed() const { return solver_ != nullptr; }

  /// Begins with the system of the next step, by the cheapest way. False where H is not finite.
  bool assemble(const NlpPoint& point);
  /// Factors what was assembled at the point; a lagged system without the inertia wanted becomes exact. False where no
  /// shift gives that inertia, or after the most attempts since `assemble`.
  bool factor(const NlpPoint& point);
  /// Prepares a sharper system after a step that failed. Returns false if no sharper one exists, as an exact one can
  /// only be shifted by more, which is done if it `mayShift`.
  bool sharpen(const NlpPoint& point, bool mayShift);
  /// A step was taken, by which the residual went from `before` to `now`.
  void noteStep(double before, double now);

  /// Assembles the exact system, and factors it with the least shift that will do; false where that fails.
  bool factorExact(const NlpPoint& point) { return load(point, false) && factorLoaded(); }
  /// Lets the next `assemble` find these factors, at the same point, instead of new ones; to be done only where it
  /// would also factor an exact system.
  void keepFactors() { kept_ = true; }
  bool canKeepFactors() const { return settings_.shift != ShiftRule::paper && !solver_->canAssumeInertia(); }
  /// Factors the system that was loaded last with the least shift that will do.
  bool factorLoaded();
  /// Factors [I, J^T; J, 0], for problems of least squares; false where that fails.
  bool factorWithoutHessian(std::span<const double> J);
  /// Forgets the factors, as of a point that was left in another way than by a step.
  void forget();
  /// Forgets the shifts of earlier systems, as of points far away.
  void resetShifts() { inertiaCorrection_.reset(); }

  /// Values of the Hessian of f alone, lagged where that will do; none where they are not finite.
  std::optional<std::span<const double>> objectiveHessian(const NlpPoint& point);
  /// Signs of the eigenvalues of H on the null space of J at a stationary point; none where H is not finite.
  /// `factoredJacobian`: values of J in the system that was factored last. Leaves the system at the point loaded.
  std::optional<ReducedInertia> reducedInertia(const NlpPoint& point, std::span<const double> factoredJacobian);
  /// Least eigenvalue of H on the null space of J by the present factors, with its vector; NaN if it is not found.
  double leastEigenvector() { return secondOrder_.leastEigenvector(*solver_, H_); }
  std::span<const double> eigenvector() const { return secondOrder_.v(); }
  /// y with H v + J^T y ~ rho v.
  std::span<const double> eigenvectorMultipliers() const { return secondOrder_.y(); }

  KktSolver& solver() { return *solver_; }
  const KktSolver& solver() const { return *solver_; }
  /// Values of H; none where the solver takes products with it.
  std::span<const double> hessian() const {
    return assumed_ && solver_->matrixFree() ? std::span<const double>() : std::span<const double>(H_);
  }
  /// Storage of H, for others who load the solver in between; `forget` comes with that.
  std::span<double> workspace() { return H_; }
  const KktShift& shift() const { return factor_.shift; }
  bool shifted() const { return factor_.shift.primal != 0 || factor_.shift.dual != 0; }
  /// The least eigenvalue of J J^T, where the settings ask for the published accuracy.
  double leastEigenvalueJJ() const { return leastJJ_; }

 private:
  bool assumeInertia(const NlpPoint& point);
  bool lagrangianHessian(const NlpPoint& point, std::span<const double> weights, bool mayLag, std::span<double> values);
  bool load(const NlpPoint& point, bool mayLag);
  void loadHessian(const NlpPoint& point, std::span<const double> H);
  bool positiveByLowerBound(const NlpPoint& point, ReducedInertia& inertia);

  const Cpu& la_;
  ScaledNlp& model_;
  const KktSettings settings_;
  const bool reuseHessian_;
  std::unique_ptr<KktSolver> solver_;
  HessianReuse hessianReuse_;
  InertiaCorrection inertiaCorrection_;
  SecondOrderTest secondOrder_;
  Vector H_;
  Vector next_;  // H at a point that may be the solution, and other Hessians in passing
  Vector work_;
  double sizeH_ = 0;    // max |H_ij|
  double sizeJ_ = 0;    // largest squared norm of a row of J
  double leastJJ_ = 1;  // eigenvalue of J J^T
  CorrectedFactor factor_;
  bool kept_ = false;     // factor_ belongs to H_ and to the point of the next step
  bool assumed_ = false;  // an iterative solver has the system, and nothing was factored
  bool lagged_ = false;   // H_ has the Hessian of f from an earlier point
  int attempts_ = 0;      // attempts to factor since `assemble`
  double leastShift_ = 0;
};

}  // namespace nonconvex
