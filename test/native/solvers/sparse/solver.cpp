// Paths against optimality conditions that are recomputed here.
#include "solvers/sparse/solver.hpp"

#include <cmath>
#include <vector>

#include "check.hpp"
#include "core/random.hpp"

using namespace nonconvex;

namespace {

struct Drawn {
  std::vector<double> x;  ///< by rows
  SparseProblem problem;
};

Drawn draw(int n, int p, SparseFamily family, std::uint64_t seed) {
  Drawn made;
  const Random random(seed);
  made.x.resize(static_cast<std::size_t>(n) * static_cast<std::size_t>(p));
  for (std::size_t k = 0; k < made.x.size(); ++k) made.x[k] = random.normal(k) + 0.5;
  for (int i = 0; i < n; ++i) {
    double t = 0;
    for (int j = 0; j < 3; ++j) t += (j % 2 ? -0.6 : 0.8) * made.x[static_cast<std::size_t>(i * p + j)];
    const double noise = random.normal(made.x.size() + static_cast<std::size_t>(i));
    double y = t + noise;
    if (family == SparseFamily::binomial) y = t + noise > 0;
    if (family == SparseFamily::poisson) y = std::floor(std::exp(t / 2 + 0.3 * noise));
    if (family == SparseFamily::gamma) y = std::exp(t / 2 + 0.3 * noise);
    made.problem.y.push_back(y);
  }
  made.problem.x = MatrixInput{.f64 = made.x.data(), .rows = n, .columns = p};
  return made;
}

}  // namespace

TEST(solves_paths_of_all_families) {
  for (const auto family :
       {SparseFamily::gaussian, SparseFamily::binomial, SparseFamily::poisson, SparseFamily::gamma}) {
    const Drawn drawn = draw(80, 30, family, 5);
    SparseSettings settings;
    settings.family = family;
    settings.minRatio = 0.01;
    settings.nLambda = 30;
    const Cpu la;
    Monitor monitor;
    PathSolver solver(la, drawn.problem, settings);
    const auto outcome = iterate(solver, settings, monitor);
    CHECK(outcome.status == Status::solved);
    const SparseSolution solution = solver.solution();
    CHECK(solution.lambdas.size() > 5);
    for (const double gap : solution.gaps) CHECK(gap <= 1e-6);
  }
}
