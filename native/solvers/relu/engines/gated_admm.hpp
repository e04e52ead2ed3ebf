// ADMM for convex programs without cones: gated ReLU, and what programs with cones and sampled directions add to it.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>

#include "solvers/relu/engines/acceleration.hpp"
#include "solvers/relu/engines/admm.hpp"

namespace nonconvex {

/// Douglas-Rachford splitting, where cone and group norm are one proximal step; docs/relu.md has the derivation.
///
/// Squared loss:
///   v = prox(b);  theta = (I + F F^T / rho)^{-1} (y - F (2 v - b));  u = 2 v - b + F^T theta / rho;  b += relaxation
///   (u - v).
/// Other losses are split from the predictions as well: z = prox_{loss / sigma}(a), and (u, F u) is the projection of
/// (2 v - b, 2 z - a) onto the graph of F in the norm rho ||.||^2 + sigma ||.||^2. Anderson acceleration acts on (b,
/// a).
template <LinAlg La>
class GatedAdmm : public ReluAdmm<La> {
 public:
  using T = typename La::Number;
  using Space = typename La::Space;

  explicit GatedAdmm(ReluState<La>& state);

  std::optional<ReluDual<Space>> dual() override;
  void report(ReluProgress& now) override;

 protected:
  using Base = ReluAdmm<La>;
  using Base::iterate_, Base::penalties_, Base::q_, Base::rhs_, Base::state_, Base::system_, Base::theta_;

  double firstRho(double unit) const override {
    return (state_.data.loss.coupled() ? Tuning::rhoCoupled : Tuning::rho) * unit;
  }
  void startSplitting() override;
  void takeWarmStart() override;
  void iterate() override;
  /// v := prox of the norms, and of the cones where there are some, at b.
  virtual void updateV() { state_.prox.apply(iterate_.b, state_.data.lambda / penalties_.rho); }
  /// Offers weights that the iteration begins at to the certificate, where they need not be those that updateV finds.
  virtual void offerStart(Mat<const double, Space> /*weights*/) {}

  /// Sets the iterates, which are not extrapolated from earlier ones, from weights and dual: at a solution b - v = F^T
  /// theta / rho and z - a = theta / sigma.
  void restart(Mat<const double, Space> weights, Mat<const double, Space> dual);
  /// The predictions whose dual point is that of the iteration, where the loss is split.
  Mat<const double, Space> z() const { return z_; }

 private:
  struct Tuning {
    /// measured: rho over lambda s / r_y; where the loss depends on all outputs of a row ADMM is slow with that.
    static constexpr double rho = 30, rhoCoupled = 10;
    /// measured: The gap down to which systems are solved in single precision.
    static constexpr double roundedTo = 1e-3;
    /// rounding: The gap below which F b is computed anew at reports, as what products have rounded adds up in it.
    static constexpr double anewFrom = 0.01;
  };

  kernels::Target<T, Space> target() const {
    return {state_.squared(), state_.rows.y.view().data, z_.view().data, iterate_.a.data};
  }
  void updateU();
  void observe();
  void rescale(ReluPenalties next);

