// Newton's method where the answers are known, and where there is none.
#include <memory>
#include <tuple>

#include "check.hpp"
#include "core/run.hpp"
#include "expressions/program.hpp"
#include "methods/kkt/inertia_correction.hpp"
#include "solvers/nlp/newton_check.hpp"
#include "solvers/nlp/newton_classics.hpp"
#include "solvers/nlp/solver.hpp"

using namespace nonconvex;
using namespace expressions;

namespace {

struct Result {
  Outcome<ProgressOf<NlpSolution>> outcome;
  NlpSolution solution;
};

Result solve(const std::shared_ptr<Nlp>& nlp, const std::vector<double>& start, const NlpSettings& settings = {},
             const std::vector<double>& multipliers = {}) {
  const Cpu la;
  Monitor monitor;
  NlpSolver solver(la, {nlp, start, multipliers}, settings);
  Outcome outcome = iterate(solver, settings, monitor);
  return {std::move(outcome), solver.solution()};
}

template <class F>
Result solve(const std::vector<double>& start, F&& formulas, const NlpSettings& settings = {}) {
  return solve(std::make_shared<Program>(graphOf(static_cast<int>(start.size()), formulas)), start, settings);
}

NlpSettings published() {
  NlpSettings settings;
  settings.accuracy = KktAccuracy::paper;
  return settings;
}

/// min x^T x / 2 subject to a^T x = b, and what calls were made.
class Projection final : public Nlp {
 public:
  Projection(std::vector<double> a, double b) : a_(std::move(a)), b_(b), x_(a_.size()) {
    const int n = variables();
    jacobian_.lines = 1;
    jacobian_.width = hessian_.lines = hessian_.width = n;
    for (int j = 0; j < n; ++j) {
      jacobian_.indices.push_back(j);
      hessian_.indices.push_back(j);
      hessian_.offsets.push_back(j + 1);
    }
    jacobian_.offsets.push_back(n);
  }

  int variables() const override { return static_cast<int>(a_.size()); }
  int constraints() const override { return 1; }
  const SparsePattern& jacobianPattern() const override { return jacobian_; }
  const SparsePattern& hessianPattern() const override { return hessian_; }
  void moveTo(std::span<const double> x) override { x_.assign(x.begin(), x.end()); }
  double objective() override { return ++objectives, 0.5 * check::inner(x_, x_); }
  void gradient(std::span<double> g) override { std::copy(x_.begin(), x_.end(), g.begin()); }
  void constraintValues(std::span<double> c) override { c[0] = check::inner(a_, x_) - b_; }
  void jacobian(std::span<double> values) override { std::copy(a_.begin(), a_.end(), values.begin()); }
  void hessian(double sigma, std::span<const double>, std::span<double> values) override {
    ++hessians;
    std::fill(values.begin(), values.end(), sigma);
  }
  void jacobianProduct(std::span<const double> v, std::span<double> out) override {
    out[0] = check::inner(a_, {v.begin(), v.end()});
  }
  void jacobianTransposedProduct(std::span<const double> v, std::span<double> out) override {
    for (std::size_t j = 0; j < a_.size(); ++j) out[j] = a_[j] * v[0];
  }
  void hessianProduct(double sigma, std::span<const double>, std::span<const double> v,
                      std::span<double> out) override {
    for (std::size_t j = 0; j < a_.size(); ++j) out[j] = sigma * v[j];
  }

  int objectives = 0;
  int hessians = 0;

