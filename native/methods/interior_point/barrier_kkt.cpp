#include "methods/interior_point/barrier_kkt.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/index.hpp"
#include "methods/kkt/low_rank_kkt.hpp"

namespace nonconvex {

struct BarrierKkt::Tuning {
  static constexpr double immovable = 1e20;  ///< safeguard: diagonal entry of a variable that is not to change
  /// safeguard: shift of the diagonal above which a factorisation is given up.
  static constexpr double largestDelta = 1e20;
  /// measured: least pivot of a first factorisation, beside the largest entry of its column.
  static constexpr double smallPivot = 1e-3;
  static constexpr double safePivot = 0.01;  ///< measured: least pivot where a first factorisation has lost digits
};

BarrierKkt::BarrierKkt(const Cpu& la, BarrierNlp& nlp) : la_(la), nlp_(nlp) {
  const ScaledNlp& model = nlp.model();
  model.resize(diagonal_, nlp.size());
  model.resize(primal_, at(nlp.n()));
  for (Vector* const v : {&dual_, &rows_}) model.resize(*v, at(nlp.m()));
  for (Vector* const v : {&rhs_, &solution_}) model.resize(*v, at(nlp.n() + nlp.m()));
}

void BarrierKkt::load(std::span<const double> H, std::span<const double> J, std::span<const double> diagonal,
                      double rowShift) {
  std::copy(diagonal.begin(), diagonal.end(), diagonal_.begin());
  rowShift_ = rowShift;
  J_ = J;
  setDiagonals(0);
  const KktDiagonals diagonals{primal_, dual_};
  if (!solver_) {
    const ScaledNlp& model = nlp_.model();
    solver_ = factoredKkt(model.hessianPattern(), model.jacobianPattern(), H, J, la_, diagonals);
    if (const auto* terms = model.lowRankHessian()) {
      solver_ = std::make_unique<LowRankKkt>(std::move(solver_), *terms, nlp_.n(), nlp_.m());
    }
  }
  solver_->load(H, J);
  solver_->loadDiagonals(diagonals);
}

/// D_x, and the part of E that belongs to the slacks. A delta enters D_x by the solver's own shift.
void BarrierKkt::setDiagonals(double delta) {
  for (std::size_t j = 0; j < primal_.size(); ++j) primal_[j] = nlp_.fixed(j) ? Tuning::immovable : diagonal_[j];
  for (int i = 0; i < nlp_.m(); ++i) {
    const int slack = nlp_.slackOf(i);
    dual_[at(i)] =
        nlp_.freeRow(i) ? Tuning::immovable : rowShift_ + (slack >= 0 ? 1 / (diagonal_[at(slack)] + delta) : 0);
  }
}

bool BarrierKkt::wanted(const Inertia& inertia) const {
  return inertia.undefined == 0 && inertia.zero == 0 && inertia.negative == nlp_.m();
}

Inertia BarrierKkt::factorAt(double delta, double epsilon, double threshold, PivotEffort effort) {
  delta_ = delta;
  epsilon_ = epsilon;
  smallPivots_ = threshold < Tuning::safePivot;
  setDiagonals(delta);
  solver_->setPivoting(threshold, effort);
  const Inertia inertia = solver_->factor({.primal = delta, .dual = epsilon, .keptDual = epsilon});
  setEffort(PivotEffort::complete);
  return inertia;
}

void BarrierKkt::setEffort(PivotEffort effort) { solver_->setPivoting(Tuning::safePivot, effort); }

Inertia BarrierKkt::factorUnshifted() { return factorAt(0, 0, Tuning::safePivot, PivotEffort::complete); }

/// Factors with small pivots, and without them where the inertia is not the one wanted. Where it mostly was right to
/// blame the matrix, that is done at once when a shift is there already.
Inertia BarrierKkt::factorTrusted(double delta, double epsilon) {
  constexpr int mostSurprises = 2, enoughConfirmed = 10;
  if (surprises_ >= mostSurprises) return factorAt(delta, epsilon, Tuning::safePivot);
  const Inertia first = factorAt(delta, epsilon, Tuning::smallPivot);
  if (wanted(first) || (delta > 0 && confirmed_ >= enoughConfirmed)) return first;
  const Inertia second = factorAt(delta, epsilon, Tuning::safePivot);
  ++(wanted(second) ? surprises_ : confirmed_);
  return second;
}

bool BarrierKkt::factor(double mu) {
  constexpr int mostInARow = 2, retry = 8;
  const bool shifted = shiftedInARow_ >= mostInARow && ++sinceUnshifted_ % retry != 0;
  const bool dependent = dependentInARow_ >= mostInARow && ++sinceIndependent_ % retry != 0;
  return climb(shifted ? last_ / 3 : 0, dependent ? dualShift(mu) : 0, mu);
}

bool BarrierKkt::factorWith(double delta, double mu) { return climb(delta, 0, mu); }

double BarrierKkt::dualShift(double mu) { return 1e-8 * std::pow(mu, 0.25); }

/// Climbs the ladder of Waechter and Biegler 2006, section 3.1, from `delta` and `epsilon`.
bool BarrierKkt::climb(double delta, double epsilon, double mu) {
  constexpr double first = 1e-4, least = 1e-20, fast = 100, usual = 8;
  for (;;) {
    const Inertia inertia = factorTrusted(delta, epsilon);
    if (inertia.undefined > 0) return false;
    if (wanted(inertia)) break;
    const bool rankLost = inertia.zero > 0 || inertia.negative < nlp_.m();
    if (rankLost && epsilon == 0) {
      epsilon = dualShift(mu);
      continue;
    }
    if (delta == 0) {
      delta = last_ > 0 ? std::max(least, last_ / 3) : first;
    } else {
      delta *= last_ > 0 ? usual : fast;
    }
    if (!(delta <= Tuning::largestDelta)) return false;
  }
  shiftedInARow_ = delta > 0 ? shiftedInARow_ + 1 : 0;
  dependentInARow_ = epsilon > 0 ? dependentInARow_ + 1 : 0;
  if (delta > 0) last_ = delta;
  return true;
}

bool BarrierKkt::solve(std::span<const double> a, std::span<const double> b, std::span<double> dv,
                       std::span<double> dy) {
  constexpr double wantedRatio = 1e-10, acceptedRatio = 1e-5;
  const int n = nlp_.n(), m = nlp_.m();
  for (int j = 0; j < n; ++j) rhs_[at(j)] = nlp_.fixed(at(j)) ? 0 : -a[at(j)];
  for (int i = 0; i < m; ++i) {
    double value = -b[at(i)];
    if (const int slack = nlp_.slackOf(i); slack >= 0) value -= a[at(slack)] / (diagonal_[at(slack)] + delta_);
    rhs_[at(n + i)] = nlp_.freeRow(i) ? 0 : value;
  }
  const double size = std::sqrt(norm2Squared(rhs_));
  const auto accepted = [&](double left) {
    return left <= acceptedRatio * std::max(size, std::sqrt(norm2Squared(solution_)));
  };
  double left = solver_->solve(rhs_, wantedRatio * size, solution_);
  if (smallPivots_ && !accepted(left)) {
    ++surprises_;
    if (!wanted(factorAt(delta_, epsilon_, Tuning::safePivot))) return false;
    left = solver_->solve(rhs_, wantedRatio * size, solution_);
  }
  if (!std::isfinite(left)) return false;
  std::copy_n(solution_.begin(), n, dv.begin());
  std::copy_n(solution_.begin() + n, m, dy.begin());
  for (int j = 0; j < n; ++j) {
    if (nlp_.fixed(at(j))) dv[at(j)] = 0;
  }
  nlp_.model().jacobianProduct(J_, dv.first(at(n)), rows_);
  for (int i = 0; i < m; ++i) {
    const int slack = nlp_.slackOf(i);
    if (nlp_.freeRow(i)) dy[at(i)] = 0;
    if (slack < 0) continue;
    // The first formula loses digits where D is small, the second where it is large.
    const double d = diagonal_[at(slack)] + delta_;
    dv[at(slack)] =
        d >= 1 ? (dy[at(i)] - a[at(slack)]) / d : rows_[at(i)] + b[at(i)] - (rowShift_ + epsilon_) * dy[at(i)];
  }
  return accepted(left);
}

}  // namespace nonconvex