  ReluAcceleration<La> acceleration_;
  std::optional<ReluPenaltyAdaptation<La>> adaptation_;
  typename La::template Matrix<double> z_, zDual_, work_;  // n x c: splitting of the loss
  Converted<La, T, double> convertA_;
};

template <LinAlg La>
GatedAdmm<La>::GatedAdmm(ReluState<La>& state) : ReluAdmm<La>(state) {
  if (state.squared()) return;
  const int n = state.data.n, c = state.data.c;
  for (auto* m : {&z_, &zDual_, &work_}) *m = state.la.template matrix<double>(n, c);
  convertA_ = {state.la, n, c};
}

template <LinAlg La>
void GatedAdmm<La>::startSplitting() {
  system_.start(state_.map.xt());
  acceleration_.start(state_, iterate_);
  adaptation_.emplace(state_.la, iterate_.weights, iterate_.split, state_.settings.relaxation, state_.sums());
}

template <LinAlg La>
void GatedAdmm<La>::takeWarmStart() {
  const DeviceCopy<La, double> weights(state_.la, state_.warmStart.weights);
  const DeviceCopy<La, double> dual(state_.la, state_.warmStart.dual);
  restart(weights, dual);
}

template <LinAlg La>
void GatedAdmm<La>::restart(Mat<const double, Space> weights, Mat<const double, Space> dual) {
  const La& la = state_.la;
  la.copy(dual, theta_.view());
  state_.map.adjoint(theta_, q_);
  la.forEach(iterate_.b.rows, iterate_.b.cols,
             kernels::WarmStart<T, Space>{1 / penalties_.rho, weights, q_, iterate_.b});
  if (!state_.squared()) {
    state_.exact().forward(weights, z_);
    la.forEach(iterate_.split,
               kernels::WarmPredictions<T>{penalties_.sigma, z_.view().data, dual.data, iterate_.a.data});
  }
  state_.map.forward(iterate_.b, iterate_.fb);
  la.copy(iterate_.now.view(), iterate_.before.view());
  offerStart(weights);
  // Without any iteration the weights alone are what is asked about: the proximal step there meets most cones for the
  // first time, which takes longest of all.
  if (state_.settings.maxIterations > 0) updateV();
  if (!state_.squared()) la.copy(dual, zDual_.view());
  this->knowsDual_ = true;
  acceleration_.reset();
}

template <LinAlg La>
void GatedAdmm<La>::iterate() {
  updateV();
  state_.map.letRound(state_.certificate.gap() > Tuning::roundedTo);
  updateU();
  state_.map.letRound(false);
  this->measureStep();
  observe();
  acceleration_.advance(iterate_);
  if (!std::isnan(state_.settings.rho)) return;
  const int k = state_.iteration + 1;
  const auto next = adaptation_->adapt(k, penalties_, this->leastRho_);
  if (next) rescale(*next);
}

/// z, u, theta and the next state. F u = target - theta saves a product with X.
template <LinAlg La>
void GatedAdmm<La>::updateU() {
  const La& la = state_.la;
  const int size = state_.data.n * state_.data.c;
  const double alpha = state_.settings.relaxation;
  const double ratio = penalties_.sigma / penalties_.rho;
  const T* fv = state_.prox.fv().data;
  la.copy(iterate_.now.view(), iterate_.before.view());
  if (!state_.squared()) {
    la.forEach(state_.data.n, kernels::LossProx<Space>{state_.data.loss, penalties_.sigma, convertA_(la, iterate_.a),
                                                       state_.rows.y, z_, zDual_, work_});
  }
  la.forEach(size, kernels::RightHandSide<T, Space>{target(), fv, iterate_.fb.data, rhs_.view().data});
  this->solveSystem();
  kernels::relax(la, kernels::Relax<T, Space>{alpha, ratio, state_.prox.v(), q_, iterate_.b});
  la.forEach(size, kernels::NextPredictions<T, Space>{target(), alpha, theta_.view().data, rhs_.view().data, fv,
                                                      z_.view().data, iterate_.fb.data, iterate_.a.data});
}

/// Has the residuals of this iteration sampled.
template <LinAlg La>
void GatedAdmm<La>::observe() {
  const auto flat = [](Mat<const T, Space> m) { return Vec<const T, Space>{m.data, m.rows * m.cols}; };
  adaptation_->observe(state_.iteration + 1, {flat(iterate_.b), flat(iterate_.b0), flat(state_.prox.v())},
                       {flat(iterate_.a), flat(iterate_.a0), z_.flat()});
}

/// Takes new penalties; b - v and a - z are multipliers divided by them.
template <LinAlg La>
void GatedAdmm<La>::rescale(ReluPenalties next) {
  const La& la = state_.la;
  const double rhoChange = next.rho / penalties_.rho;
  const int predictions = state_.data.n * state_.data.c;
  la.forEach(iterate_.weights, kernels::Rescale<T, T>{rhoChange, state_.prox.v().data, iterate_.b.data});
  la.forEach(predictions, kernels::Rescale<T, T>{rhoChange, state_.prox.fv().data, iterate_.fb.data});
  if (!state_.squared()) {
    la.forEach(predictions,
               kernels::Rescale<T, double>{next.sigma / penalties_.sigma, z_.view().data, iterate_.a.data});
  }
  penalties_ = next;
  this->factored_ = this->setSystem();
  acceleration_.reset();
}

template <LinAlg La>
std::optional<ReluDual<typename La::Space>> GatedAdmm<La>::dual() {
  if (state_.squared() || !this->knowsDual_) return Base::dual();
  return ReluDual<Space>{.theta = zDual_};
}

template <LinAlg La>
void GatedAdmm<La>::report(ReluProgress& now) {
  const bool rounds = ReluState<La>::cpu && (acceleration_.rounds() || state_.map.listsRows());
  if (rounds && state_.iteration > 0 && !this->secondOrder() && state_.certificate.gap() < Tuning::anewFrom) {
    state_.map.forward(iterate_.b, iterate_.fb);
  }
  Base::report(now);
}

}  // namespace nonconvex
