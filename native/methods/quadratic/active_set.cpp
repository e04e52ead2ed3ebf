#include "methods/quadratic/active_set.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "linalg/blas.hpp"
#include "linalg/vectors.hpp"

namespace nonconvex {

struct DualActiveSet::Tuning {
  static constexpr double ridge = 1e-14;      ///< rounding: of unit normals, which may depend on each other
  static constexpr double accuracy = 1e-13;   ///< rounding: of a side, relative to the sizes that it is compared at
  static constexpr double infeasible = 1e-8;  ///< safeguard: a violation relative to these sizes beyond all rounding
};

DualActiveSet::DualActiveSet(int n, int m)
    : dual_(2 * (n + m)), factor_(n, n), normals_(n, 2 * (n + m)), gram_(2 * (n + m), 2 * (n + m)) {
  const std::size_t most = 2 * at(n + m);
  sides_.reserve(most);
  before_.reserve(most);
  for (std::vector<double>* v : {&missing_, &y_, &lower_, &upper_}) v->reserve(most);
  for (std::vector<double>* v : {&x_, &start_, &boundMultipliers_}) v->resize(at(n));
  rowMultipliers_.resize(at(m));
  products_.resize(at(m));
}

QuadraticEnd DualActiveSet::solve(const QuadraticProgram& problem) {
  const int n = problem.H.rows;
  factored_ = false;
  n_ = at(n);
  rows_ = at(problem.A.rows);
  for (int j = 0; j < n; ++j) std::copy(problem.H.column(j), problem.H.column(j) + n, factor_.data() + n_ * at(j));
  if (blas::potrfLower(n, factor_.data(), n) != 0) return QuadraticEnd::singular;
  listSides(problem);
  writeNormals(problem);
  if (!scaleNormals()) return QuadraticEnd::infeasible;
  writeGram();
  factored_ = std::none_of(sides_.begin(), sides_.end(), [](const Side& side) { return side.empty; });
  return solveSides(problem);
}

QuadraticEnd DualActiveSet::solveAgain(const QuadraticProgram& problem) {
  return factored_ && takeSides(problem) ? solveSides(problem) : solve(problem);
}

/// Takes over where the sides are and the linear term; false where other sides are finite.
bool DualActiveSet::takeSides(const QuadraticProgram& problem) {
  std::swap(sides_, before_);
  listSides(problem);
  const auto same = [](const Side& a, const Side& b) {
    return a.index == b.index && a.sign == b.sign && a.equation == b.equation;
  };
  if (!std::equal(sides_.begin(), sides_.end(), before_.begin(), before_.end(), same)) return false;
  writeStart(problem);
  const std::span<double> products = std::span(products_).first(rows_);
  std::fill(products.begin(), products.end(), 0.0);
  for (std::size_t j = 0; j < n_ && rows_ > 0; ++j) {
    axpy(start_[j], {problem.A.column(static_cast<int>(j)), rows_}, products);
  }
  for (std::size_t k = 0; k < sides_.size(); ++k) {
    Side& side = sides_[k];
    const std::size_t index = at(side.index);
    side.length = before_[k].length;
    const double value = index < rows_ ? products[index] : start_[index - rows_];
    missing_[k] = (side.at - side.sign * value) / side.length;
  }
  return true;
}

/// Solves the dual by the normals and their products.
QuadraticEnd DualActiveSet::solveSides(const QuadraticProgram& problem) {
  double size = 0;
  for (const double value : missing_) size = std::max(size, std::abs(value));
  const QuadraticEnd end = dual_.solve({.G = gram_.view().block(0, 0, int(y_.size()), int(y_.size())),
                                        .r = missing_,
                                        .lower = lower_,
                                        .upper = upper_,
                                        .ridge = Tuning::ridge,
                                        .accuracy = Tuning::accuracy * size},
                                       y_);
  writePoint();
  if (worstViolation(problem) > Tuning::infeasible) return QuadraticEnd::infeasible;
  return end;
}

void DualActiveSet::addSides(int index, double lower, double upper) {
  const bool equation = lower == upper;
  if (lower > -infinity) sides_.push_back({.index = index, .sign = 1, .at = lower, .equation = equation});
  if (upper < infinity && !equation) sides_.push_back({.index = index, .sign = -1, .at = -upper, .equation = false});
}

/// Lists the finite sides; multipliers of the last problem stay where the sides are as many.
void DualActiveSet::listSides(const QuadraticProgram& problem) {
  sides_.clear();
  for (std::size_t i = 0; i < rows_; ++i) addSides(static_cast<int>(i), problem.rowLower[i], problem.rowUpper[i]);
  for (std::size_t j = 0; j < n_; ++j) {
    const double low = problem.lower.empty() ? -infinity : problem.lower[j];
    const double high = problem.upper.empty() ? infinity : problem.upper[j];
    addSides(static_cast<int>(rows_ + j), low, high);
  }
  if (y_.size() != sides_.size()) y_.assign(sides_.size(), 0.0);
  lower_.resize(sides_.size());
  upper_.assign(sides_.size(), infinity);
  for (std::size_t k = 0; k < sides_.size(); ++k) lower_[k] = sides_[k].equation ? -infinity : 0;
}

/// Sets `start_` to -H^-1 c.
void DualActiveSet::writeStart(const QuadraticProgram& problem) {
  const int n = static_cast<int>(n_);
  for (std::size_t j = 0; j < n_; ++j) start_[j] = -problem.c[j];
  blas::trsv('L', 'N', n, factor_.data(), n, start_.data());
  blas::trsv('L', 'T', n, factor_.data(), n, start_.data());
}

/// Sets the normals to L^-1 a_k, `start_` to -H^-1 c, and `missing_` to b_k - a_k start.
void DualActiveSet::writeNormals(const QuadraticProgram& problem) {
  const int n = static_cast<int>(n_);
  writeStart(problem);
  missing_.clear();
  for (std::size_t k = 0; k < sides_.size(); ++k) {
    const Side& side = sides_[k];
    double* normal = normals_.data() + n_ * k;
    const int variable = side.index - static_cast<int>(rows_);
    for (int j = 0; j < n; ++j) {
      normal[j] = side.sign * (variable < 0 ? problem.A(side.index, j) : j == variable ? 1.0 : 0.0);
    }
    missing_.push_back(side.at - blas::dot(n, normal, start_.data()));
    blas::trsv('L', 'N', n, factor_.data(), n, normal);
  }
}

/// Makes the normals unit vectors; false where a row of zeros has a side that 0 does not meet.
bool DualActiveSet::scaleNormals() {
  const int n = static_cast<int>(n_);
  for (std::size_t k = 0; k < sides_.size(); ++k) {
    double* normal = normals_.data() + n_ * k;
    Side& side = sides_[k];
    side.length = blas::nrm2(n, normal);
    if (side.length == 0) {
      if (side.at > 0 || (side.equation && side.at != 0)) return false;
      side.length = 1;
      side.empty = true;
      missing_[k] = 0;
      lower_[k] = upper_[k] = y_[k] = 0;
    }
    for (int j = 0; j < n; ++j) normal[j] /= side.length;
    missing_[k] /= side.length;
  }
  return true;
}

void DualActiveSet::writeGram() {
  for (int k = 0; k < static_cast<int>(sides_.size()); ++k) {
    for (int l = 0; l <= k; ++l) {
      const double* a = normals_.data() + n_ * at(k);
      gram_(k, l) = gram_(l, k) = blas::dot(static_cast<int>(n_), a, normals_.data() + n_ * at(l));
    }
  }
}

/// x := start + H^-1 A^T y, and the multipliers by rows and variables.
void DualActiveSet::writePoint() {
  const int n = static_cast<int>(n_);
  std::fill(x_.begin(), x_.end(), 0.0);
  std::fill(rowMultipliers_.begin(), rowMultipliers_.end(), 0.0);
  std::fill(boundMultipliers_.begin(), boundMultipliers_.end(), 0.0);
  for (std::size_t k = 0; k < sides_.size(); ++k) {
    if (y_[k] == 0) continue;
    blas::axpy(n, y_[k], normals_.data() + n_ * k, x_.data());
    const double multiplier = sides_[k].sign * y_[k] / sides_[k].length;
    const std::size_t index = at(sides_[k].index);
    (index < rows_ ? rowMultipliers_[index] : boundMultipliers_[index - rows_]) += multiplier;
  }
  blas::trsv('L', 'T', n, factor_.data(), n, x_.data());
  for (std::size_t j = 0; j < n_; ++j) x_[j] += start_[j];
}

/// The largest violation of a side, relative to the terms that it is the sum of.
double DualActiveSet::worstViolation(const QuadraticProgram& problem) const {
  double worst = 0;
  for (const Side& side : sides_) {
    const int variable = side.index - static_cast<int>(rows_);
    double sum = side.at, size = std::abs(side.at);
    for (int j = 0; j < static_cast<int>(n_); ++j) {
      const double a = variable < 0 ? problem.A(side.index, j) : j == variable ? 1.0 : 0.0;
      sum -= side.sign * a * x_[at(j)];
      size += std::abs(a * x_[at(j)]);
    }
    if (size > 0) worst = std::max(worst, (side.equation ? std::abs(sum) : sum) / size);
  }
  return worst;
}

}  // namespace nonconvex
