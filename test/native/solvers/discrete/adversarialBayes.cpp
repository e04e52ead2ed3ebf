// The least robust error of a line of points, and of three classes that meet in a point.
#include "check.hpp"
#include "solvers/discrete/adversarialBayes/solver.hpp"

using namespace nonconvex;

namespace {

AdversarialBayesSolution solved(const std::vector<double>& x, int columns, std::vector<int> y, AttackNorm norm,
                                std::vector<double> radius, int order = 3) {
  AdversarialBayesProblem problem;
  problem.x = {.f64 = x.data(), .rows = static_cast<int>(y.size()), .columns = columns};
  problem.y = std::move(y);
  problem.classes = 3;
  problem.norm = norm;
  problem.radius = std::move(radius);
  AdversarialBayesSettings settings;
  settings.order = order;
  const Cpu la;
  Monitor monitor;
  AdversarialBayesSolver solver(la, problem, settings);
  CHECK(iterate(solver, settings, monitor).status == Status::solved);
  return solver.solution();
}

}  // namespace

TEST(robustErrorOfALine) {
  // 0 and 3, 1 and 2 are in conflict from the distance 1 on: two pairs at radius 0.5.
  const AdversarialBayesSolution found = solved({0, 1, 2, 3}, 1, {0, 1, 0, 1}, AttackNorm::inf, {0.4, 0.5});
  CHECK_EQ(found.curve[0].robustError, 0.0);
  CHECK_EQ(found.robustError, 0.5);
  CHECK_EQ(found.bound, 0.5);
  CHECK_EQ(found.conflicts, 3.0);
}

TEST(robustErrorOfATriangle) {
  // Sides of length 1: pairs meet from 0.5 on, all three rows from 1 / sqrt(3) on.
  const std::vector<double> x = {0, 0, 1, 0, 0.5, std::sqrt(0.75)};
  const AdversarialBayesSolution found = solved(x, 2, {0, 1, 2}, AttackNorm::two, {0.49, 0.55, 0.58});
  CHECK_EQ(found.curve[0].robustError, 0.0);
  CHECK_NEAR(found.curve[1].robustError, 0.5, 1e-12);
  CHECK_NEAR(found.curve[2].robustError, 2.0 / 3, 1e-12);
  const AdversarialBayesSolution pairs = solved(x, 2, {0, 1, 2}, AttackNorm::two, {0.58}, 2);
  CHECK_NEAR(pairs.robustError, 0.5, 1e-12);
  CHECK(pairs.certificate.over == "smallSets");
}
