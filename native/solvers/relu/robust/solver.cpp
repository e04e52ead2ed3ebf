#include "solvers/relu/robust/solver.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "linalg/blas.hpp"

namespace nonconvex {

struct RobustReluSolver::Tuning {
  /// measured: Steps between looks at rho and sigma.
  static constexpr int balanceEvery = 20;
  /// measured: The ratio of relative residuals that is out of balance.
  static constexpr double outOfBalance = 3;
  /// safeguard: The factor by which a penalty changes at most.
  static constexpr double mostChange = 10;
  /// measured: rho of the first step over lambda s / r_y, s the root mean square of X and r_y that of y.
  static constexpr double rho = 30;
  /// safeguard: The least r_y.
  static constexpr double leastTarget = 1e-3;
  /// measured: Rows that a task deals with.
  static constexpr int rowsOfChunk = 32;
};

RobustReluSolver::RobustReluSolver(const Cpu& la, const ReluProblem& problem, const ReluSettings& settings)
    : program_(la, problem, settings), certificate_(program_) {}

void RobustReluSolver::start() {
  program_.choosePatterns();
  certificate_.start();
  const ReluData& data = program_.data;
  const int d = data.d, n = data.n, p = program_.patterns;
  cones_.reserve(at(program_.groups()));
  for (int g = 0; g < program_.groups(); ++g) cones_.push_back(program_.coneOf(g));
  for (HostMatrix<double>* each : {&b_, &v_, &vBefore_, &u_}) *each = HostMatrix<double>(d, program_.groups());
  for (HostMatrix<double>* each : {&a_, &c_, &cBefore_, &image_, &directions_}) *each = HostMatrix<double>(d, n);
  factor_ = HostMatrix<double>(p, p);
  right_ = HostMatrix<double>(p, d);
  map_ = HostMatrix<double>(d, p);
  worst_.resize(at(n));
  const double targets = blas::nrm2(n, data.y.data()) / std::sqrt(static_cast<double>(n));
  rho_ = Tuning::rho * data.lambda * data.typical / std::max(targets, Tuning::leastTarget);
  sigma_ = square(data.typical);
  factor();
  proxOfRows();
  measured_ = false;
}

std::optional<Status> RobustReluSolver::step() {
  if (program_.patterns == 0) return Status::stalled;
  ++steps_;
  program_.la.copy(Mat<const double>(v_), vBefore_.view());
  program_.la.copy(Mat<const double>(c_), cBefore_.view());
  proxOfWeights();
  proxOfRows();
  projectOntoGraph();
  if (steps_ % Tuning::balanceEvery == 0) balance();
  measured_ = false;
  return std::nullopt;
}

void RobustReluSolver::factor() {
  const int p = program_.patterns;
  for (int j = 0; j < p; ++j) {
    for (int i = 0; i < p; ++i) {
      factor_(i, j) = 2 * sigma_ * blas::dot(program_.data.n, program_.masks.column(i), program_.masks.column(j)) +
                      (i == j ? rho_ : 0);
    }
  }
  program_.la.cholesky(factor_);
}

void RobustReluSolver::proxOfWeights() {
  const Cpu& la = program_.la;
  const ReluData& data = program_.data;
  la.tasks(program_.groups(), [&](int g) {
    la.checkpoint();
    if (program_.room[at(g)] == 0) return;
    double* v = v_.column(g);
    cones_[at(g)].project(b_.column(g), v);
    const double norm = blas::nrm2(data.d, v);
    const double share = norm > data.lambda / rho_ ? 1 - data.lambda / rho_ / norm : 0;
    for (int i = 0; i < data.d; ++i) v[i] *= share;
  });
}

void RobustReluSolver::proxOfRows() {
  const ReluData& data = program_.data;
  const WorstCaseLoss& loss = program_.loss;
  program_.la.tasks((data.n + Tuning::rowsOfChunk - 1) / Tuning::rowsOfChunk, [&](int chunk) {
    for (int k = chunk * Tuning::rowsOfChunk; k < std::min(data.n, (chunk + 1) * Tuning::rowsOfChunk); ++k) {
      const double* x = data.xt.column(k);
      worst_[at(k)] = loss.prox(x, data.y(k, 0), sigma_, a_.column(k), c_.column(k));
      loss.direction(x, worst_[at(k)], sigma_, a_.column(k), directions_.column(k));
    }
  });
}

/// u and the image of it, and the next b and a.
void RobustReluSolver::projectOntoGraph() {
  const Cpu& la = program_.la;
  const int d = program_.data.d, n = program_.data.n, p = program_.patterns;
  // map := delta = (2 v - b)_+ - (2 v - b)_-, image := h - delta D^T.
  la.forEach(d, p, [&](int i, int j) {
    const int other = j + p;
    map_(i, j) = 2 * (v_(i, j) - v_(i, other)) - (b_(i, j) - b_(i, other));
  });
  la.forEach(d, n, [&](int i, int k) { image_(i, k) = 2 * c_(i, k) - a_(i, k); });
  la.gemm(Transpose::no, Transpose::yes, -1.0, map_, program_.masks, 1.0, image_);
  la.gemm(Transpose::yes, Transpose::yes, sigma_, program_.masks, image_, 0.0, right_);
  la.choleskySolve(factor_, right_);
  la.forEach(d, program_.groups(), [&](int i, int g) {
    const double t = right_(g % p, i);
    u_(i, g) = 2 * v_(i, g) - b_(i, g) + (g < p ? t : -t);
  });
  la.forEach(d, p, [&](int i, int j) { map_(i, j) = u_(i, j) - u_(i, j + p); });
  la.gemm(Transpose::no, Transpose::yes, 1.0, map_, program_.masks, 0.0, image_);
  const double relaxation = program_.settings.relaxation;
  la.forEach(d, program_.groups(), [&](int i, int g) { b_(i, g) += relaxation * (u_(i, g) - v_(i, g)); });
  la.forEach(d, n, [&](int i, int k) { a_(i, k) += relaxation * (image_(i, k) - c_(i, k)); });
}

/// Changes rho and sigma where, for the weights or the rows, what the graph lacks and what the prox has moved are far
/// from equal beside their sizes; the less often the longer it goes on.
void RobustReluSolver::balance() {
  if (steps_ < 2 * changed_ || isKnown(program_.settings.rho)) return;
  const auto factorOf = [&](Mat<const double> point, Mat<const double> before, Mat<const double> on,
                            Mat<const double> state) {
    const double lacks = squaredDistance(on, point), moved = squaredDistance(point, before);
    const double multiplier = squaredDistance(state, point);
    double size = 0;
    for (int j = 0; j < point.cols; ++j) size += square(blas::nrm2(point.rows, point.column(j)));
    const double ratio = std::sqrt(lacks / size) / std::sqrt(moved / multiplier);
    if (!std::isfinite(ratio) || (ratio < Tuning::outOfBalance && ratio > 1 / Tuning::outOfBalance)) return 1.0;
    return std::clamp(std::sqrt(ratio), 1 / Tuning::mostChange, Tuning::mostChange);
  };
  const double ofWeights = factorOf(v_, vBefore_, u_, b_), ofRows = factorOf(c_, cBefore_, image_, a_);
  if (ofWeights == 1 && ofRows == 1) return;
  rho_ *= ofWeights;
  sigma_ *= ofRows;
  const Cpu& la = program_.la;
  const ReluData& data = program_.data;
  // Multipliers rho (b - v) and sigma (a - c) stay.
  la.forEach(data.d, program_.groups(), [&](int i, int g) { b_(i, g) = v_(i, g) + (b_(i, g) - v_(i, g)) / ofWeights; });
  la.forEach(data.d, data.n, [&](int i, int k) { a_(i, k) = c_(i, k) + (a_(i, k) - c_(i, k)) / ofRows; });
  factor();
  changed_ = steps_;
}

ReluProgress RobustReluSolver::progress() {
  if (!measured_) {
    certificate_.offerPoint(v_, cones_, image_);
    certificate_.offerBound(worst_, directions_, u_);
    measured_ = true;
  }
  ReluProgress now;
  certificate_.report(now);
  return now;
}

}  // namespace nonconvex
