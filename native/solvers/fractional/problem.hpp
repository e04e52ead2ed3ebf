// Problem, solution and progress of the minimisation of ratios by coordinate descent.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "core/certificate.hpp"
#include "core/communicator.hpp"
#include "core/limits.hpp"
#include "data/matrix_input.hpp"
#include "data/sparse_matrix.hpp"

namespace nonconvex {

enum class FractionalMethod { automatic, fcd, pcd };
enum class FractionalOrder { cyclic, shuffled, greedy };
enum class FractionalGram { automatic, always, never };

constexpr auto names(FractionalMethod) { return std::array{"auto"sv, "fcd"sv, "pcd"sv}; }
constexpr auto names(FractionalOrder) { return std::array{"cyclic"sv, "shuffled"sv, "greedy"sv}; }
constexpr auto names(FractionalGram) { return std::array{"auto"sv, "always"sv, "never"sv}; }

struct FractionalSettings : Limits {
  FractionalSettings() { maxIterations = 10000; }

  FractionalMethod method = FractionalMethod::automatic;
  FractionalOrder sweepOrder = FractionalOrder::cyclic;
  int restarts = 0;
  double proximalWeight = 1e-6;
  bool lassoStart = true;
  bool radialStep = true;
  bool activeSet = true;
  bool acceleration = true;
  FractionalGram gram = FractionalGram::automatic;

  // Longer than most: two sentences for each setting.
  static constexpr auto fields() {
    using Self = FractionalSettings;
    return appendedFields(
        Limits::fields(),
        FieldTuple{
            FIELD(method, anyValue(),
                  "How a coordinate is given its value: fractional (`'fcd'`, the ratio itself is minimised) or "
                  "parametric (`'pcd'`, numerator - ratio * denominator is). Both end at the same points. `'auto'` "
                  "takes `'pcd'` for denominators that grow linearly or are concave, `'fcd'` for squared ones.",
                  "the other one is to be compared: times differ, minimisers do not."),
            FIELD(sweepOrder, anyValue(),
                  "Coordinates one after the other, in an order drawn anew for each sweep, or always the one that "
                  "gains most (for at most 2000 unknowns).",
                  "another local minimum may be better (`shuffled`), or a few of many coordinates matter (`greedy`)."),
            FIELD(restarts, between(0, 100000),
                  "Points to start from beside the first, which is `start` or the solver's own; the best end counts. "
                  "They "
                  "are taken from the data and then drawn by `seed`.",
                  "local minima differ much and a better one is worth the time."),
            FIELD(proximalWeight, between(0, 1000000),
                  "Proximal weight: a coordinate's surrogate has curvature (1 + proximalWeight) c_i, with c_i that of "
                  "the "
                  "smooth part of the numerator.",
                  forExperts),
            FIELD(lassoStart, anyValue(),
                  "Without a `start`: begin at the minimiser of the numerator, if that has a penalty and the "
                  "denominator is positive there.",
                  "the minimiser of the numerator is a bad point to begin at."),
            FIELD(radialStep, anyValue(),
                  "After each sweep, minimise the ratio along the line through 0 and x; it does nothing when the ratio "
                  "does not depend on the length of x.",
                  forExperts),
            FIELD(activeSet, anyValue(),
                  "Between full sweeps, go through the coordinates only that are not zero or have moved.", forExperts),
            FIELD(
                acceleration, anyValue(),
                "Every few sweeps, try the point that Anderson's extrapolation of the last ones leads to, and keep it "
                "if the objective is lower there.",
                forExperts),
            FIELD(gram, anyValue(),
                  "Keep the gradient of least squares by A^T A instead of the residual: `'auto'` does so for dense A "
                  "with at least twice as many rows as columns and at most 2000 columns.",
                  "there is no memory for A^T A (`never`), or there is and A has more columns (`always`).")});
  }
};
static_assert(sizeFromFields<FractionalSettings>() == sizeof(FractionalSettings));

using FractionalMatrix = std::variant<MatrixInput, SparseView>;

/// A term of the smooth part f of the numerator, or a denominator: its kind, and of the rest what the kind needs.
struct FractionalTerm {
  enum class Kind {
    // smooth parts of numerators
    leastSquares,  ///< 1/2 ||A x - b||^2
    squaredHinge,  ///< 1/2 ||max(0, A x - b)||^2
    logistic,      ///< sum_i log(1 + exp(-b_i a_i . x)), b_i = -1 or 1
    affine,        ///< c . x + constant
    // both
    quadratic,   ///< 1/2 x^T A x + c . x + constant
    sumSquares,  ///< weight ||x||^2 + constant
    // denominators: scale G(x) + shift with G(x) =
    norm1,
    norm2,
    normInf,
    topK,           ///< sum of the k largest |x_i|
    lpNorm,         ///< ||A x||_p, or its square if `squared`
    linear,         ///< c . x + constant
    affineSquared,  ///< (c . x + constant)^2, where the linear part is positive
    sumSqrt,        ///< sum_i weights_i sqrt(x_i + c_i)
    sumLog,         ///< sum_i weights_i log(1 + c_i x_i)
    separable,      ///< sum_i phi_i(x_i), each phi_i concave and differentiable
    none            ///< 0: the numerator alone is minimised
  };
  Kind kind = Kind::none;
  int matrix = -1;  ///< index into FractionalProblem::matrices
  std::span<const double> b = {};
  std::span<const double> c = {};
  std::span<const double> weights = {};
  double constant = 0;
  double weight = 1;
  int k = 0;
  int p = 2;  ///< 1, 2, 4, or 0 for infinity
  bool squared = false;
  double scale = 1;
  double shift = 0;
  std::function<double(int i, double u)> phi = {};         ///< phi_i(u); not a number outside its domain
  std::function<double(int i, double u)> derivative = {};  ///< phi_i'(u)
  std::string name = {};                                   ///< name in messages: "numerator[0]", "denominator"
};

constexpr auto names(FractionalTerm::Kind) {
  return std::array{"leastSquares"sv,  "squaredHinge"sv, "logistic"sv, "affine"sv,    "quadratic"sv, "sumSquares"sv,
                    "norm1"sv,         "norm2"sv,        "normInf"sv,  "topK"sv,      "lpNorm"sv,    "linear"sv,
                    "affineSquared"sv, "sumSqrt"sv,      "sumLog"sv,   "separable"sv, "none"sv};
}

/// minimise (f(x) + h(x)) / g(x), or f(x) + h(x) - g(x), with
/// h(x) = sum_i l1_i |x_i| + sum_i l2_i x_i^2 / 2 + l1Squared ||x||_1^2 and lower <= x <= upper.
struct FractionalProblem {
  int n = 0;
  std::vector<FractionalMatrix> matrices;
  std::vector<FractionalTerm> numerator;
  std::span<const double> l1;  ///< empty or n, as the next three
  std::span<const double> l2;
  std::span<const double> lower;
  std::span<const double> upper;
  double l1Squared = 0;
  FractionalTerm denominator;
  bool difference = false;
  std::span<const double> start;  ///< empty: the solver's own
  std::shared_ptr<Ranks> ranks;   ///< ranks that share out the starts; they have the rest in common
};

struct FractionalSolution {
  std::vector<double> x;
  double numerator = 0;
  double denominator = 0;
  double updates = 0;
  FractionalMethod method = FractionalMethod::fcd;
  Certificate certificate;

