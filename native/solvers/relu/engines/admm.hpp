// ADMM for the convex program of two-layer ReLU networks: the part that all its splittings have.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/index.hpp"
#include "linalg/blas.hpp"
#include "solvers/relu/engines/admm_iterate.hpp"
#include "solvers/relu/engines/engine.hpp"
#include "solvers/relu/engines/penalty_adaptation.hpp"
#include "solvers/relu/engines/system.hpp"

namespace nonconvex {

/// Penalties, the linear system of an iteration and its multiplier. Everything stays where La computes, in its numbers;
/// on a device an iteration waits for nothing unless its system is solved by conjugate gradients.
template <LinAlg La>
class ReluAdmm : public ReluEngine<La> {
 public:
  using T = typename La::Number;
  using Space = typename La::Space;

  explicit ReluAdmm(ReluState<La>& state);

  void start() override;
  std::optional<Status> step() override;
  ReluPoint<Space> weights() override;
  std::optional<ReluDual<Space>> dual() override;
  void report(ReluProgress& now) override;
  double rho() const override { return penalties_.rho; }
  int factorizations() const override { return system_.factorizations(); }

 protected:
  static constexpr bool single = ReluState<La>::single;
  using In = Mat<const T, Space>;

  /// rho of a first iteration, where lambda s / r_y is the `unit`: s the root mean square of X, r_y that of y.
  virtual double firstRho(double unit) const = 0;
  /// Starts the system, and all else that the iteration needs.
  virtual void startSplitting() = 0;
  virtual void takeWarmStart() {}
  virtual void iterate() = 0;

  bool setSystem();
  void solveSystem();
  void measureStep();

  ReluState<La>& state_;
  AdmmIterate<La> iterate_;
  ReluSystem<La> system_;
  ReluPenalties penalties_;
  double leastRho_ = 0;
  bool factored_ = false;                        // the system, for these penalties
  bool knowsDual_ = false;                       // the multiplier below is a dual point
  typename La::template Matrix<T> theta_, rhs_;  // n x c
  typename La::template Matrix<T> q_;            // d x columns of one sign: F^T theta

 private:
  struct Tuning {
    /// rounding: The least rho, over the trace of the system's matrix and sigma.
    static constexpr double leastRho = 1e-12;
    /// safeguard: Times that rho is multiplied by `growth` where rounding makes the system indefinite.
    static constexpr int mostGrowths = 20;
    /// safeguard: The factor of one such multiplication.
    static constexpr double growth = 10;
    /// measured: sigma where the loss depends on all outputs of a row, and where it depends on margins.
    static constexpr double sigmaCoupled = 0.03, sigmaOfMargins = 0.1;
    /// measured: The share of the last step by which an inexact solution may be off, with the squared loss and with
    /// losses that are split. Shares three times as large took up to a third more iterations, and several times as many
    /// with losses that are split.
    static constexpr double share = 0.1, shareSplit = 0.03;
    /// measured: The length of the first step from a warm start, over that of the right-hand side.
    static constexpr double warmStep = 0.01;
  };

  void choosePenalties();
  double typicalTarget() const;