 private:
  std::vector<double> a_;
  double b_;
  std::vector<double> x_;
  SparsePattern jacobian_;
  SparsePattern hessian_;
};

const auto circle = [](Variables x) { return Minimize{x(1) + x(2), {square(x(1)) + square(x(2)) - 2}}; };

void solveClassics(const std::vector<classics::Classic>& all, const NlpSettings& settings) {
  for (const classics::Classic& problem : all) {
    const auto program = std::make_shared<Program>(problem.graph);
    const auto [outcome, solution] = solve(program, problem.start, settings);
    const std::string name = problem.name + "(" + std::to_string(problem.start.size()) + ")";
    check::note(outcome.status == Status::solved, __FILE__, __LINE__, name + ": " + outcome.message);
    Program fresh(problem.graph);
    const auto at = check::conditionsAt(fresh, problem.start, solution.x, solution.multipliers);
    check::note(at.residual <= settings.tolerance * (1 + 1e-6), __FILE__, __LINE__,
                name + ": residual " + check::text(at.residual));
    check::note(at.leastCurvature >= -1e-6, __FILE__, __LINE__, name + ": curvature " + check::text(at.leastCurvature));
    // Scales grow where those of the start are small beside those of the solution, and so does the residual.
    CHECK(at.residual <= solution.residual + 1e-12 + 1e-6 * at.residual);
    CHECK(solution.residual <= settings.tolerance * (1 + 1e-6));
    CHECK_NEAR(at.feasibility, solution.feasibility, 1e-12 + 1e-6 * at.feasibility);
    if (problem.minima.empty()) continue;
    bool known = false;
    for (const double f : problem.minima)
      known = known || std::abs(at.objective - f) <= 1e-6 * std::max(1.0, std::abs(f));
    check::note(known, __FILE__, __LINE__, name + ": objective " + check::text(at.objective));
  }
}

}  // namespace

TEST(classicalProblems) {
  for (const NlpSettings& settings : {NlpSettings(), published()}) {
    solveClassics(classics::small(), settings);
    solveClassics(classics::systems(), settings);
    solveClassics(classics::chains(), settings);
  }
}

TEST(aQuadraticProgramTakesOneStep) {
  const auto nlp = std::make_shared<Projection>(std::vector<double>{1, 2, 3, 4}, 30);
  const auto [outcome, solution] = solve(nlp, {5, -1, 0, 2});
  CHECK(outcome.status == Status::solved);
  CHECK_EQ(outcome.progress.iteration, 1);
  for (int j = 0; j < 4; ++j) CHECK_NEAR(solution.x[static_cast<std::size_t>(j)], j + 1.0, 1e-12);
  CHECK_NEAR(solution.multipliers[0], -1, 1e-12);
  CHECK_EQ(solution.inertia.positive, 3);
  CHECK_EQ(solution.inertia.negative, 0);
  CHECK_EQ(solution.inertia.zero, 0);
  CHECK_EQ(solution.counts.objective, nlp->objectives);
  CHECK_EQ(solution.counts.hessian, nlp->hessians);
  CHECK(solution.time.derivatives >= 0 && solution.time.linearAlgebra > 0);
}

/// H does not depend on lambda: the multipliers of the first step come from its own factors.
TEST(linearConstraintsTakeOneFactorisation) {
  const auto objective = [](Variables x) { return square(x(1) - 3) + square(x(1) * 2 + x(2)) + square(x(3)); };
  const auto solved = [&](auto&& constraint) {
    Result result = solve({1, 1, 1}, [&](Variables x) { return Minimize{objective(x), {constraint(x)}}; });
    CHECK(result.outcome.status == Status::solved);
    return result.solution;
  };
  const NlpSolution linear = solved([](Variables x) { return x(1) + 2 * x(2) + x(3) - 1; });
  CHECK_EQ(linear.counts.factorization, 1);
  CHECK_NEAR(linear.x[0] + 2 * linear.x[1] + linear.x[2], 1, 1e-12);
  // The same constraint as a cube.
  const NlpSolution curved = solved([](Variables x) { return pow(x(1) + 2 * x(2) + x(3), 3) - 1; });
  CHECK(curved.counts.factorization > 1);
  for (std::size_t j = 0; j < 3; ++j) CHECK_NEAR(curved.x[j], linear.x[j], 1e-8);
}

/// The minimum changes by -lambda t if c = t is asked for.
TEST(multipliersAreSensitivities) {
  const auto at = [](double t) {
    return solve({1, 1}, [&](Variables x) { return Minimize{x(1) + x(2), {square(x(1)) + square(x(2)) - 2 - t}}; });
  };
  const auto [outcome, solution] = at(0);
  CHECK(outcome.status == Status::solved);
  CHECK_NEAR(solution.x[0], -1, 1e-8);
  CHECK_NEAR(solution.multipliers[0], 0.5, 1e-8);
  const double t = 1e-4;
  CHECK_NEAR(at(t).outcome.progress.objective - outcome.progress.objective, -solution.multipliers[0] * t, t * t);
}

