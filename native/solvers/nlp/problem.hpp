// Problem, solution and progress of the minimisation of nonlinear programs.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/certificate.hpp"
#include "core/choices.hpp"
#include "core/limits.hpp"
#include "core/status.hpp"
#include "methods/kkt/settings.hpp"
#include "methods/nlp/start.hpp"

namespace nonconvex {

enum class NlpMethod {
  automatic,
  interiorPoint,
  exactAugmentedLagrangian,
  simplex,
  lbfgs,
  trustRegion,
  gradientRegularized,
  saddleFree,
  oasis
};
constexpr auto names(NlpMethod) {
  return std::array{"auto"sv,  "interiorPoint"sv, "exactAugmentedLagrangian"sv, "simplex"sv,
                    "lbfgs"sv, "trustRegion"sv,   "gradientRegularized"sv,      "saddleFree"sv,
                    "oasis"sv};
}
/// Returns true if it is a method for functions without constraints.
constexpr bool isDescent(NlpMethod method) { return method >= NlpMethod::lbfgs; }

/// The phase that a point comes from: Newton's method on the exact augmented Lagrangian, a phase of the method for
/// bounds and inequalities, a method for functions without constraints, or that of convex quadratic or linear programs.
enum class NlpPhase { newton, interiorPoint, restoration, augmentedLagrangian, descent, quadratic, simplex };
constexpr auto names(NlpPhase) {
  return std::array{"newton"sv,  "interiorPoint"sv, "restoration"sv, "augmentedLagrangian"sv,
                    "descent"sv, "quadratic"sv,     "simplex"sv};
}

/// The settings of every method.
struct NlpCommonSettings {
  NlpMethod method = NlpMethod::automatic;
  bool scaling = true;

  static constexpr auto fields() {
    using Self = NlpCommonSettings;
    return FieldTuple{
        FIELD(method, anyValue(),
              "What solves the problem: `interiorPoint` takes bounds and inequalities, `exactAugmentedLagrangian` "
              "equations c(x) = 0 alone, `simplex` linear programs, of which it finds a vertex. "
              "`auto`: the latter where there is nothing else, otherwise the former, and least squares first where the "
              "objective is a sum of squares under bounds alone. Of functions without "
              "constraints, with bounds or not, also `lbfgs` (limited-memory BFGS), `trustRegion` (truncated "
              "conjugate gradients; with `inner: 'exact'` by factors), "
              "`gradientRegularized` (Newton's method with ||g|| / gamma on the diagonal), `saddleFree` (with the "
              "absolute values of eigenvalues) and `oasis` (with a diagonal from random products).",
              "another method is known to suit the problem, for example `lbfgs` where there are many variables and no "
              "constraints."),
        FIELD(scaling, anyValue(),
              "Whether objective and constraints with gradients above 100 at the start are scaled down, as Ipopt "
              "does.",
              "objective and constraints are scaled well already, and `tolerance` has to hold in their units.")};
  }
};
static_assert(sizeFromFields<NlpCommonSettings>() == sizeof(NlpCommonSettings));

struct NlpInnerSettings {
  KktMethod inner = KktMethod::automatic;

  static constexpr auto fields() {
    using Self = NlpInnerSettings;
    return FieldTuple{
        FIELD(inner, anyValue(),
              "How the Newton system is solved: `exact` factors it as L D L^T, `sketch` projects on random sketches "
              "of it, `krylov` iterates with a preconditioner, `auto` chooses between `exact` and `krylov`.",
              "factors of the Newton system take too much time or memory: `krylov`.")};
  }
};
static_assert(sizeFromFields<NlpInnerSettings>() == sizeof(NlpInnerSettings));

struct NlpAugmentedLagrangianSettings {
  KktSketch sketch = KktSketch::block;
  int sketchSize = 0;
  int sketchMemory = 20;
  KktPreconditioner preconditioner = KktPreconditioner::automatic;
  int innerSteps = 100000;
  KktAccuracy accuracy = KktAccuracy::descent;
  ShiftRule shift = ShiftRule::least;
  double constraintPenalty = 1;
  double gradientPenalty = 0.1;
  double sufficientDecrease = 0.1;
  double penaltyFactor = 1.5;
  bool sampleStart = true;
  bool reuseHessian = true;

