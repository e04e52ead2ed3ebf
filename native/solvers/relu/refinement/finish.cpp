#include "solvers/relu/refinement/finish.hpp"

#include <algorithm>

namespace nonconvex {

struct RefinementState::Tuning {
  /// measured: A share of their lengths by which copies of the neurons are moved for the last searches.
  static constexpr double jitter = 0.1;
  /// measured: The share of the time left that the search at an earlier theta takes.
  static constexpr double shareOfEarlier = 0.5;
};

namespace {

bool isGlobal(const RefinementState& s) { return s.ended && isKnown(s.prices.globalBound()); }

/// Searches longer at the theta of the best bound so far, and at the last one, instead of the searches of the rounds. A
/// network of one descent, without rounds, is far from the best of any width: no exact bound for all is tight there.
void searchLong(RefinementState& s) {
  const bool exactly = s.data.d <= exactAtEnd && (s.wanted.rounds > 0 || s.starts == 0) && !s.wanted.searches;
  // The network without neurons alone is to be cheap: its largest prices are found from most starts.
  const int random = s.starts == 0 ? s.effort.searches : s.effort.lastSearches;
  const HostMatrix<double> before = s.prices.estimateTheta().copy();
  s.prices.forgetEstimate();
  for (const bool last : {false, true}) {
    const Mat<const double> theta = last ? s.parts.theta() : Mat<const double>(before);
    if (theta.cols == 0) continue;
    s.prices.search(s.parts.network(), theta,
                    {.round = s.round,
                     .random = random,
                     .exactly = last && exactly,
                     .jitter = RefinementState::Tuning::jitter,
                     .share = last ? 1.0 : RefinementState::Tuning::shareOfEarlier,
                     .last = true});
  }
}

}  // namespace

void finish(RefinementState& s) {
  s.ended = true;
  if (s.globallySolved()) return;
  if (s.parts.gap() > s.settings.tolerance && !s.parts.network().empty() && s.wanted.rounds > 0 && s.wanted.program) {
    s.parts.solve(s.parts.network(),
                  {.tolerance = s.settings.tolerance, .iterations = s.settings.maxIterations, .last = true});
  }
  if (!s.wanted.estimate) return;
  if (s.clock.left() > 0) return searchLong(s);
  // A large matrix product outlasted the limit: a short search, from the last network.
  s.prices.search(s.parts.network(), s.parts.theta(), {.round = s.round, .random = s.effort.searches, .last = true});
}

ReluProgress progressOf(const RefinementState& s) {
  ReluProgress now;
  now.objective = s.parts.objective();
  now.lowerBound = isGlobal(s) ? s.prices.globalBound() : s.parts.lowerBound();
  if (s.ended) now.residual = s.parts.gap();
  now.violation = s.prices.violation();
  now.estimatedLowerBound = s.prices.estimate().lowerBound;
  return now;
}

ReluSolution solutionOf(const RefinementState& s) {
  const double objective = s.parts.objective();
  ReluSolution found;
  s.parts.write(found);
  const bool global = isGlobal(s);
  found.certificate = boundedBelow(objective, global ? s.prices.globalBound() : s.parts.lowerBound(), objective,
                                   global                  ? ""sv
                                   : s.parts.ownPatterns() ? overOwnPatterns
                                                           : overPatterns);
  found.estimate = s.prices.estimate();
  found.estimate.lowerBound = global ? s.prices.globalBound() : std::min(found.estimate.lowerBound, objective);
  found.estimate.nodes = s.prices.nodes();
  found.estimate.gap = (objective - found.estimate.lowerBound) / objective;
  return found;
}

}  // namespace nonconvex