TEST(withoutConstraints) {
  const auto [outcome, solution] = solve({-1.2, 1, -1.2, 1}, [](Variables x) {
    return Minimize{sum(1, 3, [&](int i) { return 100 * square(x(i + 1) - square(x(i))) + square(1 - x(i)); }), {}};
  });
  CHECK(outcome.status == Status::solved);
  for (const double x : solution.x) CHECK_NEAR(x, 1, 1e-6);
  CHECK_EQ(solution.inertia.positive, 4);
}

TEST(maximaAndSaddlesAreLeft) {
  // The start is the maximum: grad L = 0, c = 0.
  const auto onCircle = solve({1, 1}, circle);
  CHECK(onCircle.outcome.status == Status::solved);
  CHECK_NEAR(onCircle.outcome.progress.objective, -2, 1e-8);
  const auto saddle = solve({0, 0}, [](Variables x) {
    return Minimize{pow(x(1), 4) - square(x(1)) + square(x(2)), {}};
  });
  CHECK(saddle.outcome.status == Status::solved);
  CHECK_NEAR(saddle.outcome.progress.objective, -0.25, 1e-8);
  // Curvature so strong that eta2 ||grad L||^2 alone would hold the point.
  const auto strong = solve({0, 0}, [](Variables x) {
    return Minimize{50 * (pow(x(1), 4) - square(x(1))) + square(x(2)), {}};
  });
  CHECK(strong.outcome.status == Status::solved);
  CHECK_NEAR(strong.outcome.progress.objective, -12.5, 1e-6);
  // A saddle on the sphere: the middle axis of an ellipsoid.
  const auto ellipsoid = solve({0, 1, 0}, [](Variables x) {
    return Minimize{square(x(1)) + 2 * square(x(2)) + 3 * square(x(3)),
                    {square(x(1)) + square(x(2)) + square(x(3)) - 1}};
  });
  CHECK(ellipsoid.outcome.status == Status::solved);
  CHECK_NEAR(ellipsoid.outcome.progress.objective, 1, 1e-8);
  CHECK_EQ(ellipsoid.solution.inertia.positive, 2);
}

/// Shifts that -x_1^2 asks for at x_1 = 0, where steps stay by symmetry, make steps along x_2 short.
TEST(slowWaysToSaddlesAreLeft) {
  const auto r = solve({0, 1}, [](Variables x) {
    return Minimize{pow(x(1), 4) - square(x(1)) + 1e-3 * square(x(2)), {}};
  });
  CHECK(r.outcome.status == Status::solved);
  CHECK_NEAR(r.outcome.progress.objective, -0.25, 1e-8);
  CHECK(r.outcome.progress.iteration <= 40);
}

/// f = -x^2 x is stationary at 0, along which it has no curvature: what derivatives of second order say is a minimum.
TEST(degenerateMinima) {
  const auto fourth = solve({1, 1}, [](Variables x) { return Minimize{pow(x(1), 4) + square(x(2)), {}}; });
  CHECK(fourth.outcome.status == Status::solved);
  CHECK_NEAR(fourth.outcome.progress.objective, 0, 1e-9);
  CHECK_EQ(fourth.solution.inertia.negative, 0);
}

TEST(unboundedObjectives) {
  const auto linear = solve({0, 0}, [](Variables x) { return Minimize{x(1) + x(2), {x(1) - x(2)}}; });
  CHECK(linear.outcome.status == Status::unbounded);
  CHECK(linear.outcome.progress.objective < -1e10);
  CHECK_NEAR(linear.solution.feasibility / check::greatest(linear.solution.x), 0, 1e-6);
  const auto concave = solve({1, 2}, [](Variables x) { return Minimize{-square(x(1)) + square(x(2)), {}}; });
  CHECK(concave.outcome.status == Status::unbounded);
  const auto cubic = solve({-1, 0}, [](Variables x) { return Minimize{pow(x(1), 3), {x(2) - square(x(1))}}; });
  CHECK(cubic.outcome.status == Status::unbounded);
}

