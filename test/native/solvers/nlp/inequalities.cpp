// The interior-point method where the answers are known, and where there is none.
#include <functional>
#include <memory>
#include <span>
#include <utility>

#include "bounded_solve.hpp"
#include "check.hpp"

using namespace nonconvex;
using namespace expressions;

namespace {

void checkSolved(const Result& result, double objective, const char* name) {
  const double f = result.outcome.progress.objective;
  const bool good =
      result.outcome.status == Status::solved && std::abs(f - objective) <= 1e-6 * std::max(1.0, std::abs(objective));
  check::note(good, __FILE__, __LINE__,
              std::string(name) + ": " + result.outcome.message + " f = " + show(f) + ", expected " + show(objective));
}

/// A problem that calls a function at each point.
class Watched final : public Nlp {
 public:
  Watched(const Graph& graph, std::function<void()> look) : program_(graph), look_(std::move(look)) {}
  int variables() const override { return program_.variables(); }
  int constraints() const override { return program_.constraints(); }
  const SparsePattern& jacobianPattern() const override { return program_.jacobianPattern(); }
  const SparsePattern& hessianPattern() const override { return program_.hessianPattern(); }
  void moveTo(std::span<const double> x) override {
    look_();
    program_.moveTo(x);
  }
  double objective() override { return program_.objective(); }
  void gradient(std::span<double> g) override { program_.gradient(g); }
  void constraintValues(std::span<double> c) override { program_.constraintValues(c); }
  void jacobian(std::span<double> values) override { program_.jacobian(values); }
  void hessian(double sigma, std::span<const double> lambda, std::span<double> values) override {
    program_.hessian(sigma, lambda, values);
  }
  void jacobianProduct(std::span<const double> v, std::span<double> out) override { program_.jacobianProduct(v, out); }
  void jacobianTransposedProduct(std::span<const double> v, std::span<double> out) override {
    program_.jacobianTransposedProduct(v, out);
  }
  void hessianProduct(double sigma, std::span<const double> lambda, std::span<const double> v,
                      std::span<double> out) override {
    program_.hessianProduct(sigma, lambda, v, out);
  }

 private:
  Program program_;
  std::function<void()> look_;
};

Minimize formulasOf071(Variables x) {
  return {x(1) * x(4) * (x(1) + x(2) + x(3)) + x(3),
          {x(1) * x(2) * x(3) * x(4), square(x(1)) + square(x(2)) + square(x(3)) + square(x(4))}};
}

const GivenBounds boundsOf071{{1, 1, 1, 1}, {5, 5, 5, 5}, {25, 40}, {infinity, 40}};

}  // namespace

// Hock and Schittkowski's problem 71.
TEST(hs071) { checkSolved(solve({1, 5, 5, 1}, boundsOf071, formulasOf071), 17.0140173, "hs071"); }

// Wherever that is, also while a solution is polished.
TEST(anAbortLeavesAPointOfWhichTheReportIsTrue) {
  const Graph graph = graphOf(4, formulasOf071);
  const NlpSettings settings;
  const Cpu plain;
  for (int last = 1;; ++last) {
    Monitor monitor;
    NlpProblem problem;
    int points = 0;
    problem.nlp = std::make_shared<Watched>(graph, [&] {
      if (++points == last) monitor.abort();
    });
    problem.start = {1, 5, 5, 1};
    problem.bounds = boundsOf071;
    const Cpu la = plain.watchedBy(monitor);
    NlpSolver solver(la, problem, settings);
    const Outcome outcome = iterate(solver, settings, monitor);
    if (points < last) {
      CHECK(outcome.status == Status::solved);
      break;
    }
    if (outcome.status == Status::solved) continue;
    CHECK(outcome.status == Status::aborted);
    const NlpSolution solution = solver.solution();
    Program fresh(graph);
    fresh.moveTo(solution.x);
    CHECK_NEAR(fresh.objective(), outcome.progress.objective, 1e-12 * std::abs(fresh.objective()));
    CHECK_EQ(solution.residual, static_cast<double>(outcome.progress.residual));
    CHECK(solution.residual > 0);
  }
}

