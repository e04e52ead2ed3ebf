#include "solvers/relu/engines/admm_with_newton.hpp"

#include <algorithm>
#include <cmath>

namespace nonconvex {

struct AdmmWithNewton::Tuning {
  /// measured: The gap from which Newton's method is considered, and where the loss depends on all outputs of a row,
  /// with which ADMM is slow from the beginning.
  static constexpr double gap = 0.03, gapCoupled = 0.1;
  /// measured: rho of the first proximal problem over that of ADMM.
  static constexpr double rho = 0.1;
  /// measured: Newton's steps beside those that the logarithm of the gap counts: from 1e-2, softmax takes 13 steps to
  /// 1e-4 and 20 to 1e-9.
  static constexpr double steps = 16;
  /// rounding: The least tolerance that steps are counted for.
  static constexpr double leastTolerance = 1e-12;
  /// safeguard: The share of the memory at hand that Newton's method may take.
  static constexpr double shareOfMemory = 0.25;
  /// safeguard: Times that Newton's method is begun.
  static constexpr int mostAttempts = 2;
  /// safeguard: Steps in a row that may pass without progress.
  static constexpr int mostIdle = 20;
  /// safeguard: The gap over the best one before, below which a step is progress: steps that gain less, by rounding
  /// say, would go on for ever.
  static constexpr double progress = 0.9;
};

bool AdmmWithNewton::suits(const ReluState<Cpu>& s) {
  return s.blocks.members == 1 && !s.data.ranks && ReluActiveSetNewton::supports(s.data.loss.kind) &&
         std::isnan(s.settings.rho) && !(s.data.loss.weighted && s.data.loss.coupled());
}

AdmmWithNewton::AdmmWithNewton(ReluState<Cpu>& state, ReluReports<Cpu>& reports)
    : ConeAdmm(state), reports_(reports), newton_(state.la, state.data, state.map, state.prox) {}

std::optional<Status> AdmmWithNewton::step() {
  state_.map.letAbort(true);
  if (factored_ && !runs_ && pays()) begin();
  return runs_ ? newtonStep() : ConeAdmm::step();
}

/// Returns true if Newton's method would reach the tolerance sooner than ADMM, by how ADMM's gap came down
/// lately. Asked after reports.
bool AdmmWithNewton::pays() {
  ReluGapRate& rate = state_.rate;
  if (state_.reports == rate.reports) return false;
  rate.reports = state_.reports;
  const double gap = state_.certificate.gap();
  const double tolerance = state_.settings.tolerance;
  const double left = rate.iterationsLeft(state_.iteration, gap, tolerance);
  const double from = state_.data.loss.coupled() ? Tuning::gapCoupled : Tuning::gap;
  if (!(gap < from) || left == 0 || attempts_ == Tuning::mostAttempts) return false;
  const double steps = Tuning::steps + std::log(gap / std::max(tolerance, Tuning::leastTolerance));
  return left > steps * newton_.iterations() && newton_.bytes() < Tuning::shareOfMemory * state_.la.availableMemory();
}

/// Goes on by Newton's method from ADMM's v and dual point.
void AdmmWithNewton::begin() {
  ++attempts_;
  const double rho = Tuning::rho * penalties_.rho;
  if (state_.squared()) {
    HostMatrix<double> f(state_.data.n, state_.data.c);
    state_.la.forEach(static_cast<int>(f.size()),
                      [&](int i) { f.data()[i] = state_.data.y.data()[i] - theta_.data()[i]; });
    newton_.start(state_.prox.v(), f, rho);
  } else {
    newton_.start(state_.prox.v(), z(), rho);
  }
  runs_ = true;
  bestGap_ = state_.certificate.gap();
  idle_ = 0;
}

/// Does one step of Newton's method, after which the gap is looked at: that costs little beside the step.
std::optional<Status> AdmmWithNewton::newtonStep() {
  if (newton_.step()) {
    ++state_.iteration;
    reports_.offer(*this);
    const double gap = state_.certificate.gap();
    if (gap <= state_.settings.tolerance) return Status::solved;
    if (gap < Tuning::progress * bestGap_) {
      bestGap_ = gap;
      idle_ = 0;
    }
    if (++idle_ <= Tuning::mostIdle) return std::nullopt;
  }
  end();
  return std::nullopt;
}

/// Goes back to ADMM from where Newton's method is.
void AdmmWithNewton::end() {
  runs_ = false;
  const HostMatrix<double> v(state_.prox.v().rows, state_.prox.v().cols);
  state_.la.copy(state_.prox.v(), v.view());
  restart(v, newton_.theta());
  state_.rate = {};
}

ReluPoint<Host> AdmmWithNewton::weights() {
  if (!runs_) return ConeAdmm::weights();
  state_.prox.shiftByProjection(newton_.b(), newton_.rho());
  return state_.prox.point();
}

std::optional<ReluDual<Host>> AdmmWithNewton::dual() {
  if (!runs_) return ConeAdmm::dual();
  return ReluDual<Host>{.theta = newton_.theta(), .q = newton_.q()};
}

}  // namespace nonconvex
