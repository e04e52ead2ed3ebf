// The data of `newFunction`, its settings and its result.
#pragma once

#include <vector>

#include "core/certificate.hpp"
#include "core/inputs.hpp"
#include "core/limits.hpp"
#include "data/matrix_input.hpp"

namespace nonconvex {

struct NewFunctionSettings : Limits {
  double smoothing = 1e-6;

  static constexpr auto fields() {
    using Self = NewFunctionSettings;
    return appendedFields(
        Limits::fields(),
        FieldTuple{FIELD(smoothing, positive(), "Length s that rounds the distances off: sqrt(||m - x_i||^2 + s^2).",
                         "the points lie closer together than s (smaller), or iterations are too many (larger).")});
  }
};
static_assert(sizeFromFields<NewFunctionSettings>() == sizeof(NewFunctionSettings));

struct NewFunctionProblem {
  MatrixInput x;
  std::vector<double> start;

  static constexpr auto fields() {
    using Self = NewFunctionProblem;
    return FieldTuple{IN(x, matrix("n", "p"), "Points, a row each."),
                      IN_OPTIONAL(start, vector("p"), "Point to begin at. Default: the mean of the points.")};
  }
};

struct NewFunctionSolution {
  std::vector<double> center;
  Certificate certificate = {.kind = CertificateKind::stationary};  ///< the claim of a solve that has ended well

  static Claims claims() { return {.verbs = {"newFunction"}, .kinds = {CertificateKind::stationary}}; }

  static constexpr auto fields() {
    using Self = NewFunctionSolution;
    return FieldTuple{OUT(center, "p numbers: m."), OUT(certificate, "What is known of the answer.")};
  }
};
static_assert(sizeFromFields<NewFunctionSolution>() == sizeof(NewFunctionSolution));

}  // namespace nonconvex
