// The chain of attempts of the interior-point method: what fails for one is mostly easy for another. Section 6 of
// docs/nlp-inequalities.md.
#pragma once

#include <span>
#include <vector>

#include "methods/interior_point/filter_phase.hpp"

namespace nonconvex {

/// How many of a solve's iterations its first attempt may take, so that some are left for others.
constexpr int iterationsOfFirst(int maxIterations) {
  constexpr int reserved = 1500;
  return maxIterations >= 2 * reserved ? maxIterations - reserved : maxIterations;
}

/// How one phase begins.
struct Attempt {
  enum class From { start, end, random, interrupted };

  bool augmentedLagrangian = false;  ///< otherwise the main phase
  From from = From::start;  ///< the problem's start, the end of the last attempt or of the first, a random point
  double mu = 0.1;          ///< first barrier parameter
  double push = 1e-2;       ///< how far inside of the bounds it begins
  BarrierRule rule = BarrierRule::monotone;
  bool restoration = false;  ///< first for a feasible point, whatever f is
};

/// The attempts in their order. Without constraints the augmented Lagrangian is the main phase, and left out; without
/// bounds, so are other barrier parameters.
class Multistart {
 public:
  /// `restarts`: how many random points; 0: no more than the first attempt.
  Multistart(bool constrained, bool bounded, int restarts);

  const Attempt& now() const { return list_[at_]; }
  int count() const { return static_cast<int>(at_) + 1; }
  /// The attempts that were made, the present one included.
  std::span<const Attempt> made() const { return std::span(list_).first(at_ + 1); }
  /// Goes on to the next one; returns false after the last one.
  bool next() { return at_ + 1 < list_.size() && (++at_, true); }
  bool first() const { return at_ == 0; }
  /// Goes on with the first attempt where it was ended for want of progress; returns false the second time.
  bool resumeFirst();
  /// Adds attempts that look for a feasible point from random ones.
  void addSearches(int count);
  /// How many random points were taken, this one included.
  int randomPoints() const;

 private:
  std::vector<Attempt> list_;
  std::size_t at_ = 0;
};

}  // namespace nonconvex
