// ADMM that gives way to Newton's method where that reaches the tolerance sooner.
#pragma once

#include <optional>

#include "solvers/relu/engines/active_set_newton.hpp"
#include "solvers/relu/engines/cone_admm.hpp"
#include "solvers/relu/reports.hpp"

namespace nonconvex {

extern template class ReluReports<Cpu>;

/// ADMM down to a small gap, then Newton's method on the active neurons and rows. Where that does not bring the gap
/// down, ADMM goes on from where Newton's method is.
class AdmmWithNewton final : public ConeAdmm {
 public:
  /// `reports` offer each of Newton's iterates to the certificate, whose gap says whether it goes on.
  AdmmWithNewton(ReluState<Cpu>& state, ReluReports<Cpu>& reports);

  /// Returns true if Newton's method can solve a program with two signs: norms of single columns, a smooth loss, all
  /// rows here, and a penalty that is the solver's to choose.
  static bool suits(const ReluState<Cpu>& state);

  std::optional<Status> step() override;
  ReluPoint<Host> weights() override;
  std::optional<ReluDual<Host>> dual() override;
  bool secondOrder() const override { return runs_; }

 private:
  struct Tuning;

  bool pays();
  void begin();
  std::optional<Status> newtonStep();
  void end();

  ReluReports<Cpu>& reports_;
  ReluActiveSetNewton newton_;
  bool runs_ = false;  // Newton's method
  int attempts_ = 0;
  int idle_ = 0;  // steps since the gap came down
  double bestGap_ = INFINITY;
};

}  // namespace nonconvex