/// f falls along points that get no closer to c = 0, as far as they go.
TEST(fallingIsNotUnbounded) {
  const auto r = solve({0.1, 2}, [](Variables x) { return Minimize{x(1) + x(2), {1 / x(1) - 2 / x(2) - 5}}; });
  CHECK(r.outcome.status != Status::unbounded || r.solution.feasibility <= 1e-6);
}

/// H = diag(-3, 2, -50) with J = (0 0 1): on the null space -3 counts, not -50.
TEST(shiftsAreAsLargeAsTheCurvatureAsksFor) {
  const SparsePattern hessian{.lines = 3, .width = 3, .offsets = {0, 1, 2, 3}, .indices = {0, 1, 2}};
  const SparsePattern jacobian{.lines = 1, .width = 3, .offsets = {0, 1}, .indices = {2}};
  const std::vector<double> J{1};
  const std::vector<double> H{-3, 2, -50}, nearly{-2.5, 2, -50}, convex{1, 2, -50};
  const Cpu la;
  const auto inner = factoredKkt(hessian, jacobian, H, J, la);
  InertiaCorrection shifts(3, 1);
  const auto shiftFor = [&](const std::vector<double>& values) {
    inner->load(values, J);
    const CorrectedFactor factor = shifts.factor(*inner, 50, 1);
    CHECK(factor.good);
    CHECK_EQ(factor.shift.dual, 0.0);
    return factor.shift.primal;
  };
  const double first = shiftFor(H);
  CHECK(first > 3 && first <= 4 * 3);
  const int before = inner->factorizations();
  CHECK_EQ(shiftFor(nearly), first);
  CHECK_EQ(inner->factorizations(), before + 1);
  CHECK_EQ(shiftFor(convex), 0.0);
}

TEST(infeasibleConstraints) {
  // Two concentric circles; the least ||c|| is between them.
  const auto circles = solve({1, 1}, [](Variables x) {
    const Scalar r2 = square(x(1)) + square(x(2));
    return Minimize{x(1), {r2 - 1, r2 - 3}};
  });
  CHECK(circles.outcome.status == Status::infeasible);
  CHECK_NEAR(circles.solution.x[0] * circles.solution.x[0] + circles.solution.x[1] * circles.solution.x[1], 2, 1e-4);
  CHECK_NEAR(circles.solution.feasibility, 1, 1e-4);
  const auto square1 = solve({3, 1}, [](Variables x) { return Minimize{square(x(2)), {square(x(1)) + 1}}; });
  CHECK(square1.outcome.status == Status::infeasible);
  CHECK_NEAR(square1.solution.x[0], 0, 1e-3);
  const auto lines = solve({3, 1}, [](Variables x) {
    return Minimize{square(x(1)) + square(x(2)), {x(1) + x(2) - 1, x(1) + x(2) - 2}};
  });
  CHECK(lines.outcome.status == Status::infeasible);
  CHECK_NEAR(lines.solution.feasibility, 0.5, 1e-4);
}

/// The start is a local minimum of ||c||, but not the only one.
TEST(localInfeasibilityIsLeft) {
  // c = (x - 1)^2 (x + 2) + 1/2 has a local minimum of |c| at 1 and its zero left of -2.
  const auto [outcome, solution] = solve({1}, [](Variables x) {
    return Minimize{{}, {square(x(1) - 1) * (x(1) + 2) + 0.5}};
  });
  CHECK(outcome.status == Status::solved);
  CHECK(solution.x[0] < -2);
  // At a maximum of |c| J is 0 and there is curvature to follow.
  const auto top = solve({0, 0}, [](Variables x) {
    return Minimize{square(x(1) - 3) + square(x(2)), {square(x(1)) + square(x(2)) - 4}};
  });
  CHECK(top.outcome.status == Status::solved);
  CHECK_NEAR(top.outcome.progress.objective, 1, 1e-8);
}

