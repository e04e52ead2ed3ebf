#include "solvers/relu/robust/solver.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/index.hpp"
#include "core/require_memory.hpp"
#include "linalg/blas.hpp"
#include "solvers/relu/activation_patterns.hpp"

namespace nonconvex {
namespace {

constexpr int balanceEvery = 20;           // steps between looks at rho and sigma
constexpr double outOfBalance = 3;         // of relative residuals
constexpr double mostChange = 10;          // of a penalty at once
constexpr double roundingOfBound = 1e-13;  // of the terms that a bound is made of

void refuseWithout(const ReluProblem& problem, const ReluSettings& settings) {
  const char* const expected = "expected, with an adversary, ";
  const auto refuse = [&](bool right, const char* name, auto value, const char* what) {
    require(right, name, value, std::string(expected) + what);
  };
  refuse(settings.activation == ReluActivation::relu, "activation", "gated", "'relu'");
  refuse(settings.method == ReluMethod::admm, "method", "sampled", "'admm'");
  refuse(settings.splitting == ReluSplitting::cone, "splitting", "slack", "'cone'");
  refuse(settings.standardize == ReluStandardize::none, "standardize", nameOf(settings.standardize),
         "false, as the radius is in the units of x");
  const bool known =
      settings.loss == ReluLoss::squared || settings.loss == ReluLoss::hinge || settings.loss == ReluLoss::logistic;
  refuse(known, "loss", nameOf(settings.loss), "'squared', 'hinge' or 'logistic'");
  refuse(problem.outputs == 1, "columns of y", problem.outputs, "one output: numbers, or two classes");
  refuse(problem.weights == nullptr, "weights", "of rows or classes", "none");
  refuse(!problem.patterns.refine, "patterns", "refine",
         "{ sample }, { gates } or { exact: true }; gates of a trained network are its result's convex.gates");
  refuse(problem.warmStart.weights.cols() == 0, "warmStart", "a result",
         "none: its patterns are given by patterns: { gates: result.convex.gates }");
}

ReluData robustData(const Cpu& la, const ReluProblem& problem, const ReluSettings& settings) {
  refuseWithout(problem, settings);
  return {problem, settings, la.availableMemory(), sizeof(double)};
}

/// Throws where there is not the memory for the iterates: d numbers for each row, and for each weight vector of P
/// patterns.
void requireRoom(const ReluData& data, double patterns) {
  const double n = data.n, d = data.d;
  const double numbers = 5 * d * n + 15 * d * patterns + patterns * patterns + n * patterns;
  requireMemory(
      sizeof(double) * numbers,
      "adversary: n = " + show(n) + " rows, d = " + show(d) + " columns and P = " + show(patterns) + " patterns need",
      "use fewer patterns");
}

/// The adversary in the scaled data's units.
ReluAdversary scaled(const ReluAdversary& adversary, const ReluData& data) {
  return {.norm = adversary.norm, .radius = adversary.radius / data.rowScale};
}

double squaredDistance(Mat<const double> a, Mat<const double> b) {
  double sum = 0;
  for (int j = 0; j < a.cols; ++j) {
    for (int i = 0; i < a.rows; ++i) sum += square(a(i, j) - b(i, j));
  }
  return sum;
}

}  // namespace

RobustReluSolver::RobustReluSolver(const Cpu& la, const ReluProblem& problem, const ReluSettings& settings)
    : la_(la),
      settings_(settings),
      data_(robustData(la, problem, settings)),
      adversary_(scaled(*problem.adversary, data_)),
      inputs_(data_.bias ? data_.d - 1 : data_.d),
      loss_(settings.loss, adversary_, inputs_, data_.d),
      best_(data_.d, 0),
      losses_(at(data_.n)),
      dual_(at(data_.n)) {
  requireRoom(data_, data_.gates.cols());
  const std::vector<double> zero(at(data_.d));
  for (int k = 0; k < data_.n; ++k) bestLoss_ += loss_.value(data_.xt.column(k), data_.y(k, 0), zero.data());
  objective_ = bestLoss_;
}

void RobustReluSolver::start() {
  choosePatterns();
  findRoom();
  keepPatternsWithRoom();
  requireRoom(data_, patterns_);
  const int d = data_.d, n = data_.n;
  for (HostMatrix<double>* each : {&b_, &v_, &vBefore_, &u_, &best_, &feasible_}) {
    *each = HostMatrix<double>(d, groups());
  }
  for (HostMatrix<double>* each : {&a_, &c_, &cBefore_, &image_, &directions_}) *each = HostMatrix<double>(d, n);
  factor_ = HostMatrix<double>(patterns_, patterns_);
  right_ = HostMatrix<double>(patterns_, d);
  map_ = HostMatrix<double>(d, patterns_);
  slopes_ = HostMatrix<double>(d, patterns_);
  worst_.resize(at(n));
  norms_.resize(at(groups()));
  const double size = data_.typical;
  const double targets = blas::nrm2(n, data_.y.data()) / std::sqrt(static_cast<double>(n));
  rho_ = 30 * data_.lambda * size / std::max(targets, 1e-3);
  sigma_ = square(size);
  factor();
  proxOfRows();
  measured_ = false;
}

/// The gates; with a bias also one that is active on all rows, and, for margins, each shifted until it is inactive,
/// with room, on all rows of one class: then the cone of the neurons that speak for the other class has room.
HostMatrix<double> RobustReluSolver::gatesWithShifts() const {
  const int d = data_.d, given = data_.gates.cols();
  const bool shifted = data_.bias && settings_.loss != ReluLoss::squared;
  HostMatrix<double> gates(d, shifted ? 3 * given + 1 : data_.bias ? given + 1 : given);
  std::copy(data_.gates.data(), data_.gates.data() + data_.gates.size(), gates.data());
  if (data_.bias) gates(d - 1, given) = data_.xt(d - 1, 0) > 0 ? 1 : -1;
  for (int i = 0; shifted && i < given; ++i) {
    const double* u = data_.gates.column(i);
    for (const int side : {0, 1}) {
      double largest = -infinity;
      for (int k = 0; k < data_.n; ++k) {
        if ((data_.y(k, 0) > 0) == (side == 1)) largest = std::max(largest, blas::dot(inputs_, data_.xt.column(k), u));
      }
      double* shiftedGate = gates.column(given + 1 + 2 * i + side);
      std::copy(u, u + inputs_, shiftedGate);
      const double reach = adversary_.radius * adversary_.dualNorm(inputs_, u);
      if (std::isfinite(largest)) shiftedGate[d - 1] = -(largest + reach) / data_.xt(d - 1, 0);
    }
  }
  return gates;
}

void RobustReluSolver::choosePatterns() {
  Patterns patterns = patternsOf(la_, data_.xt, gatesWithShifts());
  gates_ = std::move(patterns.gates);
  masks_ = std::move(patterns.patterns);
  found_ = patterns_ = masks_.cols();
  for (int k = 0; k < data_.n; ++k) {
    const bool both = settings_.loss == ReluLoss::squared;
    ofPositive_.push_back(both || data_.y(k, 0) < 0 ? 1 : 0);
    ofNegative_.push_back(both || data_.y(k, 0) > 0 ? 1 : 0);
  }
}

RobustCone RobustReluSolver::coneOf(int g) const {
  const std::vector<char>& constrained = g < patterns_ ? ofPositive_ : ofNegative_;
  return {data_.xt, masks_.column(g % patterns_), constrained.data(), adversary_, inputs_};
}

/// Takes an interior point of each cone that has one.
void RobustReluSolver::findRoom() {
  interior_ = HostMatrix<double>(data_.d, groups());
  room_.assign(at(groups()), 0);
  la_.tasks(groups(), [&](int g) {
    la_.checkpoint();
    RobustCone cone = coneOf(g);
    room_[at(g)] = cone.findInterior(interior_.column(g)) ? 1 : 0;
  });
}

/// Leaves out the patterns of which no cone has room.
void RobustReluSolver::keepPatternsWithRoom() {
  std::vector<int> kept, keptGroups;
  for (int i = 0; i < found_; ++i) {
    if (room_[at(i)] != 0 || room_[at(i + found_)] != 0) kept.push_back(i);
  }
  keptGroups = kept;
  for (const int i : kept) keptGroups.push_back(i + found_);
  const auto only = [](const HostMatrix<double>& from, const std::vector<int>& columns) {
    HostMatrix<double> made(from.rows(), static_cast<int>(columns.size()));
    for (int i = 0; i < made.cols(); ++i) {
      std::copy(from.column(columns[at(i)]), from.column(columns[at(i)]) + from.rows(), made.column(i));
    }
    return made;
  };
  std::vector<char> room;
  for (const int g : keptGroups) room.push_back(room_[at(g)]);
  room_ = room;
  patterns_ = static_cast<int>(kept.size());
  gates_ = only(gates_, kept);
  masks_ = only(masks_, kept);
  interior_ = only(interior_, keptGroups);
  for (std::vector<RobustCone>* cones : {&cones_, &dualCones_}) {
    cones->reserve(at(groups()));
    for (int g = 0; g < groups(); ++g) cones->push_back(coneOf(g));
  }
}

std::optional<Status> RobustReluSolver::step() {
  if (patterns_ == 0) return Status::stalled;
  ++steps_;
  la_.copy(Mat<const double>(v_), vBefore_.view());
  la_.copy(Mat<const double>(c_), cBefore_.view());
  proxOfWeights();
  proxOfRows();
  projectOntoGraph();
  if (steps_ % balanceEvery == 0) balance();
  measured_ = false;
  return std::nullopt;
}

void RobustReluSolver::factor() {
  for (int j = 0; j < patterns_; ++j) {
    for (int i = 0; i < patterns_; ++i) {
      factor_(i, j) = 2 * sigma_ * blas::dot(data_.n, masks_.column(i), masks_.column(j)) + (i == j ? rho_ : 0);
    }
  }
  la_.cholesky(factor_);
}

void RobustReluSolver::proxOfWeights() {
  la_.tasks(groups(), [&](int g) {
    la_.checkpoint();
    if (room_[at(g)] == 0) return;
    double* v = v_.column(g);
    cones_[at(g)].project(b_.column(g), v);
    const double norm = blas::nrm2(data_.d, v);
    const double share = norm > data_.lambda / rho_ ? 1 - data_.lambda / rho_ / norm : 0;
    for (int i = 0; i < data_.d; ++i) v[i] *= share;
  });
}

void RobustReluSolver::proxOfRows() {
  constexpr int rowsOfChunk = 32;
  la_.tasks((data_.n + rowsOfChunk - 1) / rowsOfChunk, [&](int chunk) {
    for (int k = chunk * rowsOfChunk; k < std::min(data_.n, (chunk + 1) * rowsOfChunk); ++k) {
      const double* x = data_.xt.column(k);
      worst_[at(k)] = loss_.prox(x, data_.y(k, 0), sigma_, a_.column(k), c_.column(k));
      loss_.direction(x, worst_[at(k)], sigma_, a_.column(k), directions_.column(k));
    }
  });
}

/// u and the image of it, and the next b and a.
void RobustReluSolver::projectOntoGraph() {
  const int d = data_.d, n = data_.n;
  // map := delta = (2 v - b)_+ - (2 v - b)_-, image := h - delta D^T.
  la_.forEach(d, patterns_, [&](int i, int j) {
    const int other = j + patterns_;
    map_(i, j) = 2 * (v_(i, j) - v_(i, other)) - (b_(i, j) - b_(i, other));
  });
  la_.forEach(d, n, [&](int i, int k) { image_(i, k) = 2 * c_(i, k) - a_(i, k); });
  la_.gemm(Transpose::no, Transpose::yes, -1.0, map_, masks_, 1.0, image_);
  la_.gemm(Transpose::yes, Transpose::yes, sigma_, masks_, image_, 0.0, right_);
  la_.choleskySolve(factor_, right_);
  la_.forEach(d, groups(), [&](int i, int g) {
    const double t = right_(g % patterns_, i);
    u_(i, g) = 2 * v_(i, g) - b_(i, g) + (g < patterns_ ? t : -t);
  });
  la_.forEach(d, patterns_, [&](int i, int j) { map_(i, j) = u_(i, j) - u_(i, j + patterns_); });
  la_.gemm(Transpose::no, Transpose::yes, 1.0, map_, masks_, 0.0, image_);
  const double relaxation = settings_.relaxation;
  la_.forEach(d, groups(), [&](int i, int g) { b_(i, g) += relaxation * (u_(i, g) - v_(i, g)); });
  la_.forEach(d, n, [&](int i, int k) { a_(i, k) += relaxation * (image_(i, k) - c_(i, k)); });
}

/// Changes rho and sigma where, for the weights or the rows, what the graph lacks and what the prox has moved are far
/// from equal beside their sizes; the less often the longer it goes on.
void RobustReluSolver::balance() {
  if (steps_ < 2 * changed_ || isKnown(settings_.rho)) return;
  const auto factorOf = [&](Mat<const double> point, Mat<const double> before, Mat<const double> on,
                            Mat<const double> state) {
    const double lacks = squaredDistance(on, point), moved = squaredDistance(point, before);
    const double multiplier = squaredDistance(state, point);
    double size = 0;
    for (int j = 0; j < point.cols; ++j) size += square(blas::nrm2(point.rows, point.column(j)));
    const double ratio = std::sqrt(lacks / size) / std::sqrt(moved / multiplier);
    if (!std::isfinite(ratio) || (ratio < outOfBalance && ratio > 1 / outOfBalance)) return 1.0;
    return std::clamp(std::sqrt(ratio), 1 / mostChange, mostChange);
  };
  const double ofWeights = factorOf(v_, vBefore_, u_, b_), ofRows = factorOf(c_, cBefore_, image_, a_);
  if (ofWeights == 1 && ofRows == 1) return;
  rho_ *= ofWeights;
  sigma_ *= ofRows;
  // Multipliers rho (b - v) and sigma (a - c) stay.
  la_.forEach(data_.d, groups(), [&](int i, int g) { b_(i, g) = v_(i, g) + (b_(i, g) - v_(i, g)) / ofWeights; });
  la_.forEach(data_.d, data_.n, [&](int i, int k) { a_(i, k) = c_(i, k) + (a_(i, k) - c_(i, k)) / ofRows; });
  factor();
  changed_ = steps_;
}

/// The sum of the worst losses of a network with these weights, which keep the patterns.
double RobustReluSolver::worstLoss(Mat<const double> weights) {
  la_.forEach(data_.d, patterns_, [&](int i, int j) { map_(i, j) = weights(i, j) - weights(i, j + patterns_); });
  la_.gemm(Transpose::no, Transpose::yes, 1.0, map_, masks_, 0.0, image_);
  la_.forEach(data_.n,
              [&](int k) { losses_[at(k)] = loss_.value(data_.xt.column(k), data_.y(k, 0), image_.column(k)); });
  return la_.sum(data_.n, [&](int k) { return losses_[at(k)]; });
}

/// Objective at v, moved into its cones where rounding left it outside.
void RobustReluSolver::certify() {
  la_.tasks(groups(), [&](int g) {
    double* v = feasible_.column(g);
    std::copy(v_.column(g), v_.column(g) + data_.d, v);
    norms_[at(g)] = blas::nrm2(data_.d, v);
    if (!(norms_[at(g)] > 0)) return;
    // An interior point has a slack of a half.
    const double slack = cones_[at(g)].leastSlack(v);
    if (slack < 0) blas::axpy(data_.d, -2 * slack, interior_.column(g), v);
    norms_[at(g)] = blas::nrm2(data_.d, v);
  });
  double regulariser = 0;
  for (int g = 0; g < groups(); ++g) regulariser += data_.lambda * norms_[at(g)];
  const double moved = std::sqrt(squaredDistance(feasible_, v_));
  const double loss = worstLoss(feasible_);
  if (!(loss + regulariser < objective_)) return;
  feasibility_ = moved;
  objective_ = loss + regulariser;
  bestLoss_ = loss;
  la_.copy(Mat<const double>(feasible_), best_.view());
}

/// The dual's value at the multipliers of the rows, scaled until no weight of a robust cone gains from them.
void RobustReluSolver::offerBound() {
  la_.gemm(Transpose::no, Transpose::no, 1.0, directions_, masks_, 0.0, slopes_);
  la_.tasks(groups(), [&](int g) {
    la_.checkpoint();
    norms_[at(g)] = 0;
    if (room_[at(g)] == 0) return;
    double* slope = feasible_.column(g);
    double* point = u_.column(g);
    for (int i = 0; i < data_.d; ++i) slope[i] = sign(g) * slopes_(i, g % patterns_);
    dualCones_[at(g)].project(slope, point);
    norms_[at(g)] = blas::nrm2(data_.d, point);
  });
  double largest = 0, linear = 0, quadratic = 0;
  for (const double norm : norms_) largest = std::max(largest, norm * (1 + roundingOfBound));
  for (int k = 0; k < data_.n; ++k) {
    linear += worst_[at(k)].tau * data_.y(k, 0);
    quadratic += square(worst_[at(k)].t);
  }
  const double most = largest > 0 ? data_.lambda / largest : infinity;
  // A multiple must not turn the sign of t.
  const double t = std::max(0.0, dualFactor(settings_.loss, most, linear, quadratic));
  double bound = 0, size = 0;
  for (int k = 0; k < data_.n; ++k) {
    const double value = loss_.dualValue({.tau = t * worst_[at(k)].tau, .t = t * worst_[at(k)].t}, data_.y(k, 0));
    bound += value;
    size += std::abs(value) + std::abs(t * worst_[at(k)].tau * data_.y(k, 0));
  }
  bound -= roundingOfBound * size;
  if (!(bound > lowerBound_)) return;
  lowerBound_ = bound;
  for (int k = 0; k < data_.n; ++k) dual_[at(k)] = t * worst_[at(k)].tau;
}

ReluProgress RobustReluSolver::progress() {
  if (!measured_) {
    certify();
    offerBound();
    measured_ = true;
  }
  ReluProgress now;
  now.objective = objective_;
  now.lowerBound = std::min(lowerBound_, objective_);
  now.residual = std::max(0.0, gap());
  now.feasibility = feasibility_;
  return now;
}

std::string RobustReluSolver::explain(Status) const {
  bool zero = true;
  for (std::size_t k = 0; k < best_.size(); ++k) zero = zero && best_.data()[k] == 0;
  if (found_ == 0 || !zero) return {};
  const std::string room = show(patterns_) + " of " + show(found_) + " patterns have room for the radius";
  if (patterns_ == 0) {
    return "No pattern of " + show(found_) +
           " has a neuron that keeps it under every perturbation, so that only the network without neurons is left: "
           "take "
           "a smaller radius, bias: true, or patterns of a network trained with a margin.";
  }
  return "The network without neurons is optimal: " + room +
         ", and none gains more than lambda; take a smaller radius or lambda, or patterns of a network trained with a "
         "margin.";
}

ReluSolution RobustReluSolver::solution() const {
  ReluSolution s;
  const int d = data_.d;
  s.gates = HostMatrix<double>(d, patterns_);
  for (int i = 0; i < patterns_; ++i) {
    for (int j = 0; j < d; ++j) s.gates(j, i) = gates_(j, i) * (j < inputs_ ? 1 / data_.rowScale : data_.xt(j, 0));
  }
  s.inputShift = data_.inputShift.copy();
  s.inputScale = data_.inputScale.copy();
  s.dual = HostMatrix<double>(data_.n, 1);
  std::copy(dual_.data(), dual_.data() + data_.n, s.dual.data());
  s.weights = HostMatrix<double>(d, best_.cols());
  std::vector<int> neurons;
  for (int g = 0; g < best_.cols(); ++g) {
    data_.unscaleWeights(best_.column(g), 0, s.weights.column(g));
    if (blas::nrm2(d, best_.column(g)) > 0) neurons.push_back(g);
  }
  const int m = static_cast<int>(neurons.size());
  s.hiddenWeights = HostMatrix<double>(inputs_, m);
  s.biases = HostBuffer<double>(at(m));
  s.outputWeights = HostMatrix<double>(m, 1);
  for (int j = 0; j < m; ++j) {
    const int g = neurons[at(j)];
    const double root = std::sqrt(blas::nrm2(d, best_.column(g)) * data_.normScale());
    for (int i = 0; i < inputs_; ++i) s.hiddenWeights(i, j) = s.weights(i, g) / root;
    if (data_.bias) s.biases[at(j)] = s.weights(inputs_, g) / root;
    s.outputWeights(j, 0) = sign(g) * root;
    s.pattern.push_back(g % patterns_);
  }
  s.activeNeurons = m;
  s.patterns = patterns_;
  s.certificate = boundedBelow(objective_, std::min(lowerBound_, objective_), objective_, overPatterns);
  s.rho = rho_;
  s.networkObjective = cleanLoss() + (objective_ - bestLoss_);
  s.robustness = {.worstCaseLoss = bestLoss_, .patternsFound = found_, .patternsWithRoom = patterns_};
  return s;
}

/// The loss of the network without an adversary, by a forward pass.
double RobustReluSolver::cleanLoss() const {
  double sum = 0;
  for (int k = 0; k < data_.n; ++k) {
    double f = 0;
    for (int g = 0; g < best_.cols(); ++g) {
      f += sign(g) * std::max(0.0, blas::dot(data_.d, data_.xt.column(k), best_.column(g)));
    }
    sum += data_.loss.value(&f, data_.y.data() + k);
  }
  return sum;
}

}  // namespace nonconvex