  // Longer than most: two sentences for each setting.
  static constexpr auto fields() {
    using Self = NlpAugmentedLagrangianSettings;
    return FieldTuple{
        FIELD(sketch, anyValue(),
              "What `sketch` projects on: blocks of rows whose factors are kept, single rows (Kaczmarz), or a new "
              "random sketch each step.",
              forExperts),
        FIELD(sketchSize, between(0, 10000),
              "Rows of a block or a sketch. 0: one for `gaussian`, as published, otherwise a quarter of n + m, at "
              "most 256; 4 n for the preconditioner of `krylov`.",
              forExperts),
        FIELD(sketchMemory, between(0, 1000),
              "Rounds of `sketch` of which the combination with the least residual is taken. 0: as published.",
              forExperts),
        FIELD(preconditioner, anyValue(),
              "Of `krylov`: a `sketch` of a Hessian that is a Gram matrix, factors of an earlier system (`lagged`), "
              "the `diagonal` of the Hessian, or `auto`: a sketch where there is a Gram matrix, otherwise lagged.",
              forExperts),
        FIELD(innerSteps, between(1, 1000000000),
              "Most steps of an iterative inner solver for one system; then it is factored.",
              "many systems were left to a factorisation (`counts.fallback`) and more steps are cheaper."),
        FIELD(accuracy, anyValue(),
              "How accurately the Newton system is solved, and when the penalties change: until the step descends, "
              "or by the "
              "published rule.",
              forExperts),
        FIELD(shift, anyValue(),
              "What is added to the diagonal of a Hessian that is not positive definite on the null space of the "
              "Jacobian: the least number that will do, or 0.1 + ||H||_F as published.",
              forExperts),
        FIELD(constraintPenalty, positive(), "First penalty of ||c||^2 / 2 in the merit function.", forExperts),
        FIELD(gradientPenalty, positive(), "First penalty of ||grad L||^2 / 2 in the merit function.", forExperts),
        FIELD(sufficientDecrease, inside(0, 0.5),
              "Share of the decrease promised by the slope that a step must bring (Armijo).", forExperts),
        FIELD(penaltyFactor, inside(1, 100), "Factor by which the penalties change when a step does not descend.",
              forExperts),
        FIELD(sampleStart, anyValue(),
              "Whether a regression is first minimised over a sample of its rows, to begin near the solution.",
              "a regression has to begin at exactly your start."),
        FIELD(reuseHessian, anyValue(),
              "Whether a regression takes Hessians of earlier points, quadratic models of its objective and bounds "
              "of its Hessian where they will do.",
              forExperts)};
  }
};
static_assert(sizeFromFields<NlpAugmentedLagrangianSettings>() == sizeof(NlpAugmentedLagrangianSettings));

struct NlpInteriorPointSettings {
  bool polish = true;
  bool strictBounds = false;
  int restarts = 3;

