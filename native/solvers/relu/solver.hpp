// Two-layer ReLU networks trained through their convex reformulation.
//
//   minimise  loss(sum_i D_i X (v_i - w_i), y) + lambda sum_i (||v_i|| + ||w_i||)
//   subject to  (2 D_i - I) X v_i >= 0,  (2 D_i - I) X w_i >= 0,      D_i = diag(1[X g_i >= 0])
//
// M. Pilanci, T. Ergen, "Neural networks are convex regularizers", ICML 2020; ADMM: Y. Bai, T. Gautam, S. Sojoudi,
// "Efficient global optimization of two-layer ReLU networks", SIMODS 5(2), 2023, section 3. Ours differs in the
// splitting.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "core/run.hpp"
#include "solvers/relu/engines/make_engine.hpp"
#include "solvers/relu/reports.hpp"
#include "solvers/relu/state.hpp"
#include "solvers/relu/warm_start.hpp"

namespace nonconvex {

/// Solves the program above by the engine that suits it and the settings. Objective, bound and network are computed in
/// double precision, whatever the engine computes in, from the best points that were offered to the certificate.
template <LinAlg La>
class ReluSolver {
 public:
  ReluSolver(const La& la, const ReluProblem& problem, const ReluSettings& settings);
  /// Solves on data that is at hand; `start` is on the scaled data, or empty.
  ReluSolver(const La& la, ReluData data, const ReluSettings& settings, ReluWarmStart start = {});

  void start();
  std::optional<Status> step() { return engine_->step(); }
  ReluProgress progress();
  ReluSolution solution();

  /// The certificate keeps the best point that was offered, and nothing is offered after an abort.
  bool keepsBest() const { return true; }

  /// The penalty in the user's units.
  double rho() const { return engine_->rho() * state_.data.normScale() * state_.data.normScale(); }
  int factorizations() const { return engine_->factorizations(); }

 private:
  static ReluData read(const La& la, const ReluProblem& problem, const ReluSettings& settings);

  ReluState<La> state_;
  ReluReports<La> reports_;
  std::unique_ptr<ReluEngine<La>> engine_;
};

template <LinAlg La>
ReluSolver<La>::ReluSolver(const La& la, const ReluProblem& problem, const ReluSettings& settings)
    : ReluSolver(la, read(la, problem, settings), settings) {
  const ReluMap<La>& map = state_.map;
  state_.warmStart = scaledWarmStart(state_.data, problem.warmStart, map.dimension(), map.columns(), map.patterns());
}

template <LinAlg La>
ReluSolver<La>::ReluSolver(const La& la, ReluData data, const ReluSettings& settings, ReluWarmStart start)
    : state_(la, std::move(data), settings, std::move(start)),
      reports_(state_),
      engine_(makeReluEngine(state_, reports_)) {}

/// Reads and scales the data; on the CPU it throws where the solve is aborted meanwhile.
template <LinAlg La>
ReluData ReluSolver<La>::read(const La& la, const ReluProblem& problem, const ReluSettings& settings) {
  std::function<void()> abortPoint = [] {};
  if constexpr (std::is_same_v<La, Cpu>) {
    abortPoint = [&la] { la.abortPoint(); };
  } else {
    requireNoCones(settings);
  }
  return {problem, settings, la.availableMemory(), sizeof(typename La::Number), abortPoint};
}

template <LinAlg La>
void ReluSolver<La>::start() {
  engine_->start();
  reports_.start();
}

template <LinAlg La>
ReluProgress ReluSolver<La>::progress() {
  reports_.offer(*engine_);
  ++state_.reports;
  const ReluCertificate<La>& certificate = state_.certificate;
  ReluProgress now;
  now.objective = certificate.objective();
  now.lowerBound = certificate.lowerBound();
  now.residual = certificate.gap();
  now.feasibility = certificate.violation() * state_.data.normScale();
  engine_->report(now);
  return now;
}

template <LinAlg La>
ReluSolution ReluSolver<La>::solution() {
  ReluSolution found = state_.certificate.solution();
  found.rho = rho();
  return found;
}

// Compiled once, in solver.cpp.
extern template class ReluSolver<Cpu>;

}  // namespace nonconvex
