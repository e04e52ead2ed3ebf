// What goes into and comes out of the minimisation of strictly convex quadratics.
#pragma once

#include <vector>

#include "core/certificate.hpp"
#include "core/inputs.hpp"
#include "core/limits.hpp"
#include "linalg/views.hpp"

namespace nonconvex {

struct DiscreteSettings : Limits {
  double relaxation = 1;

  static constexpr auto fields() {
    using Self = DiscreteSettings;
    return appendedFields(Limits::fields(), FieldTuple{FIELD(relaxation, inside(0, 2),
                                                             "Share of the exact step that is taken.", forExperts)});
  }
};
static_assert(sizeFromFields<DiscreteSettings>() == sizeof(DiscreteSettings));

/// minimise x^T Q x / 2 + c^T x.
struct DiscreteProblem {
  HostMatrix<double> Q;
  std::vector<double> c;
  std::vector<double> start;

  static constexpr auto fields() {
    using Self = DiscreteProblem;
    return FieldTuple{IN(Q, matrix("n", "n"), "A symmetric positive definite matrix."),
                      IN(c, vector("n"), "Linear part of the objective."),
                      IN_OPTIONAL(start, vector("n"), "Point to begin at. Default: drawn by the seed.")};
  }
};

struct DiscreteSolution {
  std::vector<double> x;
  std::vector<double> gradient;
  Certificate certificate = {.kind = CertificateKind::stationary};  ///< the claim of a solve that has ended well

  /// A row of the table in docs/certificates.md.
  static Claims claims() { return {.verbs = {"solveDiscrete"}, .kinds = {CertificateKind::stationary}}; }

  static constexpr auto fields() {
    using Self = DiscreteSolution;
    return FieldTuple{OUT(x, "n numbers."), OUT(gradient, "Q x + c."), OUT(certificate, "What is known of x.")};
  }
};
static_assert(sizeFromFields<DiscreteSolution>() == sizeof(DiscreteSolution));

}  // namespace nonconvex