// No constraint qualification holds at the solution (1, 0).
TEST(hs013) {
  const Result result = solve({-2, -2}, {{0, 0}, {infinity, infinity}, {0}, {infinity}}, [](Variables x) {
    return Minimize{square(x(1) - 2) + square(x(2)), {pow(1 - x(1), 3) - x(2)}};
  });
  CHECK(result.solution.x[0] > 0.9);
}

TEST(hs015) {
  const Result result =
      solve({-2, 1}, {{-infinity, -infinity}, {0.5, infinity}, {1, 0}, {infinity, infinity}}, [](Variables x) {
        return Minimize{100 * square(x(2) - square(x(1))) + square(1 - x(1)), {x(1) * x(2), x(1) + square(x(2))}};
      });
  CHECK(result.outcome.status == Status::solved);
}

// A projection onto a box: bounds alone.
TEST(box) {
  const Result result = solve({0, 0, 0}, {{-1, -1, -1}, {1, 1, 1}, {}, {}}, [](Variables x) {
    return Minimize{square(x(1) - 3) + square(x(2) + 0.5) + square(x(3) + 2), {}};
  });
  checkSolved(result, 5, "box");
}

// x <= 0 and x >= 0 as rows: the feasible set has no interior.
TEST(emptyInterior) {
  const Result result = solve({1, 1}, {{}, {}, {-infinity, 0}, {0, infinity}}, [](Variables x) {
    return Minimize{square(x(1) - 1) + square(x(2) - 1), {x(1), x(1) + 0 * x(2)}};
  });
  checkSolved(result, 1, "emptyInterior");
}

TEST(infeasible) {
  const Result result = solve({1, 1}, {{0, 0}, {1, 1}, {3}, {infinity}}, [](Variables x) {
    return Minimize{x(1) * x(2), {x(1) + x(2)}};
  });
  CHECK(result.outcome.status == Status::infeasible);
}

namespace {

void checkSays(const Result& result, Status status, std::initializer_list<const char*> parts) {
  CHECK(result.outcome.status == status);
  for (const char* const part : parts) {
    check::note(check::contains(result.outcome.message, part), __FILE__, __LINE__,
                "'" + result.outcome.message + "' has no '" + part + "'");
  }
}

}  // namespace

// x(2) is of no help, constraint 1 is satisfied: neither is blamed.
TEST(infeasibleConstraintsAreNamed) {
  const Result bounded = solve({1, 1, 0}, {{0, 0, -1}, {1, 1, 1}, {3, -5}, {infinity, 5}}, [](Variables x) {
    return Minimize{x(1) * x(2) + x(3), {x(1) + x(2) + 0 * x(3), x(3)}};
  });
  checkSays(bounded, Status::infeasible,
            {"No point satisfies this: constraint 0 is 2, below constraintsLower[0] = 3, while upper[0] and upper[1] "
             "hold x back",
             "Another start will not help"});
  CHECK(!check::contains(bounded.outcome.message, "constraint 1"));

  const Result curved = solve({1, 1}, {{}, {}, {4, -infinity, 0}, {4, 1, infinity}}, [](Variables x) {
    const auto square_ = square(x(1)) + square(x(2));
    return Minimize{x(1), {square_, square_, x(1) + 3}};
  });
  checkSays(
      curved, Status::infeasible,
      {"constraint 0 is 2.5 in place of 4", "constraint 1 is 2.5, above constraintsUpper[1] = 1", "try another start"});
}

// f falls for ever along x(3), but rows without it contradict one another.
TEST(infeasibleIsNotUnbounded) {
  const Result result = solve({1, 1, 1}, {{}, {}, {1, 0}, {1, 0}}, [](Variables x) {
    return Minimize{x(1) + x(3), {square(x(1)) + square(x(2)), square(x(1) - 2) + square(x(2)) + 0 * x(3)}};
  });
  CHECK(result.outcome.status != Status::unbounded);
  CHECK(result.outcome.status != Status::solved);
}