TEST(dependentConstraints) {
  // The same constraint three times, once squared out.
  const auto thrice = solve({1, 2, 3}, [](Variables x) {
    const Scalar plane = x(1) + x(2) + x(3) - 3;
    return Minimize{square(x(1)) + 2 * square(x(2)) + 3 * square(x(3)), {plane, 2 * plane, plane * (x(1) + 10)}};
  });
  CHECK(thrice.outcome.status == Status::solved);
  CHECK_NEAR(thrice.outcome.progress.objective, 9 / (1 + 0.5 + 1 / 3.0), 1e-6);
  // J = 0 at the start.
  const auto flat = solve({0, 0, 0}, [](Variables x) {
    return Minimize{square(x(1) - 2) + square(x(2)) + square(x(3)), {x(1) * x(2) - 1, x(2) * x(3) - 1}};
  });
  CHECK(flat.outcome.status == Status::solved);
  CHECK(flat.solution.feasibility <= 1e-8);
  // No multipliers at the minimum: x^2 = 0. There is no answer to first order, and none may be claimed but where the
  // tolerance hides that.
  const auto none = solve({1}, [](Variables x) { return Minimize{x(1), {square(x(1))}}; });
  CHECK(none.outcome.status != Status::infeasible);
  CHECK(std::abs(none.solution.x[0]) <= 1e-2);
}

TEST(equationsAlone) {
  const auto [outcome, solution] = solve({0.5, 1.5}, [](Variables x) {
    return Minimize{{}, {exp(x(1)) - x(2), x(1) + square(x(2)) - 2}};
  });
  CHECK(outcome.status == Status::solved);
  CHECK_NEAR(std::exp(solution.x[0]), solution.x[1], 1e-7);
  CHECK_NEAR(solution.x[0] + solution.x[1] * solution.x[1], 2, 1e-7);
  CHECK_EQ(solution.inertia.positive, 0);
  CHECK_EQ(outcome.progress.objective, 0.0);
  const auto fewer = solve({3, 1, 2}, [](Variables x) {
    return Minimize{{}, {square(x(1)) + square(x(2)) + square(x(3)) - 1}};
  });
  CHECK(fewer.outcome.status == Status::solved);
  CHECK_EQ(fewer.solution.inertia.negative, 0);
}

TEST(equationsThroughCurvedValleys) {
  // A dipole in a heart (Nelson and Hodgkin 1981), with a singular Jacobian at the start.
  const auto dipole = solve({0, 1, 0, 1, 1, 1, 1, 1}, [](Variables x) {
    const auto [a, b, c, d] = std::tuple(x(1), x(2), x(3), x(4));
    const auto [t, u, v, w] = std::tuple(x(5), x(6), x(7), x(8));
    const auto real2 = [](auto p, auto q) { return square(p) - square(q); };
    const auto imaginary2 = [](auto p, auto q) { return 2.0 * p * q; };
    const auto real3 = [](auto p, auto q) { return p * (square(p) - 3.0 * square(q)); };
    const auto imaginary3 = [](auto p, auto q) { return q * (3.0 * square(p) - square(q)); };
    return Minimize{
        {},
        {a + b + 0.69, c + d + 0.044, a * t + b * u - c * v - d * w + 1.57, a * v + b * w + c * t + d * u + 1.31,
         a * real2(t, v) - c * imaginary2(t, v) + b * real2(u, w) - d * imaginary2(u, w) + 2.65,
         c * real2(t, v) + a * imaginary2(t, v) + d * real2(u, w) + b * imaginary2(u, w) - 2,
         a * real3(t, v) - c * imaginary3(t, v) + b * real3(u, w) - d * imaginary3(u, w) + 12.6,
         c * real3(t, v) + a * imaginary3(t, v) + d * real3(u, w) + b * imaginary3(u, w) - 9.48}};
  });
  CHECK(dipole.outcome.status == Status::solved);
  CHECK(dipole.outcome.progress.iteration <= 20);
  const auto powell = solve({3, 1}, [](Variables x) {
    return Minimize{{}, {square(x(1)), 10.0 * x(1) / (x(1) + 0.1) + 2.0 * square(x(2))}};
  });
  CHECK(powell.outcome.status == Status::solved);
  CHECK(powell.outcome.progress.iteration <= 80);
  // One correction is all that is wanted.
  const auto cube = solve({-1.2, 1}, [](Variables x) {
    return Minimize{{}, {x(1) - 1, 10.0 * (x(2) - x(1) * x(1) * x(1))}};
  });
  CHECK_EQ(cube.outcome.progress.iteration, 1);
}

