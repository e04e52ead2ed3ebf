// Problem, solution and progress of the minimisation of sums over rows.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "core/certificate.hpp"
#include "core/status.hpp"
#include "problems/finite_sum.hpp"
#include "solvers/smooth/settings.hpp"

namespace nonconvex {

/// The status of a solve that the status of all solvers has no word for: minimizeSum() returns it instead.
enum class SumEnding { status, epochLimit, diverged };
constexpr auto names(SumEnding) { return std::array{"status"sv, "epochLimit"sv, "diverged"sv}; }

enum class SumSet { none, box, ball, simplex };

struct MinimizeSumProblem {
  std::shared_ptr<const FiniteSumSource> sum;
  std::vector<double> start;
  SumSet set = SumSet::none;
  std::vector<double> lower, upper;      ///< bounds of the box
  double radius = 1;                     ///< radius of the ball about 0
  std::vector<std::int32_t> rows;        ///< rows of the sum; empty: all
  std::vector<std::int32_t> validation;  ///< other rows, on which the answer is tried
  std::vector<std::int32_t> norms;       ///< norm of each variable: 0 Euclidean, 1 largest, 2 spectral; empty: by shape
  std::vector<double> state;             ///< state of an earlier solve
};

/// Reports of a sum: beside those of others where in the data the solve is.
struct MinimizeSumProgress : Progress {
  Quantity epoch = {};
  Quantity batchLoss = {};
  Quantity batchError = {};
  Quantity step = {};
  Quantity distance = {};
  Quantity validationLoss = {};

  static constexpr auto fields() {
    using Self = MinimizeSumProgress;
    return FieldTuple{
        OUT_COLUMN(epoch, "epoch", 2, "Rows seen over those that there are."),
        OUT_COLUMN(batchLoss, "batch loss", 5, "Mean loss of the batches since the report before."),
        OUT_IF_KNOWN(batchError, "Standard error of that mean."),
        OUT_COLUMN(step, "step", 2, "Length of the last step's move over its direction."),
        OUT_COLUMN(distance, "distance", 2, "Distance from the start, in the units in which steps are taken."),
        OUT_COLUMN(validationLoss, "validation", 5, "Loss of the answer so far on the rows of `validation`.")};
  }
};

/// The cost of the steps.
struct SumCounts {
  double steps = 0;
  double rows = 0;
  double gradients = 0;
  double products = 0;
  double passes = 0;

  static constexpr auto fields() {
    using Self = SumCounts;
    return FieldTuple{
        OUT(steps, "Steps, those of earlier solves that were resumed among them."),
        OUT(rows,
            "Rows of which the steps have computed a gradient, each time; of private steps as many as are "
            "expected."),
        OUT(gradients, "Gradients of batches, or of all rows, in the steps."),
        OUT(products, "Products of a Hessian and a vector in the steps."),
        OUT(passes, "Passes over all rows beside the steps, for reports and the answer.")};
  }
};

/// The best point at a check.
struct BestSumPoint {
  double epoch = unknown;
  double objective = unknown;
  std::vector<double> x;

  bool known() const { return !x.empty(); }
  static constexpr auto fields() {
    using Self = BestSumPoint;
    return FieldTuple{OUT(epoch, "When it was seen."),
                      OUT(objective, "Its loss: on the validation rows if there are any, else over all rows."),
                      OUT(x, "The point.")};
  }
};

constexpr std::string_view overPolyakLojasiewicz = "polyakLojasiewicz";

struct MinimizeSumSolution {
  using Progress = MinimizeSumProgress;

  std::vector<double> x;
  std::vector<double> last;
  std::vector<double> state;
  BestSumPoint best;
  SumCounts counts;
  double gradientNorm = unknown;
  Certificate certificate;
  std::string method;
  std::string precision;
  std::string pieces;
  SumEnding ending = SumEnding::status;

  static Claims claims() {
    using enum CertificateKind;
    return {.verbs = {"minimizeSum"},
            .kinds = {stationary, local, bounded, global},
            .over = {{overPolyakLojasiewicz, "all points, if f has the constant that the setting says"}},
            .gapScale = "1",
            .remark =
                "Bounds are those of convex sums with a ridge, without a set and `l1`. `local` where `auto` takes "
                "the methods of `minimize`."};
  }

  static constexpr auto fields() {
    using Self = MinimizeSumSolution;
    return FieldTuple{
        OUT(x,
            "The answer: the average or the last point, as the method has it; the best one on `validation` rows, or "
            "before a divergence."),
        OUT(last, "The last point of the method, without an average."),
        OUT(state, "The state from which `warmStart` goes on bit for bit."),
        OUT_IF_KNOWN(best, "The best point at a check, of a solve with `trackBest` or `validation`."),
        OUT(counts, "The cost of the solve."),
        OUT_IF_KNOWN(gradientNorm,
                     "Norm of the gradient over all rows at x; under bounds or in a set of x - P(x - gradient), P the "
                     "projection. Left out where the solve was aborted."),
        OUT(certificate,
            "The certificate of x. Of a convex sum with a ridge, everywhere: f(x) - f* <= ||gradient||^2 / (2 mu), mu "
            "the least ridge. Over `polyakLojasiewicz`: that, if mu is what this setting says. Otherwise "
            "`stationary` where the gradient's norm is at most `tolerance`, and `local` where second derivatives say "
            "so, of method `minimize`."),
        OUT(method, "The method, as `auto` resolved it."),
        OUT(precision, "`float32` or `float64`."),
        OUT(pieces, "The pieces of the method: estimator, clipping, coupling, momentum, geometry, step, averaging."),
        OUT(ending,
            "True if `maxEpochs` came first, or the loss is no longer a number: minimizeSum() makes the status of "
            "it.")};
  }
};

}  // namespace nonconvex
