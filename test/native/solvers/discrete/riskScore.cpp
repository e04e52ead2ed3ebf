// A card that is known, with its proof.
#include "check.hpp"
#include "solvers/discrete/riskScore/solver.hpp"

using namespace nonconvex;

namespace {

/// The event where the first column says so, but for one row of eight.
const std::vector<double> rows = {1, 0, 1, 1, 1, 0, 1, 1, 0, 1, 0, 0, 0, 1, 0, 0};
const std::vector<double> classes = {1, 1, 1, -1, -1, -1, -1, 1};

RiskScoreProblem problem() {
  RiskScoreProblem made;
  made.x = {.f64 = rows.data(), .rows = 8, .columns = 2};
  made.y = classes;
  return made;
}

RiskScoreSolution solved(const RiskScoreSettings& settings) {
  const RiskScoreProblem given = problem();
  const Cpu la;
  Monitor monitor;
  RiskScoreSolver<Cpu> solver(la, given, settings);
  CHECK(iterate(solver, settings, monitor).status == Status::solved);
  return solver.solution();
}

}  // namespace

TEST(riskScoreOfOneColumn) {
  RiskScoreSettings settings;
  settings.maxSize = 1;
  const RiskScoreSolution found = solved(settings);
  // Both cells have three rows of four right, so that the loss is the entropy of 1/4.
  const double entropy = -(0.25 * std::log(0.25) + 0.75 * std::log(0.75));
  CHECK(found.points[0] > 0);
  CHECK_EQ(found.points[1], 0);
  CHECK(std::abs(found.certificate.lowerBound - entropy) < 2e-8);
  CHECK(std::abs(found.scale * found.points[0] - 2 * std::log(3.0)) < 1e-6);
}

TEST(riskScoreOfScaleOneHasAnIntegerIntercept) {
  RiskScoreSettings settings;
  settings.scaling = ScoreScale::one;
  settings.maxSize = 1;
  const RiskScoreSolution found = solved(settings);
  CHECK_EQ(found.points[0], 2);
  CHECK_EQ(found.intercept, -1.0);
}
