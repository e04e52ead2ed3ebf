// The data of `robustMixedModel`, its settings and its result.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/certificate.hpp"
#include "core/inputs.hpp"
#include "core/limits.hpp"
#include "data/matrix_input.hpp"

namespace nonconvex {

struct RobustMixedModelSettings : Limits {
  RobustMixedModelSettings() {
    maxIterations = 10000;
    tolerance = 1e-8;
  }

  double degreesOfFreedom = 4;
  bool intercept = true;

  static constexpr auto fields() {
    using Self = RobustMixedModelSettings;
    return appendedFields(
        Limits::fields(),
        FieldTuple{FIELD(degreesOfFreedom, positive(), "Degrees of freedom of Student's distribution of the errors.",
                         "outliers still move the fit (smaller), or errors are nearly normal (larger)."),
                   FIELD(intercept, anyValue(), "Whether the model has an intercept.",
                         "x has a constant column of its own, or the model has to go through 0.")});
  }
};
static_assert(sizeFromFields<RobustMixedModelSettings>() == sizeof(RobustMixedModelSettings));

struct RobustMixedModelProblem {
  MatrixInput x;
  std::vector<double> y;
  std::vector<std::int32_t> groups;
  std::vector<double> start;

  /// Groups are numbered from 0; 0 without groups.
  int groupCount() const { return groups.empty() ? 0 : 1 + *std::max_element(groups.begin(), groups.end()); }

  static constexpr auto fields() {
    using Self = RobustMixedModelProblem;
    return FieldTuple{
        IN(x, matrix("n", "p"), "Rows of the regression."), IN(y, vector("n"), "Responses of the rows."),
        IN_OPTIONAL(groups, indices("n").below("n"), "Number of the group of each row, from 0. Default: no groups."),
        IN_OPTIONAL(start, vector(),
                    "Coefficients to begin at, with the intercept last where there is one. Default: least squares.")};
  }
};

struct RobustMixedModelSolution {
  std::vector<double> coefficients;
  double intercept = unknown;
  double scale = unknown;
  double groupScale = unknown;
  std::vector<double> randomIntercepts;
  std::vector<double> weights;
  Certificate certificate = {.kind = CertificateKind::stationary};

  static Claims claims() { return {.verbs = {"robustMixedModel"}, .kinds = {CertificateKind::stationary}}; }

  static constexpr auto fields() {
    using Self = RobustMixedModelSolution;
    return FieldTuple{
        OUT(coefficients, "p numbers."),
        OUT_IF_KNOWN(intercept, "Intercept, where there is one."),
        OUT_IF_KNOWN(scale, "Scale sigma of the errors: their variance is sigma^2 nu / (nu - 2) for nu > 2."),
        OUT_IF_KNOWN(groupScale, "Scale of the groups' intercepts, where there are groups."),
        OUT(randomIntercepts, "The expected intercept of each group beside the common one; empty without groups."),
        OUT(weights, "How much each group counts, or each row where there are none: less, the farther it is."),
        OUT(certificate, "The certificate of the answer.")};
  }
};
static_assert(sizeFromFields<RobustMixedModelSolution>() == sizeof(RobustMixedModelSolution));

}  // namespace nonconvex
