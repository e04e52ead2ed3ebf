#include "solvers/relu/robust/certificate.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "linalg/blas.hpp"

namespace nonconvex {

struct RobustCertificate::Tuning {
  /// rounding: The share of the terms that a bound is made of.
  static constexpr double ofBound = 1e-13;
};

RobustCertificate::RobustCertificate(const RobustProgram& program)
    : program_(program), best_(program.data.d, 0), losses_(at(program.data.n)), dual_(at(program.data.n)) {
  const ReluData& data = program.data;
  const std::vector<double> zero(at(data.d));
  for (int k = 0; k < data.n; ++k) bestLoss_ += program.loss.value(data.xt.column(k), data.y(k, 0), zero.data());
  objective_ = bestLoss_;
}

void RobustCertificate::start() {
  const int d = program_.data.d;
  for (HostMatrix<double>* each : {&best_, &feasible_}) *each = HostMatrix<double>(d, program_.groups());
  for (HostMatrix<double>* each : {&map_, &slopes_}) *each = HostMatrix<double>(d, program_.patterns);
  norms_.resize(at(program_.groups()));
  dualCones_.reserve(at(program_.groups()));
  for (int g = 0; g < program_.groups(); ++g) dualCones_.push_back(program_.coneOf(g));
}

/// The sum of the worst losses of a network with these weights, which keep the patterns.
double RobustCertificate::worstLoss(Mat<const double> weights, Mat<double> image) {
  const Cpu& la = program_.la;
  const ReluData& data = program_.data;
  const int p = program_.patterns;
  la.forEach(data.d, p, [&](int i, int j) { map_(i, j) = weights(i, j) - weights(i, j + p); });
  la.gemm(Transpose::no, Transpose::yes, 1.0, map_, program_.masks, 0.0, image);
  la.forEach(data.n,
             [&](int k) { losses_[at(k)] = program_.loss.value(data.xt.column(k), data.y(k, 0), image.column(k)); });
  return la.sum(data.n, [&](int k) { return losses_[at(k)]; });
}

void RobustCertificate::offerPoint(Mat<const double> from, std::vector<RobustCone>& cones, Mat<double> image) {
  const int d = program_.data.d;
  program_.la.tasks(program_.groups(), [&](int g) {
    double* v = feasible_.column(g);
    std::copy(from.column(g), from.column(g) + d, v);
    norms_[at(g)] = blas::nrm2(d, v);
    if (!(norms_[at(g)] > 0)) return;
    // An interior point has a slack of a half.
    const double slack = cones[at(g)].leastSlack(v);
    if (slack < 0) blas::axpy(d, -2 * slack, program_.interior.column(g), v);
    norms_[at(g)] = blas::nrm2(d, v);
  });
  double regulariser = 0;
  for (const double norm : norms_) regulariser += program_.data.lambda * norm;
  const double moved = std::sqrt(squaredDistance(feasible_, from));
  const double loss = worstLoss(feasible_, image);
  if (!(loss + regulariser < objective_)) return;
  feasibility_ = moved;
  objective_ = loss + regulariser;
  bestLoss_ = loss;
  program_.la.copy(Mat<const double>(feasible_), best_.view());
}

void RobustCertificate::offerBound(const std::vector<WorstCase>& worst, Mat<const double> directions,
                                   Mat<double> work) {
  const Cpu& la = program_.la;
  const ReluData& data = program_.data;
  la.gemm(Transpose::no, Transpose::no, 1.0, directions, program_.masks, 0.0, slopes_);
  la.tasks(program_.groups(), [&](int g) {
    la.checkpoint();
    norms_[at(g)] = 0;
    if (program_.room[at(g)] == 0) return;
    double* slope = feasible_.column(g);
    double* point = work.column(g);
    for (int i = 0; i < data.d; ++i) slope[i] = program_.sign(g) * slopes_(i, g % program_.patterns);
    dualCones_[at(g)].project(slope, point);
    norms_[at(g)] = blas::nrm2(data.d, point);
  });
  double largest = 0, linear = 0, quadratic = 0;
  for (const double norm : norms_) largest = std::max(largest, norm * (1 + Tuning::ofBound));
  for (int k = 0; k < data.n; ++k) {
    linear += worst[at(k)].tau * data.y(k, 0);
    quadratic += square(worst[at(k)].t);
  }
  const double most = largest > 0 ? data.lambda / largest : infinity;
  // A multiple must not turn the sign of t.
  const double t = std::max(0.0, dualFactor(program_.settings.loss, most, linear, quadratic));
  double bound = 0, size = 0;
  for (int k = 0; k < data.n; ++k) {
    const double y = data.y(k, 0);
    const double value = program_.loss.dualValue({.tau = t * worst[at(k)].tau, .t = t * worst[at(k)].t}, y);
    bound += value;
    size += std::abs(value) + std::abs(t * worst[at(k)].tau * y);
  }
  bound -= Tuning::ofBound * size;
  if (!(bound > lowerBound_)) return;
  lowerBound_ = bound;
  for (int k = 0; k < data.n; ++k) dual_[at(k)] = t * worst[at(k)].tau;
}

void RobustCertificate::report(ReluProgress& now) const {
  now.objective = objective_;
  now.lowerBound = std::min(lowerBound_, objective_);
  now.residual = std::max(0.0, gap());
  now.feasibility = feasibility_;
}

std::string RobustCertificate::explain() const {
  bool zero = true;
  for (std::size_t k = 0; k < best_.size(); ++k) zero = zero && best_.data()[k] == 0;
  if (program_.found == 0 || !zero) return {};
  const std::string found = show(program_.found);
  if (program_.patterns == 0) {
    return "No pattern of " + found +
           " has a neuron that keeps it under every perturbation, so that only the network without neurons is left: "
           "take a smaller radius, bias: true, or patterns of a network trained with a margin.";
  }
  return "The network without neurons is optimal: " + show(program_.patterns) + " of " + found +
         " patterns have room for the radius, and none gains more than lambda; take a smaller radius or lambda, or "
         "patterns of a network trained with a margin.";
}

ReluSolution RobustCertificate::solution(double rho) const {
  const ReluData& data = program_.data;
  const int d = data.d, p = program_.patterns;
  ReluSolution s;
  s.gates = HostMatrix<double>(d, p);
  for (int i = 0; i < p; ++i) {
    for (int j = 0; j < d; ++j) {
      s.gates(j, i) = program_.gates(j, i) * (j < program_.inputs ? 1 / data.rowScale : data.xt(j, 0));
    }
  }
  s.inputShift = data.inputShift.copy();
  s.inputScale = data.inputScale.copy();
  s.dual = HostMatrix<double>(data.n, 1);
  std::copy(dual_.data(), dual_.data() + data.n, s.dual.data());
  writeNetwork(s);
  s.patterns = p;
  s.certificate = boundedBelow(objective_, std::min(lowerBound_, objective_), objective_, overPatterns);
  s.rho = rho;
  s.networkObjective = cleanLoss() + (objective_ - bestLoss_);
  s.robustness = {.worstCaseLoss = bestLoss_, .patternsFound = program_.found, .patternsWithRoom = p};
  return s;
}

/// Writes the weights of the best point, and a neuron for each that is not zero.
void RobustCertificate::writeNetwork(ReluSolution& s) const {
  const ReluData& data = program_.data;
  const int d = data.d, inputs = program_.inputs;
  s.weights = HostMatrix<double>(d, best_.cols());
  std::vector<int> neurons;
  for (int g = 0; g < best_.cols(); ++g) {
    data.unscaleWeights(best_.column(g), 0, s.weights.column(g));
    if (blas::nrm2(d, best_.column(g)) > 0) neurons.push_back(g);
  }
  const int m = static_cast<int>(neurons.size());
  s.hiddenWeights = HostMatrix<double>(inputs, m);
  s.biases = HostBuffer<double>(at(m));
  s.outputWeights = HostMatrix<double>(m, 1);
  for (int j = 0; j < m; ++j) {
    const int g = neurons[at(j)];
    const double root = std::sqrt(blas::nrm2(d, best_.column(g)) * data.normScale());
    for (int i = 0; i < inputs; ++i) s.hiddenWeights(i, j) = s.weights(i, g) / root;
    if (data.bias) s.biases[at(j)] = s.weights(inputs, g) / root;
    s.outputWeights(j, 0) = program_.sign(g) * root;
    s.pattern.push_back(g % program_.patterns);
  }
  s.activeNeurons = m;
}

/// The loss of the network without an adversary, by a forward pass.
double RobustCertificate::cleanLoss() const {
  const ReluData& data = program_.data;
  double sum = 0;
  for (int k = 0; k < data.n; ++k) {
    double f = 0;
    for (int g = 0; g < best_.cols(); ++g) {
      f += program_.sign(g) * std::max(0.0, blas::dot(data.d, data.xt.column(k), best_.column(g)));
    }
    sum += data.loss.value(&f, data.y.data() + k);
  }
  return sum;
}

}  // namespace nonconvex