  struct Start {
    double objective = 0;
    int sweeps = 0;
    double updates = 0;
    double residual = 0;

    static constexpr auto fields() {
      using Self = Start;
      return FieldTuple{OUT(objective, "Where it ended."), OUT(sweeps, "Passes over the coordinates."),
                        OUT(updates, "Coordinate updates that moved."),
                        OUT(residual, "The number that `tolerance` was compared with.")};
    }
  };
  std::vector<Start> starts;

  static Claims claims() {
    using enum CertificateKind;
    return {.verbs = {"minimizeRatio", "minimizeDifference"},
            .kinds = {stationary, coordinateWise, global},
            .remark =
                "`global` by the theory of the problem: concave denominators, and squares of linear ones below "
                "sums of squares. `stationary` with `logistic` and `squaredHinge`."};
  }

  static constexpr auto fields() {
    using Self = FractionalSolution;
    return FieldTuple{
        OUT(x, "n numbers."),
        OUT(numerator, "f(x) + h(x)."),
        OUT(denominator, "g(x); 0 if there is none."),
        OUT(updates, "Coordinate updates that moved, of all starts."),
        OUT(method, "The method that `method: 'auto'` chose."),
        OUT(certificate,
            "The meaning of `solved`. `coordinateWise`: no change of one coordinate, however large, lowers the "
            "objective; "
            "several at once might. `stationary`: that is so of the parabola that touches `logistic` and "
            "`squaredHinge` at x and lies above them. `global`: no x has a lower objective, as every coordinate-wise "
            "minimum of this problem is a global one."),
        OUT(starts, "How each start ended; x is the best of them.")};
  }
};
static_assert(sizeFromFields<FractionalSolution::Start>() == sizeof(FractionalSolution::Start));
static_assert(sizeFromFields<FractionalSolution>() == sizeof(FractionalSolution));

}  // namespace nonconvex