  static constexpr auto fields() {
    using Self = NlpInteriorPointSettings;
    return FieldTuple{
        FIELD(polish, anyValue(),
              "Whether a solution under bounds or inequalities is refined by Newton steps on those that are active, "
              "so that it meets bounds exactly.",
              "the last digits of a solution at its bounds do not matter."),
        FIELD(strictBounds, anyValue(),
              "Whether functions are called inside the bounds only, which otherwise are relaxed by 1e-8 relative "
              "during a solve; for logarithms and roots.",
              "functions are not defined outside the bounds, as logarithms and roots."),
        FIELD(restarts, between(0, 1000),
              "Under bounds or inequalities, how many random points the last phases begin at where all else has not "
              "solved the problem. 0: there is no phase after the first.",
              "problems stay unsolved and may take longer (larger), or failures have to come early (0).")};
  }
};
static_assert(sizeFromFields<NlpInteriorPointSettings>() == sizeof(NlpInteriorPointSettings));

struct NlpSettings : Limits,
                     EvaluationLimits,
                     NlpCommonSettings,
                     NlpInnerSettings,
                     NlpAugmentedLagrangianSettings,
                     NlpInteriorPointSettings {
  NlpSettings() {
    tolerance = 1e-8;
    maxIterations = 3000;
  }

  KktSettings kkt() const {
    return {inner, sketch, sketchSize, sketchMemory, preconditioner, innerSteps, accuracy, tolerance, seed, shift};
  }

  static std::vector<Choice> choices() {
    return {
        choice<NlpInteriorPointSettings>("method", nameOf(NlpMethod::interiorPoint)),
        choice<NlpInnerSettings, NlpAugmentedLagrangianSettings>("method", nameOf(NlpMethod::exactAugmentedLagrangian)),
        choice<NlpInnerSettings>("method", nameOf(NlpMethod::trustRegion))};
  }

  static constexpr auto fields() {
    return appendedFields(Limits::fields(), EvaluationLimits::fields(), NlpCommonSettings::fields(),
                          NlpInnerSettings::fields(), NlpAugmentedLagrangianSettings::fields(),
                          NlpInteriorPointSettings::fields());
  }
};

/// Throws for settings that a device has not.
inline void requireOnDevice(const NlpSettings& settings) {
  const char* const what = settings.method == NlpMethod::interiorPoint              ? "method 'interiorPoint'"
                           : settings.method == NlpMethod::simplex                  ? "method 'simplex'"
                           : isDescent(settings.method)                             ? "a method without constraints"
                           : settings.inner == KktMethod::sketch                    ? "inner 'sketch'"
                           : settings.preconditioner == KktPreconditioner::diagonal ? "preconditioner 'diagonal'"
                           : settings.accuracy == KktAccuracy::paper                ? "accuracy 'paper'"
                           : settings.shift == ShiftRule::paper                     ? "shift 'paper'"
                                                                                    : nullptr;
  if (what == nullptr) return;
  throw Error(ErrorKind::solver,
              std::string(what) +
                  " needs entries of the Hessian and is solved on the CPU alone; on a GPU use inner "
                  "'auto', 'exact' or 'krylov' and leave the other settings as they are",
              "DEVICE_UNAVAILABLE");
}

/// Throws for settings that a method which factors its systems, or has none, would not heed.
inline void requireNoInnerSolver(const NlpSettings& settings, std::string_view reason) {
  const bool factored = settings.inner == KktMethod::automatic || settings.inner == KktMethod::exact;
  require(factored, "inner", nameOf(settings.inner), "expected 'auto' or 'exact'" + std::string(reason));
  require(settings.preconditioner == KktPreconditioner::automatic, "preconditioner", nameOf(settings.preconditioner),
          "expected 'auto'" + std::string(reason));
}
/// Throws for settings that a method for functions without constraints would not heed.
inline void requireInnerOfDescent(const NlpSettings& settings) {
  const bool ball = settings.method == NlpMethod::trustRegion && settings.inner == KktMethod::krylov;
  NlpSettings rest = settings;
  if (ball) rest.inner = KktMethod::automatic;
  requireNoInnerSolver(rest, ", since method '" + std::string(nameOf(settings.method)) + "' has no such systems");
}
inline void requireInSimplex(const NlpSettings& settings) {
  requireNoInnerSolver(settings, ", since method 'simplex' has no Newton systems");
}
inline void requireInInteriorPoint(const NlpSettings& settings) {
  requireNoInnerSolver(settings, ", since the interior-point method, which solves this problem, factors its systems");
}

struct NlpProblem : NlpStart {
  int constraints = 0;          ///< m, known before the problem is opened
  bool large = false;           ///< the problem takes long to open and evaluate
  bool reportIterates = false;  ///< reports of progress show the point
};

/// The members of a report beside those of all solvers. Members that Newton's method does not know stay unknown.
struct NlpProgress : Progress {
  double feasibility = unknown;
  double barrier = unknown;
  double step = unknown;
  double dualStep = unknown;
  double shift = unknown;
  std::optional<NlpPhase> phase = std::nullopt;
  double innerSteps = unknown;
  std::shared_ptr<std::vector<double>> x = nullptr;
  std::shared_ptr<std::vector<double>> multipliers = nullptr;

  /// A history keeps no points.
  void forgetPoint() {
    x.reset();
    multipliers.reset();
  }

  static constexpr auto fields() {
    using Self = NlpProgress;
    return FieldTuple{OUT_COLUMN(feasibility, "feasibility", 2,
                                 "Largest violation of bounds and constraints; ||c||_inf of equations c(x) = 0."),
                      OUT_COLUMN(barrier, "barrier", 2, "Barrier parameter mu of an interior-point method."),
                      OUT_COLUMN(step, "step", 2, "Length of the last step, in the 2-norm of x."),
                      OUT_COLUMN(dualStep, "dual step", 2,
                                 "Part of the last step that the multipliers of bounds have taken, up to 1."),
                      OUT_COLUMN(shift, "shift", 2, "The shift of the diagonal of the Hessian in the last system."),
                      OUT_COLUMN(phase, "phase", 11, "Phase of the method for bounds and inequalities."),
                      OUT_IF_KNOWN(innerSteps, "Steps of an iterative inner solver, or pivots, so far."),
                      OUT_IF_KNOWN(x, "The best point so far, n numbers; with `reportIterates: true`."),
                      OUT_IF_KNOWN(multipliers, "Its multipliers, m numbers; with `reportIterates: true`.")};
  }
};

enum class ConflictSide { lower, upper, both };
constexpr auto names(ConflictSide) { return std::array{"lower"sv, "upper"sv, "both"sv}; }

enum class ConflictBound { lower, upper };
constexpr auto names(ConflictBound) { return std::array{"lower"sv, "upper"sv}; }

/// Constraints and bounds that contradict one another.
struct NlpConflict {
  struct Row {
    int index = 0;
    ConflictSide side = ConflictSide::both;

