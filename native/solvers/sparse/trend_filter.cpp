#include "solvers/sparse/trend_filter.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "core/require_memory.hpp"
#include "linalg/vectors.hpp"

namespace nonconvex {
namespace {

constexpr int mostInterior = 300;      // steps of the interior point method
constexpr double fraction = 0.99;      // of the way to the boundary
constexpr double descentShare = 0.01;  // of the residual's decrease that a step asks for
constexpr int mostBacktracks = 30;
constexpr double nearest = 1e-16;  // that a multiplier comes to its bound
constexpr double centring = 2;     // the factor by which the barrier goes down

}  // namespace

TrendFiltering::TrendFiltering(const Cpu& la, const TrendFilterProblem& problem, const TrendFilterSettings& settings)
    : la_(la), problem_(problem), settings_(settings), n_(problem.y.size()), stencil_(at(settings.order) + 2) {
  require(n_ >= stencil_, "y.length", n_, "expected at least " + show(stencil_) + " for order " + show(settings.order));
  double squares = 0;
  for (std::size_t i = 0; i < n_; ++i) squares += weight(i) * square(problem.y[i]);
  require(std::isfinite(squares), "sum of squares of y", squares,
          "expected numbers whose weighted squares have a finite sum");
  requireMemory(8.0 * static_cast<double>(n_) * (30 + static_cast<double>(problem.lambdas.size())),
                "trends of y with " + show(n_) + " numbers need");
  constexpr std::array<std::array<double, 4>, 3> rowsOfD{{{-1, 1, 0, 0}, {1, -2, 1, 0}, {-1, 3, -3, 1}}};
  coefficients_ = rowsOfD[at(settings.order)];
  u_ = work_ = polynomial_ = problem.y;
  out_.knotOffsets.push_back(0);
  for (auto* each : {&z_, &up_, &down_, &dUp_, &dDown_, &dz_, &product_, &dProduct_, &dy_}) each->resize(rows());
}

void TrendFiltering::differences(std::span<const double> u, std::span<double> out) const {
  for (std::size_t i = 0; i < rows(); ++i) {
    out[i] = 0;
    for (std::size_t k = 0; k < stencil_; ++k) out[i] += coefficients_[k] * u[i + k];
  }
}

void TrendFiltering::transposed(std::span<const double> z, std::span<double> out) const {
  std::fill(out.begin(), out.end(), 0.0);
  for (std::size_t i = 0; i < rows(); ++i) {
    for (std::size_t k = 0; k < stencil_; ++k) out[i + k] += coefficients_[k] * z[i];
  }
}

/// The best polynomial of the order, by orthogonal ones.
void TrendFiltering::fitPolynomial() {
  std::vector<std::vector<double>> basis;
  std::fill(polynomial_.begin(), polynomial_.end(), 0.0);
  for (int degree = 0; degree <= settings_.order; ++degree) {
    std::vector<double> next(n_);
    for (std::size_t i = 0; i < n_; ++i) {
      const double x = 2 * static_cast<double>(i) / static_cast<double>(n_ - 1) - 1;
      next[i] = std::pow(x, degree);
    }
    constexpr int passes = 2;  // so that rounding leaves them orthogonal
    const auto product = [&](std::span<const double> a, std::span<const double> b) {
      double sum = 0;
      for (std::size_t i = 0; i < n_; ++i) sum += weight(i) * a[i] * b[i];
      return sum;
    };
    for (int pass = 0; pass < passes; ++pass) {
      for (const auto& each : basis) axpy(-product(each, next), each, next);
    }
    const double norm = std::sqrt(product(next, next));
    for (double& value : next) value /= norm;
    axpy(product(next, problem_.y), next, polynomial_);
    basis.push_back(std::move(next));
  }
  objectiveOfPolynomial_ = 0;
  for (std::size_t i = 0; i < n_; ++i) {
    objectiveOfPolynomial_ += weight(i) * square(problem_.y[i] - polynomial_[i]) / 2;
  }
}

/// The z with D^T z = W (y - the polynomial), by its first rows: it is a multiplier from its size on.
void TrendFiltering::findLargestLambda() {
  for (std::size_t j = 0; j < rows(); ++j) {
    double sum = weight(j) * (problem_.y[j] - polynomial_[j]);
    for (std::size_t k = 1; k < stencil_ && k <= j; ++k) sum -= coefficients_[k] * z_[j - k];
    z_[j] = sum / coefficients_[0];
  }
  out_.lambdaMax = normInf(z_);
}

std::optional<Status> TrendFiltering::start() {
  fitPolynomial();
  findLargestLambda();
  differences(problem_.y, dy_);
  if (settings_.order > 0) fillBand();
  return problem_.lambdas.empty() ? std::optional(Status::solved) : std::nullopt;
}

/// Upper half of D W^-1 D^T, the diagonals one after the other in a row.
void TrendFiltering::fillBand() {
  band_.assign(rows() * stencil_, 0.0);
  factor_.resize(band_.size());
  for (std::size_t i = 0; i < rows(); ++i) {
    for (std::size_t d = 0; d < stencil_ && i + d < rows(); ++d) {
      for (std::size_t k = d; k < stencil_; ++k) {
        band_[i * stencil_ + d] += coefficients_[k] * coefficients_[k - d] / weight(i + k);
      }
    }
  }
}

/// L D L^T of D W^-1 D^T + diagonal.
bool TrendFiltering::factorBand(std::span<const double> diagonal) {
  const std::size_t m = rows(), width = stencil_;
  factor_ = band_;
  for (std::size_t i = 0; i < m; ++i) {
    double* row = &factor_[i * width];
    row[0] += diagonal[i];
    if (!(row[0] > 0)) return false;
    for (std::size_t d = 1; d < width && i + d < m; ++d) {
      const double by = row[d] / row[0];
      for (std::size_t e = d; e < width && i + e < m; ++e) factor_[(i + d) * width + e - d] -= by * row[e];
    }
  }
  return true;
}

/// x := the solution by the factor.
void TrendFiltering::applyFactor(std::span<double> x) const {
  const std::size_t m = rows(), width = stencil_;
  for (std::size_t i = 0; i < m; ++i) {
    const double* row = &factor_[i * width];
    x[i] /= row[0];
    for (std::size_t d = 1; d < width && i + d < m; ++d) x[i + d] -= row[d] * x[i];
  }
  for (std::size_t i = m; i-- > 0;) {
    const double* row = &factor_[i * width];
    for (std::size_t d = 1; d < width && i + d < m; ++d) x[i] -= row[d] / row[0] * x[i + d];
  }
}

/// x := (D W^-1 D^T + diagonal)^-1 x, with refinement, as differences of high order are badly conditioned.
bool TrendFiltering::solveBand(std::span<const double> diagonal, std::span<double> x) {
  constexpr int refinements = 3;
  if (!factorBand(diagonal)) return false;
  right_.assign(x.begin(), x.end());
  applyFactor(x);
  for (int k = 0; k < refinements; ++k) {
    transposed(x, work_);
    for (std::size_t i = 0; i < n_; ++i) work_[i] /= weight(i);
    differences(work_, dProduct_);
    for (std::size_t i = 0; i < rows(); ++i) dProduct_[i] = right_[i] - dProduct_[i] - diagonal[i] * x[i];
    applyFactor(dProduct_);
    axpy(1, dProduct_, x);
  }
  return true;
}

/// Pieces that are constant: exact, and the multipliers by sums of the residuals.
void TrendFiltering::denoise(double lambda) {
  variation_.denoise(problem_.y, lambda, u_, problem_.weights);
  double sum = 0;
  for (std::size_t i = 0; i < rows(); ++i) {
    sum -= weight(i) * (problem_.y[i] - u_[i]);
    z_[i] = std::clamp(sum, -lambda, lambda);
  }
}

/// Residuals of the conditions with the barrier 1 / t, of the problem whose lambda is 1.
double TrendFiltering::residual(double t) const {
  double sum = 0;
  for (std::size_t i = 0; i < rows(); ++i) {
    sum += square(product_[i] - dy_[i] + up_[i] - down_[i]);
    sum += square(up_[i] * (1 - z_[i]) - 1 / t) + square(down_[i] * (1 + z_[i]) - 1 / t);
  }
  return std::sqrt(sum);
}

/// A step of Newton's method towards the conditions with the barrier 1 / t; its length, 0 where none helps.
double TrendFiltering::takeStep(double t) {
  const std::size_t m = rows();
  for (std::size_t i = 0; i < m; ++i) {
    const double above = std::max(1 - z_[i], nearest), below = std::max(1 + z_[i], nearest);
    dUp_[i] = up_[i] / above + down_[i] / below;
    dz_[i] = dy_[i] - product_[i] - 1 / (t * above) + 1 / (t * below);
  }
  if (!solveBand(dUp_, dz_)) return 0;
  double length = 1;
  for (std::size_t i = 0; i < m; ++i) {
    dUp_[i] = -up_[i] + (1 / t + up_[i] * dz_[i]) / std::max(1 - z_[i], nearest);
    dDown_[i] = -down_[i] + (1 / t - down_[i] * dz_[i]) / std::max(1 + z_[i], nearest);
    if (dUp_[i] < 0) length = std::min(length, -fraction * up_[i] / dUp_[i]);
    if (dDown_[i] < 0) length = std::min(length, -fraction * down_[i] / dDown_[i]);
    if (dz_[i] > 0) length = std::min(length, fraction * (1 - z_[i]) / dz_[i]);
    if (dz_[i] < 0) length = std::min(length, -fraction * (1 + z_[i]) / dz_[i]);
  }
  transposed(dz_, work_);
  for (std::size_t i = 0; i < n_; ++i) work_[i] /= weight(i);
  differences(work_, dProduct_);
  const double before = residual(t);
  double taken = 0;
  const auto moveBy = [&](double by) {
    axpy(by, dz_, z_);
    axpy(by, dUp_, up_);
    axpy(by, dDown_, down_);
    axpy(by, dProduct_, product_);
  };
  for (int k = 0; k < mostBacktracks; ++k, length /= 2) {
    moveBy(length - taken);
    taken = length;
    if (residual(t) <= (1 - descentShare * length) * before) return length;
  }
  moveBy(-taken);
  return 0;
}

/// The primal point of the multipliers, its objective, and that less the dual's.
double TrendFiltering::gap(double lambda) {
  transposed(z_, work_);
  double squares = 0, loss = 0, variation = 0, linear = 0;
  if (settings_.order > 0) {
    for (std::size_t i = 0; i < n_; ++i) u_[i] = problem_.y[i] - work_[i] / weight(i);
  }
  for (std::size_t i = 0; i < n_; ++i) {
    squares += square(work_[i]) / weight(i);
    loss += weight(i) * square(problem_.y[i] - u_[i]);
    linear += work_[i] * problem_.y[i];
  }
  for (std::size_t i = 0; i < rows(); ++i) {
    double sum = 0;
    for (std::size_t k = 0; k < stencil_; ++k) sum += coefficients_[k] * u_[i + k];
    variation += std::abs(sum);
  }
  objective_ = loss / 2 + lambda * variation;
  return std::max(0.0, objective_ - (linear - squares / 2));
}

/// The loop is over the problem scaled so that lambda is 1.
bool TrendFiltering::interiorPoint(double lambda) {
  const double goal = settings_.tolerance * objectiveOfPolynomial_;
  std::fill(z_.begin(), z_.end(), 0.0);
  std::fill(up_.begin(), up_.end(), 1.0);
  std::fill(down_.begin(), down_.end(), 1.0);
  std::fill(product_.begin(), product_.end(), 0.0);
  for (double& each : dy_) each /= lambda;
  double t = 1e-10, length = 1;
  bool reached = false;
  for (int k = 0; k < mostInterior; ++k) {
    for (double& each : z_) each *= lambda;
    const double now = std::max(gap(lambda), machineEpsilon * objectiveOfPolynomial_);
    for (double& each : z_) each /= lambda;
    reached = now <= goal;
    if (reached) break;
    constexpr double goodStep = 0.2;
    if (length >= goodStep) t = std::max(2 * static_cast<double>(rows()) * centring * square(lambda) / now, 1.2 * t);
    length = takeStep(t);
    if (length == 0) break;
    la_.checkpoint();
  }
  for (double& each : dy_) each *= lambda;
  for (double& each : z_) each *= lambda;
  return reached;
}

std::optional<Status> TrendFiltering::step() {
  const double lambda = problem_.lambdas[out_.objectives.size()];
  bool reached = true;
  if (lambda >= out_.lambdaMax) {
    findLargestLambda();
    u_ = polynomial_;
    objective_ = objectiveOfPolynomial_;
    gap_ = 0;
  } else if (lambda == 0) {
    u_ = problem_.y;
    std::fill(z_.begin(), z_.end(), 0.0);
    objective_ = gap_ = 0;
  } else {
    if (settings_.order == 0) {
      denoise(lambda);
    } else {
      reached = interiorPoint(lambda);
    }
    gap_ = gap(lambda) / objectiveOfPolynomial_;
  }
  reached_ = reached_ && reached;
  record(lambda);
  if (out_.objectives.size() < problem_.lambdas.size()) return std::nullopt;
  return reached_ ? Status::solved : Status::stalled;
}

void TrendFiltering::record(double lambda) {
  out_.fitted.insert(out_.fitted.end(), u_.begin(), u_.end());
  out_.objectives.push_back(objective_);
  out_.gaps.push_back(gap_);
  // Of a difference and the slack of its multiplier one is 0: an interior point has the other far above it.
  differences(u_, product_);
  const double largest = normInf(product_);
  for (std::size_t i = 0; i < rows() && lambda < out_.lambdaMax; ++i) {
    const double size = std::abs(product_[i]);
    const bool knot = settings_.order == 0 || lambda == 0 ? size > 0 : size / largest > 1 - std::abs(z_[i]) / lambda;
    if (knot) out_.knots.push_back(static_cast<int>(i + at(settings_.order)));
  }
  out_.knotOffsets.push_back(static_cast<int>(out_.knots.size()));
}

Progress TrendFiltering::progress() const {
  Progress now;
  if (out_.objectives.empty()) return now;
  now.objective = objective_;
  now.lowerBound = objective_ - gap_ * objectiveOfPolynomial_;
  now.residual = gap_;
  return now;
}

TrendFilterSolution TrendFiltering::solution() const { return out_; }

}  // namespace nonconvex
