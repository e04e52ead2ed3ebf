// Regressions whose rows are spread over ranks, which are threads here, solved: the answer of one process with all
// rows.
#include "check.hpp"
#include "problems/glm_data.hpp"
#include "solvers/nlp/solver.hpp"
#include "thread_ranks.hpp"

using namespace glm;

namespace {

Solved<NlpSolution> solve(std::unique_ptr<GlmObjective> objective, NlpSettings settings, bool sphere,
                          Monitor& monitor) {
  const int n = objective->variables();
  Graph g(n);
  if (sphere) constrain(g, g.variables(0, n), n);
  settings.sampleStart = false;
  const Cpu la(nullptr, 1, &monitor);
  NlpProblem problem;
  problem.nlp = std::make_shared<ConstrainedObjective>(std::move(objective), std::make_shared<Program>(g));
  problem.start.assign(at(n), 0.1);
  NlpSolver solver(la, problem, settings);
  auto outcome = iterate(solver, settings, monitor);
  return {std::move(outcome), solver.solution()};
}

void compare(const Case& c, const NlpSettings& settings, bool sphere, int size) {
  const Data data(c);
  Data normalised = data;
  double total = 0;
  for (const double weight : data.rows.weights) total += weight;
  for (double& weight : normalised.rows.weights) weight /= total;
  Monitor none;
  const auto alone = solve(normalised.objective(c.form), settings, sphere, none);
  CHECK(alone.outcome.status == Status::solved);
  std::vector<Solved<NlpSolution>> found(at(size));
  ThreadRanks(size).run([&](const std::shared_ptr<Ranks>& ranks) {
    Monitor wishes;
    JointSolve joint(std::make_shared<Ranks::Turn>(ranks), wishes, 1);
    const int rank = ranks->rank(), begin = c.rows * rank / size, end = c.rows * (rank + 1) / size;
    found[at(rank)] = solve(part(data, c.form, begin, end, ranks), settings, sphere, joint.monitor());
    joint.end(found[at(rank)].solution.x);
  });
  for (const auto& [outcome, solution] : found) {
    CHECK(outcome.status == Status::solved);
    CHECK(solution.x == found[0].solution.x);
    for (std::size_t j = 0; j < solution.x.size(); ++j) {
      CHECK_NEAR(solution.x[j], alone.solution.x[j], 10 * settings.tolerance);
    }
  }
}

}  // namespace

TEST(regressionsOverRanks) {
  const Case dense{GlmFamily::logistic, Form::dense, 120, 6, 1, true, false, 0.1};
  const Case sparse{GlmFamily::poisson, Form::sparse, 150, 7, 0.5, false, true, 0.1};
  NlpSettings newton, products, lbfgs;
  products.inner = KktMethod::krylov;
  lbfgs.method = NlpMethod::lbfgs;
  compare(dense, newton, false, 2);
  compare(dense, newton, true, 3);
  compare(sparse, products, false, 2);
  compare(sparse, lbfgs, false, 2);
}
