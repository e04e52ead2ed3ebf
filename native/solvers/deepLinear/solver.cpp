#include "solvers/deepLinear/solver.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "core/random.hpp"
#include "core/require_memory.hpp"
#include "data/checked_rows.hpp"
#include "linalg/blas.hpp"

namespace nonconvex {
namespace {

SpectralPenalty penaltyOf(const DeepLinearSettings& settings, int rows) {
  const double lambda = isKnown(settings.lambda) ? settings.lambda : 0.001 * rows;
  if (settings.parallel) return {.weight = lambda * settings.depth / 2, .power = 1};
  return {.weight = lambda, .power = 2.0 / settings.depth};
}

/// The problem, where there is the memory for what its sizes ask for.
const DeepLinearProblem& withRoom(const DeepLinearProblem& problem) {
  const double n = problem.x.rows, d = problem.x.columns, c = problem.y.columns;
  const double least = std::min(d, c), most = std::max(d, c);
  const double own = problem.x.f64 == nullptr ? n * d : 0;
  const double numbers = own + 5 * d * d + 8 * d * c + 2 * n * c + 2 * (most * least + least * least) + (d + c) * least;
  requireMemory(sizeof(double) * numbers,
                "x with " + show(d) + " columns and y with " + show(c) + " columns, n = " + show(n) + " rows, need");
  return problem;
}

}  // namespace

LinearNetworkSolver::LinearNetworkSolver(const Cpu& la, const DeepLinearProblem& problem,
                                         const DeepLinearSettings& settings)
    : la_(la),
      problem_(withRoom(problem)),
      penalty_(penaltyOf(settings, problem.x.rows)),
      seed_(settings.seed),
      own_(problem.x.f64 == nullptr ? HostMatrix<double>(problem.x.columns, problem.x.rows, Uninitialized{})
                                    : HostMatrix<double>()),
      xt_{problem.x.f64 != nullptr ? problem.x.f64 : own_.data(), problem.x.columns, problem.x.rows,
          std::max(1, problem.x.columns)},
      y_(problem.x.rows, problem.y.columns, Uninitialized{}),
      factor_(la, problem.x.columns),
      target_(problem.x.columns, problem.y.columns),
      z_(problem.x.columns, problem.y.columns),
      svd_(problem.x.columns, problem.y.columns),
      slopeSvd_(problem.x.columns, problem.y.columns),
      t_(at(svd_.count())),
      bestLeft_(problem.x.columns, svd_.count()),
      bestRight_(problem.y.columns, svd_.count()),
      best_(at(svd_.count())) {
  // A solve that ends at once returns the network that is zero, for which x is not needed.
  if (!read() || !la_.gram(Transpose::no, xt_, factor_.g())) return;
  la_.gemm(Transpose::no, Transpose::no, 1.0, xt_, y_, 0.0, target_);
  measureColumns();
  if (penalty_.power < 1 && !orthogonal()) {
    throw Error(
        ErrorKind::range,
        "x: expected orthogonal columns of one length, X^T X = s^2 I, which is where the optimum of a network of " +
            show(settings.depth) + " layers is known; for any x use depth 2 or parallel: true, or bring x " +
            "into such columns first, which is another problem");
  }
}

/// Checks the numbers and brings y into columns, some at a time, between which it looks whether the solve is to end:
/// then it returns false. The objective of the network that is zero is known in any case.
bool LinearNetworkSolver::read() {
  constexpr int atOnce = 1 << 20;  // some milliseconds
  for (int i = 0; i < n(); ++i) {
    for (int j = 0; j < c(); ++j) {
      requireFinite("y", i, j, problem_.y(i, j));
      y_(i, j) = problem_.y(i, j);
    }
  }
  residual_ = y_.copy();
  targetSquares_ = la_.dot(y_.flat(), y_.flat());
  bestObjective_ = targetSquares_ / 2;
  require(std::isfinite(targetSquares_), "y", targetSquares_, "expected numbers whose squares have a finite sum");
  const int rows = std::max(1, atOnce / std::max(1, d()));
  for (int i = 0; i < n(); ++i) {
    if (i % rows == 0 && la_.ending()) return false;
    for (int j = 0; j < d(); ++j) {
      requireFinite("x", i, j, problem_.x(i, j));
      if (own_.size() > 0) own_(j, i) = problem_.x(i, j);
    }
  }
  return true;
}

/// Sets s and how far X^T X is from s^2 I.
void LinearNetworkSolver::measureColumns() {
  const Mat<const double> gram = factor_.g();
  double trace = 0;
  for (int i = 0; i < d(); ++i) trace += gram(i, i);
  require(std::isfinite(trace), "x", trace, "expected numbers whose squares have a finite sum");
  scale_ = std::sqrt(trace / d());
  for (int j = 0; j < d(); ++j) {
    for (int i = 0; i < d(); ++i) spread_ += square(gram(i, j) - (i == j ? square(scale_) : 0));
  }
  spread_ = std::sqrt(spread_);
}

void LinearNetworkSolver::start() {
  copy_ = HostMatrix<double>(d(), c());
  multiplier_ = HostMatrix<double>(d(), c());
  slope_ = HostMatrix<double>(d(), c());
  before_ = HostMatrix<double>(d(), c());
  if (orthogonal()) {
    takeClosedForm();
    return;
  }
  right_ = HostMatrix<double>(d(), c());
  factor_.reserve(c());
  rho_ = square(scale_);
  // A larger rho brings the matrix nearer to I, which factors whatever X is.
  while (!factor_.set(1 / rho_)) rho_ *= 2;
  begin();
}

/// Begins at the product that was given, with the multiplier that belongs to it, or at a small one drawn by the seed.
void LinearNetworkSolver::begin() {
  if (problem_.warmStart) {
    svd_.decompose(problem_.warmStart->product);
    for (int k = 0; k < svd_.count(); ++k) t_[at(k)] = svd_.value(k);
    compose();
    measure();
    la_.gemm(Transpose::no, Transpose::no, 1 / rho_, xt_, residual_, 0.0, multiplier_);
    return;
  }
  const Random random(seed_);
  const double size = 0.01 * la_.norm(target_.flat()) / (square(scale_) * std::sqrt(static_cast<double>(z_.size())));
  for (std::size_t k = 0; k < z_.size(); ++k) z_.data()[k] = size * random.normal(k);
  // Its penalty also counts in the objective of the start.
  svd_.decompose(z_);
  for (int k = 0; k < svd_.count(); ++k) t_[at(k)] = svd_.value(k);
}

/// Singular values and objective at the optimum; its bound is what it is less the most that X^T X - s^2 I can change.
void LinearNetworkSolver::takeClosedForm() {
  closedForm_ = true;
  svd_.decompose(target_);
  std::vector<double> sigma(t_.size());
  double covered = 0, least = 0, weights = 0;
  for (int k = 0; k < svd_.count(); ++k) {
    sigma[at(k)] = scale_ > 0 ? svd_.value(k) / scale_ : 0;
    t_[at(k)] = scale_ > 0 ? leastForOne(scale_, sigma[at(k)], penalty_) : 0;
    least += square(scale_ * t_[at(k)] - sigma[at(k)]) / 2 + penalty_.value(t_[at(k)]);
    covered += square(sigma[at(k)]) / 2;
  }
  compose();
  measure();
  // A product of the layers that is no worse has ||X Z|| <= 2 ||Y||.
  if (scale_ > 0) weights = 2 * targetSquares_ / (square(scale_) - std::min(spread_, square(scale_) / 2));
  const double error =
      spread_ * weights + Tuning::roundingOfBound * targetSquares_ * (1 + static_cast<double>(n()) / 64);
  const double rest = targetSquares_ / 2 - covered;
  lowerBound_ = std::min(rest + least - error, bestObjective_);
  dual_ = lowerBound_;
  if (penalty_.power < 1 && scale_ > 0) dual_ = std::min(rest + leastForSum(scale_, sigma, penalty_) - error, dual_);
}

std::optional<Status> LinearNetworkSolver::step() {
  if (closedForm_) return Status::stalled;  // nothing is left to do
  ++steps_;
  la_.copy(Mat<const double>(z_), before_.view());
  la_.forEach(d(), c(), [&](int i, int j) { right_(i, j) = target_(i, j) / rho_ + z_(i, j) - multiplier_(i, j); });
  factor_.solve(right_, copy_);
  // The multiplier holds what is decomposed until Z is taken away.
  la_.forEach(d(), c(), [&](int i, int j) {
    multiplier_(i, j) += Tuning::relaxation * copy_(i, j) + (1 - Tuning::relaxation) * z_(i, j);
  });
  measured_ = true;  // an interrupted step has no vectors of Z that could be measured
  svd_.decompose(multiplier_, [this] { la_.abortPoint(); });
  for (int k = 0; k < svd_.count(); ++k) t_[at(k)] = std::max(0.0, svd_.value(k) - penalty_.weight / rho_);
  compose();
  la_.forEach(d(), c(), [&](int i, int j) { multiplier_(i, j) -= z_(i, j); });
  if (steps_ % Tuning::balanceEvery == 0) balance();
  measured_ = false;
  return std::nullopt;
}

/// Z from its singular values and vectors.
void LinearNetworkSolver::compose() {
  la_.fill(z_.view(), 0.0);
  for (int k = 0; k < svd_.count() && t_[at(k)] > 0; ++k) {
    for (int j = 0; j < c(); ++j) blas::axpy(d(), t_[at(k)] * svd_.right(k)[j], svd_.left(k), z_.column(j));
  }
}

/// Changes rho where one of the residuals, U - Z and rho (Z - Z before), is much larger than the other, the less often
/// the longer it goes on.
void LinearNetworkSolver::balance() {
  if (!balance_.mayChange(steps_)) return;
  double primal = 0, dual = 0;
  for (int j = 0; j < c(); ++j) {
    for (int i = 0; i < d(); ++i) {
      primal += square(copy_(i, j) - z_(i, j));
      dual += square(z_(i, j) - before_(i, j));
    }
  }
  // Each beside the size of what it is to make right, so that units do not matter.
  const double ratio = std::sqrt(primal / dual) * la_.norm(multiplier_.flat()) / la_.norm(z_.flat());
  const double change = ratio > 0 && std::isfinite(ratio) ? balance_.factor(std::sqrt(ratio)) : 1;
  if (change == 1) return;
  const double old = std::exchange(rho_, rho_ * change);
  if (!factor_.set(1 / rho_)) {
    rho_ = old;
    factor_.set(1 / rho_);
    return;
  }
  la_.forEach(d(), c(), [&](int i, int j) { multiplier_(i, j) *= old / rho_; });
  balance_.noteChange(steps_);
}

/// Objective at Z, which is kept if it is the best, and the residual there.
void LinearNetworkSolver::measure() {
  la_.copy(Mat<const double>(y_), residual_.view());
  la_.gemm(Transpose::yes, Transpose::no, -1.0, xt_, z_, 1.0, residual_);
  double value = la_.dot(residual_.flat(), residual_.flat()) / 2;
  for (const double t : t_) value += penalty_.value(t);
  if (!(value < bestObjective_)) return;
  bestObjective_ = value;
  best_ = t_;
  for (int k = 0; k < svd_.count(); ++k) {
    std::copy(svd_.left(k), svd_.left(k) + d(), bestLeft_.column(k));
    std::copy(svd_.right(k), svd_.right(k) + c(), bestRight_.column(k));
  }
}

/// A multiple of the residual at Z is a point of the dual program; with ||Z|| for the nuclear norm.
void LinearNetworkSolver::offerBound() {
  la_.gemm(Transpose::no, Transpose::no, 1.0, xt_, residual_, 0.0, slope_);
  slopeSvd_.decompose(slope_);
  const double linear = la_.dot(residual_.flat(), y_.flat());
  const double squares = la_.dot(residual_.flat(), residual_.flat());
  // The largest singular value that rounding may have hidden.
  const double norm = slopeSvd_.value(0) + Tuning::roundingOfBound * scale_ * std::sqrt(squares * d());
  const double most = norm > 0 ? penalty_.weight / norm : infinity;
  const double factor = squares > 0 ? std::clamp(linear / squares, -most, most) : 0;
  const double bound = factor * linear - square(factor) * squares / 2;
  lowerBound_ = std::max(lowerBound_, bound - Tuning::roundingOfBound * (std::abs(factor * linear) + targetSquares_));
  dual_ = lowerBound_;
}

Progress LinearNetworkSolver::progress() {
  if (!measured_ && !closedForm_ && slope_.rows() > 0) {
    measure();
    offerBound();
  }
  measured_ = true;
  Progress now;
  now.objective = bestObjective_;
  now.lowerBound = lowerBound_;
  now.residual = gap(lowerBound_);
  return now;
}

double LinearNetworkSolver::gap(double bound) const {
  return bestObjective_ > 0 ? (bestObjective_ - bound) / bestObjective_ : 0;
}

DeepLinearSolution LinearNetworkSolver::solution() const {
  DeepLinearSolution s;
  for (const double t : best_) {
    if (t > 0) s.singularValues.push_back(t);
  }
  const int r = static_cast<int>(s.singularValues.size());
  s.left = HostMatrix<double>(d(), r);
  s.right = HostMatrix<double>(c(), r);
  std::copy(bestLeft_.data(), bestLeft_.data() + s.left.size(), s.left.data());
  std::copy(bestRight_.data(), bestRight_.data() + s.right.size(), s.right.data());
  HostMatrix<double> scaled = s.left.copy();
  la_.forEach(d(), r, [&](int i, int k) { scaled(i, k) *= s.singularValues[at(k)]; });
  s.product = HostMatrix<double>(d(), c());
  if (r > 0) la_.gemm(Transpose::no, Transpose::yes, 1.0, scaled, s.right, 0.0, s.product);
  s.certificate = boundedBelow(bestObjective_, lowerBound_, bestObjective_);
  s.dualOptimum = dual_;
  s.dualityGap = gap(dual_);
  s.closedForm = closedForm_;
  return s;
}

}  // namespace nonconvex
