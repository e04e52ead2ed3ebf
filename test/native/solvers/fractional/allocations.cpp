// No memory is asked for in a sweep.
#include "allocations.hpp"

#include "check.hpp"
#include "core/random.hpp"
#include "solvers/fractional/solver.hpp"

using namespace nonconvex;

namespace {

using Kind = FractionalTerm::Kind;

void checkSweeps(FractionalTerm numerator, FractionalTerm denominator, bool penalties, FractionalOrder order) {
  constexpr int m = 30;
  constexpr int n = 20;
  std::vector<double> A(m * n), b(m), labels(m), ones(n, 1.0), zeros(n);
  const Random random(4);
  for (std::size_t k = 0; k < A.size(); ++k) A[k] = random.normal(k);
  for (std::size_t i = 0; i < m; ++i) labels[i] = (b[i] = random.normal(1000 + i)) > 0 ? 1 : -1;
  FractionalProblem problem;
  problem.n = n;
  problem.matrices = {MatrixInput{A.data(), nullptr, m, n}};
  numerator.name = "numerator[0]";
  denominator.name = "denominator";
  numerator.b = numerator.kind == Kind::logistic ? labels : b;
  denominator.c = denominator.weights = ones;
  problem.numerator = {numerator};
  problem.denominator = denominator;
  if (penalties) problem.l1 = ones;
  if (denominator.kind == Kind::sumSqrt) problem.lower = zeros;
  FractionalSettings settings;
  settings.sweepOrder = order;
  settings.restarts = 2;
  const Cpu la;
  FractionalSolver solver(la, problem, settings);
  solver.start();
  const long before = allocations;
  for (int k = 0; k < 120; ++k) solver.step();
  for (int k = 0; k < 5; ++k) solver.progress();
  CHECK_EQ(allocations - before, 0L);
}

}  // namespace

TEST(sweepsOfEveryTerm) {
  int turn = 0;
  for (const Kind f : {Kind::leastSquares, Kind::squaredHinge, Kind::logistic, Kind::sumSquares}) {
    for (const Kind g : {Kind::norm1, Kind::norm2, Kind::normInf, Kind::topK, Kind::sumSquares, Kind::sumSqrt}) {
      for (const FractionalOrder order :
           {FractionalOrder::cyclic, FractionalOrder::shuffled, FractionalOrder::greedy}) {
        if (!check::longRun() && turn++ % 4 != 0) continue;  // each term and order once at least
        checkSweeps({.kind = f, .matrix = 0, .constant = 1}, {.kind = g, .constant = 1, .k = 4}, true, order);
      }
    }
    for (const int p : {0, 1, 2, 4}) {
      for (const bool squared : {false, true}) {
        checkSweeps({.kind = f, .matrix = 0, .constant = 1},
                    {.kind = Kind::lpNorm, .matrix = 0, .p = p, .squared = squared}, false, FractionalOrder::cyclic);
      }
    }
  }
}