TEST(contradictoryBoundsAreNamed) {
  const auto formulas = [](Variables x) { return Minimize{x(1) + x(2), {x(1) * x(2)}}; };
  checkSays(solve({1, 1}, {{0, 2}, {1, 1}, {}, {}}, formulas), Status::infeasible,
            {"lower[1] = 2 is above upper[1] = 1."});
  checkSays(solve({1, 1}, {{}, {}, {3}, {2}}, formulas), Status::infeasible,
            {"constraintsLower[0] = 3 is above constraintsUpper[0] = 2."});
}

TEST(unboundedVariablesAreNamed) {
  const Result result = solve({1, 1}, {{0, 0}, {1, infinity}, {0}, {infinity}}, [](Variables x) {
    return Minimize{x(1) - x(2), {x(2) - x(1)}};
  });
  checkSays(result, Status::unbounded,
            {"The objective has no bound along feasible points where x[1] goes to Infinity"});
  CHECK(result.solution.x[1] > 1e10);
}

// A tolerance below rounding is out of reach, so every attempt stalls.
TEST(stalledAttemptsAreCounted) {
  NlpSettings settings;
  settings.tolerance = 1e-20;
  const auto formulas = [](Variables x) { return Minimize{exp(x(1)) + square(x(1) - x(2)), {x(1) * x(2)}}; };
  const GivenBounds bounds = {{-3, -3}, {3, 3}, {1.0 / 3}, {infinity}};
  checkSays(
      solve({1, 1}, bounds, formulas, settings), Status::stalled,
      {"None of 9 attempts has solved it: from the start, by an augmented Lagrangian and from where that ended, with 3 "
       "other rules for the barrier, from 3 random points. At the best point",
       "the gradient of the Lagrangian is ", "Try a larger tolerance"});
  settings.restarts = 0;
  checkSays(solve({1, 1}, bounds, formulas, settings), Status::stalled,
            {"from the start alone, as restarts = 0 asks for", "Try restarts above 0."});
}

// Each x_j is -1, 0 or 1, which makes many minima of the infeasibility, and few combinations are feasible (LEWISPOL).
TEST(feasiblePointsAreLookedForElsewhere) {
  const auto formulas = [](Variables x) {
    const auto cubic = [&](int j) { return 1e-4 * (pow(x(j), 3) - x(j)); };
    const auto weighted = [&](int power) {
      return sum(2, 6, [&](int j) { return (power == 1 ? j - 1.0 : (j - 1.0) * (j - 1.0)) * x(j); });
    };
    return Minimize{sum(1, 6, [&](int j) { return square(x(j)); }),
                    {cubic(1), cubic(2), cubic(3), cubic(4), cubic(5), cubic(6),
                     sum(1, 6, [&](int j) { return x(j); }) + 1, weighted(1) + 6, weighted(2) - x(2) + 30}};
  };
  const std::vector<double> low(6, -10), high(6, 10);
  NlpSettings settings;
  const Result found = solve(std::vector<double>(6, 0.0), {low, high, {}, {}}, formulas, settings);
  CHECK(found.outcome.status == Status::solved);
  CHECK(found.solution.feasibility <= 1e-8);
  // Such a minimum misses the curved constraints by little more than nothing, which is no proof that there is no point.
  // In their own units: scaled up they would not be missed by so little.
  settings.restarts = 0;
  settings.scaling = false;
  CHECK(solve(std::vector<double>(6, 0.0), {low, high, {}, {}}, formulas, settings).outcome.status == Status::stalled);
}

// Linear constraints that are missed by as little have no solution.
TEST(linearConstraintsThatHardlyContradict) {
  const auto formulas = [](Variables x) {
    return Minimize{square(x(1)) + square(x(2)), {x(1) + x(2), x(1) + x(2) - 2e-5}};
  };
  CHECK(solve({1, 1}, {{-1, -1}, {1, 1}, {}, {}}, formulas).outcome.status == Status::infeasible);
}