  Converted<La, T, double> exactTheta_;
  double stepLength_ = 0;
};

template <LinAlg La>
ReluAdmm<La>::ReluAdmm(ReluState<La>& state)
    : state_(state), iterate_(state), system_(state.la, state.map, state.data, state.settings.seed) {
  const int n = state.data.n, c = state.data.c;
  for (auto* m : {&theta_, &rhs_}) *m = state.la.template matrix<T>(n, c);
  q_ = state.la.template matrix<T>(state.map.dimension(), c * state.map.patterns());
  exactTheta_ = {state.la, n, c};
}

template <LinAlg La>
void ReluAdmm<La>::start() {
  if (state_.map.signs() == 2) state_.prox.startCones();
  choosePenalties();
  state_.map.letAbort(true);  // the system is not looked at again where it is not finished
  startSplitting();
  leastRho_ = Tuning::leastRho * system_.trace() * penalties_.sigma;
  penalties_.rho = std::max(penalties_.rho, leastRho_);
  factored_ = setSystem();
  state_.map.letAbort(false);  // the start is what is reported first
  if (factored_ && state_.hasWarmStart()) takeWarmStart();
}

/// Penalties that are right for data of any scale; their adaptation does the rest.
template <LinAlg La>
void ReluAdmm<La>::choosePenalties() {
  const ReluData& data = state_.data;
  const bool margins = data.loss.kind != ReluLoss::squared && data.loss.kind != ReluLoss::huber;
  const double y = margins ? 1.0 : typicalTarget();
  penalties_.rho = firstRho(data.lambda * data.typical / (y > 0 ? y : 1));
  const double given = std::isnan(state_.settings.rho) ? state_.warmStart.rho : state_.settings.rho;
  if (!std::isnan(given)) penalties_.rho = given / (data.normScale() * data.normScale());
  penalties_.sigma = state_.squared()      ? 1
                     : data.loss.coupled() ? Tuning::sigmaCoupled
                     : margins             ? Tuning::sigmaOfMargins
                                           : std::min(1.0, data.loss.delta / y);
}

/// The root mean square of y.
template <LinAlg La>
double ReluAdmm<La>::typicalTarget() const {
  const ReluData& data = state_.data;
  const double length = blas::nrm2(data.n * data.c, data.y.data());
  if (!data.ranks) return length / std::sqrt(static_cast<double>(data.n) * data.c);
  double sums[] = {length * length, 1.0 * data.n * data.c};
  data.together(sums);
  return std::sqrt(sums[0] / sums[1]);
}

/// Prepares the system I + (sigma / rho) K0; where rounding makes that indefinite, with a larger rho.
template <LinAlg La>
bool ReluAdmm<La>::setSystem() {
  for (int attempt = 0; attempt < Tuning::mostGrowths; ++attempt, penalties_.rho *= Tuning::growth) {
    if (system_.set(penalties_.sigma / penalties_.rho)) return true;
  }
  return false;
}

/// Computes theta and q = F^T theta. An inexact solution may be a share of the last step away, in the norm that the
/// system has.
template <LinAlg La>
void ReluAdmm<La>::solveSystem() {
  double tolerance = 0;
  if (system_.inexact()) {
    const ReluData& data = state_.data;
    if (state_.iteration == 0) {
      const double length = state_.la.norm(rhs_.flat());
      stepLength_ = (state_.hasWarmStart() ? Tuning::warmStep : 1) *
                    (data.ranks ? std::sqrt(data.together(length * length)) : length);
    }
    tolerance = (state_.squared() ? Tuning::share : Tuning::shareSplit) * stepLength_;
  }
  system_.solve(rhs_, theta_, q_, tolerance);
}

/// Measures how far the last iteration went before acceleration.
template <LinAlg La>
void ReluAdmm<La>::measureStep() {
  if (!system_.inexact()) return;
  const auto squares = [&](Mat<T, Space> now, In before) {
    return state_.la.sum(now.rows * now.cols, kernels::SquaredDifference<T>{now.data, before.data});
  };
  const double ofWeights = penalties_.rho / penalties_.sigma * squares(iterate_.b, iterate_.b0);
  const double ofPredictions = state_.squared() ? 0 : state_.data.together(squares(iterate_.a, iterate_.a0));
  stepLength_ = std::sqrt(ofWeights + ofPredictions);
}

template <LinAlg La>
std::optional<Status> ReluAdmm<La>::step() {
  if (!factored_) return Status::numericalError;
  state_.map.letAbort(true);
  iterate();
  ++state_.iteration;
  knowsDual_ = true;
  return std::nullopt;
}

/// The last point of the proximal step.
template <LinAlg La>
ReluPoint<typename La::Space> ReluAdmm<La>::weights() {
  if constexpr (ReluState<La>::cpu) {
    if (state_.data.ranks) state_.data.ranks->expectSame({iterate_.b.data, at(iterate_.weights)});
  }
  return state_.prox.point();
}

template <LinAlg La>
std::optional<ReluDual<typename La::Space>> ReluAdmm<La>::dual() {
  if (!knowsDual_) return std::nullopt;
  ReluDual<Space> dual{.theta = exactTheta_(state_.la, theta_)};
  if constexpr (!single) {
    if (system_.adjointIsExact()) dual.q = q_;
  }
  return dual;
}

template <LinAlg La>
void ReluAdmm<La>::report(ReluProgress& now) {
  const kernels::SquaredDifference<T> change{iterate_.b.data, iterate_.b0.data};
  now.step = std::sqrt(state_.la.sum(iterate_.weights, change)) * state_.data.normScale();
  if (system_.inexact()) now.innerSteps = static_cast<double>(system_.products());
}

}  // namespace nonconvex
