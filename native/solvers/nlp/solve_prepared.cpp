#include "solvers/nlp/solve_prepared.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "core/run.hpp"
#include "problems/quadratic_nlp.hpp"
#include "solvers/nlp/nlp_solver.hpp"

namespace nonconvex {
namespace {

/// The size of the objective and of the smallest row, or 1 where that is smaller.
struct Units {
  double objective = 0, rows = 1;

  explicit Units(const ConvexQuadratic& p) {
    for (const auto* values : {&p.c, &p.q.values}) {
      for (const double value : *values) objective = std::max(objective, std::abs(value));
    }
    objective = objective > 0 ? std::min(1.0, objective) : 1;
    for (std::size_t i = 0; i < at(p.rows()); ++i) {
      double largest = 0;
      for (std::size_t k = at(p.g.pattern.offsets[i]); k < at(p.g.pattern.offsets[i + 1]); ++k) {
        largest = std::max(largest, std::abs(p.g.values[k]));
      }
      if (largest > 0) rows = std::min(rows, largest);
    }
  }
};

bool isSolution(const ConvexQuadratic& program, const QuadraticErrors& e, double tolerance) {
  constexpr double most = 1e-4;  // the largest violation and product of a solution, however large the tolerance is
  if (!(e.gap <= tolerance * (1 + std::abs(e.objective)))) return false;
  const Units units(program);
  const double least = std::min(tolerance, most);
  return e.violation <= least * units.rows && e.gradient <= tolerance * units.objective &&
         e.complementarity <= least * units.objective;
}

/// The answer of the solver of nonlinear programs.
PreparedAnswer solveInGeneral(const ConvexQuadratic& p, double tolerance, Monitor& monitor) {
  QuadraticData data{.lower = p.q.pattern,
                     .lowerValues = p.q.values,
                     .linear = p.c,
                     .constant = 0,
                     .rows = p.g.pattern,
                     .rowValues = p.g.values,
                     .right = std::vector<double>(at(p.rows()), 0.0)};
  NlpProblem problem;
  problem.nlp = std::make_shared<QuadraticNlp>(std::make_shared<const QuadraticData>(std::move(data)));
  problem.start.assign(p.c.size(), 0.0);
  problem.constraints = p.rows();
  problem.bounds = {.lower = p.lower, .upper = p.upper, .constraintLower = p.atLeast, .constraintUpper = p.atMost};
  NlpSettings settings;
  settings.tolerance = tolerance;
  const Cpu la(nullptr, 1, &monitor);
  NlpSolver solver(la, problem, settings);
  auto outcome = iterate(solver, settings, monitor);
  NlpSolution found = solver.solution();
  PreparedAnswer answer{.status = outcome.status, .message = std::move(outcome.message), .point = {}};
  answer.iterations = outcome.progress.iteration;
  answer.objective = outcome.progress.objective;
  answer.point = {std::move(found.x), std::move(found.multipliers), std::move(found.upperMultipliers)};
  for (std::size_t j = 0; j < answer.point.z.size(); ++j) answer.point.z[j] -= found.lowerMultipliers[j];
  return answer;
}

}  // namespace

std::shared_ptr<PreparedQuadratic> prepare(const Cpu& la, Nlp& nlp) {
  if (!QuadraticMethod::takes(la, nlp)) return nullptr;
  double constant = 0;
  constexpr double tolerance = 1e-8;  // until the first solve
  return std::make_shared<PreparedQuadratic>(la, convexQuadraticOf(nlp, constant), tolerance);
}

PreparedAnswer solvePrepared(const std::shared_ptr<PreparedQuadratic>& given, const QuadraticVectors& vectors,
                             double tolerance, double timeLimit) {
  const auto taken = PreparedQuadratic::take(given);
  if (!taken) throw Error(ErrorKind::range, "another solve of this program runs");
  PreparedQuadratic& prepared = *taken;
  prepared.setVectors(vectors.c, vectors.atLeast, vectors.atMost, vectors.lower, vectors.upper);
  constexpr int most = 200;  // safeguard: programs that have a solution take 70 iterations at most
  PreparedAnswer answer;
  const auto take = [&](const QuadraticPoint& point, const QuadraticErrors& errors) {
    answer.point = point;
    answer.objective = errors.objective;
  };
  if (prepared.solveSmall(answer.point, answer.iterations)) {
    const QuadraticErrors errors = errorsOf(prepared.program(), answer.point);
    answer.status = Status::solved;
    take(answer.point, errors);
    if (isSolution(prepared.program(), errors, tolerance)) return answer;
  }
  answer.iterations = 0;
  Monitor monitor(timeLimit);
  ProximalInteriorPoint& method = prepared.method();
  method.restart(tolerance);
  auto status = method.start();
  for (; !status && answer.iterations < most && !monitor.ending(); ++answer.iterations) status = method.step();
  const bool solved = status == Status::solved && isSolution(prepared.program(), method.errors(), tolerance);
  try {
    if (!solved) return solveInGeneral(prepared.program(), tolerance, monitor);
  } catch (const Interrupted&) {
    answer.message = "Not solved within the time limit.";
  }
  answer.status = solved ? Status::solved : Status::timeLimit;
  take(method.point(), method.errors());
  return answer;
}

}  // namespace nonconvex
