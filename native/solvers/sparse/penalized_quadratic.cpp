#include "solvers/sparse/penalized_quadratic.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"

namespace nonconvex {
namespace {

constexpr int mostRounds = 500;  // of sweeps and a Newton step
constexpr int mostInVain = 40;   // of them in a row, without a smaller violation
constexpr int sweepsByRows = 3;  // between looks at all conditions
constexpr int sweepsByGram = 10;
constexpr double sweepsOfProducts = 12;  // that conjugate gradients cost by rows
constexpr int mostProducts = 60;
constexpr double productAccuracy = 0.03;  // of the residual
constexpr double nearEdge = 0.01;         // share of l1 within which a gradient counts as at the edge
constexpr int mostShortSteps = 4;         // Newton steps in a row that end at a sign that would change
constexpr int smallSupport = 48;          // for which a Newton step costs next to nothing
constexpr double blockedGain = 12;        // operations of a factorisation in the time of one of a sweep
constexpr double mostSweeps = 1000;       // that a Newton step may spare

}  // namespace

double PenaltyAt::violation(int column, double b, double g) const {
  const double slope = g + l2(column) * b;
  const double low = data_.lower[at(column)], high = data_.upper[at(column)];
  if (b == 0) {
    const double l = slopeAtZero(column);
    const double up = high > 0 ? -slope - l : 0, down = low < 0 ? slope - l : 0;
    return std::max({0.0, up, down});
  }
  const double s = with(column, [&](const auto& penalty) { return penalty.slope(std::abs(b)); });
  const double total = slope + std::copysign(s, b);
  if (b >= high) return std::max(0.0, total);  // it may only go down
  if (b <= low) return std::max(0.0, -total);
  return std::abs(total);
}

double PenaltyAt::minimizer(int column, double c, double z) const {
  return with(column, [&](const auto& penalty) {
    return penalties::minimizerWithin(penalty, c + l2(column), z, data_.lower[at(column)], data_.upper[at(column)]);
  });
}

/// The violation of the conditions at a place, and at 0 also the slope that would lead as far as a lower minimum lies
/// which the derivatives do not show.
double PenalizedQuadratic::violation(const PenaltyAt& penalty, int place) const {
  const int j = metric_.column(place);
  const double found = penalty.violation(j, b[at(place)], q[at(place)]), c = metric_.curvature(place);
  if (penalty.convex() || b[at(place)] != 0 || !(c > 0)) return found;
  return std::max(found, c * std::abs(penalty.minimizer(j, c, -q[at(place)])));
}

void PenalizedQuadratic::resize() {
  b.resize(at(metric_.size()), 0.0);
  q.resize(at(metric_.size()), 0.0);
}

double PenalizedQuadratic::largestViolation(const PenaltyAt& penalty) const {
  double most = 0;
  for (int e = 0; e < metric_.size(); ++e) {
    most = std::max(most, violation(penalty, e));
  }
  return most;
}

bool PenalizedQuadratic::minimize(const PenaltyAt& penalty, double tolerance) {
  return penalty.visitKind([&]<class Penalty>() {
    double violation = largestViolation(penalty), least = violation;
    for (int round = 0, since = 0; round < mostRounds && since < mostInVain; ++round) {
      if (violation <= tolerance) return true;
      la_.checkpoint();
      collect(penalty, tolerance);
      const int sweeps = byRows() ? sweepByRows<Penalty>(penalty, tolerance) : sweep<Penalty>(penalty, tolerance);
      const double after = largestViolation(penalty);
      if (after <= tolerance) return true;
      const double rate = std::pow(after / violation, 1.0 / sweeps);
      const double left = rate < 1 ? std::min(mostSweeps, std::log(tolerance / after) / std::log(rate)) : mostSweeps;
      for (int k = 0; k < mostShortSteps && !newtonStep<Penalty>(penalty, left); ++k) continue;
      violation = largestViolation(penalty);
      since = violation < least ? 0 : since + 1;
      least = std::min(least, violation);
    }
    return violation <= tolerance;
  });
}

/// A step by rows takes the entries of a column twice, one with G as many numbers as there are columns in use.
bool PenalizedQuadratic::byRows() const {
  const double columns = metric_.size();
  return data_.x.sparse() && 2 * metric_.entries() < columns * columns;
}

/// The places that sweeps go through: those that are not 0 and those that are not to stay there.
void PenalizedQuadratic::collect(const PenaltyAt& penalty, double tolerance) {
  working_.clear();
  for (int e = 0; e < metric_.size(); ++e) {
    if (b[at(e)] != 0 || violation(penalty, e) > tolerance) working_.push_back(e);
  }
}

/// The minimiser along one coefficient.
template <class Penalty>
double PenalizedQuadratic::best(const PenaltyAt& penalty, int place, double gradient) const {
  const int j = metric_.column(place);
  const double c = metric_.curvature(place), value = b[at(place)];
  if (!(c > 0)) return value;
  const double z = c * value - gradient;
  const Penalty along = penalty.of<Penalty>(j);
  if (!data_.bounded) return along.minimizer(c + penalty.l2(j), z);
  return penalties::minimizerWithin(along, c + penalty.l2(j), z, data_.lower[at(j)], data_.upper[at(j)]);
}

/// Some sweeps with predictions in place of G; how many.
template <class Penalty>
int PenalizedQuadratic::sweepByRows(const PenaltyAt& penalty, double tolerance) {
  base_ = q;
  rows_.assign(at(data_.n()), 0.0);
  sumOfRows_ = 0;
  const auto gradient = [&](int e) { return base_[at(e)] + metric_.ofRows(e, rows_, sumOfRows_); };
  int sweeps = 0;
  for (double most = infinity; sweeps < sweepsByRows && most > tolerance / 2; ++sweeps) {
    most = 0;
    for (const int e : working_) {
      const double next = best<Penalty>(penalty, e, gradient(e)), step = next - b[at(e)];
      if (step == 0) continue;
      most = std::max(most, std::abs(step) * metric_.curvature(e));
      metric_.addWeighted(e, step, rows_.data());
      sumOfRows_ += step * metric_.totalWeight() * metric_.mean(e);
      b[at(e)] = next;
    }
  }
  for (int e = 0; e < metric_.size(); ++e) q[at(e)] = gradient(e);
  sweeps_ += sweeps;
  return sweeps;
}

/// Some sweeps on a part of G that has the places that they go through alone; how many.
template <class Penalty>
int PenalizedQuadratic::sweep(const PenaltyAt& penalty, double tolerance) {
  copyWorkingGram();
  const int k = static_cast<int>(working_.size());
  std::vector<double>& g = base_;
  g.resize(at(k));
  moved_.assign(at(metric_.size()), 0.0);
  change_.resize(moved_.size());
  for (int w = 0; w < k; ++w) g[at(w)] = q[at(working_[at(w)])];
  int sweeps = 0;
  for (double most = infinity; sweeps < sweepsByGram && most > tolerance / 2; ++sweeps) {
    most = 0;
    for (int w = 0; w < k; ++w) {
      const int e = working_[at(w)];
      const double next = best<Penalty>(penalty, e, g[at(w)]), step = next - b[at(e)];
      if (step == 0) continue;
      most = std::max(most, std::abs(step) * metric_.curvature(e));
      blas::axpy(k, step, workingGram_.column(w), g.data());
      moved_[at(e)] += step;
      b[at(e)] = next;
    }
  }
  applyGram(moved_, change_);
  for (std::size_t e = 0; e < q.size(); ++e) q[e] += change_[e];
  sweeps_ += sweeps;
  return sweeps;
}

void PenalizedQuadratic::copyWorkingGram() {
  metric_.needGram();
  if (working_ == copied_) return;
  copied_ = working_;
  const int k = static_cast<int>(working_.size());
  if (workingGram_.rows() < k || workingGram_.cols() < k) {
    workingGram_ = HostMatrix<double>(std::min(metric_.size(), k + k / 2), std::min(metric_.size(), k + k / 2));
  }
  for (int j = 0; j < k; ++j) {
    const double* from = metric_.gram(working_[at(j)]);
    double* to = workingGram_.column(j);
    for (int i = 0; i < k; ++i) to[i] = from[working_[at(i)]];
  }
}

/// Cholesky's factor of G plus a diagonal on some places; the last one where it is the same. False where that is not
/// positive definite.
bool PenalizedQuadratic::factor(const std::vector<int>& places, const std::vector<double>& diagonal) {
  if (places == factored_ && diagonal == factoredDiagonal_) return true;
  factored_.clear();
  const int k = static_cast<int>(places.size());
  if (factor_.rows() < k)
    factor_ = HostMatrix<double>(std::max(k, 2 * factor_.rows()), std::max(k, 2 * factor_.rows()));
  const Mat<double> a = factor_.view().block(0, 0, k, k);
  double most = 0;
  for (int j = 0; j < k; ++j) {
    const double* column = metric_.gram(places[at(j)]);
    for (int i = j; i < k; ++i) a(i, j) = column[places[at(i)]];
    most = std::max(most, a(j, j));
    a(j, j) += diagonal[at(j)];
  }
  if (!la_.cholesky(a)) return false;
  // A pivot that is rounding of its column says that columns depend on each other.
  for (int j = 0; j < k; ++j) {
    if (square(a(j, j)) < 1e-13 * most) return false;
  }
  factored_ = places;
  factoredDiagonal_ = diagonal;
  return true;
}

/// Whether a Newton step on the support costs less than the sweeps that are left.
bool PenalizedQuadratic::worthNewton(double sweepsLeft) const {
  const double size = static_cast<double>(support_.size());
  if (byRows()) return sweepsLeft > sweepsOfProducts;
  if (size <= smallSupport || (support_ == factored_ && diagonal_ == factoredDiagonal_)) return true;
  return size / 3 / blockedGain + metric_.size() / size < sweepsLeft;  // each times the square of the size
}

/// Goes to the minimum of the quadratic with the present branches of the penalty on the support. Whether all of the
/// step, or none, was taken: else a further one may gain more. None is taken where the sweeps that are left cost less.
template <class Penalty>
bool PenalizedQuadratic::newtonStep(const PenaltyAt& penalty, double sweepsLeft) {
  support_.clear();
  diagonal_.clear();
  step_.clear();
  for (int e = 0; e < metric_.size(); ++e) {
    const int j = metric_.column(e);
    const double value = b[at(e)];
    if (value == 0 || value <= data_.lower[at(j)] || value >= data_.upper[at(j)]) continue;
    support_.push_back(e);
    diagonal_.push_back(penalty.l2(j) + penalty.of<Penalty>(j).curvature(std::abs(value)));
    const double slope = penalty.of<Penalty>(j).slope(std::abs(value));
    step_.push_back(-(q[at(e)] + penalty.l2(j) * value + std::copysign(slope, value)));
  }
  if (support_.empty() || !worthNewton(sweepsLeft)) return true;
  if (!(byRows() ? solveByProducts() : solveSupport())) return true;
  return takeStep<Penalty>(penalty);
}

/// Turns the right-hand side step_ into the step (G_SS + diagonal)^-1 step_, by Cholesky's factor.
bool PenalizedQuadratic::solveSupport() {
  const int k = static_cast<int>(support_.size());
  if (!factor(support_, diagonal_)) return false;
  la_.choleskySolve(factor_.view().block(0, 0, k, k), Mat<double>{step_.data(), k, 1, k});
  return true;
}

/// Solves what solveSupport() does, roughly: conjugate gradients on products with the rows, scaled by the diagonal.
bool PenalizedQuadratic::solveByProducts() {
  const auto k = support_.size();
  std::vector<double>& r = residual_;
  r = step_;
  step_.assign(k, 0.0);
  direction_.assign(k, 0.0);
  spread_.assign(at(metric_.size()), 0.0);
  product_.resize(at(metric_.size()));
  rows_.resize(at(data_.n()));
  const auto scaled = [&](std::size_t s) {
    return r[s] / std::max(metric_.curvature(support_[s]) + diagonal_[s], 1e-3 * metric_.curvature(support_[s]));
  };
  double before = 0, first = 0;
  for (int round = 0; round < mostProducts; ++round) {
    double size = 0;
    for (std::size_t s = 0; s < k; ++s) size += r[s] * scaled(s);
    if (round == 0) first = size;
    if (size <= square(productAccuracy) * first) return true;
    for (std::size_t s = 0; s < k; ++s) {
      direction_[s] = scaled(s) + (round > 0 ? size / before * direction_[s] : 0);
      spread_[at(support_[s])] = direction_[s];
    }
    before = size;
    const double sum = metric_.rowsOf(spread_, rows_);
    for (const int e : support_) product_[at(e)] = metric_.ofRows(e, rows_, sum);
    double curvature = 0;
    for (std::size_t s = 0; s < k; ++s) {
      curvature += direction_[s] * (product_[at(support_[s])] + diagonal_[s] * direction_[s]);
    }
    if (!(curvature > 0)) return round > 0;
    for (std::size_t s = 0; s < k; ++s) {
      step_[s] += size / curvature * direction_[s];
      r[s] -= size / curvature * (product_[at(support_[s])] + diagonal_[s] * direction_[s]);
    }
  }
  return true;
}

void PenalizedQuadratic::applyGram(std::span<const double> d, std::span<double> out) {
  if (byRows() || !metric_.hasGram()) {
    rows_.resize(at(data_.n()));
    const double sum = metric_.rowsOf(d, rows_);
    for (int e = 0; e < metric_.size(); ++e) out[at(e)] = metric_.ofRows(e, rows_, sum);
    return;
  }
  std::fill(out.begin(), out.end(), 0.0);
  for (int e = 0; e < metric_.size(); ++e) {
    if (d[at(e)] != 0) blas::axpy(metric_.size(), d[at(e)], metric_.gram(e), out.data());
  }
}

/// The share of a step after which the coefficient changes sign, meets a bound, or comes to another branch.
double PenalizedQuadratic::shareToBreak(int column, double value, double d, double l, double gamma) const {
  double share = 1;
  const auto meet = [&](double end) {
    const double t = (end - value) / d;
    if (t > 0 && t < share) share = t;
  };
  meet(0);
  if (std::isfinite(data_.lower[at(column)])) meet(data_.lower[at(column)]);
  if (std::isfinite(data_.upper[at(column)])) meet(data_.upper[at(column)]);
  if (gamma > 0) {
    meet(std::copysign(gamma * l, value));
    meet(std::copysign(l, value));
  }
  return share;
}

/// The whole step, coefficients that would change sign at 0, if that gains more than the part of the step up to the
/// first of them; else that part. Whether no further step is to be tried.
template <class Penalty>
bool PenalizedQuadratic::takeStep(const PenaltyAt& penalty) {
  const auto k = support_.size();
  double share = 1;
  std::size_t first = k;
  ends_.resize(k);
  for (std::size_t s = 0; s < k; ++s) {
    const int j = metric_.column(support_[s]);
    const double value = b[at(support_[s])], end = value + step_[s];
    const double t = shareToBreak(j, value, step_[s], penalty.l1(j), penalty.gamma());
    if (t < share) {
      share = t;
      first = s;
    }
    ends_[s] = end * value <= 0 ? 0 : std::clamp(end, data_.lower[at(j)], data_.upper[at(j)]);
  }
  // Of many minima the nearest is meant, so that with a penalty that is not convex no coefficient is set to 0 together
  // with others.
  if ((Penalty::convex || first == k) && tryEnds(penalty)) return first == k;
  if (first == k) return true;
  for (std::size_t s = 0; s < k; ++s) {
    const double value = b[at(support_[s])];
    ends_[s] = s == first && value * (value + step_[s]) <= 0 ? 0 : value + share * step_[s];
  }
  return !tryEnds(penalty);
}

/// Moves the support to `ends_` unless the objective, whose change is exact in this model, rises.
bool PenalizedQuadratic::tryEnds(const PenaltyAt& penalty) {
  moved_.assign(at(metric_.size()), 0.0);
  change_.resize(moved_.size());
  for (std::size_t s = 0; s < support_.size(); ++s) {
    const auto e = at(support_[s]);
    moved_[e] = ends_[s] - b[e];
  }
  applyGram(moved_, change_);
  double gain = 0, size = 0;
  for (std::size_t s = 0; s < support_.size(); ++s) {
    const auto e = at(support_[s]);
    const int j = metric_.column(support_[s]);
    const double smooth = (q[e] + change_[e] / 2) * moved_[e];
    const double after = penalty.value(j, ends_[s]), before = penalty.value(j, b[e]);
    gain += smooth + after - before;
    size += std::abs(smooth) + after + before;
  }
  if (gain > 4 * machineEpsilon * size) return false;
  for (std::size_t s = 0; s < support_.size(); ++s) b[at(support_[s])] = ends_[s];
  for (std::size_t e = 0; e < q.size(); ++e) q[e] += change_[e];
  return true;
}

bool PenalizedQuadratic::locallyConvex(const PenaltyAt& penalty) {
  if (penalty.convex()) return true;
  metric_.needGram();
  return penalty.visitKind([&]<class Penalty>() {
    support_.clear();
    diagonal_.clear();
    for (int e = 0; e < metric_.size(); ++e) {
      const int j = metric_.column(e);
      const double l = penalty.l1(j), size = std::abs(b[at(e)]);
      if (size == 0 && std::abs(q[at(e)]) < (1 - nearEdge) * penalty.slopeAtZero(j)) continue;
      support_.push_back(e);
      // The least curvature nearby: that of the branch above 0 where a column may enter.
      const double inside = penalty.of<Penalty>(j).curvature(size > 0 ? size : l * 1e-3);
      diagonal_.push_back(penalty.l2(j) + inside);
    }
    return support_.empty() || factor(support_, diagonal_);
  });
}

}  // namespace nonconvex