TEST(alongCurvedConstraints) {
  // Half round a circle, from near the maximum.
  const auto circle = solve({100, 1}, [](Variables x) {
    return Minimize{1e-3 * x(1), {square(x(1)) + square(x(2)) - 1e4}};
  });
  CHECK(circle.outcome.status == Status::solved);
  CHECK_NEAR(circle.outcome.progress.objective, -0.1, 1e-9);
  // The infimum is far away.
  const auto hyperbola = solve({1, 1}, [](Variables x) { return Minimize{square(x(2)), {x(1) * x(2) - 1}}; });
  CHECK(hyperbola.outcome.status == Status::solved);
  CHECK(hyperbola.outcome.progress.iteration <= 300);
  // An arm of links, stretched out, whose Jacobian is singular: a penalty from there must not last.
  const auto arm = solve(std::vector<double>(7, 0.0), [](Variables x) {
    auto f = square(x(1)), across = cos(x(1)), up = sin(x(1));
    for (int k = 2; k <= 7; ++k) {
      const double length = k < 7 ? 1 : 0.5;
      f = f + square(x(k));
      across = across + length * cos(x(k));
      up = up + length * sin(x(k));
    }
    return Minimize{f, {across - 4, up - 4}};
  });
  CHECK(arm.outcome.status == Status::solved);
  CHECK(arm.outcome.progress.iteration <= 30);
}

TEST(numbersOutOfRange) {
  const auto start = solve({-1, 1}, [](Variables x) { return Minimize{log(x(1)), {x(1) - x(2)}}; });
  CHECK(start.outcome.status == Status::numericalError);
  CHECK_EQ(start.outcome.progress.iteration, 0);
  CHECK_EQ(start.solution.x[0], -1.0);
  const auto inConstraint = solve({-1, 1}, [](Variables x) { return Minimize{x(2), {log(x(1)) - x(2)}}; });
  CHECK(inConstraint.outcome.status == Status::numericalError);
  // A full step leads out of the domain; a shorter one does not.
  const auto barrier = solve({50}, [](Variables x) { return Minimize{x(1) - log(x(1)), {}}; });
  CHECK(barrier.outcome.status == Status::solved);
  CHECK_NEAR(barrier.solution.x[0], 1, 1e-7);
  const auto root = solve({4, 4}, [](Variables x) {
    return Minimize{square(x(1)) + x(2), {sqrt(x(1)) + sqrt(x(2)) - 3}};
  });
  CHECK(root.outcome.status == Status::solved);
}

TEST(scaling) {
  const auto formulas = [](Variables x) {
    return Minimize{1e6 * (x(1) + x(2)), {1e5 * (square(x(1)) + square(x(2)) - 2)}};
  };
  for (const bool scaled : {true, false}) {
    NlpSettings settings;
    settings.scaling = scaled;
    const auto [outcome, solution] = solve({1.2, 1.1}, formulas, settings);
    CHECK(outcome.status == Status::solved);
    CHECK_NEAR(outcome.progress.objective, -2e6, 1e-2);
    CHECK_NEAR(solution.multipliers[0], 5, 1e-5);
    Program fresh(graphOf(2, formulas));
    const auto at = check::conditionsAt(fresh, std::vector{1.2, 1.1}, solution.x, solution.multipliers, scaled);
    CHECK(at.residual <= 1e-8 * (1 + 1e-6));
  }
}

TEST(warmStarts) {
  const auto program = std::make_shared<Program>(graphOf(2, circle));
  const auto cold = solve(program, {-2, -0.1});
  CHECK(cold.outcome.status == Status::solved);
  const auto warm = solve(program, cold.solution.x, {}, cold.solution.multipliers);
  CHECK(warm.outcome.status == Status::solved);
  CHECK_EQ(warm.outcome.progress.iteration, 0);
  CHECK_EQ(warm.solution.inertia.positive, 1);
}

