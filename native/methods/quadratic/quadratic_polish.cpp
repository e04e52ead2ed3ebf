#include "methods/quadratic/quadratic_polish.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"

namespace nonconvex {

QuadraticPolish::QuadraticPolish(const Cpu& la, const ScaledQuadratic& scaled, QuadraticSystem& system)
    : la_(la),
      scaled_(scaled),
      p_(scaled.program),
      system_(system),
      n_(p_.c.size()),
      m_(p_.atLeast.size()),
      gradient_(n_),
      rows_(m_),
      sides_(m_),
      right_(n_ + m_),
      move_(n_ + m_) {}

namespace {

double largestOf(std::span<const double> values) {
  double largest = 0;
  for (const double v : values) largest = std::max(largest, std::abs(v));
  return largest;
}

}  // namespace

double QuadraticPolish::low(std::size_t k) const { return k < m_ ? p_.atLeast[k] : p_.lower[k - m_]; }
double QuadraticPolish::high(std::size_t k) const { return k < m_ ? p_.atMost[k] : p_.upper[k - m_]; }

bool QuadraticPolish::run(const QuadraticPoint& from, std::vector<ActiveSide> active, BestQuadraticPoint& best,
                          int rounds) {
  active_ = std::move(active);
  point_ = from;
  const double before = best.worst();
  for (int round = 0; round < rounds; ++round) {
    if (!solve()) break;
    scaled_.unscale(point_, trial_);
    // Units have rounded the bounds.
    for (std::size_t j = 0; j < n_; ++j) {
      if (active_[m_ + j] == ActiveSide::low) trial_.x[j] = scaled_.given.lower[j];
      if (active_[m_ + j] == ActiveSide::high) trial_.x[j] = scaled_.given.upper[j];
    }
    best.offerPolished(trial_);
    if (!changeActive()) break;
  }
  return best.worst() < before;
}

bool QuadraticPolish::factor(double rho) {
  std::vector<double> d(n_), e(m_);
  for (std::size_t j = 0; j < n_; ++j) d[j] = rho + (active_[m_ + j] != ActiveSide::none ? 1 / Tuning::shift : 0);
  for (std::size_t i = 0; i < m_; ++i) e[i] = active_[i] != ActiveSide::none ? Tuning::shift : infinity;
  return system_.factor(d, e, PivotChoice::careful);
}

bool QuadraticPolish::solve() {
  if (!factor(Tuning::shift)) return false;
  Moves last;
  for (int k = 0; k < Tuning::steps; ++k) {
    la_.checkpoint();
    const Moves moves = step();
    if (!std::isfinite(moves.x) || !std::isfinite(moves.y)) return false;
    const bool still = moves.x <= Tuning::still * largestOf(point_.x) && moves.y <= Tuning::still * largestOf(point_.y);
    if (still || (k >= Tuning::uneven && moves.x >= last.x && moves.y >= last.y)) break;
    last = moves;
  }
  return true;
}

/// Variables at bounds stay there, and their multipliers are what is missing of the gradient.
QuadraticPolish::Moves QuadraticPolish::step() {
  const auto side = [&](std::size_t k) { return active_[k] == ActiveSide::low ? low(k) : high(k); };
  for (std::size_t j = 0; j < n_; ++j) {
    if (active_[m_ + j] != ActiveSide::none) point_.x[j] = side(m_ + j);
  }
  const auto gradient = [&] {
    preciseGradient(p_, point_, gradient_);
    for (std::size_t j = 0; j < n_; ++j) {
      point_.z[j] = active_[m_ + j] != ActiveSide::none ? -gradient_[j] : 0;
    }
  };
  gradient();
  for (std::size_t i = 0; i < m_; ++i) sides_[i] = active_[i] != ActiveSide::none ? side(i) : 0;
  preciseSlacks(p_, point_.x, sides_, rows_);
  for (std::size_t j = 0; j < n_; ++j) right_[j] = active_[m_ + j] != ActiveSide::none ? 0 : -gradient_[j];
  for (std::size_t i = 0; i < m_; ++i) right_[n_ + i] = active_[i] != ActiveSide::none ? rows_[i] : 0;
  system_.solve(right_, move_);
  Moves moves{0, 0};
  const auto move = [&](double& value, double by, double& largest) {
    const double before = std::exchange(value, value + by);
    largest = std::max(largest, std::isfinite(value) ? std::abs(value - before) : infinity);
  };
  for (std::size_t j = 0; j < n_; ++j) {
    if (active_[m_ + j] == ActiveSide::none) move(point_.x[j], move_[j], moves.x);
  }
  for (std::size_t i = 0; i < m_; ++i) {
    if (active_[i] == ActiveSide::none)
      point_.y[i] = 0;
    else
      move(point_.y[i], move_[n_ + i], moves.y);
  }
  gradient();
  return moves;
}

double QuadraticPolish::shortening(const QuadraticPoint& from, const std::vector<ActiveSide>& active) {
  active_ = active;
  point_ = {from.x, std::vector<double>(m_), std::vector<double>(n_)};
  if (!factor(Tuning::shift)) return 1;
  preciseGradient(p_, point_, gradient_);
  for (std::size_t j = 0; j < n_; ++j) right_[j] = active_[m_ + j] != ActiveSide::none ? 0 : -gradient_[j];
  std::fill(right_.begin() + static_cast<std::ptrdiff_t>(n_), right_.end(), 0.0);
  system_.solve(right_, move_);
  std::copy(move_.begin() + static_cast<std::ptrdiff_t>(n_), move_.end(), point_.y.begin());
  const std::span<double> left = std::span(right_).first(n_);
  preciseGradient(p_, point_, left);
  double missing = 0, size = 0;
  for (std::size_t j = 0; j < n_; ++j) {
    size = std::max(size, std::abs(left[j] - gradient_[j]));
    if (active_[m_ + j] == ActiveSide::none) missing = std::max(missing, std::abs(left[j]));
  }
  return missing <= Tuning::missing * size ? largestOf(point_.y) / largestOf(from.y) : 1;
}

bool QuadraticPolish::changeActive() {
  bool changed = false;
  multiplyRows(p_, point_.x, rows_);
  for (std::size_t k = 0; k < n_ + m_; ++k) {
    if (low(k) == high(k)) continue;
    const double v = k < m_ ? rows_[k] : point_.x[k - m_];
    double& multiplier = k < m_ ? point_.y[k] : point_.z[k - m_];
    const ActiveSide before = active_[k];
    const bool wrong = before == ActiveSide::low ? multiplier > 0 : multiplier < 0;
    if (before != ActiveSide::none && wrong) {
      active_[k] = ActiveSide::none;
      multiplier = 0;
    } else if (before == ActiveSide::none && (v < low(k) || v > high(k))) {
      active_[k] = v < low(k) ? ActiveSide::low : ActiveSide::high;
    }
    changed = changed || active_[k] != before;
  }
  return changed;
}

std::vector<ActiveSide> QuadraticPolish::activeAt(const QuadraticPoint& given) {
  scaled_.scale(given, point_);
  multiplyRows(p_, point_.x, rows_);
  std::vector<ActiveSide> active(n_ + m_, ActiveSide::none);
  for (std::size_t k = 0; k < n_ + m_; ++k) {
    const double v = k < m_ ? rows_[k] : point_.x[k - m_], multiplier = k < m_ ? point_.y[k] : point_.z[k - m_];
    if (low(k) == high(k) || v - low(k) < -multiplier)
      active[k] = ActiveSide::low;
    else if (high(k) - v < multiplier)
      active[k] = ActiveSide::high;
  }
  return active;
}

/// Q - flat has as many negative eigenvalues, on the directions that the active sides leave free, as there are without
/// curvature.
QuadraticKind QuadraticPolish::kindOf(const QuadraticPoint& given) {
  active_ = activeAt(given);
  QuadraticKind kind;
  int held = 0;
  for (std::size_t k = 0; k < n_ + m_; ++k) {
    const double v = k < m_ ? rows_[k] : point_.x[k - m_];
    const double multiplier = std::abs(k < m_ ? point_.y[k] : point_.z[k - m_]);
    const double distance = std::min(std::abs(v - low(k)), std::abs(high(k) - v));
    const bool equation = low(k) == high(k);
    kind.weak = kind.weak || (!equation && distance < Tuning::weak && multiplier < Tuning::weak);
    held += active_[k] != ActiveSide::none ? 1 : 0;
  }
  double largest = 0;
  for (const double value : p_.q.values) largest = std::max(largest, std::abs(value));
  if (!factor(-Tuning::flat * (largest > 0 ? largest : 1))) return kind;
  const int n = static_cast<int>(n_);
  kind.flat = std::max(0, n - system_.inertia().positive);
  kind.curved = std::max(0, n - held - kind.flat);
  return kind;
}

}  // namespace nonconvex
