// Small training problems, and what can be said about a solution without the solver: objectives by plain loops over the
// user's own x.
#pragma once

#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "core/random.hpp"
#include "core/run.hpp"
#include "methods/projection/polyhedral_cone.hpp"
#include "solvers/relu/solver.hpp"

namespace instances {

using namespace nonconvex;

struct Instance {
  int n = 0, d = 0, c = 1;
  std::vector<double> x, y;

  /// Views these arrays.
  ReluProblem problem(int sample = 12) const {
    ReluProblem problem;
    problem.n = n;
    problem.d = d;
    problem.x64 = x.data();
    problem.outputs = c;
    problem.y = y.data();
    problem.patterns.sample = sample;
    return problem;
  }
};

/// Normal x; y of a small network with noise, or its signs, or its classes, as the loss needs.
inline Instance instance(int n, int d, int c, ReluLoss loss, std::uint32_t seed) {
  Instance made{.n = n, .d = d, .c = c, .x = {}, .y = {}};
  const Random random(seed, 77);
  std::uint64_t draw = 0;
  for (int i = 0; i < n * d; ++i) made.x.push_back(random.normal(draw++));
  std::vector<double> first(static_cast<std::size_t>(4 * c * d));
  for (double& value : first) value = random.normal(draw++);
  for (int k = 0; k < n; ++k) {
    std::vector<double> f;
    for (int j = 0; j < c; ++j) {
      double sum = 0.3 * random.normal(draw++);
      for (int h = 0; h < 4; ++h) {
        double z = 0;
        for (int i = 0; i < d; ++i)
          z += made.x[static_cast<std::size_t>(k * d + i)] * first[static_cast<std::size_t>(((j * 4) + h) * d + i)];
        sum += (h % 2 == 0 ? 1 : -1) * std::max(0.0, z);
      }
      f.push_back(sum);
    }
    const auto best = std::max_element(f.begin(), f.end()) - f.begin();
    for (int j = 0; j < c; ++j) {
      const double value = f[static_cast<std::size_t>(j)];
      const bool margins = loss == ReluLoss::logistic || loss == ReluLoss::hinge;
      made.y.push_back(loss == ReluLoss::softmax ? (j == best ? 1 : 0) : margins ? (value > 0 ? 1 : -1) : value);
    }
  }
  return made;
}

struct Case {
  std::string name;
  Instance data;
  ReluSettings settings;
};

inline constexpr ReluLoss kinds[] = {ReluLoss::squared, ReluLoss::logistic, ReluLoss::hinge, ReluLoss::softmax,
                                     ReluLoss::huber};

struct Run {
  Outcome<ProgressOf<ReluSolution>> outcome;
  ReluSolution solution;
  std::vector<Progress> reports;
};

inline Run solve(const ReluProblem& problem, const ReluSettings& settings, WorkerPool* pool = nullptr) {
  Run run;
  Monitor monitor(settings.timeLimit, [&](const Progress& now) { run.reports.push_back(now); });
  const Cpu la(pool, settings.threads, &monitor);
  ReluSolver<Cpu> solver(la, problem, settings);
  run.outcome = iterate(solver, settings, monitor);
  run.solution = solver.solution();
  return run;
}

/// (x_k / inputScale, 1) . w for a column of weights as the solution has them.
inline double product(const Instance& data, const ReluSettings& settings, const ReluSolution& s, int k,
                      const double* w) {
  double z = settings.bias ? w[data.d] : 0;
  for (int i = 0; i < data.d; ++i) {
    z += data.x[static_cast<std::size_t>(k * data.d + i)] / s.inputScale[static_cast<std::size_t>(i)] * w[i];
  }
  return z;
}

inline double lossOf(const Instance& data, const ReluSettings& settings, const std::vector<double>& f) {
  const ReluRowLoss loss{.kind = settings.loss, .delta = settings.huberDelta, .c = data.c, .stride = 1};
  double total = 0;
  for (int k = 0; k < data.n; ++k) total += loss.value(f.data() + k * data.c, data.y.data() + k * data.c);
  return total;
}

/// loss + lambda/2 (sum ||u||^2 + alpha^2) by a forward pass. With coupling 'frobenius' neurons of one pattern and sign
/// share alpha.
inline double networkObjective(const Instance& data, const ReluSettings& settings, const ReluSolution& s) {
  const int m = s.hiddenWeights.cols();
  std::vector<double> f(static_cast<std::size_t>(data.n * data.c));
  double regulariser = 0;
  std::vector<std::pair<int, double>> groups;
  for (int j = 0; j < m; ++j) {
    std::vector<double> u(s.hiddenWeights.column(j), s.hiddenWeights.column(j) + data.d);
    u.push_back(s.biases[static_cast<std::size_t>(j)]);
    double squares = 0;
    for (const double value : u) squares += value * value;
    double alpha = 0;
    for (int k = 0; k < data.c; ++k) alpha += s.outputWeights(j, k);  // one of them is not zero
    const std::pair<int, double> group = {s.pattern[static_cast<std::size_t>(j)], alpha > 0 ? 1 : -1};
    const bool shared =
        settings.coupling == ReluCoupling::frobenius && std::find(groups.begin(), groups.end(), group) != groups.end();
    groups.push_back(group);
    regulariser += squares + (shared ? 0 : alpha * alpha);
    const int pattern = s.pattern[static_cast<std::size_t>(j)];
    for (int k = 0; k < data.n; ++k) {
      const double z = product(data, settings, s, k, u.data());
      const bool on = settings.activation == ReluActivation::relu
                          ? z > 0
                          : product(data, settings, s, k, s.gates.column(pattern)) >= 0;
      for (int o = 0; o < data.c && on; ++o) f[static_cast<std::size_t>(k * data.c + o)] += z * s.outputWeights(j, o);
    }
  }
  return lossOf(data, settings, f) + settings.lambda / 2 * regulariser;
}

/// loss(sum D_i X (v_i - w_i)) + lambda sum of norms, and the largest violation of the cones relative to the longest v.
struct ConvexValue {
  double objective = 0;
  double violation = 0;
};
inline ConvexValue convexValue(const Instance& data, const ReluSettings& settings, const ReluSolution& s) {
  const int patterns = s.gates.cols();
  const int dimension = data.d + (settings.bias ? 1 : 0);
  ConvexValue value;
  std::vector<double> f(static_cast<std::size_t>(data.n * data.c));
  std::vector<double> squares(static_cast<std::size_t>(s.weights.cols()));
  for (int j = 0; j < s.weights.cols(); ++j) {
    const int sign = j / (patterns * data.c), output = j / patterns % data.c, pattern = j % patterns;
    const double* v = s.weights.column(j);
    double square = 0;
    for (int i = 0; i < dimension; ++i) square += v[i] * v[i];
    const bool frobenius = settings.coupling == ReluCoupling::frobenius;
    squares[static_cast<std::size_t>(frobenius ? sign * patterns + pattern : j)] += square;
    if (square == 0) continue;
    for (int k = 0; k < data.n; ++k) {
      const bool on = product(data, settings, s, k, s.gates.column(pattern)) >= 0;
      const double z = product(data, settings, s, k, v);
      if (on) f[static_cast<std::size_t>(k * data.c + output)] += (sign == 0 ? 1 : -1) * z;
      if (settings.activation == ReluActivation::relu) value.violation = std::max(value.violation, on ? -z : z);
    }
  }
  value.objective = lossOf(data, settings, f);
  const double longest = std::sqrt(*std::max_element(squares.begin(), squares.end()));
  if (longest > 0) value.violation /= longest;
  for (const double square : squares) value.objective += settings.lambda * std::sqrt(square);
  return value;
}

}  // namespace instances
