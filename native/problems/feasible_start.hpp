// A start where the constraints hold, for problems whose objective is dear beside them.
#pragma once

#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "core/lazy_shared.hpp"
#include "problems/nlp.hpp"

namespace nonconvex {

/// Says whether what takes time is to be given up.
using GiveUp = std::function<bool()>;

/// Moves x to a point near by with c(x) = 0: Newton's steps of least length, x -= J^T (J J^T)^{-1} c. Only c and J are
/// evaluated. Returns false and leaves x as it was if they do not get there, if the equations are too many, or if
/// `giveUp` becomes true between steps of more than a millisecond.
bool moveToFeasible(Nlp& nlp, std::span<double> x, const GiveUp& giveUp = {});

/// The point where the solves of a problem begin: near a given one where the constraints hold, computed once, by the
/// first of them. Any number of threads may ask.
class FeasibleStart {
 public:
  /// The objective of `constraints` is not looked at.
  FeasibleStart(std::vector<double> given, NlpSource constraints)
      : given_(std::move(given)), constraints_(std::move(constraints)) {}

  /// The given point.
  const std::vector<double>& given() const { return given_; }
  /// A feasible point near the given one; the given point if none is found, or if `giveUp` becomes true first: then the
  /// next call computes it.
  std::vector<double> get(const GiveUp& giveUp = {}) const;

 private:
  std::vector<double> given_;
  NlpSource constraints_;
  mutable Once<std::vector<double>> moved_;
};

}  // namespace nonconvex
