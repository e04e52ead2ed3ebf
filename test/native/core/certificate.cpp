// Certificates, and how the end of a solve settles them.
#include "core/certificate.hpp"

#include "check.hpp"

using namespace nonconvex;

TEST(aBoundIsGlobalWhereItsGapIsWithinTheTolerance) {
  Certificate known = boundedBelow(5, 3, 4, "some"sv);
  CHECK(known.gap == 0.5 && known.gapScale == 4 && known.lowerBound == 3 && known.over == "some"sv);
  settle(known, Status::stalled, 0.4);
  CHECK(known.kind == CertificateKind::bounded);
  settle(known, Status::stalled, 0.5);
  CHECK(known.kind == CertificateKind::global);
  known = boundedBelow(0, 0, 0);
  CHECK(known.gap == 0 && known.gapScale == 1);
  known = boundedByGap(5, 0.5, 4);
  CHECK(known.gap == 0.5 && known.lowerBound == 3);
  // An objective that is no number has no gap, and nothing is claimed.
  known = boundedBelow(unknown, 0, unknown);
  settle(known, Status::numericalError, 1);
  CHECK(known.kind == CertificateKind::none && !isKnown(known.lowerBound));
}

TEST(otherClaimsAreThoseOfSolvedProblems) {
  Certificate known = {.kind = CertificateKind::local, .because = "of a solved problem"sv};
  settle(known, Status::solved, 1e-6);
  CHECK(known.kind == CertificateKind::local);
  settle(known, Status::iterationLimit, 1e-6);
  CHECK(known.kind == CertificateKind::none && known.because.empty());
  known = {.kind = CertificateKind::global};
  known.proof.margin = 1;
  settle(known, Status::infeasible, 1e-6);
  CHECK(known.kind == CertificateKind::global && known.proof.known());
}

TEST(severalAnswersHaveTheirOwnKinds) {
  std::vector<Certificate> known = {boundedBelow(2, 1, 1), boundedBelow(1, 1, 1), {.kind = CertificateKind::local}, {}};
  settle(known, Status::stalled, 1e-6);
  CHECK(known[0].kind == CertificateKind::bounded && known[1].kind == CertificateKind::global);
  CHECK(known[2].kind == CertificateKind::local && known[3].kind == CertificateKind::none);
}
