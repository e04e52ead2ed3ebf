#include "methods/least_squares/trust_step.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/index.hpp"
#include "core/numbers.hpp"

namespace nonconvex {
namespace {

/// Makes the entries below (row, j) of a column 0 by a reflection, which is applied to the later columns and to r.
void reflect(Mat<double> A, int row, int rows, int j, Out r) {
  double* v = A.column(j) + row;
  const auto length = at(rows - row);
  const std::span<double> column(v, length);
  const double norm = std::sqrt(norm2Squared(column));
  if (norm == 0) return;
  const double alpha = v[0] > 0 ? -norm : norm;
  const double first = v[0] - alpha;
  const double beta = -1 / (alpha * first);  // I - beta v v^T
  v[0] = first;
  for (int l = j + 1; l < A.cols; ++l) {
    const std::span<double> other(A.column(l) + row, length);
    axpy(-beta * dot(column, other), column, other);
  }
  const std::span<double> rest = r.subspan(at(row), length);
  axpy(-beta * dot(column, rest), column, rest);
  std::fill(column.begin(), column.end(), 0);
  v[0] = alpha;
}

}  // namespace

TrustStep::TrustStep(int mostRows, int mostColumns)
    : R_(mostColumns, mostColumns), damped_(2 * mostColumns, mostColumns) {
  const auto n = at(mostColumns);
  c_.resize(std::max(n, at(mostRows)));
  rhs_.resize(2 * n);
  v_.resize(n);
  w_.resize(n);
  order_.resize(n);
  dampedOrder_.resize(n);
}

void TrustStep::factor(Mat<double> A, Out r) {
  k_ = A.cols;
  std::iota(order_.begin(), order_.begin() + k_, 0);
  const int steps = std::min(A.rows, k_);
  for (int j = 0; j < steps; ++j) {
    int largest = j;
    double most = -1;
    for (int l = j; l < k_; ++l) {
      const double norm = norm2Squared(std::span<const double>(A.column(l) + j, at(A.rows - j)));
      if (norm > most) most = norm, largest = l;
    }
    if (largest != j) {
      std::swap_ranges(A.column(j), A.column(j) + A.rows, A.column(largest));
      std::swap(order_[at(j)], order_[at(largest)]);
    }
    reflect(A, j, A.rows, j, r);
  }
  rank_ = 0;
  const double smallest = steps > 0 ? machineEpsilon * std::max(A.rows, k_) * std::abs(A(0, 0)) : 0;
  for (int j = 0; j < steps && std::abs(A(j, j)) > smallest; ++j) ++rank_;
  for (int j = 0; j < k_; ++j) {
    for (int i = 0; i < k_; ++i) R_(i, j) = i <= j && i < A.rows ? A(i, j) : 0;
    c_[at(j)] = j < A.rows ? r[at(j)] : 0;
  }
  explained_ = std::sqrt(norm2Squared(std::span<const double>(c_.data(), at(rank_))));
}

void TrustStep::nullVector(Out v) const {
  Vector z(at(k_), 0.0);
  z[at(rank_)] = 1;
  for (int i = rank_ - 1; i >= 0; --i) {
    double sum = R_(i, rank_);
    for (int j = i + 1; j < rank_; ++j) sum += R_(i, j) * z[at(j)];
    z[at(i)] = -sum / R_(i, i);
  }
  const double length = std::sqrt(norm2Squared(z));
  for (int j = 0; j < k_; ++j) {
    v[at(order_[at(j)])] = z[at(j)] / length;
  }
}

/// R of (R; sqrt(lambda) I), and its right-hand side.
void TrustStep::damped(double lambda) {
  const auto n = at(k_);
  const Mat<double> stacked = {damped_.data(), 2 * k_, k_, damped_.rows()};
  for (int j = 0; j < k_; ++j) {
    for (int i = 0; i < k_; ++i) stacked(i, j) = R_(i, j), stacked(k_ + i, j) = 0;
    stacked(k_ + j, j) = std::sqrt(lambda);
  }
  std::copy_n(c_.begin(), n, rhs_.begin());
  std::fill(rhs_.begin() + k_, rhs_.begin() + 2 * k_, 0);
  std::copy_n(order_.begin(), n, dampedOrder_.begin());
  if (lambda == 0) return;
  for (int j = 0; j < k_; ++j) reflect(stacked, j, k_ + j + 1, j, rhs_);
}

/// The factor of H + lambda I = R^T R, and R^-T g; false where that is not positive definite.
bool TrustStep::cholesky(Mat<const double> H, In g, double lambda) {
  std::iota(dampedOrder_.begin(), dampedOrder_.begin() + k_, 0);
  for (int j = 0; j < k_; ++j) {
    for (int i = 0; i <= j; ++i) {
      double sum = H(i, j) + (i == j ? lambda : 0);
      for (int l = 0; l < i; ++l) sum -= damped_(l, i) * damped_(l, j);
      if (i < j) {
        damped_(i, j) = sum / damped_(i, i);
      } else if (sum > machineEpsilon * k_ * (std::abs(H(j, j)) + lambda)) {
        damped_(j, j) = std::sqrt(sum);
      } else {
        return false;
      }
    }
  }
  forwardSubstitute(g, rhs_);
  return true;
}

/// v := R^-1 v, with the first `k` rows of R.
void TrustStep::backSubstitute(int k, Out v) const {
  for (int i = k - 1; i >= 0; --i) {
    double sum = v[at(i)];
    for (int j = i + 1; j < k; ++j) sum -= damped_(i, j) * v[at(j)];
    v[at(i)] = sum / damped_(i, i);
  }
}

/// w := R^-T v, v in the order of A's columns.
void TrustStep::forwardSubstitute(In v, Out w) const {
  for (int i = 0; i < k_; ++i) {
    double sum = v[at(dampedOrder_[at(i)])];
    for (int l = 0; l < i; ++l) sum -= damped_(l, i) * w[at(l)];
    w[at(i)] = sum / damped_(i, i);
  }
}

/// |R^-T v|^2, v in the order of R.
double TrustStep::behind(In v) {
  for (int i = 0; i < k_; ++i) {
    double sum = v[at(i)];
    for (int l = 0; l < i; ++l) sum -= damped_(l, i) * w_[at(l)];
    w_[at(i)] = sum / damped_(i, i);
  }
  return norm2Squared(In(w_).first(at(k_)));
}

void TrustStep::unpermute(In v, Out q) const {
  for (int j = 0; j < k_; ++j) {
    q[at(dampedOrder_[at(j)])] = v[at(j)];
  }
}

/// Finds lambda between `low` and `high`. `factor(lambda)` makes the factor, or returns false where there is none.
template <class Factor>
double TrustStep::search(double radius, double low, double high, double lambda, Out q, Factor&& factor) {
  const Tuning tuning;
  const auto n = at(k_);
  const Out v = Out(v_).first(n);
  for (int round = 0;; ++round) {
    lambda = std::clamp(lambda, low, high);
    if (lambda == 0) lambda = std::max(tuning.least * high, 1e-300);
    if (!factor(lambda)) {  // indefinite: a larger one
      low = lambda;
      high = std::max(high, 4 * lambda);
      lambda = std::max(std::sqrt(low * high), 2 * low);
      if (round < 40 * tuning.rounds) continue;
      std::fill(v.begin(), v.end(), 0);
      break;
    }
    for (std::size_t j = 0; j < n; ++j) v[j] = -rhs_[j];
    backSubstitute(k_, v);
    const double norm = std::sqrt(norm2Squared(v));
    const double phi = norm - radius;
    if (std::abs(phi) <= tuning.enough * radius || norm == 0 || round >= tuning.rounds) break;
    if (phi < 0 && low == 0 && lambda <= 1e-300) break;
    const double slope = behind(v) / norm;  // -phi'
    phi > 0 ? low = std::max(low, lambda) : high = std::min(high, lambda);
    lambda = std::max(low, lambda + (norm / radius) * (phi / slope));
  }
  unpermute(v, q);
  singular_ = false;
  return lambda;
}

double TrustStep::solve(double radius, Out q) {
  const Tuning tuning;
  const auto n = at(k_);
  damped(0);
  const Out v = Out(v_).first(n);
  std::fill(v.begin(), v.end(), 0);
  for (int j = 0; j < rank_; ++j) v[at(j)] = -c_[at(j)];
  backSubstitute(rank_, v);
  const double norm = std::sqrt(norm2Squared(v));
  singular_ = rank_ < k_;
  if (norm <= (1 + tuning.enough) * radius) {
    unpermute(v, q);
    return 0;
  }
  double low = 0;
  if (!singular_) low = (norm - radius) / radius * square(norm) / behind(v);
  double gradient = 0;  // |R^T c|
  for (int j = 0; j < k_; ++j) {
    double sum = 0;
    for (int i = 0; i <= j; ++i) sum += R_(i, j) * c_[at(i)];
    gradient += square(sum);
  }
  const double high = std::max(std::sqrt(gradient) / radius, low);
  const double first = low > 0 ? low : std::max(tuning.least * high, std::sqrt(gradient) / norm);
  return search(radius, low, high, first, q, [&](double lambda) {
    damped(lambda);
    return true;
  });
}

double TrustStep::solveCurved(Mat<const double> H, In g, double radius, Out q) {
  k_ = H.cols;
  const auto n = at(k_);
  const Tuning tuning;
  const double norm = std::sqrt(norm2Squared(g.first(n)));
  if (cholesky(H, g, 0)) {
    const Out v = Out(v_).first(n);
    for (std::size_t j = 0; j < n; ++j) v[j] = -rhs_[j];
    backSubstitute(k_, v);
    if (std::sqrt(norm2Squared(v)) <= (1 + tuning.enough) * radius) {
      unpermute(v, q);
      singular_ = false;
      return 0;
    }
  }
  double largest = 0;  // |H|_inf, which no eigenvalue exceeds
  for (int j = 0; j < k_; ++j) {
    double sum = 0;
    for (int i = 0; i < k_; ++i) sum += std::abs(H(i, j));
    largest = std::max(largest, sum);
  }
  return search(radius, 0, norm / radius + largest, norm / radius, q,
                [&](double lambda) { return cholesky(H, g, lambda); });
}

bool TrustStep::isPositive(Mat<const double> H, double shift) {
  k_ = H.cols;
  std::fill(v_.begin(), v_.end(), 0);
  return cholesky(H, v_, shift);
}

bool TrustStep::correct(In b, Out a) {
  if (singular_) return false;
  const auto n = at(k_);
  const Out v = Out(v_).first(n);
  forwardSubstitute(b, w_);
  for (std::size_t j = 0; j < n; ++j) v[j] = -w_[j];
  backSubstitute(k_, v);
  unpermute(v, a);
  return true;
}

}  // namespace nonconvex
