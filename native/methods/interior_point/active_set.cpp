#include "methods/interior_point/active_set.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/random.hpp"

namespace nonconvex {
namespace {}  // namespace

BoundSide probableSide(const BarrierNlp& nlp, const BarrierPoint& point, std::size_t k, double ratio) {
  if (nlp.fixed(k)) return BoundSide::none;
  // Infinite bounds have infinite slacks. Beside large bounds slacks are known to rounding alone.
  const auto excess = [&](double z, double slack, double bound) {
    return z - ratio * (std::isfinite(bound)
                            ? std::max(0.0, slack - BarrierNlp::Tuning::slackRounding * std::abs(bound))
                            : slack);
  };
  const double low = excess(point.zL[k], point.v[k] - nlp.lower()[k], nlp.lower()[k]);
  const double high = excess(point.zU[k], nlp.upper()[k] - point.v[k], nlp.upper()[k]);
  if (!(std::max(low, high) > 0)) return BoundSide::none;
  return low > high ? BoundSide::lower : BoundSide::upper;
}

ActiveSet::ActiveSet(BarrierNlp& nlp, BarrierKkt& kkt)
    : nlp_(nlp),
      kkt_(kkt),
      side_(nlp.size(), BoundSide::none),
      dependent_(at(nlp.m())),
      shifts_(nlp.n(), nlp.m()),
      secondOrder_(nlp.model()) {
  const ScaledNlp& model = nlp.model();
  model.resize(H_, model.hessianPattern().nonzeros());
  model.resize(J_, model.jacobianPattern().nonzeros());
  model.resize(primal_, at(nlp.n()));
  for (Vector* const v : {&dual_, &lengths_, &u_}) model.resize(*v, at(nlp.m()));
  for (Vector* const v : {&rhs_, &solution_}) model.resize(*v, at(nlp.n() + nlp.m()));
}

void ActiveSet::decide(const BarrierPoint& point, double ratio) {
  indefinite_ = dependentSet_ = givenUp_ = false;
  std::fill(dependent_.begin(), dependent_.end(), 0);
  for (std::size_t k = 0; k < side_.size(); ++k) side_[k] = probableSide(nlp_, point, k, ratio);
}

bool ActiveSet::dropWeak(const BarrierPoint& point, double weak) {
  bool some = false;
  for (std::size_t k = 0; k < side_.size(); ++k) {
    if (side_[k] == BoundSide::none) continue;
    if ((side_[k] == BoundSide::lower ? point.zL : point.zU)[k] > weak) continue;
    side_[k] = BoundSide::none;
    some = true;
  }
  return some;
}

bool ActiveSet::holds(int row) const {
  if (dependent_[at(row)] != 0) return false;
  const int slack = nlp_.slackOf(row);
  return slack >= 0 ? side_[at(slack)] != BoundSide::none : !nlp_.freeRow(row);
}

bool ActiveSet::load(const BarrierPoint& point) {
  ScaledNlp& model = nlp_.model();
  if (!model.hessian(point.at, 1, point.y(), H_)) return false;
  std::copy(point.at.jacobian.begin(), point.at.jacobian.end(), J_.begin());
  sizeJ_ = largestRow(model.jacobianPattern(), J_);
  const SparsePattern& columns = model.hessianPattern();
  for (int j = 0; j < columns.lines; ++j) {
    const bool stays = !moves(at(j));
    for (int k = columns.offsets[at(j)]; k < columns.offsets[at(j) + 1]; ++k) {
      if (stays || !moves(at(columns.indices[at(k)]))) H_[at(k)] = 0;
    }
  }
  const SparsePattern& rows = model.jacobianPattern();
  for (int i = 0; i < rows.lines; ++i) {
    const bool empty = !holds(i);
    for (int k = rows.offsets[at(i)]; k < rows.offsets[at(i) + 1]; ++k) {
      if (empty || !moves(at(rows.indices[at(k)]))) J_[at(k)] = 0;
    }
  }
  sizeH_ = normInf(H_);
  if (!kkt_.analyzed()) {
    const Vector ones(nlp_.size(), 1.0);
    kkt_.load(H_, J_, ones);
  }
  loadSystem();
  return std::isfinite(sizeH_) && std::isfinite(sizeJ_);
}

/// Hands H_ and J_ to the solver, with the diagonals of what was emptied.
void ActiveSet::loadSystem() {
  for (std::size_t j = 0; j < primal_.size(); ++j) primal_[j] = moves(j) ? 0 : sizeH();
  for (std::size_t i = 0; i < dual_.size(); ++i) dual_[i] = holds(static_cast<int>(i)) ? 0 : 1;
  kkt_.solver().load(H_, J_);
  kkt_.solver().loadDiagonals({primal_, dual_});
}

/// Appends rows whose gradients depend on those of other rows to `rows`, as many as there is room for, and returns
/// whether there may be more. For a random u, a w with J^T w = J^T u is u where they are independent; otherwise, where
/// factors leave out what they cannot determine, u - w is a null vector of J^T. Where they have a pivot of the size of
/// rounding instead, inverse iteration finds one.
bool ActiveSet::findDependentRows(std::size_t most, std::vector<int>& rows) {
  const int m = nlp_.m();
  std::fill(primal_.begin(), primal_.end(), 1.0);
  for (int i = 0; i < m; ++i) {
    const double length = lengths_[at(i)] = std::sqrt(squaredRow(i));
    if (length == 0 && holds(i) && rows.size() < most) rows.push_back(i);  // all of its variables are at bounds
    dual_[at(i)] = length > 0 ? 0 : 1;
  }
  if (!rows.empty()) return true;
  kkt_.solver().loadWithoutHessian(J_);
  kkt_.solver().loadDiagonals({primal_, dual_});
  const Inertia inertia = factorBounded({});
  if (!usable(inertia)) return false;
  std::vector<Vector> nullVectors;
  while (rows.size() < std::min(most, at(inertia.zero))) {
    solveForNullVector(nullVectors.size());
    // Without the rows that were found already.
    for (std::size_t k = 0; k < rows.size(); ++k) {
      axpy(-u_[at(rows[k])] / nullVectors[k][at(rows[k])], nullVectors[k], u_);
      u_[at(rows[k])] = 0;
    }
    const int row = largestOfNullVector();
    if (row < 0) break;
    rows.push_back(row);
    nullVectors.push_back(u_);
  }
  if (rows.empty()) {
    if (const int row = iterateToNullVector(); row >= 0) rows.push_back(row);
  }
  return !rows.empty() && rows.size() != at(inertia.zero);
}

/// u_ = u - w for a random u.
void ActiveSet::solveForNullVector(std::size_t seed) {
  setRandom(seed, u_);
  multiplyTransposed(u_);
  kkt_.solver().solve(rhs_, 0, solution_);
  axpy(-1, std::span<const double>(solution_).subspan(at(nlp_.n())), u_);
}

int ActiveSet::iterateToNullVector() {
  constexpr int iterations = 2;
  const int n = nlp_.n();
  const auto w = std::span<const double>(solution_).subspan(at(n));
  setRandom(0, u_);
  for (int k = 0; k < iterations; ++k) {
    std::fill(solution_.begin(), solution_.begin() + n, 0.0);
    for (std::size_t i = 0; i < u_.size(); ++i) solution_[at(n) + i] = lengths_[i] * lengths_[i] * u_[i];
    kkt_.solver().solve(solution_);
    const double size = normInf(w);
    if (!(size > 0) || !std::isfinite(size)) return -1;
    for (std::size_t i = 0; i < u_.size(); ++i) u_[i] = w[i] / size;
  }
  return largestOfNullVector();
}

/// Sets u so that all rows that hold have about the same share of J^T u.
void ActiveSet::setRandom(std::size_t seed, std::span<double> u) const {
  const Random random(static_cast<std::uint64_t>(seed), 7);
  for (std::size_t i = 0; i < u.size(); ++i) u[i] = lengths_[i] > 0 ? (0.5 + random.uniform(i)) / lengths_[i] : 0;
}

double ActiveSet::squaredRow(int row) const {
  const SparsePattern& rows = nlp_.model().jacobianPattern();
  double squares = 0;
  for (int k = rows.offsets[at(row)]; k < rows.offsets[at(row) + 1]; ++k) squares += J_[at(k)] * J_[at(k)];
  return squares;
}

/// rhs_ = (J^T w, 0)
void ActiveSet::multiplyTransposed(std::span<const double> w) {
  std::fill(rhs_.begin(), rhs_.end(), 0.0);
  nlp_.model().addJacobianTransposedProduct(J_, w, std::span(rhs_).first(at(nlp_.n())));
}

/// The row with the largest share of J^T u_, if that is zero up to rounding and u_ is not; otherwise -1.
int ActiveSet::largestOfNullVector() {
  constexpr double rounding = 1e-10, least = 1e-6;
  int largest = -1;
  double size = 0, longest = 0;
  for (std::size_t i = 0; i < u_.size(); ++i) {
    const double share = std::abs(u_[i]) * lengths_[i];
    longest = std::max(longest, lengths_[i]);
    if (share <= size) continue;
    size = share;
    largest = static_cast<int>(i);
  }
  if (!(normInf(u_) * longest > least)) return -1;
  multiplyTransposed(u_);
  return normInf(rhs_) <= rounding * size ? largest : -1;
}

/// Empties rows whose gradients depend on those of others; returns false if none does.
bool ActiveSet::dropDependentRows() {
  constexpr std::size_t most = 20;
  const SparsePattern& rows = nlp_.model().jacobianPattern();
  std::size_t dropped = 0;
  for (bool more = true; more && dropped < most;) {
    std::vector<int> found;
    more = findDependentRows(most - dropped, found);
    for (const int row : found) {
      dependent_[at(row)] = 1;
      for (int k = rows.offsets[at(row)]; k < rows.offsets[at(row) + 1]; ++k) J_[at(k)] = 0;
    }
    dropped += found.size();
  }
  loadSystem();
  return dropped > 0;
}

/// Returns true if there are factors.
bool ActiveSet::usable(const Inertia& inertia) { return inertia.undefined == 0 && !inertia.givenUp; }

bool ActiveSet::wanted(const Inertia& inertia) const {
  return inertia.undefined == 0 && inertia.zero == 0 && inertia.negative == nlp_.m();
}

/// Factors the system unless pivots that wait make that far more work than a step of the method was: as where thousands
/// of gradients depend on one another.
Inertia ActiveSet::factorBounded(const KktShift& shift) {
  kkt_.setEffort(PivotEffort::bounded);
  const Inertia inertia = kkt_.solver().factor(shift);
  kkt_.setEffort(PivotEffort::complete);
  return inertia;
}

ReducedInertia ActiveSet::reducedInertia() {
  kkt_.setEffort(PivotEffort::bounded);
  const ReducedInertia found = secondOrder_.inertia(kkt_.solver(), shifts_, sizeH_, sizeJ_);
  kkt_.setEffort(PivotEffort::complete);
  return found;
}

Inertia ActiveSet::factorShifted(double primal, double dual) {
  KktShift shift{.primal = primal, .dual = dual};
  if (dual > 0 || !dependentSet_) {
    const Inertia inertia = factorBounded(shift);
    rankLost_ = inertia.undefined == 0 && (inertia.zero > 0 || inertia.negative < nlp_.m());
    givenUp_ = givenUp_ || (dual > 0 && inertia.givenUp);
    if (dual > 0 || !rankLost_) return inertia;
    dependentSet_ = true;
    rankShift_ = inertia.givenUp ? Tuning::cheapDual : Tuning::leastDual;
  }
  rankLost_ = true;
  shift.dual = rankShift_ * std::max(1.0, sizeJ_);
  const Inertia inertia = factorBounded(shift);
  givenUp_ = givenUp_ || inertia.givenUp;
  return inertia;
}

bool ActiveSet::factor(int level) {
  positive_ = false;
  if (level > 0) {
    const double flat = level == 1 ? 1e-6 : 1e-3;  // shift relative to max |H_ij|
    return usable(factorShifted(flat * sizeH(), Tuning::cheapDual * std::max(1.0, sizeJ_)));
  }
  // So small a shift does not matter for Newton's method from a point that is almost the solution.
  constexpr double share = 1e-7;
  positive_ = !indefinite_ && wanted(factorShifted(-share * sizeH(), 0));
  indefinite_ = !positive_;
  return positive_ || (!givenUp_ && usable(factorShifted(0, 0)));
}

bool ActiveSet::solve(std::span<const double> a, std::span<const double> b, std::span<double> dx,
                      std::span<double> dy) {
  constexpr double ratio = 1e-12;
  const int n = nlp_.n(), m = nlp_.m();
  for (int j = 0; j < n; ++j) rhs_[at(j)] = moves(at(j)) ? -a[at(j)] : 0;
  for (int i = 0; i < m; ++i) rhs_[at(n + i)] = holds(i) ? -b[at(i)] : 0;
  const double left = kkt_.solver().solve(rhs_, ratio * std::sqrt(norm2Squared(rhs_)), solution_);
  std::copy_n(solution_.begin(), n, dx.begin());
  std::copy_n(solution_.begin() + n, m, dy.begin());
  return std::isfinite(left) && finite(solution_);
}

int ActiveSet::dimension() const {
  int count = 0;
  for (std::size_t j = 0; j < primal_.size(); ++j) count += moves(j) ? 1 : 0;
  for (int i = 0; i < nlp_.m(); ++i) count -= holds(i) ? 1 : 0;
  return count;
}

ReducedInertia ActiveSet::inertia() {
  if (rankLost_) dropDependentRows();
  ReducedInertia found = reducedInertia();
  // With dependent gradients it is that of H + J^T J / dual, whose negative eigenvalues may be those of H elsewhere.
  if (found.negative > 0 && !rankLost_ && dropDependentRows()) {
    found = reducedInertia();
  }
  if (found.negative >= 0) found.positive = std::max(0, dimension() - found.negative - found.zero);
  return found;
}

double ActiveSet::findNegativeCurvature(std::span<double> direction) {
  if (!shifts_.factor(kkt_.solver(), sizeH_, sizeJ_).good) return 0;
  const double curvature = secondOrder_.leastEigenvector(kkt_.solver(), H_);
  for (std::size_t j = 0; j < primal_.size(); ++j) direction[j] = moves(j) ? secondOrder_.v()[j] : 0;
  return curvature < 0 ? curvature : 0;
}

bool ActiveSet::confirms(std::span<const double> direction, double curvature) {
  constexpr double rounding = 1e-9;  // share of a gradient's length by which a direction may leave its null space
  if (!(curvature < -SecondOrderTest::Tuning::share * sizeH())) return false;
  nlp_.model().jacobianProduct(J_, direction, u_);
  for (int i = 0; i < nlp_.m(); ++i) {
    if (!(std::abs(u_[at(i)]) <= rounding * std::sqrt(squaredRow(i)))) return false;
  }
  return true;
}

}  // namespace nonconvex
