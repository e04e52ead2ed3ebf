#include "solvers/relu/robust/program.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "core/index.hpp"
#include "core/require_memory.hpp"
#include "linalg/blas.hpp"
#include "solvers/relu/activation_patterns.hpp"

namespace nonconvex {
namespace {

void refuseUnfit(const ReluProblem& problem, const ReluSettings& settings) {
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
  refuseUnfit(problem, settings);
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

}  // namespace

RobustProgram::RobustProgram(const Cpu& linearAlgebra, const ReluProblem& problem, const ReluSettings& chosen)
    : la(linearAlgebra),
      settings(chosen),
      data(robustData(la, problem, settings)),
      adversary(scaled(*problem.adversary, data)),
      inputs(data.bias ? data.d - 1 : data.d),
      loss(settings.loss, adversary, inputs, data.d) {
  requireRoom(data, data.gates.cols());
}

RobustCone RobustProgram::coneOf(int g) const {
  const std::vector<char>& constrained = g < patterns ? ofPositive_ : ofNegative_;
  return {data.xt, masks.column(g % patterns), constrained.data(), adversary, inputs};
}

void RobustProgram::choosePatterns() {
  Patterns all = patternsOf(la, data.xt, gatesWithShifts());
  gates = std::move(all.gates);
  masks = std::move(all.patterns);
  found = patterns = masks.cols();
  for (int k = 0; k < data.n; ++k) {
    const bool both = settings.loss == ReluLoss::squared;
    ofPositive_.push_back(both || data.y(k, 0) < 0 ? 1 : 0);
    ofNegative_.push_back(both || data.y(k, 0) > 0 ? 1 : 0);
  }
  findRoom();
  keepPatternsWithRoom();
  requireRoom(data, patterns);
}

/// The gates; with a bias also one that is active on all rows, and, for margins, each shifted until it is inactive,
/// with room, on all rows of one class: then the cone of the neurons that speak for the other class has room.
HostMatrix<double> RobustProgram::gatesWithShifts() const {
  const int d = data.d, given = data.gates.cols();
  const bool shifted = data.bias && settings.loss != ReluLoss::squared;
  HostMatrix<double> made(d, shifted ? 3 * given + 1 : data.bias ? given + 1 : given);
  std::copy(data.gates.data(), data.gates.data() + data.gates.size(), made.data());
  if (data.bias) made(d - 1, given) = data.xt(d - 1, 0) > 0 ? 1 : -1;
  for (int i = 0; shifted && i < given; ++i) {
    const double* u = data.gates.column(i);
    for (const int side : {0, 1}) {
      double largest = -infinity;
      for (int k = 0; k < data.n; ++k) {
        if ((data.y(k, 0) > 0) == (side == 1)) largest = std::max(largest, blas::dot(inputs, data.xt.column(k), u));
      }
      double* shiftedGate = made.column(given + 1 + 2 * i + side);
      std::copy(u, u + inputs, shiftedGate);
      const double reach = adversary.radius * adversary.dualNorm(inputs, u);
      if (std::isfinite(largest)) shiftedGate[d - 1] = -(largest + reach) / data.xt(d - 1, 0);
    }
  }
  return made;
}

/// Takes an interior point of each cone that has one.
void RobustProgram::findRoom() {
  interior = HostMatrix<double>(data.d, groups());
  room.assign(at(groups()), 0);
  la.tasks(groups(), [&](int g) {
    la.checkpoint();
    RobustCone cone = coneOf(g);
    room[at(g)] = cone.findInterior(interior.column(g)) ? 1 : 0;
  });
}

/// Drops the patterns of which no cone has room.
void RobustProgram::keepPatternsWithRoom() {
  std::vector<int> kept, keptGroups;
  for (int i = 0; i < found; ++i) {
    if (room[at(i)] != 0 || room[at(i + found)] != 0) kept.push_back(i);
  }
  keptGroups = kept;
  for (const int i : kept) keptGroups.push_back(i + found);
  const auto only = [](const HostMatrix<double>& from, const std::vector<int>& columns) {
    HostMatrix<double> made(from.rows(), static_cast<int>(columns.size()));
    for (int i = 0; i < made.cols(); ++i) {
      std::copy(from.column(columns[at(i)]), from.column(columns[at(i)]) + from.rows(), made.column(i));
    }
    return made;
  };
  std::vector<char> keptRoom;
  for (const int g : keptGroups) keptRoom.push_back(room[at(g)]);
  room = keptRoom;
  patterns = static_cast<int>(kept.size());
  gates = only(gates, kept);
  masks = only(masks, kept);
  interior = only(interior, keptGroups);
}

double squaredDistance(Mat<const double> a, Mat<const double> b) {
  double sum = 0;
  for (int j = 0; j < a.cols; ++j) {
    for (int i = 0; i < a.rows; ++i) sum += square(a(i, j) - b(i, j));
  }
  return sum;
}

}  // namespace nonconvex