namespace {

/// Begins at a result.
void takeFrom(const NlpSolution& from, NlpProblem& problem) {
  problem.start = from.x;
  problem.multipliers = from.multipliers;
  problem.lowerMultipliers = from.lowerMultipliers;
  problem.upperMultipliers = from.upperMultipliers;
  problem.objectiveScale = from.objectiveScale;
  problem.constraintScales = from.constraintScales;
}

/// min x_1 x_4 (x_1 + x_2 + x_3) + x_3 with a product of at least `product`, from an earlier solution where there is
/// one.
Result solve71(double product, const NlpSolution* from) {
  const Cpu la;
  Monitor monitor;
  const NlpSettings settings;
  NlpProblem problem;
  problem.nlp = std::make_shared<Program>(graphOf(4, [](Variables x) {
    return Minimize{x(1) * x(4) * (x(1) + x(2) + x(3)) + x(3),
                    {x(1) * x(2) * x(3) * x(4), square(x(1)) + square(x(2)) + square(x(3)) + square(x(4))}};
  }));
  problem.start = {1, 5, 5, 1};
  problem.bounds = {{1, 1, 1, 1}, {5, 5, 5, 5}, {product, 40}, {infinity, 40}};
  if (from != nullptr) takeFrom(*from, problem);
  NlpSolver solver(la, problem, settings);
  Outcome outcome = iterate(solver, settings, monitor);
  return {std::move(outcome), solver.solution()};
}

}  // namespace

TEST(warmStarts) {
  const Result first = solve71(25, nullptr);
  const Result same = solve71(25, &first.solution);
  CHECK(same.outcome.status == Status::solved);
  CHECK_EQ(same.outcome.progress.iteration, 0);
  const Result cold = solve71(25.025, nullptr), warm = solve71(25.025, &first.solution);
  CHECK(cold.outcome.status == Status::solved && warm.outcome.status == Status::solved);
  CHECK(2 * warm.outcome.progress.iteration <= cold.outcome.progress.iteration);
  CHECK(std::abs(cold.outcome.progress.objective - warm.outcome.progress.objective) <= 1e-8);
}

namespace {

/// min sum_j 250 x_j^2 + x_j^4 - p_j x_j, 0 <= x <= 1, sum x <= 3; from a result if there is one.
Result solveSteep(const std::vector<double>& p, const NlpSolution* from) {
  const Cpu la;
  Monitor monitor;
  NlpProblem problem;
  problem.nlp = std::make_shared<Program>(graphOf(8, [&](Variables x) {
    return Minimize{sum(1, 8, [&](int j) { return 250 * square(x(j)) + pow(x(j), 4) - p[at(j - 1)] * x(j); }),
                    {sum(1, 8, [&](int j) { return x(j); })}};
  }));
  problem.start.assign(8, 0.9);
  problem.bounds = {Vector(8, 0.0), Vector(8, 1.0), {-infinity}, {3}};
  if (from != nullptr) takeFrom(*from, problem);
  NlpSolver solver(la, problem, {});
  Outcome outcome = iterate(solver, NlpSettings(), monitor);
  return {std::move(outcome), solver.solution()};
}

}  // namespace

TEST(warmStartsKeepScalesAndFollowTheActiveSet) {
  const Result first = solveSteep({-1, 50, 20, 500, 1000, 300, 30, 70}, nullptr);
  CHECK(first.solution.objectiveScale < 0.5);
  CHECK_EQ(solveSteep({-1, 50, 20, 500, 1000, 300, 30, 70}, &first.solution).outcome.progress.iteration, 0);
  const std::vector<double> next = {2, 40, 1000, 250, 400, 600, -1, 50};
  const Result cold = solveSteep(next, nullptr), warm = solveSteep(next, &first.solution);
  CHECK(warm.outcome.status == Status::solved && warm.solution.polished);
  CHECK_NEAR(warm.outcome.progress.objective, cold.outcome.progress.objective, 1e-7);
  CHECK(warm.solution.activeLower != first.solution.activeLower);
  CHECK(warm.solution.activeUpper != first.solution.activeUpper);
  CHECK(warm.outcome.progress.iteration <= 5);
}

TEST(warmStartsOfWrongSigns) {
  Result first = solve71(25, nullptr);
  first.solution.lowerMultipliers[0] = -1;
  const std::string message = check::messageOf([&] { solve71(25, &first.solution); });
  CHECK(check::contains(message, "lowerMultipliers[0] = -1"));
}
