#include "methods/low_rank_sdp/box_quadratic.hpp"

#include <algorithm>
#include <cmath>

#include "core/interval.hpp"
#include "linalg/exact_sum.hpp"

namespace nonconvex {

bool QuadraticRow::isLinear() const {
  return std::all_of(terms.begin(), terms.end(), [](const Term& term) { return term.j < 0; });
}

std::vector<std::uint8_t> BoxQuadratic::inRows() const {
  std::vector<std::uint8_t> found(rows.empty() ? 0 : c.size());
  for (const QuadraticRow& row : rows) {
    for (const QuadraticRow::Term& term : row.terms) {
      found[static_cast<std::size_t>(term.i)] = 1;
      if (term.j >= 0) found[static_cast<std::size_t>(term.j)] = 1;
    }
  }
  return found;
}

double BoxQuadratic::value(std::span<const double> x) const {
  ExactSum sum;
  sum.add(constant);
  for (std::size_t i = 0; i < x.size(); ++i) {
    ExactSum slope;
    slope.add(c[i]);
    const double* q = row(static_cast<int>(i));
    for (std::size_t j = 0; j < x.size(); ++j) slope.add(0.5 * q[j], x[j]);
    sum.add(slope.high, x[i]);
    sum.add(slope.low, x[i]);
  }
  return sum.value();
}

void UnitQuadratic::set(const BoxQuadratic& problem, std::span<const double> lower, std::span<const double> upper) {
  const std::size_t n = lower.size();
  free_.clear();
  centre_.resize(n);
  radius_.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double middle = lower[i] == upper[i] ? lower[i] : lower[i] + 0.5 * (upper[i] - lower[i]);
    centre_[i] = middle;
    radius_[i] = std::max(outward::sumAbove(upper[i], -middle), outward::sumAbove(middle, -lower[i]));
    if (lower[i] == upper[i]) radius_[i] = 0;
    if (radius_[i] > 0) free_.push_back(static_cast<int>(i));
  }
  Q_.clear();
  c_.clear();
  absolute_ = 0;
  constant_ = problem.constant;
  constantTerms_ = std::abs(problem.constant);
  error_ = problem.error;
  for (std::size_t i = 0; i < n; ++i) addRow(problem, static_cast<int>(i));
  error_ += sumError(2 * static_cast<int>(n), constantTerms_);
  absolute_ += std::abs(constant_);
}

void UnitQuadratic::addRow(const BoxQuadratic& problem, int i) {
  const auto n = static_cast<std::size_t>(problem.size());
  const double* q = problem.row(i);
  const double own = problem.c[static_cast<std::size_t>(i)];
  double slope = 0, terms = 0;
  for (std::size_t j = 0; j < n; ++j) {
    slope += q[j] * centre_[j];
    terms += std::abs(q[j] * centre_[j]);
  }
  const double middle = centre_[static_cast<std::size_t>(i)], radius = radius_[static_cast<std::size_t>(i)];
  constant_ += middle * (own + 0.5 * slope);
  constantTerms_ += std::abs(middle) * (std::abs(own) + terms);
  if (radius == 0) return;
  c_.push_back(radius * (own + slope));
  double sum = 0;
  for (const int j : free_) {
    Q_.push_back(radius * q[j] * radius_[static_cast<std::size_t>(j)]);
    sum += std::abs(Q_.back());
  }
  absolute_ += sum + std::abs(c_.back());
  error_ += sumError(static_cast<int>(n), radius * (std::abs(own) + terms)) + sumError(0, sum);
}

void UnitQuadratic::subtract(int i, int j, double value) {
  const auto a = static_cast<std::size_t>(i), b = static_cast<std::size_t>(j), n = free_.size();
  if (j < 0) {
    c_[a] -= value;
  } else if (i == j) {
    Q_[a * n + a] -= 2 * value;
  } else {
    Q_[a * n + b] -= value;
    Q_[b * n + a] -= value;
  }
}

}  // namespace nonconvex
