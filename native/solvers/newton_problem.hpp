// What goes into and comes out of the minimisation under equality constraints by Newton's method.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/limits.hpp"
#include "model/oracle.hpp"

namespace nonconvex {

class NewtonDevice;

enum class NewtonAccuracy { descent, paper };
enum class NewtonShiftRule { least, paper };
enum class NewtonInner { choose, exact, sketch, krylov };
enum class NewtonPreconditioner { choose, sketch, lagged, diagonal };
enum class NewtonSketch { block, kaczmarz, gaussian, count, srht };

template <>
struct EnumNames<NewtonAccuracy> {
  static constexpr std::string_view names[] = {"descent", "paper"};
};
template <>
struct EnumNames<NewtonShiftRule> {
  static constexpr std::string_view names[] = {"least", "paper"};
};
template <>
struct EnumNames<NewtonInner> {
  static constexpr std::string_view names[] = {"auto", "exact", "sketch", "krylov"};
};
template <>
struct EnumNames<NewtonPreconditioner> {
  static constexpr std::string_view names[] = {"auto", "sketch", "lagged", "diagonal"};
};
template <>
struct EnumNames<NewtonSketch> {
  static constexpr std::string_view names[] = {"block", "kaczmarz", "gaussian", "count", "srht"};
};

struct NewtonSettings : Limits {
  NewtonSettings() {
    tolerance = 1e-8;
    maxIterations = 3000;
  }

  NewtonInner inner = NewtonInner::choose;
  NewtonSketch sketch = NewtonSketch::block;
  int sketchSize = 0;
  int sketchMemory = 20;
  NewtonPreconditioner preconditioner = NewtonPreconditioner::choose;
  int innerSteps = 100000;
  NewtonAccuracy accuracy = NewtonAccuracy::descent;
  NewtonShiftRule shift = NewtonShiftRule::least;
  double eta1 = 1;
  double eta2 = 0.1;
  double beta = 0.1;
  double nu = 1.5;
  bool scaling = true;
  bool economical = true;

  static constexpr auto fields() {
    using Self = NewtonSettings;
    return std::tuple_cat(
        Limits::fields(),
        std::tuple{
            FIELD(
                inner, anyValue(),
                "How the Newton system is solved: `exact` factors it as L D L^T, `sketch` projects on random sketches "
                "of it, `krylov` iterates with a preconditioner, `auto` chooses between `exact` and `krylov`."),
            FIELD(sketch, anyValue(),
                  "What `sketch` projects on: blocks of rows whose factors are kept, single rows (Kaczmarz), or a new "
                  "random sketch each step."),
            FIELD(sketchSize, between(0, 10000),
                  "Rows of a block or a sketch. 0: one for `gaussian`, as published, otherwise a quarter of n + m, at "
                  "most 256; 4 n for the preconditioner of `krylov`."),
            FIELD(sketchMemory, between(0, 1000),
                  "Rounds of `sketch` of which the combination with the least residual is taken. 0: as published."),
            FIELD(
                preconditioner, anyValue(),
                "Of `krylov`: a `sketch` of a Hessian that is a Gram matrix, factors of an earlier system (`lagged`), "
                "the `diagonal` of the Hessian, or `auto`: a sketch where there is a Gram matrix, otherwise lagged."),
            FIELD(innerSteps, between(1, 1000000000),
                  "Most steps of an iterative inner solver for one system; then it is factored."),
            FIELD(accuracy, anyValue(),
                  "How accurately the Newton system is solved, and when the penalties change: until the step descends, "
                  "or by the "
                  "published rule."),
            FIELD(shift, anyValue(),
                  "What is added to the diagonal of a Hessian that is not positive definite on the null space of the "
                  "Jacobian: the least number that will do, or 0.1 + ||H||_F as published."),
            FIELD(eta1, positive(), "First penalty of ||c||^2 / 2 in the merit function."),
            FIELD(eta2, positive(), "First penalty of ||grad L||^2 / 2 in the merit function."),
            FIELD(beta, inside(0, 0.5), "Share of the decrease promised by the slope that a step must bring (Armijo)."),
            FIELD(nu, inside(1, 100), "Factor by which the penalties change when a step does not descend."),
            FIELD(scaling, anyValue(),
                  "Whether objective and constraints with gradients above 100 at the start are scaled down, as Ipopt "
                  "does."),
            FIELD(
                economical, anyValue(),
                "Whether regressions are first minimised over a sample of their rows, to begin near the solution, and "
                "take Hessians of earlier points where they will do.")});
  }
};
static_assert(sizeFromFields<NewtonSettings>() == sizeof(NewtonSettings));

/// Throws for settings that a device has not.
inline void requireOnDevice(const NewtonSettings& settings) {
  const char* const what = settings.inner == NewtonInner::sketch                       ? "inner 'sketch'"
                           : settings.preconditioner == NewtonPreconditioner::diagonal ? "preconditioner 'diagonal'"
                           : settings.accuracy == NewtonAccuracy::paper                ? "accuracy 'paper'"
                           : settings.shift == NewtonShiftRule::paper                  ? "shift 'paper'"
                                                                                       : nullptr;
  if (what == nullptr) return;
  throw Error(ErrorKind::solver,
              std::string(what) +
                  " needs entries of the Hessian and is solved on the CPU alone; on a GPU use inner "
                  "'auto', 'exact' or 'krylov' and leave the other settings as they are",
              "DEVICE_UNAVAILABLE");
}

struct NewtonProblem {
  std::shared_ptr<Oracle> oracle;
  std::vector<double> start;            ///< n
  std::vector<double> multipliers;      ///< m; empty: least squares
  std::vector<double> otherStart = {};  ///< in place of the start where f is huge there; empty: none
  bool iterates = false;                ///< reports of progress show the point
  NewtonDevice* device = nullptr;       ///< has the Hessian of the oracle; null: the host
};

struct NewtonSolution {
  std::vector<double> x;
  std::vector<double> multipliers;  ///< of L = f + lambda^T c, of the problem without scaling
  double residual = 0;              ///< scaled, what `tolerance` is tested on
  double unscaledResidual = 0;      ///< ||(grad L, c)||_inf
  double feasibility = 0;           ///< ||c||_inf
  /// Eigenvalues of the Hessian of L on the null space of the Jacobian; all -1 when it was not determined.
  struct Inertia {
    int positive = -1;
    int negative = -1;
    int zero = -1;
  } inertia;
  struct Counts {
    int objective = 0;
    int gradient = 0;
    int constraints = 0;
    int jacobian = 0;
    int hessian = 0;
    int factorization = 0;
    int restoration = 0;          ///< iterations of the feasibility restoration
    int sampled = 0;              ///< iterations over samples of the data
    std::int64_t innerSteps = 0;  ///< of an iterative inner solver
    int fallback = 0;             ///< systems that it left to factors
  } counts;
  struct Time {
    double derivatives = 0;    ///< seconds in the oracle
    double linearAlgebra = 0;  ///< seconds in analysis, factorisation and solves
  } time;
  double eta1 = 0;  ///< last penalties
  double eta2 = 0;
};

}  // namespace nonconvex
