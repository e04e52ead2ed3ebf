// Margins that are known.
#include <cmath>

#include "check.hpp"
#include "solvers/discrete/certifyNetwork/solver.hpp"

using namespace nonconvex;

TEST(certifyNetworkFindsTheMarginOfAbsoluteValue) {
  // f = |x| - 0.5 as a sign: least at 0, which is inside of the ball.
  const std::vector<double> x = {0.3};
  CertifyNetworkProblem problem;
  problem.x = {.f64 = x.data(), .rows = 1, .columns = 1};
  problem.y = {1};
  problem.outputs = CertifyOutputs::signs;
  problem.widths = {1, 2, 1};
  problem.weights = {1, -1, 1, 1};
  problem.biases = {0, 0, -0.5};
  problem.radius = {0.4};
  for (const CertifyNorm norm : {CertifyNorm::inf, CertifyNorm::two}) {
    problem.norm = norm;
    CertifyNetworkSettings settings;
    settings.goal = CertifyGoal::margin;
    const Cpu la;
    Monitor monitor;
    CertifyNetworkSolver solver(la, problem, settings);
    CHECK(iterate(solver, settings, monitor).status == Status::solved);
    const CertifyNetworkSolution solution = solver.solution();
    CHECK(std::abs(solution.rows[0].margin + 0.5) < 1e-5);
    CHECK(solution.rows[0].bound <= -0.5);
  }
}
