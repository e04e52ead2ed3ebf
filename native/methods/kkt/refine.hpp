// Iterative refinement, wherever the vectors are.
#pragma once

namespace nonconvex {

/// Refines z, a solution of K z = b by factors of K, until the norm of b - K z is at most `target` or does not fall by
/// half any more; returns the norm. `residualNorm()` computes r = b - K z and its norm, `correct()` adds K^{-1} r to z,
/// and `undo()` takes the last correction back.
template <class ResidualNorm, class Correct, class Undo>
double refine(double target, ResidualNorm&& residualNorm, Correct&& correct, Undo&& undo) {
  constexpr int mostSteps = 10;  // three digits, where each step halves the norm
  double norm = residualNorm();
  for (int k = 0; k < mostSteps && norm > target; ++k) {
    correct();
    const double next = residualNorm();
    if (!(next < norm)) {
      undo();
      break;
    }
    const bool slow = next > 0.5 * norm;
    norm = next;
    if (slow) break;
  }
  return norm;
}

}  // namespace nonconvex
