// Minimises ||c||^2 / 2 by Newton's method with a trust shift, for a while.
#pragma once

#include "methods/kkt/inertia_correction.hpp"
#include "methods/kkt/kkt_solver.hpp"
#include "methods/kkt/second_order.hpp"
#include "methods/nlp/scaled_nlp.hpp"

namespace nonconvex {

class FeasibilityRestoration {
 public:
  enum class Outcome {
    moved,
    restored,    ///< ||c|| is a tenth of what it was
    stuck,       ///< hardly any progress for long, as where ||c|| falls towards a limit that it does not attain
    stationary,  ///< a stationary point of ||c||, c != 0, that cannot be left along negative curvature
  };

  explicit FeasibilityRestoration(const ScaledNlp& model);

  bool active() const { return active_; }
  /// Begins at the point. `least`: ||c||_inf that need not be improved.
  void begin(const NlpPoint& point, double least);
  void end() { active_ = false; }
  /// Returns true if points were tried since the beginning where something is not finite.
  bool leavesDomain() const { return leavesDomain_; }
  /// Moves `point`; `trial` is workspace.
  Outcome step(ScaledNlp& model, KktSolver& solver, NlpPoint& point, NlpPoint& trial, std::span<double> W);

 private:
  struct Tuning;
  Outcome trustStep(ScaledNlp& model, KktSolver& solver, const NlpPoint& point, NlpPoint& trial,
                    std::span<const double> W);
  bool tryStep(ScaledNlp& model, const NlpPoint& point, std::span<const double> p, double predicted, NlpPoint& trial);
  Outcome progress(const NlpPoint& point);
  bool tryPoint(ScaledNlp& model, const NlpPoint& point, double alpha, std::span<const double> p, NlpPoint& trial);
  bool leave(ScaledNlp& model, KktSolver& solver, NlpPoint& point, NlpPoint& trial, std::span<const double> W);

  const std::size_t n_;
  const std::size_t m_;
  bool active_ = false;
  bool leavesDomain_ = false;
  double target_ = 0;
  double least_ = 0;
  double shift_ = 0;
  int steps_ = 0;
  double milestone_ = 0;  // ||c||^2 some steps ago
  Vector gradient_;       // J^T c
  Vector rhs_;
  Vector step_;
  Vector Wp_;
  Vector Jp_;
  SecondOrderTest curvature_;
};

}  // namespace nonconvex
