// Solvers on the device against the same ones on the CPU: their optima and the time of an iteration.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "core/random.hpp"
#include "core/run.hpp"
#include "cuda/solvers/relu.hpp"

namespace nonconvex::checks {

/// Normal data with the outputs of a small network, or which of them is the largest.
class ReluData {
 public:
  ReluData(int n, int d, int c, bool classes) : n_(n), d_(d), c_(c) {
    constexpr int hidden = 3;
    const Random random(1);
    std::vector<double> weights(static_cast<std::size_t>(c * hidden) * static_cast<std::size_t>(d));
    for (std::size_t k = 0; k < weights.size(); ++k) weights[k] = Random(2).normal(k);
    x_.resize(static_cast<std::size_t>(n) * static_cast<std::size_t>(d));
    for (std::size_t k = 0; k < x_.size(); ++k) x_[k] = random.normal(k);
    const double scale = 1 / std::sqrt(d);
    for (int i = 0; i < n; ++i) {
      const double* row = x_.data() + static_cast<std::size_t>(i) * static_cast<std::size_t>(d);
      std::vector<double> outputs;
      for (int j = 0; j < c; ++j) {
        double f = 0;
        for (int h = 0; h < hidden; ++h) {
          double z = 0;
          const double* w = weights.data() + static_cast<std::size_t>(j * hidden + h) * static_cast<std::size_t>(d);
          for (int l = 0; l < d; ++l) z += row[l] * w[l];
          f += (h % 2 == 0 ? scale : -scale) * std::max(0.0, z);
        }
        outputs.push_back(f);
      }
      const auto best = std::max_element(outputs.begin(), outputs.end()) - outputs.begin();
      for (int j = 0; j < c; ++j) {
        const double value = outputs[static_cast<std::size_t>(j)];
        y_.push_back(!classes ? value : c > 1 ? (j == best ? 1 : 0) : (value > 0 ? 1 : -1));
      }
    }
  }

  ReluProblem problem(int patterns) const {
    ReluProblem problem;
    problem.n = n_;
    problem.d = d_;
    problem.x64 = x_.data();
    problem.outputs = c_;
    problem.y = y_.data();
    problem.patterns.sample = patterns;
    return problem;
  }

 private:
  int n_, d_, c_;
  std::vector<double> x_, y_;
};

struct ReluCase {
  std::string name;
  ReluLoss loss = ReluLoss::squared;
  int outputs = 1;
  ReluMethod method = ReluMethod::admm;
  ReluActivation activation = ReluActivation::gated;
  double tolerance = 1e-5;
};

/// The cases that the device solves.
inline std::vector<ReluCase> reluCases() {
  return {{"gated, squared"},
          {"gated, logistic", ReluLoss::logistic},
          {"gated, hinge", ReluLoss::hinge},
          {"gated, huber", ReluLoss::huber},
          {"gated, softmax, 3 outputs", ReluLoss::softmax, 3},
          {"relu, sampled", ReluLoss::squared, 1, ReluMethod::sampled, ReluActivation::relu},
          {"relu, slack", ReluLoss::squared, 1, ReluMethod::admm, ReluActivation::relu, 1e-3}};
}

inline ReluSettings settingsFor(const ReluCase& each) {
  ReluSettings settings;
  settings.loss = each.loss;
  settings.method = each.method;
  settings.activation = each.activation;
  settings.splitting = ReluSplitting::slack;  // the device has no cones
  settings.tolerance = each.tolerance;
  settings.lambda = 0.4;
  return settings;
}

template <class La>
auto train(const La& la, Monitor& monitor, const ReluProblem& problem, const ReluSettings& settings) {
  ReluSolver<La> solver(la, problem, settings);
  return iterate(solver, settings, monitor);
}

struct ReluTimes {
  double start = 0;      ///< seconds of the set-up
  double iteration = 0;  ///< seconds
};

/// Times of `steps` iterations after a first one.
template <class La>
ReluTimes timeRelu(const La& la, const ReluProblem& problem, const ReluSettings& settings, int steps) {
  ReluSolver<La> solver(la, problem, settings);
  const Stopwatch start;
  solver.start();
  la.synchronize();
  ReluTimes times;
  times.start = start.seconds();
  solver.step();
  la.synchronize();
  const Stopwatch watch;
  for (int k = 0; k < steps; ++k) solver.step();
  la.synchronize();
  times.iteration = watch.seconds() / steps;
  return times;
}

}  // namespace nonconvex::checks