TEST(whatStopsIt) {
  // Falls towards x = 0, where the root ends.
  const auto border = solve({1}, [](Variables x) { return Minimize{x(1), {sqrt(x(1)) + 1}}; });
  CHECK(border.outcome.status == Status::stalled);
  CHECK(check::contains(border.outcome.message, "border of where the functions are defined"));
  CHECK(check::contains(border.outcome.message, "the constraints are 1"));
}

TEST(hugeMultipliersHideNoGradient) {
  // lambda^T c = 0 and J^T lambda = 0 for equal lambda, however large: scaled by them, the gradient of f looks small.
  const auto program = std::make_shared<Program>(graphOf(3, [](Variables x) {
    return Minimize{square(x(1)) + square(x(3)), {x(2), -x(2)}};
  }));
  const auto r = solve(program, {1, 0, 1}, {}, {1e12, 1e12});
  CHECK(r.outcome.status == Status::solved);
  CHECK(std::abs(r.solution.x[0]) <= 1e-6);
}

TEST(limits) {
  NlpSettings settings;
  settings.maxIterations = 3;
  const auto [outcome, solution] = solve(
      {-1.2, 1},
      [](Variables x) {
        return Minimize{100 * square(x(2) - square(x(1))) + square(1 - x(1)), {}};
      },
      settings);
  CHECK(outcome.status == Status::iterationLimit);
  CHECK_EQ(outcome.progress.iteration, 3);
  // The point that is returned is the one that was reported.
  Program fresh(graphOf(2, [](Variables x) {
    return Minimize{100 * square(x(2) - square(x(1))) + square(1 - x(1)), {}};
  }));
  fresh.moveTo(solution.x);
  CHECK_NEAR(fresh.objective(), outcome.progress.objective, 1e-12);

  const Cpu la;
  Monitor monitor;
  monitor.abort();
  NlpSolver solver(la, {std::make_shared<Program>(graphOf(2, circle)), {3, 4}, {}}, {});
  const Outcome aborted = iterate(solver, NlpSettings(), monitor);
  CHECK(aborted.status == Status::aborted);
  CHECK_EQ(aborted.progress.objective, 7.0);
  CHECK_EQ(solver.solution().x[0], 3.0);
}

TEST(aSolveEndsWhereItIsSolvedBetweenTwoChecksToo) {
  const Result often = solve({3, 4}, circle);
  NlpSettings settings;
  settings.checkInterval = 1000;
  const Result seldom = solve({3, 4}, circle, settings);
  CHECK(often.outcome.status == Status::solved && seldom.outcome.status == Status::solved);
  CHECK(often.outcome.progress.iteration > 1);
  CHECK_EQ(seldom.outcome.progress.iteration, often.outcome.progress.iteration);
  CHECK(seldom.outcome.progress.residual <= settings.tolerance);
  CHECK(seldom.solution.x == often.solution.x);
}

TEST(wrongProblems) {
  const auto program = std::make_shared<Program>(graphOf(1, [](Variables x) {
    return Minimize{x(1), {x(1) - 1, square(x(1)) - 1}};
  }));
  NlpSettings equations;
  equations.method = NlpMethod::exactAugmentedLagrangian;
  const std::string more = check::messageOf([&] { solve(program, {1}, equations); });
  CHECK(check::contains(more, "m = 2"));
  CHECK(check::contains(more, "n = 1"));
  const auto good = std::make_shared<Program>(graphOf(2, circle));
  CHECK(check::contains(check::messageOf([&] { solve(good, {1}); }), "start"));
  CHECK(check::contains(check::messageOf([&] { solve(good, {1, NAN}); }), "start[1]"));
  CHECK(check::contains(check::messageOf([&] { solve(good, {1, 1}, {}, {1, 2}); }), "multipliers"));
  CHECK(check::contains(check::messageOf([&] { solve(nullptr, {1}); }), "nlp"));
}
