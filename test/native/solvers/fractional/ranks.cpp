// Ratios whose starts are shared out over ranks, which are threads here: the same answer as one process.
#include "check.hpp"
#include "core/random.hpp"
#include "solvers/fractional/solver.hpp"
#include "thread_ranks.hpp"

using namespace nonconvex;

namespace {

using Kind = FractionalTerm::Kind;

constexpr int rows = 40, n = 25;

struct Data {
  std::vector<double> A = std::vector<double>(rows * n), b = std::vector<double>(rows);
  Data() {
    const Random random(4);
    for (std::size_t k = 0; k < A.size(); ++k) A[k] = random.normal(k);
    for (std::size_t i = 0; i < b.size(); ++i) b[i] = random.normal(1000 + i);
  }
};

struct Found {
  Solved<FractionalSolution> solved;
};

Found solve(const Data& data, const std::shared_ptr<Ranks>& ranks, int restarts, Monitor& monitor) {
  FractionalProblem problem;
  problem.n = n;
  problem.matrices = {MatrixInput{data.A.data(), nullptr, rows, n}};
  problem.numerator = {{.kind = Kind::leastSquares, .matrix = 0, .b = data.b, .constant = 1, .name = "numerator[0]"}};
  problem.denominator = {.kind = Kind::topK, .k = 4, .shift = 0.1, .name = "denominator"};
  problem.ranks = ranks;
  FractionalSettings settings;
  settings.restarts = restarts;
  const Cpu la(nullptr, 1, &monitor);
  FractionalSolver solver(la, problem, settings);
  auto outcome = iterate(solver, settings, monitor);
  return {{std::move(outcome), solver.solution()}};
}

void compare(int size, int restarts) {
  const Data data;
  Monitor none;
  const Found alone = solve(data, nullptr, restarts, none);
  CHECK(alone.solved.outcome.status == Status::solved);
  std::vector<std::optional<Found>> found(static_cast<std::size_t>(size));
  ThreadRanks(size).run([&](const std::shared_ptr<Ranks>& ranks) {
    Monitor wishes;
    JointSolve joint(std::make_shared<Ranks::Turn>(ranks), wishes, 1);
    Found mine = solve(data, ranks, restarts, joint.monitor());
    joint.end(mine.solved.solution.x);
    found[static_cast<std::size_t>(ranks->rank())] = std::move(mine);
  });
  const auto& [expected, solution] = alone.solved;
  for (const std::optional<Found>& each : found) {
    const auto& [outcome, mine] = each->solved;
    CHECK(outcome.status == Status::solved && outcome.progress.iteration == expected.progress.iteration);
    CHECK(check::sameBits(mine.x.data(), solution.x.data(), solution.x.size()));
    CHECK(mine.numerator == solution.numerator && mine.denominator == solution.denominator);
    CHECK(static_cast<double>(outcome.progress.objective) == static_cast<double>(expected.progress.objective));
    CHECK_EQ(mine.starts.size(), solution.starts.size());
    for (std::size_t k = 0; k < mine.starts.size(); ++k) {
      CHECK(mine.starts[k].objective == solution.starts[k].objective &&
            mine.starts[k].sweeps == solution.starts[k].sweeps);
    }
    CHECK_EQ(mine.updates, solution.updates);
  }
}

TEST(startsOfRanksAreThoseOfOneProcess) {
  for (const int size : {1, 2, 4}) compare(size, 9);
  compare(4, 2);  // one rank has no start
}

TEST(anAbortOfOneRankEndsAll) {
  const Data data;
  std::vector<Status> statuses(2);
  ThreadRanks(2).run([&](const std::shared_ptr<Ranks>& ranks) {
    Monitor wishes;
    JointSolve joint(std::make_shared<Ranks::Turn>(ranks), wishes, 1);
    if (ranks->rank() == 1) wishes.abort();
    const Found mine = solve(data, ranks, 5, joint.monitor());
    joint.end(mine.solved.solution.x);
    statuses[static_cast<std::size_t>(ranks->rank())] = mine.solved.outcome.status;
  });
  CHECK(statuses == std::vector(2, Status::aborted));
}

}  // namespace
