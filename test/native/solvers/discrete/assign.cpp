// An assignment that is known, with its proof.
#include "check.hpp"
#include "solvers/discrete/assign/solver.hpp"

using namespace nonconvex;

namespace {

AssignSolution solved(const std::vector<double>& costs, int rows, int columns, bool maximize, Status status) {
  AssignProblem problem;
  problem.cost = {.f64 = costs.data(), .rows = rows, .columns = columns};
  AssignSettings settings;
  settings.maximize = maximize;
  const Cpu la;
  Monitor monitor;
  AssignSolver<Cpu> solver(la, problem, settings);
  CHECK(iterate(solver, settings, monitor).status == status);
  return solver.solution();
}

}  // namespace

TEST(assignmentOfMoreRowsThanColumns) {
  const AssignSolution found = solved({3, 5, 1, 9, 2, 2}, 3, 2, false, Status::solved);
  CHECK(found.columnOf == std::vector<int>({-1, 0, 1}));
  CHECK(found.rowOf == std::vector<int>({1, 2}));
  CHECK_EQ(found.certificate.lowerBound, 3.0);
  for (const double u : found.rowMultipliers) CHECK(u <= 0);
}

TEST(assignmentOfTheLargestSum) {
  const AssignSolution found = solved({3, 5, 1, 9}, 2, 2, true, Status::solved);
  CHECK(found.columnOf == std::vector<int>({0, 1}));
  CHECK_EQ(found.certificate.upperBound, 12.0);
}

TEST(assignmentThatDoesNotExist) {
  const AssignSolution found = solved({1, infinity, 2, infinity}, 2, 2, false, Status::infeasible);
  CHECK(found.certificate.proof.kind == ProofKind::hall);
  CHECK_EQ(found.certificate.proof.rows.size(), 2u);
  CHECK(found.certificate.proof.columns == std::vector<int>({0}));
}
