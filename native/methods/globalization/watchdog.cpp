#include "methods/globalization/watchdog.hpp"

#include <cmath>

namespace nonconvex {
namespace {

/// ||F||^2 by the g that the point holds.
double squaredF(const NlpPoint& point) { return norm2Squared(point.g) + point.squaredC(); }

bool isShort(const Watchdog::Step& step) {
  constexpr double hardlyLess = 0.9;  // factor of the last ||c||^2
  constexpr double shortShare = 0.1;
  if (step.direction.determined) return step.to.squaredC() > hardlyLess * step.from.squaredC();
  return step.alpha < shortShare * step.largestDefined;
}

/// The step lowers M by no more than rounding may, and ||F|| and ||c|| not below the least so far.
bool isWithinNoise(const Watchdog::Step& step, const LeastNorms& least, const MeritFunction& merit) {
  constexpr double hardlyLess = 0.9;
  constexpr double margin = 10;
  if (std::sqrt(squaredF(step.to)) < hardlyLess * least.F) return false;
  if (std::sqrt(step.to.squaredC()) < hardlyLess * least.c) return false;
  return merit.value(step.from) - merit.value(step.to) <= margin * merit.noise(step.to);
}

/// The step needs a shift and lowers ||F||, but not by much.
bool isSlow(const Watchdog::Step& step) {
  constexpr double hardlyLess = 0.7;
  if (!(step.direction.shift.primal > 0)) return false;
  const double rate = std::sqrt(squaredF(step.to) / squaredF(step.from));
  return rate > hardlyLess && rate <= 1;
}

/// Counts events in a row.
void count(bool happened, int& times) { times = happened ? times + 1 : 0; }

}  // namespace

// Section 1.2, 1.5 and 1.6 of docs/nlp-methods.md.
struct Watchdog::Tuning {
  /// measured: steps in a row without a change above rounding, after which a solve stops.
  static constexpr int mostNoiseSteps = 30;
  /// measured: steps in a row with little progress, after which others are tried.
  static constexpr int mostSlowSteps = 10;
  static constexpr int mostShortSteps = 4;  ///< measured: short steps in a row, after which others are tried
};

void Watchdog::beforeStep(const Step& step, const LeastNorms& least, MeritFunction& merit) {
  count(isShort(step), shortSteps_);
  count(step.alpha < step.largestDefined, backtracked_);
  if (backtracked_ >= backtrackLimit_ && merit.soften(step.direction.slope, step.from)) {
    backtracked_ = 0;
    backtrackLimit_ *= 2;
  }
  withinNoise_ = isWithinNoise(step, least, merit);
  slow_ = isSlow(step);
}

Watchdog::Advice Watchdog::afterStep() {
  count(withinNoise_, noiseSteps_);
  if (noiseSteps_ >= Tuning::mostNoiseSteps) return Advice::stop;
  count(slow_, slowSteps_);
  if (slowSteps_ >= Tuning::mostSlowSteps) {
    slowSteps_ = 0;
    return Advice::leaveSaddle;
  }
  if (shortSteps_ >= Tuning::mostShortSteps) {
    shortSteps_ = 0;
    return Advice::restore;
  }
  return Advice::proceed;
}

}  // namespace nonconvex
