// What goes into and comes out of nonlinear least squares.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "core/certificate.hpp"
#include "core/inputs.hpp"
#include "core/limits.hpp"
#include "functions/robust_losses.hpp"
#include "linalg/views.hpp"
#include "methods/nlp/start.hpp"

namespace nonconvex {

/// The matrix whose inverse the covariance of the parameters is made of.
enum class FitCovariance { automatic, jacobian, hessian, sandwich };
constexpr auto names(FitCovariance) { return std::array{"auto"sv, "jacobian"sv, "hessian"sv, "sandwich"sv}; }

struct FitSettings : Limits {
  RobustLoss loss = RobustLoss::squared;
  double lossScale = 1;
  FitCovariance covariance = FitCovariance::automatic;
  int restarts = 0;
  bool projection = true;
  bool acceleration = true;
  bool secondDerivatives = true;

  FitSettings() { tolerance = 1e-10; }

  static constexpr auto fields() {
    using Self = FitSettings;
    return appendedFields(
        Limits::fields(),
        FieldTuple{
            FIELD(loss, anyValue(),
                  "What is summed over the residuals r: `squared`, r^2 / 2, or a loss that grows more slowly beyond "
                  "`lossScale`: `huber`, `softL1`, `cauchy`, `tukey`, which is constant far away.",
                  "some of the data are outliers."),
            FIELD(lossScale, positive(), "The residual from which `loss` leaves squares.",
                  "a robust loss is to spare larger or smaller residuals, in their units."),
            FIELD(covariance, anyValue(),
                  "What `covariance` is made of: s^2 (J^T J)^-1 (`jacobian`), s^2 H^-1 with the exact Hessian "
                  "(`hessian`), or H^-1 (sum of squared gradients of rows) H^-1, which holds for any loss and for rows "
                  "of different deviations (`sandwich`). `auto`: `jacobian` for `squared`, otherwise `sandwich`.",
                  "deviations of the rows differ and are not known: `sandwich`."),
            FIELD(restarts, between(0, 100000),
                  "How many points beside the given one the method begins at, drawn by a Latin hypercube between the "
                  "bounds. The lowest end is the answer.",
                  "there may be several local minima. All parameters need bounds then."),
            FIELD(projection, anyValue(),
                  "Whether parameters in which the residuals are affine are eliminated at first.", forExperts),
            FIELD(acceleration, anyValue(), "Whether steps follow curved valleys by second derivatives along them.",
                  forExperts),
            FIELD(secondDerivatives, anyValue(),
                  "Whether second derivatives of the residuals come into the model where it predicts badly without.",
                  forExperts)});
  }
};
static_assert(sizeFromFields<FitSettings>() == sizeof(FitSettings));

/// minimise sum_i rho(r_i(x)^2) / 2 subject to lower <= x <= upper; r are the constraints of a program.
struct FitProblem : NlpStart {
  bool large = false;
};

/// Ends of the runs of several starts.
struct FitRuns {
  int best = 0;    ///< runs that ended at the answer, by the objective
  int solved = 0;  ///< runs that ended at a solution
  int total = 0;

  static constexpr auto fields() {
    using Self = FitRuns;
    return FieldTuple{OUT(best, "Runs that ended with the objective of the answer."),
                      OUT(solved, "Runs that ended at a minimum, of whatever objective."),
                      OUT(total, "Runs that were made.")};
  }
};
static_assert(sizeFromFields<FitRuns>() == sizeof(FitRuns));

struct FitCounts {
  int residuals = 0;
  int jacobian = 0;
  int hessian = 0;

  static constexpr auto fields() {
    using Self = FitCounts;
    return FieldTuple{OUT(residuals, "Evaluations of all residuals."), OUT(jacobian, "Evaluations of their Jacobian."),
                      OUT(hessian, "Evaluations of their second derivatives.")};
  }
};
static_assert(sizeFromFields<FitCounts>() == sizeof(FitCounts));

struct FitSolution {
  std::vector<double> x;
  std::vector<double> residuals;
  HostMatrix<double> covariance;
  FitCovariance covarianceOf = FitCovariance::automatic;
  double residualDeviation = unknown;
  double residualSumOfSquares = unknown;
  std::vector<int> undetermined;
  std::vector<int> atBounds;
  int eliminated = 0;
  FitRuns runs;
  FitCounts counts;
  Certificate certificate = {};

  static Claims claims() {
    return {.verbs = {"fitCurve", "minimizeSquares"},
            .kinds = {CertificateKind::stationary, CertificateKind::local},
            .remark =
                "`local` where the exact Hessian is positive definite on the parameters that bounds leave free. A "
                "model with constraints has the certificates of nonlinear programs, bounds and proofs included."};
  }

  static constexpr auto fields() {
    using Self = FitSolution;
    return FieldTuple{
        OUT(x, "n parameters, one after the other."),
        OUT(residuals, "m residuals at x."),
        OUT(covariance,
            "n x n, the covariance of the parameters; 0 in rows of those that bounds hold. 0 x 0 where there is none: "
            "there are no more residuals than free parameters, the data do not determine some, or more than 1,000 are "
            "free."),
        OUT(covarianceOf, "What the covariance was made of; `auto` where there is none."),
        OUT_IF_KNOWN(residualDeviation, "s, the square root of the sum of squares over m minus the free parameters."),
        OUT_IF_KNOWN(residualSumOfSquares, "The sum of squares of the residuals."),
        OUT(undetermined, "Indices of parameters that may change together without a change of the residuals."),
        OUT(atBounds, "Indices of parameters that bounds hold."),
        OUT(eliminated, "Parameters in which the residuals are affine and that were eliminated at first."),
        OUT(runs, "Ends of the runs."),
        OUT(counts, "What was evaluated how often, of all runs."),
        OUT(certificate, "What is known of x.")};
  }
};
static_assert(sizeFromFields<FitSolution>() == sizeof(FitSolution));

}  // namespace nonconvex
