#include "methods/interval_newton/krawczyk.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"

namespace nonconvex {

using namespace outward;

namespace {

double middle(Interval a) { return a.low / 2 + a.high / 2; }

}  // namespace

Krawczyk::Krawczyk(int n)
    : n_(n),
      lu_(n),
      x_(at(n)),
      inverse_(at(n) * at(n)),
      step_(at(n)),
      box_(at(n)),
      values_(at(n)),
      jacobian_(at(n) * at(n)),
      first_(at(n)),
      E_(at(n)),
      next_(at(n)) {}

void Krawczyk::setPoint() {
  for (std::size_t j = 0; j < x_.size(); ++j) box_[j] = point(x_[j]);
}

/// Y, about the inverse of the derivatives at the point; false where they are singular.
bool Krawczyk::invert() {
  const Mat<double> A = lu_.matrix();
  for (int i = 0; i < n_; ++i) {
    for (int j = 0; j < n_; ++j) A(i, j) = middle(jacobian_[at(i) * at(n_) + at(j)]);
  }
  if (!lu_.factor()) return false;
  for (int i = 0; i < n_; ++i) {
    const std::span row = std::span(inverse_).subspan(at(i) * at(n_), at(n_));
    std::fill(row.begin(), row.end(), 0.0);
    row[at(i)] = 1;
    lu_.solveTransposed(row);
  }
  return true;
}

/// x -= Y F(x)
bool Krawczyk::moveByNewton() {
  for (int i = 0; i < n_; ++i) {
    double sum = 0;
    for (int j = 0; j < n_; ++j) sum += inverse_[at(i) * at(n_) + at(j)] * middle(values_[at(j)]);
    step_[at(i)] = sum;
  }
  for (std::size_t i = 0; i < x_.size(); ++i) x_[i] -= step_[i];
  return std::all_of(x_.begin(), x_.end(), [](double each) { return std::isfinite(each); });
}

/// E := -Y F(x)
void Krawczyk::begin() {
  for (int i = 0; i < n_; ++i) {
    Interval sum = {0, 0};
    for (int j = 0; j < n_; ++j) {
      sum = subtract(sum, multiply(inverse_[at(i) * at(n_) + at(j)], values_[at(j)]));
    }
    first_[at(i)] = E_[at(i)] = sum;
  }
}

/// Widens E, and sets the box x + E.
void Krawczyk::widen() {
  for (std::size_t i = 0; i < E_.size(); ++i) {
    const double more = Tuning::wider * (E_[i].high - E_[i].low) + Tuning::least +
                        machineEpsilon * std::max(std::abs(E_[i].low), std::abs(E_[i].high));
    E_[i] = {E_[i].low - more, E_[i].high + more};
    box_[i] = add(point(x_[i]), E_[i]);
  }
}

/// E := -Y F(x) + (I - Y J) E; returns true if that is inside of E, and sets the box then.
bool Krawczyk::contract() {
  bool inside = true;
  for (int i = 0; i < n_; ++i) {
    Interval sum = first_[at(i)];
    for (int j = 0; j < n_; ++j) {
      Interval entry = point(i == j ? 1 : 0);
      for (int k = 0; k < n_; ++k) {
        const Interval factor = jacobian_[at(k) * at(n_) + at(j)];
        entry = subtract(entry, multiply(inverse_[at(i) * at(n_) + at(k)], factor));
      }
      sum = add(sum, multiply(entry, E_[at(j)]));
    }
    next_[at(i)] = sum;
    inside = inside && sum.low > E_[at(i)].low && sum.high < E_[at(i)].high;
  }
  E_ = next_;
  if (!inside) return false;
  for (std::size_t i = 0; i < E_.size(); ++i) box_[i] = add(point(x_[i]), E_[i]);
  return true;
}

}  // namespace nonconvex