    static constexpr auto fields() {
      using Self = Row;
      return FieldTuple{OUT(index, "The constraint, counted from 0."),
                        OUT(side, "The side that contradicts the others; `both` of an equation.")};
    }
  };
  struct Bound {
    int index = 0;
    ConflictBound side = ConflictBound::lower;

    static constexpr auto fields() {
      using Self = Bound;
      return FieldTuple{OUT(index, "The variable, counted from 0."),
                        OUT(side, "The bound that contradicts the others.")};
    }
  };

  std::vector<Row> constraints;
  std::vector<Bound> bounds;
  bool irreducible = false;
  bool proof = false;

  bool known() const { return !constraints.empty() || !bounds.empty(); }

  static constexpr auto fields() {
    using Self = NlpConflict;
    return FieldTuple{
        OUT(constraints, "Constraints that cannot be satisfied together within the bounds below."),
        OUT(bounds, "The bounds of variables that matter."),
        OUT(irreducible,
            "True if each of them was left out, and a point was found that satisfies the others (where `proof` is "
            "false and the constraints are not convex: to first order, near x). False: some may not be needed."),
        OUT(proof,
            "True if no point satisfies these constraints and bounds together, which is shown where they are linear or "
            "convex. False: no point near x does, to first order.")};
  }
};
static_assert(sizeFromFields<NlpConflict>() == sizeof(NlpConflict));

/// Points that a bound is about where variables have no bounds of their own.
constexpr std::string_view overNear = "near";

struct NlpSolution {
  using Progress = NlpProgress;

  std::vector<double> x;
  std::vector<double> multipliers;
  std::vector<double> lowerMultipliers;
  std::vector<double> upperMultipliers;
  std::vector<double> constraintValues;
  std::vector<std::int32_t> activeLower;
  std::vector<std::int32_t> activeUpper;
  std::vector<std::int32_t> activeConstraints;
  double residual = 0;
  double unscaledResidual = 0;
  double feasibility = 0;
  double complementarity = 0;
  ReducedInertia inertia;
  bool degenerate = false;
  Certificate certificate;
  NlpPhase phase = NlpPhase::newton;
  bool polished = false;
  double barrier = unknown;

  struct Counts : EvaluationCounts {
    int factorization = 0;
    int restoration = 0;
    int correction = 0;
    int phases = 0;
    int sampled = 0;
    std::int64_t innerSteps = 0;
    int fallback = 0;

    static constexpr auto fields() {
      using Self = Counts;
      return appendedFields(
          EvaluationCounts::fields(),
          FieldTuple{OUT(factorization, "Factorisations of the Newton system."),
                     OUT(restoration, "Iterations that only looked for a feasible point."),
                     OUT(correction, "Second-order corrections that a step was replaced by."),
                     OUT(phases, "Phases of the method for bounds and inequalities that were begun."),
                     OUT(sampled, "Iterations over samples of the data, before the first over all of them."),
                     OUT(innerSteps, "Steps of an iterative inner solver, or pivots of the simplex method."),
                     OUT(fallback, "Systems that an iterative inner solver left to a factorisation.")});
    }
  } counts;

  struct Time {
    double derivatives = 0;
    double linearAlgebra = 0;

    static constexpr auto fields() {
      using Self = Time;
      return FieldTuple{OUT(derivatives, "Seconds in functions with their derivatives."),
                        OUT(linearAlgebra, "Seconds in analysis, factorisations and solves of linear systems.")};
    }
  } time;

  double constraintPenalty = 0;
  double gradientPenalty = 0;
  double objectiveScale = 1;
  std::vector<double> constraintScales;
  NlpConflict conflict;

  static Claims claims() {
    using enum CertificateKind;
    return {
        .verbs = {"minimize"},
        .kinds = {stationary, local, bounded, global},
        .over = {{overNear, "points of which no entry without a bound is above 100 times the largest of x, or 100"}},
        .gapScale = "1, or the size of the objective where that is larger",
        .remark =
            "Bounds are those of programs whose Lagrangian is convex by rules, of models, .nl files, quadratic "
            "programs and regressions, not of callbacks. `infeasible` linear constraints have a Farkas vector "
            "as `proof`, `unbounded` problems a ray or a curve."};
  }

