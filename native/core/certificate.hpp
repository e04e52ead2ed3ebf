// Knowledge of the answer of a solve, in the same words for all solvers.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "core/fields.hpp"
#include "core/proof.hpp"
#include "core/reduced_inertia.hpp"
#include "core/status.hpp"

namespace nonconvex {

/// Kinds of certificates, from the weakest to the strongest.
enum class CertificateKind { none, stationary, coordinateWise, local, bounded, global };

constexpr auto names(CertificateKind) {
  return std::array{"none"sv, "stationary"sv, "coordinateWise"sv, "local"sv, "bounded"sv, "global"sv};
}
/// The docs' sentence about each kind.
constexpr auto sentences(CertificateKind) {
  return std::array{
      "Nothing is known of the answer."sv,
      "The first-order conditions of a minimum hold, up to `tolerance`. The point may be a saddle."sv,
      "No change of a single coordinate lowers the objective, up to `tolerance`. Changes of several may."sv,
      "The point is a strict local minimum, as far as second derivatives say."sv,
      "No admissible point has an objective below `lowerBound`. `gap` is above `tolerance`."sv,
      "No admissible point is better: `gap` is at most `tolerance`, or the theory of the problem says so without a "
      "bound. With the status `infeasible`: there is no admissible point, as `proof` shows."sv};
}
static_assert(sentences(CertificateKind{}).size() == names(CertificateKind{}).size());

/// Knowledge of an answer. A solver sets the bound or the kind; `settle` does the rest where the solve has ended.
struct Certificate {
  CertificateKind kind = CertificateKind::none;
  std::string_view over = {};
  double lowerBound = unknown;
  double upperBound = unknown;
  double gap = unknown;
  double gapScale = unknown;
  ReducedInertia inertia = {};
  Proof proof = {};
  std::string_view because = {};

  static constexpr auto fields() {
    using Self = Certificate;
    return FieldTuple{
        OUT(kind, "How much is known, the least first."),
        OUT_IF_KNOWN(over,
                     "The points that `global` and `bounded` are about where these are not all admissible ones, such "
                     "as `patterns`: the page of the solver says which."),
        OUT_IF_KNOWN(lowerBound, "None of these points has a smaller objective."),
        OUT_IF_KNOWN(upperBound,
                     "None of these points has a larger objective; of objectives that are maximised, instead of "
                     "`lowerBound`."),
        OUT_IF_KNOWN(gap, "(objective - lowerBound) / gapScale, or (upperBound - objective) / gapScale."),
        OUT_IF_KNOWN(gapScale, "The size that the gap is relative to."),
        OUT_IF_KNOWN(inertia,
                     "Signs of the eigenvalues of the Hessian, under constraints that of the Lagrangian on the null "
                     "space of the gradients of what is active."),
        OUT_IF_KNOWN(proof, "Vectors that show the status `infeasible` or `unbounded`, which anyone can check."),
        OUT_IF_KNOWN(because, "One sentence for people: why, or under which condition.")};
  }
};
static_assert(sizeFromFields<Certificate>() == sizeof(Certificate));

/// The certificate by a lower bound. A scale of 0, as that of an objective that is 0, counts as 1.
inline Certificate boundedBelow(double objective, double lowerBound, double scale, std::string_view over = {}) {
  Certificate made;
  made.over = over;
  made.lowerBound = lowerBound;
  made.gapScale = scale > 0 ? scale : 1;
  made.gap = (objective - lowerBound) / made.gapScale;
  return made;
}
/// The certificate by a gap that was computed without its bound.
inline Certificate boundedByGap(double objective, double gap, double scale, std::string_view over = {}) {
  Certificate made = boundedBelow(objective, objective - gap * scale, scale, over);
  made.gap = gap;
  return made;
}

/// A bound is global where its gap is at most the tolerance.
inline void settleGap(Certificate& certificate, double tolerance) {
  if (!isKnown(certificate.gap)) return;
  certificate.kind = certificate.gap <= tolerance ? CertificateKind::global : CertificateKind::bounded;
}

/// Says what is known once a solve has ended with this status: a bound and a proof hold however it ended, other claims
/// are those of a solved problem.
inline void settle(Certificate& certificate, Status status, double tolerance) {
  settleGap(certificate, tolerance);
  if (!isKnown(certificate.gap) && !isKnown(certificate.proof) && status != Status::solved) certificate = {};
}
/// Settles the certificates of several answers of one solve, each of which was solved or not for itself.
inline void settle(std::vector<Certificate>& certificates, Status, double tolerance) {
  for (Certificate& certificate : certificates) settleGap(certificate, tolerance);
}

/// The kinds of knowledge that a solver can have of its answers: a row of the table in docs/certificates.md, beside the
/// Solution as `static Claims claims()`.
struct Claims {
  std::vector<std::string_view> verbs;  ///< functions of the package whose answers these are
  std::vector<CertificateKind> kinds;   ///< beside `none`, which each may give
  struct Over {
    std::string_view name, meaning;
  };
  std::vector<Over> over = {};
  std::string_view gapScale = {};  ///< empty: there is no lower bound
  std::string_view remark = {};
};

}  // namespace nonconvex
