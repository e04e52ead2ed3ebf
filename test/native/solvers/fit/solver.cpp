// A straight line, whose statistics a textbook has, a curve with an affine parameter, and starts of which some end
// elsewhere.
#include "solvers/fit/solver.hpp"

#include "check.hpp"
#include "methods/function_nlp.hpp"

using namespace nonconvex;

namespace {

/// y = a + b t at t = 1, 2, 3, 4.
NlpFormulas line() {
  return {.n = 2,
          .m = 4,
          .c =
              [](const Values& x) {
                const Values y = {2, 3, 5, 4};
                Values r;
                for (int i = 0; i < 4; ++i) r.push_back(x[0] + x[1] * (i + 1) - y[at(i)]);
                return r;
              },
          .J = [](const Values&) { return Values{1, 1, 1, 2, 1, 3, 1, 4}; }};
}

/// r(x) = x^2 - 2 + x / 2 in one variable: minima near 1.19 and near -1.69.
NlpFormulas twoEnds() {
  return {.n = 1,
          .m = 2,
          .c =
              [](const Values& x) {
                return Values{x[0] * x[0] - 2, (x[0] - 3) / 2};
              },
          .J =
              [](const Values& x) {
                return Values{2 * x[0], 0.5};
              },
          .H = [](const Values&, double, std::span<const double> lambda) { return Values{2 * lambda[0]}; }};
}

Solved<FitSolution> solved(const NlpFormulas& formulas, const Values& start, const FitSettings& settings = {},
                           GivenBounds bounds = {}) {
  FitProblem problem;
  problem.nlp = std::make_shared<FunctionNlp>(formulas);
  problem.start = start;
  problem.bounds = std::move(bounds);
  const Cpu la;
  Monitor monitor;
  FitSolver solver(la, problem, settings);
  auto outcome = iterate(solver, settings, monitor);
  return {std::move(outcome), solver.solution()};
}

}  // namespace

TEST(fitOfALineHasTheCovarianceOfATextbook) {
  // Means 2.5 and 3.5, Sxx = 5, Sxy = 4, RSS = 1.8, so s^2 = 0.9: var b = 0.18, var a = 0.9 (1/4 + 6.25 / 5).
  for (const FitCovariance kind : {FitCovariance::automatic, FitCovariance::hessian}) {
    FitSettings settings;
    settings.covariance = kind;
    const auto [outcome, s] = solved(line(), {10, -7}, settings);
    CHECK(outcome.status == Status::solved);
    CHECK_NEAR(s.x[0], 1.5, 1e-12);
    CHECK_NEAR(s.x[1], 0.8, 1e-12);
    CHECK_NEAR(s.residualSumOfSquares, 1.8, 1e-12);
    CHECK_NEAR(square(s.residualDeviation), 0.9, 1e-12);
    CHECK_NEAR(s.covariance(1, 1), 0.18, 1e-12);
    CHECK_NEAR(s.covariance(0, 0), 1.35, 1e-12);
    CHECK_NEAR(s.covariance(0, 1), -0.45, 1e-12);
    CHECK(s.certificate.kind == CertificateKind::local);
  }
}

TEST(fitTellsTheSandwichOfALine) {
  FitSettings settings;
  settings.covariance = FitCovariance::sandwich;
  const FitSolution s = solved(line(), {0, 0}, settings).solution;
  // The slope's row of (X^T X)^-1 X^T is (t - 2.5) / 5: var b = 4 / 2 sum of (t - 2.5)^2 r^2 / 25.
  double sum = 0;
  for (int i = 0; i < 4; ++i) sum += square((i + 1 - 2.5) / 5 * s.residuals[at(i)]);
  CHECK_NEAR(s.covariance(1, 1), 2 * sum, 1e-12);
}

TEST(fitNamesParametersThatTheDataDoNotDetermine) {
  NlpFormulas formulas = line();
  formulas.n = 3;  // the third one is in no residual; the first two are
  formulas.J = [](const Values&) { return Values{1, 1, 0, 1, 2, 0, 1, 3, 0, 1, 4, 0}; };
  const auto [outcome, s] = solved(formulas, {0, 0, 7});
  CHECK(s.covariance.rows() == 0);
  CHECK(s.undetermined == std::vector<int>{2});
  CHECK_NEAR(s.x[1], 0.8, 1e-10);
}

TEST(fitHoldsAParameterAtItsBound) {
  GivenBounds bounds;
  bounds.lower = {-infinity, 1};
  bounds.upper = {infinity, infinity};
  const auto [outcome, s] = solved(line(), {0, 2}, {}, std::move(bounds));
  CHECK(outcome.status == Status::solved);
  CHECK(s.x[1] == 1);
  CHECK_NEAR(s.x[0], 1, 1e-12);
  CHECK(s.atBounds == std::vector<int>{1});
  CHECK_NEAR(s.covariance(0, 0), s.residualSumOfSquares / 3 / 4, 1e-12);
  CHECK(s.covariance(1, 1) == 0);
}

TEST(fitTakesTheLowestOfSeveralStarts) {
  GivenBounds bounds;
  bounds.lower = {-4};
  bounds.upper = {4};
  FitSettings settings;
  const FitSolution one = solved(twoEnds(), {-2}, settings, bounds).solution;
  CHECK(one.x[0] < 0);
  settings.restarts = 9;
  const FitSolution best = solved(twoEnds(), {-2}, settings, bounds).solution;
  CHECK(best.x[0] > 0);
  CHECK_EQ(best.runs.total, 10);
  CHECK(best.runs.best > 0 && best.runs.best < 10);
  CHECK(best.runs.solved >= best.runs.best);
}