  // Longer than most: a list of the members.
  static constexpr auto fields() {
    using Self = NlpSolution;
    return FieldTuple{
        OUT(x, "n numbers."),
        OUT(multipliers,
            "m numbers lambda of L = f + lambda^T c, of the problem without scaling. If c_i(x) = t were asked for, the "
            "minimum would change by about -lambda_i t. Of an inequality: >= 0 at an upper side, <= 0 at a lower one."),
        OUT(lowerMultipliers, "n numbers >= 0, the multipliers of lower <= x; 0 where there is no bound."),
        OUT(upperMultipliers, "n numbers >= 0, the multipliers of x <= upper; 0 where there is no bound."),
        OUT(constraintValues, "m numbers c(x)."),
        OUT(activeLower, "Indices of the variables that are at their lower bounds."),
        OUT(activeUpper, "Indices of the variables that are at their upper bounds."),
        OUT(activeConstraints, "Indices of the inequalities that are at one of their sides."),
        OUT_IF_KNOWN(residual,
                     "max(||grad L||_inf / s, ||c||_inf) of the problem as it was scaled: what `tolerance` was "
                     "compared with."),
        OUT_IF_KNOWN(unscaledResidual, "||(grad L, c)||_inf of the problem as it was given."),
        OUT_IF_KNOWN(feasibility, "Largest violation of bounds and constraints as given; ||c||_inf of equations."),
        OUT(complementarity,
            "Largest product of a multiplier and the distance from its bound or side, without scaling; 0 where there "
            "are none."),
        OUT_IF_KNOWN(inertia,
                     "How many eigenvalues of the Hessian of L on the null space of the gradients of what is active "
                     "(of equations: of the Jacobian) are positive, negative and zero, at a stationary point. All "
                     "positive: a strict local minimum."),
        OUT(degenerate,
            "True if the kind of point is not known for certain: a bound or inequality and its multiplier are both "
            "about 0, or multipliers have grown without bound."),
        OUT(certificate,
            "The certificate of x. `global` and `bounded`: the Lagrangian is convex, so that there is a lower bound. "
            "Otherwise `local`: `inertia` has positive eigenvalues alone and x is not `degenerate`; `stationary` "
            "without that. Of `infeasible` constraints that are linear: `global`, with a proof. Without one the status "
            "is never `infeasible` there. Of `unbounded`: `none`, with points along which the objective falls."),
        OUT(phase,
            "The phase that found x: `newton` of equations alone, `descent` of the methods for functions without "
            "constraints, `quadratic` of the one for convex quadratic programs, `simplex` of the one for linear "
            "programs, otherwise a phase of the method for inequalities."),
        OUT(polished, "True if x was refined by Newton steps on the active bounds and inequalities."),
        OUT_IF_KNOWN(barrier, "Last barrier parameter mu of an interior-point method."),
        OUT(counts, "How often each was computed, over all of the data."),
        OUT(time, "Where the time went."),
        OUT(constraintPenalty, "Last penalty of ||c||^2 / 2 in the merit function."),
        OUT(gradientPenalty, "Last penalty of ||grad L||^2 / 2 in the merit function."),
        OUT(objectiveScale, "The factor that the objective was multiplied by. Warm starts keep it."),
        OUT(constraintScales, "m numbers: the factors of the constraints. Warm starts keep them."),
        OUT_IF_KNOWN(conflict,
                     "Constraints and bounds that contradict one another; only with the status `infeasible`.")};
  }
};
static_assert(sizeFromFields<NlpSolution::Counts>() == sizeof(NlpSolution::Counts));
static_assert(sizeFromFields<NlpSolution::Time>() == sizeof(NlpSolution::Time));
static_assert(sizeFromFields<NlpSolution>() == sizeof(NlpSolution));

/// The solution with its certificate: by second derivatives, as far as these are known, or by a proof.
inline NlpSolution certified(NlpSolution solution) {
  Certificate& known = solution.certificate;
  known.inertia = solution.inertia;
  const ReducedInertia& inertia = solution.inertia;
  const bool strict = inertia.known() && inertia.negative == 0 && inertia.zero == 0 && !solution.degenerate;
  const bool falls = known.proof.known() && known.proof.kind != ProofKind::farkas;
  known.kind = falls                 ? CertificateKind::none
               : known.proof.known() ? CertificateKind::global
               : strict              ? CertificateKind::local
                                     : CertificateKind::stationary;
  return solution;
}

}  // namespace nonconvex
