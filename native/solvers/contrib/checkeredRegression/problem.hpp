// The data of `checkeredRegression`, its settings and its result.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "core/certificate.hpp"
#include "core/inputs.hpp"
#include "core/limits.hpp"
#include "data/matrix_input.hpp"
#include "linalg/views.hpp"

namespace nonconvex {

enum class CheckeredMethod { em, gd };
constexpr auto names(CheckeredMethod) { return std::array{"em"sv, "gd"sv}; }

struct CheckeredRegressionSettings : Limits {
  CheckeredRegressionSettings() { maxIterations = 5000; }

  int factors = 2;
  CheckeredMethod method = CheckeredMethod::em;
  double lambda = 1e-4;
  int restarts = 4;

  static constexpr auto fields() {
    using Self = CheckeredRegressionSettings;
    return appendedFields(
        Limits::fields(),
        FieldTuple{
            FIELD(factors, between(1, 1000), "Factors K of the product of hyperbolic tangents.",
                  "classes alternate along more directions, or fewer."),
            FIELD(method, anyValue(),
                  "Expectation and maximisation, each with a Newton step of K logistic regressions, or gradient "
                  "descent.",
                  "methods are compared."),
            FIELD(lambda, positive(),
                  "Weight of the ridge on all weights, intercepts too, beside the mean loss of the rows.",
                  "new rows are predicted much worse than those of the fit (larger), or both badly (smaller)."),
            FIELD(restarts, between(0, 100000), "Random starts beside the first; the best end is the result. 0: none.",
                  "starts end at different objectives (larger), or time counts (smaller).")});
  }
};
static_assert(sizeFromFields<CheckeredRegressionSettings>() == sizeof(CheckeredRegressionSettings));

struct CheckeredRegressionProblem {
  MatrixInput x;
  std::vector<double> y;
  HostMatrix<double> start;

  static constexpr auto fields() {
    using Self = CheckeredRegressionProblem;
    return FieldTuple{IN(x, matrix("n", "p"), "Rows of the regression."),
                      IN(y, vector("n"), "Classes of the rows, -1 or 1."),
                      IN_OPTIONAL(start, matrix(nullptr, "p").plus(1),
                                  "Weights of the factors to begin at, a row each, with the intercept last.")};
  }
};

struct CheckeredRegressionSolution {
  HostMatrix<double> weights;
  std::vector<double> intercepts;
  std::vector<double> objectives;
  Certificate certificate = {.kind = CertificateKind::stationary};

  static Claims claims() { return {.verbs = {"checkeredRegression"}, .kinds = {CertificateKind::stationary}}; }

  static constexpr auto fields() {
    using Self = CheckeredRegressionSolution;
    return FieldTuple{OUT(weights, "K x p: w_k, one a row."), OUT(intercepts, "K numbers b_k."),
                      OUT(objectives, "Where each start that was begun has ended or stands, in their order."),
                      OUT(certificate, "The certificate of the answer.")};
  }
};
static_assert(sizeFromFields<CheckeredRegressionSolution>() == sizeof(CheckeredRegressionSolution));

}  // namespace nonconvex
