// Bisection.
#pragma once

#include <concepts>

namespace nonconvex {

/// An interval that a number is known to lie in.
struct Bracket {
  double low, high;

  double middle() const { return low + (high - low) / 2; }
};

/// Halves a bracket, at most `halvings` times and until no number lies between its ends. `below(t)` tells whether t is
/// below the number that is looked for.
template <std::predicate<double> Below>
Bracket bisect(Bracket bracket, int halvings, Below&& below) {
  for (int k = 0; k < halvings; ++k) {
    const double middle = bracket.middle();
    if (middle == bracket.low || middle == bracket.high) break;
    (below(middle) ? bracket.low : bracket.high) = middle;
  }
  return bracket;
}

}  // namespace nonconvex
